// From a stroke to a digit as MNIST has them: cut out, scaled into a box, and set with its centre of mass in the
// middle. Pictures are {rows, columns, values}, 0 for paper and 1 for ink.

const BOX = 20 / 28; // of the picture: how large a digit is made
const GREYS = 255;

// What each step makes: {cut, boxed, centred}, or null where nothing is drawn.
export function prepared(drawn, rows, columns) {
  const edges = edgesOf(drawn);
  if (!edges) return null;
  const cut = cutOut(drawn, edges);
  const boxed = scaled(cut, boxSide(rows, columns));
  return { cut, boxed, centred: centred(boxed, rows, columns) };
}

// Into how large a square a digit is scaled.
export function boxSide(rows, columns) {
  return Math.max(1, Math.round(BOX * Math.min(rows, columns)));
}

function edgesOf({ rows, columns, values }) {
  let [top, bottom, left, right] = [rows, -1, columns, -1];
  for (let at = 0; at < values.length; at += 1) {
    if (!values[at]) continue;
    const [row, column] = [Math.floor(at / columns), at % columns];
    [top, bottom] = [Math.min(top, row), Math.max(bottom, row)];
    [left, right] = [Math.min(left, column), Math.max(right, column)];
  }
  return bottom < 0 ? null : { top, bottom, left, right };
}

function cutOut({ columns, values }, { top, bottom, left, right }) {
  const cut = { rows: bottom - top + 1, columns: right - left + 1 };
  const from = (at) => values[(top + Math.floor(at / cut.columns)) * columns + left + (at % cut.columns)];
  return { ...cut, values: Float64Array.from({ length: cut.rows * cut.columns }, (_, at) => from(at)) };
}

// As large as fits into a square, each new pixel the mean of what it covers.
function scaled({ rows, columns, values }, side) {
  const scale = side / Math.max(rows, columns);
  const [high, wide] = [rows, columns].map((length) => Math.max(1, Math.round(length * scale)));
  const [down, across] = [shares(rows, high), shares(columns, wide)];
  const boxed = new Float64Array(high * wide);
  for (const [row, i, part] of down)
    for (const [column, j, share] of across)
      boxed[i * wide + j] += part * share * values[row * columns + column];
  return { rows: high, columns: wide, values: boxed };
}

// Which part of a new pixel each old one covers: [old, new, part].
function shares(before, after) {
  const found = [];
  const length = before / after;
  for (let at = 0; at < after; at += 1) {
    const [start, end] = [at * length, (at + 1) * length];
    for (let old = Math.floor(start); old < Math.min(before, Math.ceil(end)); old += 1) {
      const part = (Math.min(end, old + 1) - Math.max(start, old)) / length;
      if (part > 0) found.push([old, at, part]);
    }
  }
  return found;
}

// Moved by whole pixels until its centre of mass is nearest to the middle.
function centred({ rows, columns, values }, high, wide) {
  const [middle, centre] = massOf({ columns, values });
  const [down, across] = [Math.round((high - 1) / 2 - middle), Math.round((wide - 1) / 2 - centre)];
  const [top, left] = [within(down, high - rows), within(across, wide - columns)];
  const result = new Float64Array(high * wide);
  for (let at = 0; at < values.length; at += 1) {
    const [row, column] = [top + Math.floor(at / columns), left + (at % columns)];
    result[row * wide + column] = Math.round(GREYS * Math.min(1, values[at])) / GREYS;
  }
  return { rows: high, columns: wide, values: result };
}

function massOf({ columns, values }) {
  let [mass, down, across] = [0, 0, 0];
  values.forEach((value, at) => {
    mass += value;
    down += value * Math.floor(at / columns);
    across += value * (at % columns);
  });
  return [down / mass, across / mass];
}

function within(at, last) {
  return Math.max(0, Math.min(last, at));
}

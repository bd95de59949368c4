// Where every layer stands: a pure function from layers and room to boxes, in pixels. It asks no element.

import { blocks } from "../scene.js";

export const LABEL = 18; // above a layer
const GAP = 3; // between two maps
const [BESIDE, BELOW] = [12, 6]; // between two columns, and two lines
const [LARGEST, SMALLEST] = [16, 1]; // pixels a cell of a picture
const ENLARGED = 128; // pixels of a map that is not enlarged further
const STRIP = 8; // pixels a cell of a flat layer, at most
const [LETTER, SMALL_LETTER] = [7.2, 6.2]; // pixels of a title, and of a shape
const NUMBER = { width: 40, height: 20 }; // a cell with its number in it
const MOST_NUMBERS = 420; // cells of a network whose numbers are all on the screen
const HEIGHT = { pictures: 302, numbers: 590 }; // pixels of one line of layers
const WIDE = 760;
const SCORE = 52;
const BARS = { width: 150, row: 22, least: 5 };
const LOSS = { width: 150, height: 22 };

// {boxes: for each layer's name its box, width, height}. `columns` are lists of layers {name, shape, look}, which
// stand below each other; a look is "maps", "scores", "bars" or "loss". A box is {left, top, width, height, cell, across:
// maps beside each other, maps, rows, columns: of one map, numbers: whether they are to be read, isShaped: whether
// its title has room for its shape}.
export function arrangedLayers(columns, room) {
  const size = columns.flat().reduce((sum, { shape }) => sum + shape.reduce((all, each) => all * each, 1), 0);
  const inNumbers = size <= MOST_NUMBERS && inLines(columns.map(numbered), room);
  if (inNumbers && inNumbers.height <= HEIGHT.numbers) return inNumbers;
  const made = pictured(columns, room);
  return inLines(
    made.map((column) => (column.width > room ? folded(column, room) : column)),
    room,
  );
}

// ---- How large ----------------------------------------------------------------------------------------

function numbered(column) {
  return sizedColumn(column, () => NUMBER, HEIGHT.numbers, true);
}

// Pictures as large as all fit in one line, the widest column growing smaller first; else several lines.
function pictured(columns, room) {
  const height = HEIGHT.pictures;
  const scales = columns.map(() => LARGEST);
  const made = columns.map((column, at) => pictureColumn(column, scales[at], height));
  for (const least of [niceScale, ...(room < WIDE ? [] : [() => SMALLEST])]) {
    for (;;) {
      if (widthOf(made) <= room) return made;
      const shrinks = ({ width, title }, at) => scales[at] > least(columns[at]) && width > title;
      const shrinking = made.map((column, at) => (shrinks(column, at) ? column.width : 0));
      const widest = shrinking.indexOf(Math.max(...shrinking));
      if (!shrinking[widest]) break;
      scales[widest] -= 1;
      made[widest] = pictureColumn(columns[widest], scales[widest], height);
    }
  }
  return made;
}

// A column that is wider than the room: with as many maps beside each other as fit, and the others below.
function folded(column, room) {
  const layers = column.layers.map((layer) => ({ ...layer, ...foldedLayer(layer, room) }));
  const height = layers.reduce((sum, layer) => sum + LABEL + layer.height + BELOW, -BELOW);
  return { ...column, layers, width: Math.max(...layers.map(({ width }) => width)), height };
}

function foldedLayer(layer, room) {
  const { maps, rows, columns, cell, width } = layer;
  if (width <= room) return layer;
  if (maps === 1 && rows > 1 && layer.shape.length < 2) return foldedStrip(layer, room);
  const across = Math.max(1, Math.floor((room + GAP) / (columns * cell.width + GAP)));
  return extent({ ...layer, across });
}

function foldedStrip(layer, room) {
  const columns = Math.max(1, Math.floor(room / layer.cell.width));
  return extent({ ...layer, columns, rows: Math.ceil((layer.shape[0] ?? 1) / columns) });
}

// Nothing need be smaller where it can be helped; in several lines nothing is.
function niceScale(column) {
  const side = Math.max(...column.map(({ shape }) => blocks({ shape })[1]));
  const isOne = column.every(({ shape }) => shape.length > 1 && blocks({ shape })[0] === 1);
  const strip = column.some(({ shape }) => shape.length < 2);
  return strip ? 4 : side >= 20 && !isOne ? 2 : side >= 8 ? 3 : 4;
}

function pictureColumn(column, scale, height) {
  const square = ({ shape }) => {
    const side = Math.max(...blocks({ shape }).slice(1));
    const cell = Math.max(SMALLEST, Math.min(scale, shape.length > 1 ? Math.floor(ENLARGED / side) : STRIP));
    return { width: cell, height: cell };
  };
  return sizedColumn(column, square, height, false);
}

function sizedColumn(column, cellOf, height, numbers) {
  const tall = column.filter(({ look }) => look !== "loss").length;
  const rest = (column.length - tall) * (LABEL + LOSS.height);
  const each = Math.floor((height - rest - BELOW * (column.length - 1)) / tall) - LABEL;
  const layers = column.map((layer) => ({ ...layer, ...sizedLayer(layer, cellOf(layer), each, numbers) }));
  const title = Math.max(...layers.map(({ name }) => LETTER * name.length));
  const width = Math.ceil(Math.max(title, ...layers.map((layer) => layer.width)));
  const whole = layers.reduce((sum, layer) => sum + LABEL + layer.height + BELOW, -BELOW);
  const shaped = layers.map((layer) => ({ ...layer, isShaped: titleWidth(layer) <= width }));
  return { layers: shaped, width, title, height: whole };
}

function titleWidth({ name, shape }) {
  return Math.ceil(LETTER * name.length + SMALL_LETTER * shape.join("×").length + 6);
}

function sizedLayer({ shape, look }, cell, height, numbers) {
  if (look === "loss") return extent({ maps: 1, rows: 1, columns: 1, across: 1, cell: LOSS, numbers: true });
  if (look !== "maps") return sizedRows(shape, look, height);
  return shape.length > 1
    ? sizedMaps(shape, cell, height, numbers)
    : sizedStrip(shape, cell, height, numbers);
}

// The maps beside and below each other: as few beside each other as the height allows.
function sizedMaps(shape, cell, height, numbers) {
  const [maps, rows, columns] = blocks({ shape });
  const below = Math.max(1, Math.floor((height + GAP) / (rows * cell.height + GAP)));
  const across = Math.ceil(maps / Math.min(below, maps));
  return extent({ maps, rows, columns, across, cell, numbers });
}

// A flat layer, line by line.
function sizedStrip(shape, cell, height, numbers) {
  const size = shape[0] ?? 1;
  const columns = Math.ceil(size / Math.max(1, Math.floor(height / cell.height)));
  return extent({ maps: 1, rows: Math.ceil(size / columns), columns, across: 1, cell, numbers });
}

// The scores and the probabilities: one line a class.
function sizedRows(shape, look, height) {
  const row = Math.max(BARS.least, Math.min(BARS.row, Math.floor(height / shape[0])));
  const numbers = row >= 12;
  const width = look === "bars" ? BARS.width : numbers ? SCORE : 12;
  return extent({ maps: 1, rows: shape[0], columns: 1, across: 1, cell: { width, height: row }, numbers });
}

function extent(box) {
  const { maps, rows, columns, across, cell } = box;
  const below = Math.ceil(maps / across);
  const width = across * (columns * cell.width + GAP) - GAP;
  return { ...box, width, height: below * (rows * cell.height + GAP) - GAP };
}

// ---- Where --------------------------------------------------------------------------------------------

function widthOf(columns) {
  return columns.reduce((sum, { width }) => sum + width + BESIDE, -BESIDE);
}

function inLines(columns, room) {
  const boxes = new Map();
  let [left, top, line, widest] = [0, 0, 0, 0];
  for (const column of columns) {
    if (left && left + column.width > room) [left, top, line] = [0, top + line + 2 * BELOW, 0];
    placeColumn(boxes, column, left, top);
    left += column.width + BESIDE;
    line = Math.max(line, column.height);
    widest = Math.max(widest, left - BESIDE);
  }
  return { boxes, width: widest, height: top + line };
}

function placeColumn(boxes, { layers }, left, top) {
  let below = top + LABEL;
  for (const { name, shape, look, ...box } of layers) {
    boxes.set(name, { ...box, look, left, top: below });
    below += box.height + BELOW + LABEL;
  }
}

// ---- Cells and pixels ----------------------------------------------------------------------------------

// Where a map begins within its layer.
export function mapAt({ across, rows, columns, cell }, map) {
  return {
    left: (map % across) * (columns * cell.width + GAP),
    top: Math.floor(map / across) * (rows * cell.height + GAP),
  };
}

// The cell below a place within a layer; null between two maps, and behind the last.
export function cellBelow(box, size, x, y) {
  const { across, rows, columns, cell, maps } = box;
  const [width, height] = [columns * cell.width + GAP, rows * cell.height + GAP];
  const map = Math.floor(y / height) * across + Math.floor(x / width);
  const [row, column] = [Math.floor((y % height) / cell.height), Math.floor((x % width) / cell.width)];
  const inside = x >= 0 && y >= 0 && x < box.width && y < box.height && row < rows && column < columns;
  const at = (map * rows + row) * columns + column;
  return inside && map < maps && at < size ? at : null;
}

// The pixels of a region [first map, last map, top, bottom, left, right] of a layer: a rectangle a map.
export function areasOf(box, region) {
  if (box.maps === 1 && region[1] > 0) return [];
  const [first, last, top, bottom, left, right] = region;
  const { cell } = box;
  return Array.from({ length: last - first + 1 }, (_, at) => {
    const corner = mapAt(box, first + at);
    return {
      left: box.left + corner.left + left * cell.width,
      top: box.top + corner.top + top * cell.height,
      width: (right - left + 1) * cell.width,
      height: (bottom - top + 1) * cell.height,
    };
  });
}

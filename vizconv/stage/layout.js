// Where everything stands: a pure function from panels and room to boxes, in pixels. It asks no element.

import { formatNumber } from "./numbers.js";
import { axisNames, blocks, seen, titleOf } from "./scene.js";

export const READABLE = 22; // pixels; a lower cell shows its fill only
export const TALLEST = 44; // pixels a cell, as long as numbers are to be read
export const SHORTEST = 26;
const BESIDE_A_PICTURE = 32;
const [LARGEST, SMALLEST] = [20, 4]; // pixels a cell of a picture
const WORTH = 1.25; // how much larger cells must be for panels to leave their places
const LARGE = 17; // pixels of type
export const SMALL = 12;
export const DIGIT = 0.58; // of the size of type
const [AIR, MORE_AIR] = [6, 10]; // beside a number: in a cell as wide as it, and in a square one that may be lit
const LINE = 1; // between two cells, and around them
const LABEL = 26; // above a panel
const [BESIDE, BELOW, BLOCK] = [18, 6, 8]; // between columns, rows and channels
const SIGN = 14; // a character of a sign
const MOST_ROWS = 40; // in sight of a panel that scrolls
const FEWEST_ROWS = 4;
const TITLED = 760; // pixels from which channels beside each other have their title beside them
export const WIDE = 560; // pixels from which there is room beside the panels
const LIMITS = {
  ...{ wide: 400, narrow: 860 }, // pixels of panels, so that all of a stage is seen at once
  ...{ most: 300, few: 100 }, // cells; a panel with more shows their fill
  lens: 222, // pixels of enlarged cells and of the gap beside them
};
const SCROLL_BAR = 10;
const [HEAD, TURNED, LETTER, BAR] = [14, 16, 6.3, 4]; // of names: above, beside, a letter; beside a number

// {boxes: for each panel's name its box, width, height, font, lens: where small cells are enlarged, "beside",
// "below" or null, isNarrow} in so many pixels of width, with cells as tall as fit: all panels in their places,
// or closer together, or in lines. What is too tall for that shows its fill only, and what is too tall even so
// scrolls.
// A box is {left, top, width, height} of its grid, sign: what is free before it, side: of that what the names of
// rows take, head: what the names of columns take above it, turned: what those of blocks take behind it,
// cell: {width, height}, between: from one channel to the next, level: how high what signs are beside is, scrolls: whether more is in it than in sight.
// Its top is that of its label.
// `limits` are others than a stage by itself has: {wide, narrow: pixels of height, most, few: cells of a panel beyond
// which it is a picture, and where not all numbers fit, lens: pixels}.
export function arranged(panels, pixels, limits = LIMITS) {
  const height = pixels < WIDE ? limits.narrow : limits.wide;
  const least = panels.some(({ size }) => size > limits.most) ? limits.few : limits.most;
  const [numbers, pictures] = [least, limits.few].map((cells) =>
    ways(panels, cells, { width: pixels, height, lens: limits.lens }),
  );
  const fits = fitted(numbers) ?? fitted(pictures) ?? fitted(belowOf(pictures, pixels)) ?? scrolled(pictures);
  return { ...fits, isNarrow: pixels < WIDE };
}

// The ways to arrange panels, those of more than so many cells as pictures: [{room, lens, arrange}].
function ways(panels, cells, { width, height, lens: room }) {
  const all = panels.map((panel) => asked(panel, panel.isFill || panel.size > cells, width >= TITLED));
  const wanted = all.map((panel) => ({ ...panel, head: headOf(panel, all) }));
  const inLines = all.map((panel, at) => ({
    ...panel,
    head: isNamed(all.slice(0, at), panel) ? 0 : panel.head,
  }));
  const isInRow = wanted.some(({ inRow }) => inRow);
  const isNarrow = width < (isInRow ? TITLED : WIDE);
  const lens = wanted.some(({ isPicture }) => isPicture) ? (isNarrow ? "below" : "beside") : null;
  const left = { width: width - (lens === "beside" ? room : 0), height };
  const known = isInRow && width >= WIDE ? [placed] : [placed, packed, linedUp];
  return known.map((way) => ({
    room: left,
    lens,
    isLong: way === placed && wanted.some(({ titledBefore }) => titledBefore),
    arrange: (sizes) => way(way === linedUp ? inLines : wanted, sizes, left.width),
  }));
}

// The same ways with the enlarged cells below, where channels lie beside each other.
function belowOf(all, width) {
  return all
    .filter(({ isLong }) => isLong)
    .map((way) => ({ ...way, lens: "below", room: { ...way.room, width } }));
}

// Columns that are called as those of a panel above need no names of their own; a row of panels is even.
function headOf({ place }, all) {
  const has = (panel) => !all.some((other) => isAbove(other, panel) && other.called === panel.called);
  return Math.max(
    ...all.filter((panel) => panel.place[0] === place[0] && has(panel)).map(({ head }) => head),
    0,
  );
}

function isNamed(before, { called }) {
  return before.some((other) => other.called === called);
}

function isAbove(one, other) {
  return one.place[1] === other.place[1] && one.place[0] < other.place[0];
}

// What a panel asks for: its place and its cells, and the room of its title and of its longest number.
function asked(panel, isPicture, isWide) {
  const [channels, rows, columns] = blocks(panel);
  const { name, place, sign } = panel;
  const longest = isPicture ? 0 : longestOf(panel);
  const titledBefore = Boolean(panel.inRow && isWide);
  const caption = panel.caption ?? panel.shape.join("×");
  const title = 9 * titleOf(panel).length + (titledBefore && !caption ? 14 : 26) + 7 * caption.length;
  const look = { isPicture, inRow: Boolean(panel.inRow), titledBefore };
  const size = { channels, rows, columns, title, longest, beside: panel.bars && !isPicture ? BAR : 0 };
  return { name, place, sign, ...look, ...size, ...namesOf(panel) };
}

// The room of the names of blocks, which are turned, of rows and of columns.
function namesOf(panel) {
  const { blocks: ofBlocks, rows, columns } = axisNames(panel);
  const letters = Math.max(0, ...rows.map(({ length }) => length));
  const side = letters && Math.ceil(LETTER * letters) + 6;
  const turned = ofBlocks.length ? TURNED : 0;
  return { side, turned, head: columns.length ? HEAD : 0, called: columns.join("\n") };
}

// The characters of the longest number.
function longestOf(panel) {
  return seen(panel).reduce((longest, value) => Math.max(longest, formatNumber(value).length), 1);
}

// ---- How large ----------------------------------------------------------------------------------------

// The first way that fits, unless in a later one cells are so much larger that it is worth it to leave places;
// where there are pictures it is they that count. Null where none fits.
function fitted(all) {
  let best = null;
  for (const way of all) {
    const made = way.lens ? largestPictures(way) : tallest(way);
    if (made && (!best || made.size > best.size * WORTH)) best = { ...made, lens: way.lens };
  }
  return best;
}

function tallest({ arrange, room }) {
  for (let cell = TALLEST; cell >= SHORTEST; cell -= 2) {
    const made = arrange({ cell, picture: 0, rows: Infinity });
    if (isWhole(made, room)) return { ...made, size: cell };
  }
  return null;
}

// Pictures as large as fit beside the shortest cells, and then cells as tall as still fit.
function largestPictures({ arrange, room }) {
  const best = (sizes) => {
    const made = arrange({ ...sizes, rows: Infinity });
    return isWhole(made, room) ? { ...made, size: sizes.picture } : null;
  };
  for (let picture = LARGEST; picture >= SMALLEST; picture -= 1) {
    if (!best({ cell: SHORTEST, picture })) continue;
    for (let cell = BESIDE_A_PICTURE; cell >= SHORTEST; cell -= 2) {
      const made = best({ cell, picture });
      if (made) return made;
    }
  }
  return null;
}

function isWhole(made, room) {
  return isInside(made, room) && [...made.boxes.values()].every(({ scrolls }) => !scrolls);
}

export function isInside({ width, height }, room) {
  return width <= room.width && height <= room.height;
}

// The shortest cells, and of tall panels as many rows in sight as fit in one of the ways.
function scrolled(all) {
  const sizes = { cell: SHORTEST, picture: SMALLEST };
  for (let rows = MOST_ROWS; rows >= FEWEST_ROWS; rows -= 1) {
    for (const { arrange, room, lens } of all) {
      const made = arrange({ ...sizes, rows });
      if (isInside(made, room)) return { ...made, lens };
    }
  }
  return { ...all.at(-1).arrange({ ...sizes, rows: 2 * FEWEST_ROWS }), lens: all.at(-1).lens };
}

// The size of all type: as large as the longest number lets it be in a square cell.
function typeSize(wanted, height) {
  const longest = Math.max(...wanted.map((panel) => panel.longest));
  return Math.max(SMALL, Math.min(LARGE, 0.42 * height, (height - MORE_AIR) / (DIGIT * longest)));
}

// The grid of each panel for cells of some sizes: what it asks for, and its {cell, between, width, height}.
function sized(wanted, { cell, picture, rows }) {
  const font = typeSize(wanted, cell);
  const widest = new Map(); // of the panels below each other that have as many columns
  const column = ({ place, columns }) => `${place[1]} ${columns}`;
  for (const panel of wanted) {
    const width = Math.max(cell, Math.ceil(panel.longest * DIGIT * font) + AIR + panel.beside);
    widest.set(column(panel), Math.max(widest.get(column(panel)) ?? 0, width));
  }
  const grids = wanted.map((panel) => {
    const each = panel.isPicture ? square(picture) : { width: widest.get(column(panel)), height: cell };
    return { ...panel, cell: each, block: panel.rows * (each.height + LINE) + LINE };
  });
  return { font, grids: grids.map((grid) => ({ ...grid, ...extent(grid, grids, rows) })) };
}

function square(size) {
  return { width: size, height: size };
}

// Channels side by side in one row of panels begin at the same height, where these have as many.
function extent(grid, grids, rows) {
  if (grid.inRow) return extentBeside(grid, grids);
  const { channels, columns, place, cell, block } = grid;
  const beside = grids.filter((other) => other.place[0] === place[0] && other.channels === channels);
  const pitch = Math.max(...beside.map((other) => other.block)) + BLOCK;
  const whole = { width: columns * (cell.width + LINE) + LINE, height: (channels - 1) * pitch + block };
  const height = Math.min(whole.height, rows * (cell.height + LINE) + LINE);
  const width = whole.width + (height < whole.height ? SCROLL_BAR : 0);
  return { between: pitch - block, whole, width, height };
}

// Channels that lie beside each other do so at the same places in all panels of a column.
function extentBeside({ channels, columns, place, cell, block }, grids) {
  const wide = (grid) => grid.columns * (grid.cell.width + LINE) + LINE;
  const below = grids.filter((other) => other.inRow && other.place[1] === place[1]);
  const pitch = Math.max(...below.map(wide)) + BLOCK;
  const own = columns * (cell.width + LINE) + LINE;
  const whole = { width: (channels - 1) * pitch + own, height: block };
  return { between: pitch - own, whole, ...whole };
}

// ---- Where --------------------------------------------------------------------------------------------

// Every panel in its row and its column.
function placed(wanted, sizes) {
  const { font, grids } = sized(wanted, sizes);
  const [tops, height] = offsets(most(grids, 0, tall), new Map(), BELOW);
  return { font, height, ...inColumns(grids, (grid) => tops.get(grid.place[0])) };
}

// Every panel in its column, right below the one above it.
function packed(wanted, sizes) {
  const { font, grids } = sized(wanted, sizes);
  const [ends, tops] = [new Map(), new Map()];
  for (const grid of grids) {
    const end = ends.get(grid.place[1]);
    tops.set(grid.name, end === undefined ? 0 : end + BELOW);
    ends.set(grid.place[1], tops.get(grid.name) + tall(grid));
  }
  return { font, height: Math.max(...ends.values()), ...inColumns(grids, ({ name }) => tops.get(name)) };
}

function inColumns(grids, topOf) {
  const signs = most(grids, 1, signRoom);
  const [lefts, width] = offsets(most(grids, 1, wide), signs, BESIDE);
  const box = (grid) => ({
    left: lefts.get(grid.place[1]),
    top: topOf(grid),
    sign: signs.get(grid.place[1]),
  });
  return { width, boxes: boxed(grids, box) };
}

// One panel after the other, as many in a line as fit.
function linedUp(wanted, sizes, width) {
  const { font, grids } = sized(wanted, sizes);
  const starts = new Map();
  let top = -BELOW;
  for (const line of linesOf(grids, width)) {
    const head = Math.max(...line.map(({ grid }) => grid.head)); // cells of a line begin at one height
    for (const { grid, left } of line) {
      starts.set(grid.name, { left, top: top + BELOW + head - grid.head, sign: signRoom(grid) });
    }
    top += BELOW + head + LABEL + Math.max(...line.map(({ grid }) => grid.height));
  }
  return { font, width, height: top, boxes: boxed(grids, (grid) => starts.get(grid.name)) };
}

// As many panels in each line as fit: [{grid, left}].
function linesOf(grids, width) {
  const lines = [[]];
  let end = 0;
  for (const grid of grids) {
    narrow(grid, width - signRoom(grid) - grid.turned);
    const needed = signRoom(grid) + wide(grid);
    if (end && end + needed > width) {
      lines.push([]);
      end = 0;
    }
    lines.at(-1).push({ grid, left: end + signRoom(grid) });
    end += needed + BESIDE;
  }
  return lines;
}

// A panel that is wider than a line scrolls.
function narrow(grid, width) {
  if (grid.width <= width) return;
  grid.width = width;
  grid.height += SCROLL_BAR;
}

// A panel of channels beside each other has its title before it, too.
function signRoom({ sign, side, titledBefore, title }) {
  if (titledBefore) return title + SIGN + 12;
  return (sign ? SIGN * sign.length + (side ? 10 : 4) : 0) + side;
}

function wide({ width, turned, title, titledBefore }) {
  return titledBefore ? width : Math.max(width + turned, title);
}

function tall({ height, head, titledBefore }) {
  return titledBefore ? height : LABEL + head + height;
}

// The most that a measure is in each row (axis 0) or column (axis 1).
function most(grids, axis, measure) {
  const found = new Map();
  for (const grid of grids) {
    const at = grid.place[axis];
    found.set(at, Math.max(found.get(at) ?? 0, measure(grid)));
  }
  return found;
}

// Where each row or column begins behind what is free before it, and where the last one ends.
function offsets(lengths, before, gap) {
  const starts = new Map();
  let end = -gap;
  for (const at of [...lengths.keys()].sort((one, other) => one - other)) {
    starts.set(at, end + gap + (before.get(at) ?? 0));
    end = starts.get(at) + lengths.get(at);
  }
  return [starts, end];
}

function boxed(grids, at) {
  const levels = levelsOf(grids, at);
  const box = (grid) => {
    const { cell, between, whole, width, height, side, head, turned, inRow, titledBefore } = grid;
    return {
      ...at(grid),
      inRow,
      titledBefore,
      side,
      head,
      turned,
      cell,
      between,
      level: levels.get(at(grid).top + grid.head),
      width,
      height,
      scrolls: width < whole.width || height < whole.height,
    };
  };
  return new Map(grids.map((grid) => [grid.name, box(grid)]));
}

// Beside the lowest of the channels that begin at one height: there all signs stand in one line.
function levelsOf(grids, at) {
  const levels = new Map();
  for (const grid of grids) {
    const top = at(grid).top + grid.head;
    levels.set(top, Math.min(levels.get(top) ?? Infinity, grid.block, grid.height));
  }
  return levels;
}

// Where a rectangle of cells is within its panel, in pixels.
export function areaOf({ cell, between, inRow }, panel, lit) {
  const [width, height] = [cell.width + LINE, cell.height + LINE];
  const [, rows, columns] = blocks(panel);
  const channel = (inRow ? columns * width : rows * height) + LINE + between;
  return {
    left: (inRow ? lit.channel * channel : 0) + lit.left * width,
    top: (inRow ? 0 : lit.channel * channel) + lit.top * height,
    width: lit.width * width + LINE,
    height: lit.height * height + LINE,
  };
}

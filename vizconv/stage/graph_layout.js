// Where the cells of a graph stand: a pure function from spots and room to boxes, in pixels; see layout.js.

import { DIGIT, isInside, SHORTEST, SMALL, TALLEST, WIDE } from "./layout.js";

export const NAME = 15; // pixels above a cell, for its panel's name
const [ACROSS, DOWN, LEAST_AIR] = [3, 2, 3]; // between cells, and beside their numbers
const [USUAL, MEDIUM] = [7, 15]; // signs of a number, and pixels of type at most
const NARROW = 40; // pixels of a cell where there is little room
const STRETCHED = 1.7; // of their width, from one cell to the next where there is room
const HEIGHT = { wide: 366, tall: 560 }; // pixels of all cells

// {boxes, width, height, font} as of panels, and way: "wide", from left to right if that fits, else "tall",
// downwards, with cells as tall as fit; the least of them in any case. A box has spots: where in it each cell
// stands. All is the same whatever the numbers are: one that is long is written smaller, and nothing moves.
export function arrangedGraph(panels, graph, pixels) {
  const make = (way, cell) => ({
    ...graphBoxes(panels, graph[way], cell, { room: pixels, names: way === "wide" ? panels : [] }),
    way,
    lens: null,
    isNarrow: pixels < WIDE,
  });
  for (const way of ["wide", "tall"]) {
    const room = { width: pixels, height: HEIGHT[way] };
    const cell = heights().find((each) => isInside(make(way, each), room));
    if (cell) return make(way, cell);
  }
  return make("tall", SHORTEST);
}

function heights() {
  return Array.from({ length: (TALLEST - SHORTEST) / 2 + 1 }, (_, at) => TALLEST - 2 * at);
}

// Cells in their spots; side by side they have room for the names above them, one below the other they need none.
function graphBoxes(panels, spots, height, { room, names }) {
  const font = Math.max(SMALL, Math.min(MEDIUM, 0.42 * height));
  const usual = Math.ceil(USUAL * DIGIT * font) + LEAST_AIR;
  const columns = Math.max(...panels.flatMap(({ name }) => spots[name].map(([column]) => column)));
  const fits = Math.floor((room + ACROSS) / (columns + 1)) - ACROSS;
  const width = Math.max(NARROW, height, Math.min(usual, fits));
  const least = Math.max(width, ...names.map(nameWidth)) + ACROSS;
  const most = Math.max(least, STRETCHED * width);
  const pitch = {
    column: Math.max(least, Math.min(most, (room - width) / columns)),
    row: NAME + height + DOWN,
  };
  const boxes = new Map(panels.map(({ name }) => [name, boxAround(spots[name], { width, height }, pitch)]));
  const end = (side, size) => Math.max(...[...boxes.values()].map((box) => box[side] + box[size]));
  return { font, boxes, width: end("left", "width"), height: end("top", "height") };
}

function nameWidth({ label, subscript }) {
  return 6.4 * label.length + 5 * subscript.length;
}

// The box of a panel's cells, wherever they stand; their names are above them.
function boxAround(spots, cell, pitch) {
  const places = spots.map(([column, row]) => [
    Math.floor(column * pitch.column),
    NAME + Math.floor(row * pitch.row),
  ]);
  const [lefts, tops] = [0, 1].map((axis) => places.map((place) => place[axis]));
  const [left, top] = [Math.min(...lefts), Math.min(...tops)];
  return {
    left,
    top,
    sign: 0,
    side: 0,
    head: 0,
    turned: 0,
    width: Math.max(...lefts) + cell.width - left,
    height: Math.max(...tops) + cell.height - top,
    cell,
    between: 0,
    level: cell.height,
    scrolls: false,
    spots: places.map(([x, y]) => ({ left: x - left, top: y - top })),
  };
}

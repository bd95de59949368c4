// Boxes: in which order and shape some cells are shown, so that those that meet stand in the same place.

import { indexOf } from "../scene.js";

const LONG = 6; // a box that is so many times longer than high is laid in lines

// The order of the rows and the shape of all their panels: those of the first factor whose cells fill a box.
export function arranged({ panels }, cells) {
  for (const { panel, cells: own } of cells) {
    const box = boxOf(panels.get(panel), own);
    if (box) return box;
  }
  return { shape: inLines([cells[0].cells.length]), order: cells[0].cells.map((_, at) => at) };
}

function boxOf(panel, cells) {
  const indices = cells.map((cell) => indexOf(panel, cell));
  if (!indices[0].length) return null;
  const least = indices[0].map((_, axis) => Math.min(...indices.map((index) => index[axis])));
  const lengths = least.map((first, axis) => Math.max(...indices.map((index) => index[axis])) - first + 1);
  const places = indices.map((index) =>
    index.reduce((flat, at, axis) => flat * lengths[axis] + at - least[axis], 0),
  );
  const volume = lengths.reduce((product, length) => product * length, 1);
  if (volume !== cells.length || new Set(places).size !== volume) return null;
  const order = [];
  places.forEach((place, row) => {
    order[place] = row;
  });
  return { shape: inLines(lengths), order };
}

// Channels, rows and columns of a box; a long one is laid in lines.
function inLines(lengths) {
  const rows = lengths.length > 1 ? lengths.at(-2) : 1;
  const channels = lengths.slice(0, -2).reduce((product, length) => product * length, 1);
  const size = channels * rows * lengths.at(-1);
  const flat = rows === 1 || lengths.at(-1) === 1;
  if (channels > 1 && !(flat && rows * lengths.at(-1) === 1)) return [channels, rows, lengths.at(-1)];
  return flat && size > LONG ? folded(size) : channels > 1 ? [1, size] : [rows, lengths.at(-1)];
}

// As many lines as leave no cell over, at most as many as there are columns.
function folded(size) {
  for (let rows = Math.floor(Math.sqrt(size)); rows > 0; rows -= 1)
    if (size % rows === 0) return [rows, size / rows];
  return [1, size];
}

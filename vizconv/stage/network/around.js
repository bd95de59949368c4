// What is enlarged of an opened sum: the numbers around the one that is pointed at, in its factors and products.

import { READABLE } from "../layout.js";
import { lensPart } from "../lens.js";
import { blocks, boundingBox } from "../scene.js";

const AROUND = [3, 5]; // rows and columns around a cell

// Panels whose cells stand for each other, place by place: of each the cells around the one that is pointed at.
export function partsAround(view) {
  const { subject, scene } = view;
  const cell = scene.enlarged.includes(subject.panel) ? subject.cell : largestCell(scene);
  return scene.enlarged.flatMap((name) => {
    const panel = scene.panels.get(name);
    if (view.slots.get(name).box.cell.height >= READABLE) return [];
    const box = boxAround(panel, cell);
    return [{ part: lensPart(view, panel, cellsIn(panel, box), box, cell), rows: box.height }];
  });
}

function largestCell({ enlarged: names, panels }) {
  if (!names.length) return 0;
  const sizes = panels.get(names.at(-1)).values.map(Math.abs);
  return Math.max(0, sizes.indexOf(Math.max(...sizes)));
}

function cellsIn(panel, { channel, top, left, height, width }) {
  const [, rows, columns] = blocks(panel);
  const first = (channel * rows + top) * columns + left;
  const cell = (_, at) => [first + Math.floor(at / width) * columns + (at % width), -1];
  return new Map(Array.from({ length: height * width }, cell));
}

function boxAround(panel, cell) {
  const [, rows, columns] = blocks(panel);
  const { channel, top, left } = boundingBox(panel, [cell]);
  const [height, width] = [Math.min(rows, AROUND[0]), Math.min(columns, AROUND[1])];
  const start = (at, size, length) => Math.max(0, Math.min(at - Math.floor(size / 2), length - size));
  return { channel, top: start(top, height, rows), left: start(left, width, columns), height, width };
}

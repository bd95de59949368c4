// The lens: lit cells that are too small for numbers, enlarged.

import { cellElement, showCell } from "./cells.js";
import { element } from "./elements.js";
import { READABLE } from "./layout.js";
import { blocks, boundingBox, indexOf, seenIn } from "./scene.js";

const MOST_CELLS = 121;
const AROUND = [3, 5]; // rows and columns around a cell

export function showLens(view, lit) {
  const parts = view.scene.enlarged
    ? around(view)
    : [...lit].flatMap(([name, cells]) => enlarged(view, name, cells));
  view.lens.replaceChildren(...parts.map(({ part }) => part));
  const below = view.lens.classList.contains("vizconv-below");
  view.lensHeight = below ? Math.max(view.lensHeight, ...parts.map(({ rows }) => 36 + 31 * rows)) : 0;
  view.lens.style.minHeight = `${view.lensHeight}px`; // so that what lies below stays where it is
}

function enlarged(view, name, cells) {
  const panel = view.scene.panels.get(name);
  if (!panel.place || view.slots.get(name).box.cell.height >= READABLE || cells.size < 2) return [];
  const box = boundingBox(panel, [...cells.keys()]);
  if (!box || box.height * box.width > MOST_CELLS) return [];
  return [{ part: lensPart(view, panel, cells, box), rows: box.height }];
}

// Panels whose cells stand for each other, place by place: of each the cells around the one that is pointed at.
function around(view) {
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

function lensPart(view, panel, cells, box, marked) {
  const [, height, width] = blocks(panel);
  const first = (box.channel * height + box.top) * width + box.left;
  const part = element("div", "vizconv-box");
  const label = element("div", "vizconv-label", part);
  element("i", "", label, panel.label);
  element("span", "vizconv-shape", label, `from [${indexOf(panel, first).join(",")}]`);
  const block = element("div", "vizconv-channel", element("div", "vizconv-panel vizconv-enlarged", part));
  block.style.setProperty("--columns", String(box.width));
  for (let at = 0; at < box.height * box.width; at += 1) {
    const cell = first + Math.floor(at / box.width) * width + (at % box.width);
    lensCell(view, panel, cell, cells.get(cell), block).classList.toggle("vizconv-marked", cell === marked);
  }
  return part;
}

function lensCell(view, panel, cell, hue, block) {
  const made = cellElement(panel, cell, block);
  showCell(made, seenIn(panel, cell), view.shades.get(panel.name));
  if (hue === undefined) made.classList.add("vizconv-unlit");
  else made.classList.add("vizconv-lit", hue < 0 ? "vizconv-plain" : `vizconv-hue-${hue}`);
  return made;
}

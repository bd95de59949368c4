// The lens: lit cells that are too small for numbers, enlarged.

import { cellElement, showCell } from "./cells.js";
import { element } from "./elements.js";
import { ownClasses } from "./hues.js";
import { READABLE } from "./layout.js";
import { blocks, boundingBox, indexOf, seenIn } from "./scene.js";

const MOST_CELLS = 121;

export function showLens(view, lit) {
  const parts = view.lensParts?.(view) ?? [...lit].flatMap(([name, cells]) => enlarged(view, name, cells));
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

export function lensPart(view, panel, cells, box, marked) {
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
  else made.classList.add("vizconv-lit", ...(hue < 0 ? ["vizconv-plain"] : ownClasses(hue)));
  return made;
}

// Cells: what kinds of them there are, and how one shows its value.

import { depth, inkOn } from "./colours.js";
import { element } from "./elements.js";
import { formatNumber } from "./numbers.js";

export const KINDS = [
  { flag: 1, name: "padding", title: "padding: a cell put around the input" },
  { flag: 2, name: "never-read", title: "never read: no sum uses this cell" },
  { flag: 4, name: "cropped", title: "cropped: cut off again afterwards" },
  { flag: 8, name: "filled", title: "filled in: always 0, no number belongs here" },
  { flag: 16, name: "wrong", title: "wrong: another number belongs here, or none" },
];

export function kindsOf(panel, cell) {
  return KINDS.filter(({ flag }) => panel.kinds[cell] & flag);
}

export function cellElement(panel, cell, parent) {
  const kinds = kindsOf(panel, cell).map(({ name }) => ` vizconv-${name}`);
  return element("div", `vizconv-cell${kinds.join("")}`, parent);
}

// A cell without a value yet (undefined) stays blank.
export function showCell(made, value, largest) {
  if (made.vizconvValue === value && made.vizconvLargest === largest) return;
  made.vizconvValue = value;
  made.vizconvLargest = largest;
  const blank = value === undefined;
  const text = blank ? "" : formatNumber(value);
  const deep = blank ? 0 : depth(value, largest);
  const ink = inkOn(deep);
  if (made.textContent !== text) made.textContent = text;
  made.style.setProperty("--depth", `${Math.round(Math.abs(deep) * 1000) / 10}%`);
  const marks = made.classList;
  marks.toggle("vizconv-negative", deep < 0);
  marks.toggle("vizconv-deep", ink.deep);
  marks.toggle("vizconv-bright", ink.bright);
  marks.toggle("vizconv-blank", blank);
  marks.toggle("vizconv-not-finite", !blank && !Number.isFinite(value));
}

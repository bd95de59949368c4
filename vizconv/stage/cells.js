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
  const made = element("div", "vizconv-cell", parent);
  showKinds(made, panel.kinds[cell]);
  return made;
}

// What a cell is, by flags; what it was before is kept where it still holds.
export function showKinds(made, flags) {
  const before = made.vizconvKinds ?? 0;
  if (flags === before) return;
  made.vizconvKinds = flags;
  for (const { flag, name } of KINDS) {
    if ((flags ^ before) & flag) made.classList.toggle(`vizconv-${name}`, Boolean(flags & flag));
  }
}

const LOOKS = ["negative", "deep", "bright", "blank", "not-finite"];

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
  showLooks(made, [deep < 0, ink.deep, ink.bright, blank, !blank && !Number.isFinite(value)]);
}

function showLooks(made, looks) {
  looks.forEach((look, at) => {
    if (look !== Boolean(made.vizconvLooks?.[at])) made.classList.toggle(`vizconv-${LOOKS[at]}`, look);
  });
  made.vizconvLooks = looks;
}

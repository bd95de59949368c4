// Cells: what kinds of them there are, and how one shows its value.

import { barOf, fillOf } from "./colours.js";
import { element } from "./elements.js";
import { formatNumber } from "./numbers.js";

export const KINDS = [
  { flag: 1, name: "padding", title: "padding: a cell put around the input" },
  { flag: 2, name: "never-read", title: "never read: no sum uses this cell" },
  { flag: 4, name: "cropped", title: "cropped: cut off again afterwards" },
  { flag: 8, name: "filled", title: "filled in: always 0, no number belongs here" },
  { flag: 32, name: "thrown", title: "thrown away by the stride: its dy is 0" },
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

const LOOKS = ["negative", "deep", "bright", "grey", "dark", "bare", "blank", "not-finite"];

// A cell without a value yet (undefined) stays blank. Shades are those of the panel's scale.
export function showCell(made, value, shades) {
  if (made.vizconvValue === value && made.vizconvShades === shades.key) return;
  made.vizconvValue = value;
  made.vizconvShades = shades.key;
  const blank = value === undefined;
  const text = blank ? "" : formatNumber(value);
  const { mix, looks } = blank ? { mix: 0, looks: { blank } } : fillOf(value, shades);
  if (made.textContent !== text) made.textContent = text;
  made.style.setProperty("--depth", `${Math.round(mix * 1000) / 10}%`);
  const all = { ...looks, "not-finite": !blank && !Number.isFinite(value) };
  showLooks(
    made,
    LOOKS.map((look) => Boolean(all[look])),
  );
}

// A bar beside the number, from zero on.
export function showBar(made, value, shades) {
  const [from, to] = value === undefined ? [0, 0] : barOf(value, shades);
  made.style.setProperty("--from", `${Math.round(from * 1000) / 10}%`);
  made.style.setProperty("--to", `${Math.round(to * 1000) / 10}%`);
}

function showLooks(made, looks) {
  looks.forEach((look, at) => {
    if (look !== Boolean(made.vizconvLooks?.[at])) made.classList.toggle(`vizconv-${LOOKS[at]}`, look);
  });
  made.vizconvLooks = looks;
}

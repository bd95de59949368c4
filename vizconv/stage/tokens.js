// The pieces of a line about a cell: {text, panel?, cell?, hue?, value?, soFar?, total?}. A token that names a
// cell, or gives its number, knows that cell. A number that is not made yet is an ellipsis.

import { formatNumber } from "./numbers.js";
import { nameOf, seenIn } from "./scene.js";

export function nameToken(panel, cell) {
  return { text: nameOf(panel, cell), panel: panel.name, cell };
}

export function numberToken(panel, cell, hue = -1) {
  return { text: numberIn(panel, cell), panel: panel.name, cell, value: panel.values[cell], hue };
}

export function totalToken(panel, cell) {
  return { text: numberIn(panel, cell), total: true };
}

function numberIn(panel, cell) {
  const value = seenIn(panel, cell);
  return value === undefined ? "…" : formatNumber(value);
}

// Lists of tokens, one after the other.
export function joined(lists, sign = ", ") {
  return lists.flatMap((tokens, at) => (at ? [{ text: sign }, ...tokens] : tokens));
}

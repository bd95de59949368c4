// Sizes: cells as large as fits, all panels in their places, or else below each other.

import { formatNumber } from "./numbers.js";
import { blocks } from "./scene.js";

export const READABLE = 22; // pixels; a smaller cell shows its fill only
const [SMALLEST, LARGEST] = [8, 44]; // pixels a cell
const SMALLEST_OF = [0, 40, 40, 40, 40, 40, 32, 30]; // pixels a cell, for panels of so few columns

// {sizes: pixels a cell of each panel, stacked: whether they go below each other} in so many pixels.
export function fitted(panels, width) {
  const inPlace = sizesInPlace(panels, width);
  return { stacked: !inPlace, sizes: inPlace ?? panels.map((panel) => sizeAlone(panel, width)) };
}

// The size of each panel's cells with all panels in their places, or null where the window is too narrow.
function sizesInPlace(panels, width) {
  const counts = [];
  for (const panel of panels) {
    const column = panel.place[1];
    counts[column] = Math.max(counts[column] ?? 1, blocks(panel)[2]);
  }
  const available = Math.max(240, width) - 62 * counts.length;
  const sized = (size) => counts.map((count) => Math.max(size, SMALLEST_OF[count] ?? 0));
  const needed = (size) =>
    sized(size).reduce((total, each, column) => total + each * (counts[column] ?? 1), 0);
  let size = LARGEST;
  while (size > SMALLEST && needed(size) > available) size -= 1;
  return needed(size) > available ? null : panels.map((panel) => sized(size)[panel.place[1]]);
}

// Below each other, every panel is as large as the window lets it be.
function sizeAlone(panel, width) {
  const columns = blocks(panel)[2];
  const largest = columns > 14 ? 12 : LARGEST; // two large panels shall be in sight at once
  return Math.max(SMALLEST, Math.min(largest, Math.floor((Math.max(240, width) - 60) / columns) - 1));
}

// The pixels of a number that fits into its cell, as the longest one does.
export function fontSize(panel, size) {
  let longest = 2;
  for (const value of panel.values) longest = Math.max(longest, formatNumber(value).length);
  return Math.max(8, Math.min(size * 0.4, (size * 1.4) / longest)).toFixed(1);
}

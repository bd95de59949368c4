// Motion that explains: the numbers of a copy come from where they stand in what it copies.

import { areaOf } from "./layout.js";
import { boundingBox } from "./scene.js";
import { cellAt } from "./tables.js";

const MOST = 150; // cells that move at once
const TIME = { duration: 900, easing: "ease-in-out" };
const MOVE = { duration: 400, easing: "ease-in-out" };
const APPEARING = [{ opacity: 0 }, { opacity: 0, offset: 0.5 }, { opacity: 1 }]; // after the copies have come

// How a panel is made, if all of it is a copy of one other panel on show: {reading, table}, else null.
export function copyOf(scene, name) {
  const makers = scene.told.filter((step) => (step.rule ? step.out : step[step.role]) === name);
  const [reading] = makers;
  if (makers.length !== 1 || reading.rule || reading.role !== "out" || reading.right) return null;
  if (!scene.panels.get(reading.left).place) return null; // a constant comes from nowhere
  const table = scene.tables.get(reading.terms);
  return table.length <= MOST && isCopied(table) ? { reading, table } : null;
}

// A cell that receives several numbers is a sum, and no copy.
function isCopied(table) {
  const cells = Array.from({ length: table.length }, (_, row) => cellAt(table, "out", row));
  return new Set(cells).size === table.length;
}

export function canMove() {
  return !matchMedia("(prefers-reduced-motion: reduce)").matches;
}

// Let the cells of a copy glide from where they come to where they belong; what is no copy fades to what it is.
export function showCopying(view, name) {
  const copy = copyOf(view.scene, name);
  if (!copy || !canMove()) return;
  const { cells, box } = view.slots.get(name);
  if (box.scrolls) return; // they would come from beyond its edge
  const copied = new Set(
    Array.from({ length: copy.table.length }, (_, row) => cellAt(copy.table, "out", row)),
  );
  cells.forEach((made, cell) => {
    if (!copied.has(cell)) made.animate(APPEARING, { ...TIME, duration: 2 * TIME.duration });
  });
  for (let row = 0; row < copy.table.length; row += 1) {
    const [from, to] = ["left", "out"].map((role) =>
      placeOf(view, copy.reading[role], cellAt(copy.table, role, row)),
    );
    const start = { transform: `translate(${from.left - to.left}px, ${from.top - to.top}px)`, zIndex: 4 };
    cells[cellAt(copy.table, "out", row)].animate([start, { transform: "none", zIndex: 4 }], TIME);
  }
}

// Let what panels show move on from where it was: a shifted picture, and its map.
export function showMoves(view, before) {
  if (!canMove()) return;
  for (const [name, { grid, box }] of view.slots) {
    const [down, right] = movedBy(before.panels.get(name), view.scene.panels.get(name));
    if (!down && !right) continue;
    const away = `translate(${-right * (box.cell.width + 1)}px, ${-down * (box.cell.height + 1)}px)`;
    grid.animate([{ clipPath: "inset(0)" }, { clipPath: "inset(0)" }], MOVE);
    for (const block of grid.children) block.animate([{ transform: away }, { transform: "none" }], MOVE);
  }
}

export function movedBy(old, fresh) {
  if (old?.shape.join() !== fresh.shape.join()) return [0, 0];
  return fresh.moved.map((cells, axis) => cells - old.moved[axis]);
}

// Where a cell stands on the stage, in pixels.
function placeOf(view, name, cell) {
  const panel = view.scene.panels.get(name);
  const { box } = view.slots.get(name);
  const { left, top } = areaOf(box, panel, boundingBox(panel, [cell]));
  return { left: box.left + left, top: box.top + top };
}

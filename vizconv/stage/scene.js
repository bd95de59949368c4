// A scene as the page holds it: panels of numbers by name, tables of terms by name, steps in order.

import { typed } from "./buffers.js";
import { run } from "./running.js";
import { readTable } from "./tables.js";
import { copyingOf, markNoise, switchesOf, toldOf } from "./terms.js";

// What steps make may be missing from a message: the page makes it, and marks no rounding noise.
export function readScene(raw) {
  const panels = new Map(raw.panels.map((panel) => [panel.name, readPanel(panel)]));
  const tables = new Map(raw.terms.map((table) => [table.name, readTable(table)]));
  const scene = takeSteps({ ...raw, panels, tables }, raw.steps);
  if (raw.panels.every(({ values }) => values)) markNoise(scene);
  else run(scene);
  return scene;
}

// Lets a scene have these steps, and what follows from them.
export function takeSteps(scene, steps) {
  const told = toldOf(steps, scene.panels);
  const switches = switchesOf(steps, scene.panels);
  return Object.assign(scene, { steps, told, switches, copying: copyingOf(steps, told) });
}

function readPanel(panel) {
  const size = panel.shape.reduce((product, length) => product * length, 1);
  return {
    ...panel,
    values: readValues(panel, size),
    kinds: panel.kinds ? typed(Uint8Array, panel.kinds) : new Uint8Array(size),
    owners: panel.owners && typed(Int16Array, panel.owners),
    size,
    noise: null, // which of its values are but rounding noise: see terms.js
  };
}

function readValues({ values, single }, size) {
  if (!values) return new Float64Array(size);
  return single ? Float64Array.from(typed(Float32Array, values)) : typed(Float64Array, values);
}

// What is written and filled for a value of a cell: 0 for one that is but rounding noise.
export function asSeen({ noise }, cell, value) {
  return value !== undefined && noise?.[cell] ? 0 : value;
}

export function seenIn(panel, cell) {
  return asSeen(panel, cell, panel.values[cell]);
}

export function seen(panel) {
  return panel.noise ? panel.values.map((value, cell) => asSeen(panel, cell, value)) : panel.values;
}

// The panels that have a place on the stage; the others take part and are not drawn.
export function placedPanels(scene) {
  return [...scene.panels.values()].filter(({ place }) => place);
}

// Channels, rows and columns.
export function blocks(panel) {
  return [1, 1, 1, ...panel.shape].slice(-3);
}

// What blocks, rows and columns are called; nothing where they are not.
export function axisNames({ shape, names }) {
  const [ofBlocks, rows, columns] = [[], [], [], ...(names ?? [])].slice(-3);
  return { blocks: shape.length > 2 ? ofBlocks : [], rows: shape.length > 1 ? rows : [], columns };
}

// A panel of some cells of another knows the index that each has there.
export function indexOf(panel, cell) {
  if (panel.indices) return panel.indices[cell];
  const index = [];
  let rest = cell;
  for (const length of [...panel.shape].reverse()) {
    index.unshift(rest % length);
    rest = Math.floor(rest / length);
  }
  return index.map((number, axis) => number + panel.origin[axis]);
}

export function nameOf(panel, cell) {
  const index = indexOf(panel, cell).join(",");
  return index ? `${titleOf(panel)}[${index}]` : titleOf(panel);
}

export function titleOf(panel) {
  return panel.label + lowered(panel.subscript) + panel.superscript;
}

// A subscript in a line of text: w₀, a_prev.
function lowered(subscript) {
  if (!/^\d+$/.test(subscript)) return subscript && `_${subscript}`;
  return [...subscript].map((digit) => "₀₁₂₃₄₅₆₇₈₉"[digit]).join("");
}

// Whether two cells, {panel, cell}, are one and the same; no cell is the same as none.
export function isSamePlace(one, other) {
  return Boolean(one && other) && one.panel === other.panel && one.cell === other.cell;
}

// The same cell in another scene, {panel, cell}, or null where it has none on show.
export function sameCell(before, after, { panel, cell }) {
  const [old, fresh] = [before.panels.get(panel), after.panels.get(panel)];
  if (!fresh?.place || old.shape.length !== fresh.shape.length) return null;
  if (fresh.indices) return sameIndex(old, fresh, panel, cell);
  const index = indexOf(old, cell).map((number, axis) => number - fresh.origin[axis]);
  if (index.some((number, axis) => number < 0 || number >= fresh.shape[axis])) return null;
  return { panel, cell: index.reduce((flat, number, axis) => flat * fresh.shape[axis] + number, 0) };
}

function sameIndex(old, fresh, panel, cell) {
  const index = String(indexOf(old, cell));
  const at = fresh.indices.findIndex((each) => String(each) === index);
  return at < 0 ? null : { panel, cell: at };
}

// The rectangle that holds some cells, or null where they lie in several channels.
export function boundingBox(panel, cells) {
  const [, rows, columns] = blocks(panel);
  const channel = Math.floor(cells[0] / (rows * columns));
  let [top, left, bottom, right] = [Infinity, Infinity, 0, 0];
  for (const cell of cells) {
    const [i, j] = [Math.floor(cell / columns) % rows, cell % columns];
    if (Math.floor(cell / (rows * columns)) !== channel) return null;
    [top, bottom] = [Math.min(top, i), Math.max(bottom, i)];
    [left, right] = [Math.min(left, j), Math.max(right, j)];
  }
  return { channel, top, left, height: bottom - top + 1, width: right - left + 1 };
}

// Rules: the few steps of a scene that are no sums of products. A rule makes its panel number by number, row by
// row, of a whole panel, or window by window: a window is the rows of one `out` in a table.

import { cellAt, cellsBeside } from "./tables.js";

export const SWITCHES = ["gate", "mask", "ties"]; // they make zeros and ones: a term whose switch is 0 is left out

// A value of which nothing can be made; its message is a sentence for the learner.
export class Refusal extends Error {}

// What a rule makes of the panels that it reads, {values, shape, size}; `size` is that of its own panel.
export function made(rule, sources, table, size) {
  const [{ values }] = sources;
  if (BY_NUMBER[rule]) return values.map((value) => BY_NUMBER[rule](value));
  if (BY_PANEL[rule]) return Float64Array.of(BY_PANEL[rule](values));
  if (BY_WINDOW[rule]) return BY_WINDOW[rule](values, table, size);
  const [rows, others] = sources.map(rowsOf);
  return Float64Array.from(rows.flatMap((row, at) => BY_ROW[rule](row, at, others?.[at])));
}

// ---- Number by number, and of a whole panel -----------------------------------------------------------

const BY_NUMBER = {
  gate: (z) => (z > 0 ? 1 : 0),
  sigmoid,
  "sigmoid slope": (z) => sigmoid(z) * (1 - sigmoid(z)),
  tanh: Math.tanh,
  "tanh slope": (z) => 1 - Math.tanh(z) ** 2,
  exp: Math.exp,
  "minus log": (p) => -Math.log(p),
  inverse: (p) => 1 / p,
};

function sigmoid(z) {
  const small = Math.exp(-Math.abs(z)); // never overflows
  return (z < 0 ? small : 1) / (1 + small);
}

const BY_PANEL = {
  "minus maximum": (z) => -largestOf(z),
  "inverse sum": (e) => 1 / sumOf(e),
};

function largestOf(values) {
  return values.reduce((largest, value) => Math.max(largest, value), -Infinity);
}

function sumOf(values) {
  return values.reduce((sum, value) => sum + value, 0);
}

// ---- Row by row ---------------------------------------------------------------------------------------

const BY_ROW = { softmax, surprise, right };

function rowsOf({ values, shape, size }) {
  const length = shape.at(-1);
  return Array.from({ length: size / length }, (_, row) => values.subarray(row * length, (row + 1) * length));
}

function softmax(row, at) {
  const exponentials = shifted(row, at).map(Math.exp);
  const total = sumOf(exponentials);
  return Array.from(exponentials, (exponential) => exponential / total);
}

// −log p, without the detour over a p that may be 0.
function surprise(row, at) {
  const scores = shifted(row, at);
  const total = Math.log(sumOf(scores.map(Math.exp)));
  return Array.from(scores, (score) => total - score);
}

function shifted(row, at) {
  const top = largestOf(row);
  if (Number.isFinite(top)) return row.map((score) => score - top);
  const name = { Infinity: "inf", "-Infinity": "-inf", NaN: "nan" }[top]; // as Python calls it
  throw new Refusal(`The largest score in row ${at} of x is ${name}; a finite number is expected.`);
}

function right(scores, _, wanted) {
  return [placeOfLargest(scores) === placeOfLargest(wanted) ? 1 : 0];
}

// The first place of the largest value; NaN counts as larger than any, as NumPy has it.
export function placeOfLargest(row) {
  const largest = largestOf(row);
  return row.findIndex((value) => value === largest || Object.is(value, largest));
}

// ---- Window by window ---------------------------------------------------------------------------------

const BY_WINDOW = { mask, ties, border };

function mask(x, table, size) {
  const marks = new Float64Array(size);
  for (const mark of largestOfWindows(x, table).marks) if (mark >= 0) marks[mark] = 1;
  return marks;
}

function ties(x, table, size) {
  const marks = new Float64Array(size);
  const { tops } = largestOfWindows(x, table);
  everyRow(table, (window, cell, mark) => {
    if (x[cell] === tops[window]) marks[mark] = 1;
  });
  return marks;
}

// For each window its largest value, and where the mark of the first cell that has it lies; -1 without cells.
function largestOfWindows(x, table) {
  if (x.some(Number.isNaN))
    throw new Refusal("X holds NaN, which is neither larger nor smaller than any number.");
  const windows = 1 + largestOf(table.out) + largestOf(table.moves.out);
  const [tops, marks] = [new Float64Array(windows), new Int32Array(windows).fill(-1)];
  everyRow(table, (window, cell, mark) => {
    if (marks[window] >= 0 && !(x[cell] > tops[window])) return;
    tops[window] = x[cell];
    marks[window] = mark;
  });
  return { tops, marks };
}

function everyRow({ out, left, right, moves, count }, take) {
  for (let time = 0; time < moves.out.length; time += 1) {
    const [window, cell, mark] = [moves.out[time], moves.left[time], moves.right[time]];
    for (let row = 0; row < count; row += 1) take(window + out[row], cell + left[row], mark + right[row]);
  }
}

// x with some cells copied from others.
function border(x, table) {
  const copies = x.slice();
  for (let row = 0; row < table.length; row += 1)
    copies[cellAt(table, "out", row)] = x[cellAt(table, "left", row)];
  return copies;
}

// ---- Which cells a rule ties: from a cell of its own to those that it reads, and back -------------------

export function sourcesOf(rule, cell, source, target, table) {
  if (rule === "border") return copiedFrom(cell, source, target, table);
  if (BY_WINDOW[rule]) return acrossWindows(table, "right", cell, "left");
  const { read, make } = blocksOf(rule, source, target);
  return block(Math.floor(cell / make), read);
}

export function usesOf(rule, cell, source, target, table) {
  if (rule === "border") return copiedTo(cell, source, target, table);
  if (BY_WINDOW[rule]) return acrossWindows(table, "left", cell, "right");
  const { read, make } = blocksOf(rule, source, target);
  return block(Math.floor(cell / read), make);
}

// Of so many numbers that it reads a rule makes so many.
function blocksOf(rule, source, target) {
  const read = BY_NUMBER[rule] ? 1 : BY_ROW[rule] ? source.shape.at(-1) : source.size;
  return { read, make: (target.size * read) / source.size };
}

function block(at, length) {
  return Array.from({ length }, (_, place) => at * length + place);
}

function acrossWindows(table, role, cell, other) {
  const windows = cellsBeside(table, role, cell, "out");
  return [...new Set(windows.flatMap((window) => cellsBeside(table, "out", window, other)))];
}

// A border in a panel of its own keeps all other cells; in place they are made by no rule.
function copiedFrom(cell, source, target, table) {
  const from = cellsBeside(table, "out", cell, "left").slice(-1);
  return from.length || source === target ? from : [cell];
}

function copiedTo(cell, source, target, table) {
  const to = cellsBeside(table, "left", cell, "out");
  return [...to, ...(source === target || cellsBeside(table, "out", cell, "left").length ? [] : [cell])];
}

// The one arithmetic of every stage: sums of products and rules, in order, and which cells they tie. It knows
// rows (out, left, right) and a few rules; it knows no convolution.

import { made, SWITCHES, sourcesOf, usesOf } from "./rules.js";
import { cellAt, rowsAt } from "./tables.js";

const HUED = ["right", "left", "out"]; // where the owner of a row's hue is looked for

// ---- Steps in order -----------------------------------------------------------------------------------

// The values of all panels that steps make, later ones of earlier ones; throws a Refusal where a rule refuses.
// `done(reading, table, row)` may leave terms out, to show a sum on its way; what rules make stays whole then.
export function sumsOf(scene, done = null) {
  const steps = done ? scene.steps.filter(({ role }) => role) : scene.steps;
  const sums = new Map();
  const valuesOf = (name) => sums.get(name) ?? scene.panels.get(name).values;
  for (const step of steps) {
    const before = sums.get(targetOf(step));
    const values = step.rule ? ruled(scene, step, valuesOf) : summed(scene, step, valuesOf, done);
    sums.set(targetOf(step), before && step.role ? values.map((sum, cell) => before[cell] + sum) : values);
  }
  return sums;
}

// The sums when a walk has reached so many cells: of the terms with these cells, and of all where it has no part.
export function sumsAfter(scene, steps) {
  return sumsOf(scene, (reading, table, row) => {
    const role = table.roles.find((name) => reading[name] === scene.walk);
    return !role || cellAt(table, role, row) < steps;
  });
}

// The steps whose panels all have a place: what takes part without one is summed, and nobody is to see it.
export function toldOf(steps, panels) {
  return steps.filter((step) => panelsOf(step).every((name) => panels.get(name)?.place));
}

function panelsOf(step) {
  return step.rule ? [step.out, ...step.of] : [step.out, step.left, step.right].filter(Boolean);
}

export function targetOf(step) {
  return step.rule ? step.out : step[step.role];
}

function ruled(scene, step, valuesOf) {
  const sources = step.of.map((name) => ({ ...scene.panels.get(name), values: valuesOf(name) }));
  return made(step.rule, sources, scene.tables.get(step.terms), scene.panels.get(step.out).size);
}

function summed(scene, reading, valuesOf, done) {
  const table = scene.tables.get(reading.terms);
  const sums = new Float64Array(scene.panels.get(targetOf(reading)).size);
  const factors = factorsOf(scene, reading, table, valuesOf);
  table.moves[reading.role].forEach((move, time) => {
    const moved = factors.map((factor) => ({
      ...factor,
      values: factor.values.subarray(factor.moves[time]),
    }));
    const first = time * table.count;
    const kept = done && ((row) => done(reading, table, first + row));
    addProducts(sums.subarray(move), table[reading.role], moved, kept);
  });
  return sums;
}

function factorsOf({ switches }, reading, table, valuesOf) {
  return factorRoles(reading, table).map((role) => ({
    indices: table[role],
    moves: table.moves[role],
    values: valuesOf(reading[role]),
    isSwitch: switches.has(reading[role]),
  }));
}

export function factorRoles(reading, table) {
  return table.roles.filter((role) => role !== reading.role);
}

// A term whose gate or mask is 0 is left out: no 0 × ∞.
function addProducts(sums, indices, [one, other], kept) {
  for (let row = 0; row < indices.length; row += 1) {
    if (kept && !kept(row)) continue;
    const left = one.values[one.indices[row]];
    const right = other ? other.values[other.indices[row]] : 1;
    if ((one.isSwitch && left === 0) || (other?.isSwitch && right === 0)) continue;
    sums[indices[row]] += left * right;
  }
}

export function switchesOf(steps) {
  return new Set(steps.filter(({ rule }) => SWITCHES.includes(rule)).map(({ out }) => out));
}

// ---- Which cells are tied -----------------------------------------------------------------------------

// Every reading that a cell takes part in, with its role there and its rows of the table.
export function linksOf(scene, { panel, cell }) {
  const links = [];
  for (const reading of scene.told.filter(({ role }) => role)) {
    const table = scene.tables.get(reading.terms);
    for (const role of table.roles) {
      if (reading[role] !== panel) continue;
      links.push({ reading, table, role, rows: rowsAt(table, role, cell), isSum: role === reading.role });
    }
  }
  return links;
}

// The walk's first cell of those that most terms meet.
export function fullestCell(scene) {
  const counts = Array.from({ length: scene.panels.get(scene.walk).size }, (_, cell) =>
    linksOf(scene, { panel: scene.walk, cell }).reduce((count, { rows }) => count + rows.length, 0),
  );
  return { panel: scene.walk, cell: counts.indexOf(Math.max(...counts)) };
}

// Every rule that a cell takes part in, with the cells that it meets there: as the result those that it is made
// of, else those that are made of it.
export function ruleLinksOf(scene, { panel, cell }) {
  const links = [];
  for (const step of scene.told.filter(({ rule }) => rule)) {
    const [target, table] = [scene.panels.get(step.out), scene.tables.get(step.terms)];
    for (const source of step.of.map((name) => scene.panels.get(name))) {
      const tied = [step.rule, cell, source, target, table];
      if (step.out === panel) links.push({ step, isResult: true, panel: source, cells: sourcesOf(...tied) });
      if (source.name === panel) links.push({ step, isResult: false, panel: target, cells: usesOf(...tied) });
    }
  }
  return links.filter(({ cells }) => cells.length);
}

// Which cells are lit: for each panel a map from cell to hue (-1: no hue of its own).
export function litCells(scene, subject) {
  const lit = new Map();
  const cellsOf = (name) => lit.get(name) ?? lit.set(name, new Map()).get(name);
  for (const { panel, cells } of ruleLinksOf(scene, subject)) {
    for (const cell of cells) cellsOf(panel.name).set(cell, -1);
  }
  for (const { reading, table, rows } of linksOf(scene, subject)) {
    const hue = hueIn(scene, reading, table);
    for (const role of table.roles) {
      const cells = cellsOf(reading[role]);
      for (const row of rows) cells.set(cellAt(table, role, row), hue(row));
    }
  }
  return lit;
}

// The hue of a row: that of the first of its cells that has an owner.
export function hueIn({ panels }, reading, table) {
  const owners = HUED.map((role) => table[role] && panels.get(reading[role]).owners);
  const roles = HUED.map((role, at) => [role, owners[at]]).filter(([, marks]) => marks);
  return (row) => {
    for (const [role, marks] of roles) {
      const owner = marks[cellAt(table, role, row)];
      if (owner >= 0) return owner;
    }
    return -1;
  };
}

// The cells of all terms and rules in which both the subject and one of its partners take part.
export function partnersOf(scene, subject, { panel, cell }) {
  const partners = [];
  for (const { reading, table, rows } of linksOf(scene, subject)) {
    const role = table.roles.find((name) => reading[name] === panel);
    if (!role) continue;
    for (const row of rows) {
      if (cellAt(table, role, row) !== cell) continue;
      partners.push(...table.roles.map((name) => ({ panel: reading[name], cell: cellAt(table, name, row) })));
    }
  }
  const rules = ruleLinksOf(scene, subject).filter((link) => link.panel.name === panel);
  const met = rules.filter(({ cells }) => cells.includes(cell));
  return [...partners, ...met.flatMap(() => [subject, { panel, cell }])];
}

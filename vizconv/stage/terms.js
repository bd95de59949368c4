// The one arithmetic of every stage: sums of products and rules, in order, and which cells they tie. It knows
// rows (out, left, right) and a few rules; it knows no convolution.

import { made, SWITCHES, sourcesOf, usesOf } from "./rules.js";
import { cellAt, rowsAt } from "./tables.js";

const NOISE = 1e-12;
const HUED = ["right", "left", "out"]; // where the owner of a row's hue is looked for

// ---- Steps in order -----------------------------------------------------------------------------------

// The values of all panels that steps make, later ones of earlier ones; throws a Refusal where a rule refuses.
// `done(reading, table, row)` may leave terms out, to show a sum on its way; what rules make stays whole then.
export function sumsOf(scene, done = null) {
  const steps = done ? scene.steps.filter(({ role }) => role) : scene.steps;
  const sums = new Map();
  const valuesOf = (name) => sums.get(name) ?? scene.panels.get(name).values;
  for (const step of steps) {
    const target = targetOf(step);
    const values = (step.role && sums.get(target)) || new Float64Array(scene.panels.get(target).size);
    const take = done ? addSome : takeStep;
    sums.set(target, take(scene, step, valuesOf, values, done));
  }
  return sums;
}

// Takes one step: a reading adds its sums to `values`, a rule returns others in their place.
export function takeStep(scene, step, valuesOf, values) {
  return step.rule ? ruled(scene, step, valuesOf) : addAll(scene, step, valuesOf, values);
}

// The sums when a walk has reached so many cells: of the terms with these cells, and of all where it has no part.
export function sumsAfter(scene, steps) {
  return sumsOf(scene, (...term) => isReached(scene, steps, ...term));
}

// Whether a walk of so many cells has reached a term.
export function isReached({ walk }, steps, reading, table, row) {
  const role = table.roles.find((name) => reading[name] === walk);
  return !role || cellAt(table, role, row) < steps;
}

// The scene on its way, {whole, reached}: its panels hold these sums, undefined where there is none yet.
export function onItsWay(scene, steps, sums) {
  if (!sums.size) return scene;
  const made = [...sums].map(([name, values]) => [name, { ...scene.panels.get(name), values }]);
  return { ...scene, panels: new Map([...scene.panels, ...made]), whole: scene, reached: steps };
}

// Marks the sums that are but what rounding left: less than so little of the sizes of all their terms, and no
// whole numbers. They read 0; what they are stays what is summed on.
export function markNoise(scene) {
  const ruled = new Set(scene.steps.filter(({ rule }) => rule).map(targetOf));
  const summed = scene.steps.map(targetOf).filter((name) => !ruled.has(name));
  const panels = [...new Set(summed)].map((name) => scene.panels.get(name));
  const broken = panels.some(({ values }) => !values.every(Number.isInteger));
  const sizes = broken ? sizesOf(scene) : null;
  for (const panel of panels) panel.noise = broken ? noiseIn(panel.values, sizes.get(panel.name)) : null;
}

// The sizes of all terms of every sum, of sums by the sizes of theirs.
function sizesOf(scene) {
  const size = ([name, panel]) => [name, { ...panel, values: panel.values.map(Math.abs) }];
  const steps = scene.steps.filter(({ role }) => role);
  return sumsOf({ ...scene, steps, panels: new Map([...scene.panels].map(size)) });
}

function noiseIn(values, sizes) {
  const isNoise = (value, cell) =>
    !Number.isInteger(value) && Math.abs(value) < NOISE * sizes[cell] && Number.isFinite(sizes[cell]);
  const noise = Array.from(values, isNoise);
  return noise.includes(true) ? noise : null;
}

// The steps of panels in their places and constants: what else takes part is summed, and nobody is to see it.
export function toldOf(steps, panels) {
  return steps.filter((step) => panelsOf(step).every((name) => isTold(panels.get(name))));
}

function isTold(panel) {
  return Boolean(panel?.place || panel?.constant);
}

export function panelsOf(step) {
  return step.rule ? [step.out, ...step.of] : [step.out, step.left, step.right].filter(Boolean);
}

export function targetOf(step) {
  return step.rule ? step.out : step[step.role];
}

function ruled(scene, step, valuesOf) {
  const sources = step.of.map((name) => ({ ...scene.panels.get(name), values: valuesOf(name) }));
  return made(step.rule, sources, scene.tables.get(step.terms), scene.panels.get(step.out).size);
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

// Adds the terms of a reading that `done` lets through.
function addSome(scene, reading, valuesOf, sums, done) {
  const table = scene.tables.get(reading.terms);
  const [roles, factors] = [factorRoles(reading, table), factorsOf(scene, reading, table, valuesOf)];
  for (let row = 0; row < table.length; row += 1) {
    if (!done(reading, table, row)) continue;
    const numbers = factors.map(({ values }, at) => values[cellAt(table, roles[at], row)]);
    if (factors.some(({ isSwitch }, at) => isSwitch && numbers[at] === 0)) continue;
    sums[cellAt(table, reading.role, row)] += numbers.reduce((product, number) => product * number);
  }
  return sums;
}

// ---- All terms of a reading, as fast as they can be added: this is what a network's layers take their time for --

function addAll(scene, reading, valuesOf, sums) {
  const table = scene.tables.get(reading.terms);
  const [one, other] = factorsOf(scene, reading, table, valuesOf).sort(switchLast);
  const add = !other ? addCopies : other.isSwitch ? addSwitched : addProducts;
  table.moves[reading.role].forEach((move, time) => {
    add(sums, table[reading.role], move, one, one.moves[time], other, other?.moves[time]);
  });
  return sums;
}

function switchLast(one, other) {
  return Number(one.isSwitch) - Number(other.isSwitch);
}

function addCopies(sums, targets, move, { values, indices }, first) {
  for (let row = 0; row < targets.length; row += 1) sums[move + targets[row]] += values[first + indices[row]];
}

function addProducts(sums, targets, move, one, first, other, second) {
  const { values, indices } = one;
  const { values: weights, indices: places } = other;
  for (let row = 0; row < targets.length; row += 1)
    sums[move + targets[row]] += values[first + indices[row]] * weights[second + places[row]];
}

// A term whose gate or mask is 0 is left out: no 0 × ∞.
function addSwitched(sums, targets, move, one, first, other, second) {
  const { values, indices } = one;
  const { values: switches, indices: places } = other;
  for (let row = 0; row < targets.length; row += 1) {
    const open = switches[second + places[row]];
    if (open !== 0) sums[move + targets[row]] += values[first + indices[row]] * open;
  }
}

export function switchesOf(steps, panels) {
  const ruled = steps.filter(({ rule }) => SWITCHES.includes(rule)).map(({ out }) => out);
  const others = [...panels.values()].filter((panel) => panel.switch).map(({ name }) => name);
  return new Set([...ruled, ...others]);
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
  for (const [panel, cells] of [...lit]) {
    for (const [cell, hue] of [...cells]) {
      for (const original of originalsOf(scene, { panel, cell })) {
        const others = cellsOf(original.panel);
        if (!others.has(original.cell)) others.set(original.cell, hue);
      }
    }
  }
  return lit;
}

// The readings that alone make their panel, of one factor: its numbers are copies, or sums of such.
export function copyingOf(steps, told) {
  const alone = (reading) => steps.filter((step) => targetOf(step) === targetOf(reading)).length === 1;
  const copying = told.filter((step) => step.role === "out" && !step.right && alone(step));
  return new Map(copying.map((reading) => [reading.out, reading]));
}

// The cell that a cell is a copy of, what that one is a copy of, and so on: a weight in a Jacobian is one of w.
function originalsOf(scene, { panel, cell }) {
  const reading = scene.copying.get(panel);
  const table = reading && scene.tables.get(reading.terms);
  const rows = reading ? rowsAt(table, "out", cell) : [];
  if (rows.length !== 1) return [];
  const original = { panel: reading.left, cell: cellAt(table, "left", rows[0]) };
  return [original, ...originalsOf(scene, original)];
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
  const isIt = (place) => place.panel === panel && place.cell === cell;
  for (const { reading, table, rows } of linksOf(scene, subject)) {
    for (const row of rows) {
      const met = table.roles.map((name) => ({ panel: reading[name], cell: cellAt(table, name, row) }));
      if (met.some(isIt)) partners.push(...met);
      else if (met.some((place) => originalsOf(scene, place).some(isIt)))
        partners.push(...met, { panel, cell });
    }
  }
  const rules = ruleLinksOf(scene, subject).filter((link) => link.panel.name === panel);
  const met = rules.filter(({ cells }) => cells.includes(cell));
  return [...partners, ...met.flatMap(() => [subject, { panel, cell }])];
}

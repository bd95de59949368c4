// Making: what a number is made of and what it goes into, by the rows of the tables at one cell.

import { usesOf } from "../rules.js";
import { cellAt, rowsAt } from "../tables.js";
import { factorRoles, targetOf } from "../terms.js";

// What a number is made of: {kind: "sum" | "rule" | "given", parts}. A part of a sum is {step, cells: for each
// factor its panel's name and its cells}.
export function makingOf(scene, { panel, cell }) {
  const steps = scene.steps.filter((step) => targetOf(step) === panel);
  const rule = steps.find((step) => step.rule);
  if (rule) return { kind: "rule", parts: [rule] };
  const parts = steps.map((step) => partOf(scene, step, step.role, cell)).filter(({ count }) => count);
  return { kind: steps.length ? "sum" : "given", parts };
}

export function partOf(scene, step, role, cell) {
  const table = scene.tables.get(step.terms);
  const rows = rowsAt(table, role, cell);
  const others = factorRoles(step, table);
  const cells = others.map((other) => ({
    panel: step[other],
    cells: Array.from(rows, (row) => cellAt(table, other, row)),
  }));
  return { step, count: rows.length, cells };
}

// The cells that a number goes into: {panel, cell, value: what it brings}.
export function usesIn(scene, { panel, cell }) {
  const uses = [];
  for (const step of scene.steps) {
    if (step.rule) uses.push(...ruleUses(scene, step, panel, cell));
    else if (step[step.role] !== panel) uses.push(...sumUses(scene, step, panel, cell));
  }
  return uses;
}

function ruleUses(scene, step, panel, cell) {
  if (!step.of.includes(panel)) return [];
  const [source, target] = [scene.panels.get(panel), scene.panels.get(step.out)];
  const cells = usesOf(step.rule, cell, source, target, scene.tables.get(step.terms));
  return cells.map((at) => ({ panel: step.out, cell: at, value: target.values[at], step }));
}

function sumUses(scene, step, panel, cell) {
  const table = scene.tables.get(step.terms);
  return factorRoles(step, table)
    .filter((role) => step[role] === panel)
    .flatMap((role) =>
      Array.from(rowsAt(table, role, cell), (row) => ({
        panel: targetOf(step),
        cell: cellAt(table, step.role, row),
        value: productAt(scene, step, table, row),
        step,
      })),
    );
}

function productAt({ panels }, step, table, row) {
  return factorRoles(step, table).reduce(
    (whole, role) => whole * panels.get(step[role]).values[cellAt(table, role, row)],
    1,
  );
}

// Every product of a sum: {value, panel, cell} with the cell of its first factor.
export function productsOf({ panels, switches }, parts) {
  return parts.flatMap(({ count, cells }) =>
    Array.from({ length: count }, (_, at) => {
      const values = cells.map(({ panel, cells: own }) => panels.get(panel).values[own[at]]);
      const shut = cells.some(({ panel }, place) => switches.has(panel) && values[place] === 0);
      const value = shut ? 0 : values.reduce((whole, each) => whole * each, 1);
      return { value, panel: cells[0].panel, cell: cells[0].cells[at] };
    }),
  );
}

// An opened number that nothing makes: its products in the sums that it goes into.

import { indexOf } from "../scene.js";
import { cellAt, rowsAt } from "../tables.js";
import { factorRoles } from "../terms.js";
import { arranged } from "./boxes.js";
import { addPanel, addReading } from "./draft.js";
import { partOf } from "./making.js";

// A number that nothing makes, and its products in the sums that it goes into.
export function addUses(draft, subject) {
  const { scene } = draft;
  const own = addPanel(draft, subject.panel, [subject.cell], [1], {
    place: [0, 1],
    sign: "×",
    part: "given",
  });
  own.isSubject = true;
  const step = scene.steps.find(
    (each) => !each.rule && each.role === "out" && factorsOf(scene, each).includes(subject.panel),
  );
  if (!step) {
    own.place = [0, 0];
    own.sign = "";
    return;
  }
  const table = scene.tables.get(step.terms);
  const role = factorRoles(step, table).find((each) => step[each] === subject.panel);
  const part = partOf(scene, step, role, subject.cell);
  const target = {
    panel: step.out,
    cells: Array.from(rowsAt(table, role, subject.cell), (row) => cellAt(table, "out", row)),
  };
  addContributions(draft, own, others(step, role, table, subject.cell), target, part.count);
}

function factorsOf(scene, step) {
  return factorRoles(step, scene.tables.get(step.terms)).map((role) => step[role]);
}

function others(step, role, table, cell) {
  const rows = rowsAt(table, role, cell);
  return factorRoles(step, table)
    .filter((each) => each !== role)
    .map((each) => ({ panel: step[each], cells: Array.from(rows, (row) => cellAt(table, each, row)) }));
}

function addContributions(draft, own, [other], target, count) {
  if (!count) {
    own.place = [0, 0];
    own.sign = "";
    return;
  }
  const { shape, order } = arranged(draft.scene, other ? [other, target] : [target]);
  const wide = shape.length === 3;
  const placeOf = (at) => (wide ? [at, 0] : [0, at]);
  own.place = placeOf(other ? 1 : 0);
  own.sign = other ? "×" : "";
  const look = { place: placeOf(2), sign: "=", name: `into ${target.panel}`, inRow: wide, aligned: true };
  const made = addPanel(draft, null, null, shape, { ...look, label: `into ${target.panel}` });
  nameCells(
    made,
    target.panel,
    order.map((at) => target.cells[at]),
    draft.scene,
  );
  const cells = Uint32Array.from(order, (_, at) => at);
  if (!other) {
    addReading(draft, { out: cells, left: cells.map(() => 0) }, made, own);
    return;
  }
  const factor = addPanel(
    draft,
    other.panel,
    order.map((at) => other.cells[at]),
    shape,
    { place: placeOf(0), inRow: wide, aligned: true },
  );
  addReading(draft, { out: cells, left: cells, right: cells.map(() => 0) }, made, factor, own);
}

// What is made here is called as the network's cells that it goes into.
function nameCells(made, panel, cells, { panels }) {
  made.cells = { panel, cells };
  made.indices = cells.map((cell) => indexOf(panels.get(panel), cell));
  if (cells.length === 1) made.caption = `[${made.indices[0].join(", ")}]`;
}

// An opened number that a rule makes: what the rule reads, and what it makes of it.

import { sourcesOf, usesOf } from "../rules.js";
import { cellsBeside } from "../tables.js";
import { addBox } from "./draft.js";

const WINDOWS = ["mask", "ties"];

export function addRule(draft, subject, step) {
  const { scene } = draft;
  const table = scene.tables.get(step.terms);
  const target = scene.panels.get(step.out);
  const read = step.of.map((name) => readBy(scene, step, subject.cell, name));
  const sources = read.map((own, at) => addBox(draft, step.of[at], own, { place: [0, at], part: "source" }));
  const made = WINDOWS.includes(step.rule)
    ? windowOf(table, subject.cell, "right")
    : step.rule === "border"
      ? [subject.cell]
      : usesOf(step.rule, read[0][0], scene.panels.get(step.of[0]), target, table);
  const result = addBox(draft, step.out, made, { place: [0, step.of.length], part: "result" });
  result.isSubject = true;
  result.subject = result.cells.cells.indexOf(subject.cell);
  result.sign = "→";
  draft.terms.push(...windowTable(step, table, subject.cell, sources[0], result));
  draft.steps.push({
    rule: step.rule,
    out: result.name,
    of: sources.map(({ name }) => name),
    terms: draft.terms[0]?.name ?? null,
  });
}

function readBy(scene, step, cell, name) {
  const table = scene.tables.get(step.terms);
  if (WINDOWS.includes(step.rule)) return windowOf(table, cell, "left");
  return sourcesOf(step.rule, cell, scene.panels.get(name), scene.panels.get(step.out), table);
}

function windowOf(table, cell, role) {
  const [window] = cellsBeside(table, "right", cell, "out");
  return cellsBeside(table, "out", window, role);
}

function windowTable(step, table, cell, source, result) {
  if (!WINDOWS.includes(step.rule) && step.rule !== "border") return [];
  const lefts = WINDOWS.includes(step.rule) ? windowOf(table, cell, "left") : source.cells.cells;
  const rights = WINDOWS.includes(step.rule) ? windowOf(table, cell, "right") : result.cells.cells;
  const at = (panel, own) => Uint32Array.from(own, (each) => panel.cells.cells.indexOf(each));
  const [left, right] = [at(source, lefts), at(result, rights)];
  const out = step.rule === "border" ? right : left.map(() => 0);
  return [{ name: "window", wide: true, repeats: [], out, left, right }];
}

// An opened number: a small scene of its own for the stage that learners know. Of a sum the factors and their
// products, of a rule what it reads and makes, of what is given what it goes into: no knowledge of convolution.

import { addPanel } from "./draft.js";
import { makingOf } from "./making.js";
import { addRule } from "./opened_rule.js";
import { addSum } from "./opened_sum.js";
import { addUses } from "./opened_uses.js";

// The raw scene of an opened number.
export function openedScene(scene, subject) {
  const making = makingOf(scene, subject);
  const draft = { scene, panels: [], terms: [], steps: [], row: 0 };
  if (making.kind === "sum" && !making.parts.length)
    addPanel(draft, subject.panel, [subject.cell], [1], { part: "total" }).isSubject = true;
  else if (making.kind === "sum") addSum(draft, subject, making.parts);
  else if (making.kind === "rule") addRule(draft, subject, making.parts[0]);
  else addUses(draft, subject);
  const { panels, terms, steps } = draft;
  const at = panels.find((panel) => panel.isSubject);
  const pointed = { panel: at.name, cell: at.subject ?? 0 };
  return {
    panels,
    terms,
    steps,
    walk: null,
    notes: [],
    pointed,
    enlarged: enlargedIn(panels),
  };
}

// The panels whose cells stand for each other, place by place.
function enlargedIn(panels) {
  return panels.filter((panel) => panel.aligned).map(({ name }) => name);
}

// What a tour of a stage shows, as plain data: steps [{awaits, panel, cell, text}], in order, made for its scene.

import { kindsOf } from "./cells.js";
import { nameOf, placedPanels, titleOf } from "./scene.js";
import { linksOf, litCells, ruleLinksOf, targetOf } from "./terms.js";

const GIVEN = ["padding", "filled"]; // cells that nobody types into

// `awaits` is what the learner does in this step: "point" at its cell, a number of the formula ("factor"),
// "hold", "type" or "step"; what stands between backticks in its text is a name.
export function stepsOf(scene) {
  const made = resultOf(scene);
  const given = givenOf(scene, made);
  return [
    ...(made ? pointSteps(scene, made) : []),
    ...(given ? typeSteps(scene, given, made) : []),
    ...playSteps(scene),
  ];
}

function pointSteps(scene, place) {
  const name = namedIn(scene, place);
  return [
    { awaits: "point", ...place, text: `Point at \`${name}\`: what it was made of lights up.` },
    {
      awaits: "factor",
      text: `Now read the line below the panels: it says where \`${name}\` comes from. Point at a number in it.`,
    },
  ];
}

function typeSteps(scene, place, made) {
  const name = namedIn(scene, place);
  const also = made ? "And the other way round: point" : "Point";
  return [
    { awaits: "point", ...place, text: `${also} at \`${name}\`. All that it goes into lights up.` },
    {
      awaits: "hold",
      ...place,
      text: "Click it: it is held, and the pointer is free. A second click lets it go.",
    },
    {
      awaits: "type",
      ...place,
      text: `Type a number on \`${name}\`, such as 3, and press Enter. All that follows from it changes, too.`,
    },
  ];
}

function playSteps({ walk, panels }) {
  if (!walk) return [];
  const text = `Press play: \`${titleOf(panels.get(walk))}\` is walked through, one number after the other.`;
  return [{ awaits: "step", text }];
}

function namedIn({ panels }, { panel, cell }) {
  return nameOf(panels.get(panel), cell);
}

// The first number that is made of others: of the walk, or of the first panel on show with such a number.
function resultOf(scene) {
  const targets = new Set(scene.told.map(targetOf));
  const shown = placedPanels(scene).filter(({ name }) => targets.has(name));
  const ordered = [...shown.filter(({ name }) => name === scene.walk), ...shown];
  return firstPlace(ordered, (place) => isMade(scene, place));
}

function isMade(scene, place) {
  const sums = linksOf(scene, place).some(({ isSum, rows }) => isSum && rows.length);
  return sums || ruleLinksOf(scene, place).some(({ isResult }) => isResult);
}

// A number to type on: the last of those that the result is made of, which most others read, too.
function givenOf(scene, made) {
  const met = made ? litCells(scene, made) : new Map();
  const open = placedPanels(scene).filter(({ editable }) => editable);
  const near = ({ panel, cell }) => isOpen(scene, panel, cell) && met.get(panel)?.has(cell);
  return (
    lastPlace(
      open.filter(({ name }) => met.has(name)),
      near,
    ) ?? firstPlace(open, (place) => isOpen(scene, place.panel, place.cell))
  );
}

function isOpen({ panels }, name, cell) {
  return !kindsOf(panels.get(name), cell).some((kind) => GIVEN.includes(kind.name));
}

function firstPlace(panels, isIt) {
  for (const { name, size } of panels) {
    for (let cell = 0; cell < size; cell += 1) if (isIt({ panel: name, cell })) return { panel: name, cell };
  }
  return null;
}

function lastPlace(panels, isIt) {
  for (const { name, size } of panels) {
    for (let cell = size - 1; cell >= 0; cell -= 1)
      if (isIt({ panel: name, cell })) return { panel: name, cell };
  }
  return null;
}

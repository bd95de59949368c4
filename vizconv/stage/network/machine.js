// A network as the page holds and runs it: its scene, its layers, and whose gradients are found.

import { copyingOf, sumsOf, switchesOf, targetOf } from "../terms.js";
import { readScene } from "../scene.js";

// {scene, panels, layers, scores, gradients: from a gradient's name to what it is the gradient of, of}
export function createMachine(raw) {
  const scene = readScene(raw.scene);
  const gradients = new Map(Object.entries(raw.gradients));
  const machine = { ...raw, scene, panels: scene.panels, gradients, of: { loss: true } };
  showObjective(machine, raw.of);
  return machine;
}

// Lets the gradients be those of {loss: true}, {score: k} or {probability: k}.
export function showObjective(machine, of) {
  aim(machine.scene, of);
  machine.of = of;
}

export function labelOf({ panels }) {
  return panels.get("t").values.indexOf(1);
}

// Makes all that follows from the changed panels; throws a Refusal where a rule refuses.
export function follow({ scene }, changed) {
  run(scene, changed);
}

function run(scene) {
  for (const [name, sums] of sumsOf(scene)) scene.panels.get(name).values.set(sums);
}

function aim(scene, wanted) {
  const [[kind, k]] = Object.entries(wanted);
  const way = scene.objectives[kind];
  const seed = targetOf(way[0]);
  const first = scene.steps.findIndex((step) => targetOf(step) === seed);
  const others = scene.steps.filter((step) => targetOf(step) !== seed);
  const steps = others.toSpliced(first, 0, ...way);
  Object.assign(scene, { steps, told: steps, switches: switchesOf(steps), copying: copyingOf(steps, steps) });
  if (kind !== "loss") scene.panels.get("chosen").values.fill(0).fill(1, k, k + 1);
  run(scene);
}

// Put values in, {panel, cell, value} each; returns what takes them back.
export function put({ panels }, changes) {
  return changes.map(({ panel, cell, value }) => {
    const { values } = panels.get(panel);
    const before = { panel, cell, value: values[cell] };
    values[cell] = value;
    return before;
  });
}

// A network as the page holds and runs it: its scene, its layers, and whose gradients are found.

import { aim } from "../objectives.js";
import { run } from "../running.js";
import { readScene } from "../scene.js";

// {scene, panels, layers, scores, gradients: from a gradient's name to what it is the gradient of, of}
export function createMachine(raw) {
  const scene = readScene(raw.scene);
  const gradients = new Map(Object.entries(raw.gradients));
  const machine = { ...raw, scene, panels: scene.panels, gradients };
  showObjective(machine, raw.of);
  return machine;
}

// Lets the gradients be those of {loss: true}, {score: k} or {probability: k}.
export function showObjective(machine, of) {
  machine.of = of;
  return aim(machine.scene, of);
}

export function labelOf({ panels }) {
  return panels.get("t").values.indexOf(1);
}

// Makes all that follows from the changed panels and returns the names of all that hold other numbers; throws a
// Refusal where a rule refuses.
export function follow({ scene }, changed) {
  return run(scene, changed);
}

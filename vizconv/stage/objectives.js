// Objectives: of which number a network's gradients are. Each is another way to make one gradient, that of the
// scores; all others follow from it.

import { run } from "./running.js";
import { takeSteps } from "./scene.js";
import { targetOf } from "./terms.js";

// Lets the gradients be those of {loss: true}, {score: k} or {probability: k}, k being a class. Returns the names
// of all panels that now hold other numbers.
export function aim(scene, wanted) {
  const [[kind, k]] = Object.entries(wanted);
  const way = scene.objectives[kind];
  if (!way) return []; // it ends before the scores
  const seed = targetOf(way[0]);
  const first = scene.steps.findIndex((step) => targetOf(step) === seed);
  const others = scene.steps.filter((step) => targetOf(step) !== seed);
  takeSteps(scene, others.toSpliced(first, 0, ...way));
  if (kind !== "loss")
    scene.panels
      .get("chosen")
      .values.fill(0)
      .fill(1, k, k + 1);
  return run(scene, [seed, ...(kind === "loss" ? [] : ["chosen"])]);
}

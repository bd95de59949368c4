// Running a scene again after a change: only what depends on it is made anew.

import { panelsOf, takeStep, targetOf } from "./terms.js";

const plans = new WeakMap(); // by the steps of a scene

// Makes again what follows from the panels that were changed, or are made in another way; everything where none
// are named. Returns their names, and those of all panels that now hold other numbers. Throws a Refusal where a
// rule refuses; then no step has made anything.
export function run(scene, changed = null) {
  const others = new Set(changed);
  const made = new Map();
  const valuesOf = (name) => made.get(name) ?? scene.panels.get(name).values;
  for (const { target, steps, sources } of planOf(scene.steps)) {
    if (changed && !sources.some((name) => others.has(name))) continue;
    const panel = scene.panels.get(target);
    let values = blank(panel);
    for (const step of steps) {
      values = takeStep(scene, step, valuesOf, values);
      made.set(target, values);
    }
    if (isSame(values, panel.values)) made.delete(target);
    else others.add(target);
  }
  for (const [name, values] of made) scene.panels.get(name).values.set(values);
  return others;
}

// Puts values in, {panel, cell, value} each; returns what takes them back.
export function put({ panels }, changes) {
  return changes.map(({ panel, cell, value }) => {
    const { values } = panels.get(panel);
    const before = { panel, cell, value: values[cell] };
    values[cell] = value;
    return before;
  });
}

// The panels that steps make, each when its last step has come: nothing uses it before.
function planOf(steps) {
  if (!plans.has(steps)) {
    const targets = new Set(steps.map(targetOf).reverse());
    plans.set(
      steps,
      [...targets].reverse().map((target) => planFor(target, steps)),
    );
  }
  return plans.get(steps);
}

function planFor(target, all) {
  const steps = all.filter((step) => targetOf(step) === target);
  return { target, steps, sources: [...new Set([target, ...steps.flatMap(panelsOf)])] };
}

// Room for a panel's numbers, the same one every time.
function blank(panel) {
  panel.room ??= new Float64Array(panel.size);
  return panel.room.fill(0);
}

function isSame(values, others) {
  return values.every((value, cell) => value === others[cell]);
}

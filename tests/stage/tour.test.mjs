// The steps of a tour follow from the scene alone.

import assert from "node:assert/strict";
import test from "node:test";

import { readScene } from "../../vizconv/stage/scene.js";
import { stepsOf } from "../../vizconv/stage/tour_steps.js";
import { worked } from "./worked.mjs";

// The worked example, with x to be typed into, and more.
function tourOf(more = {}, kinds = []) {
  const raw = worked();
  raw.panels[0].editable = true;
  for (const [cell, kind] of kinds) raw.panels[0].kinds.setUint8(cell, kind);
  return stepsOf(readScene({ ...raw, ...more }));
}

test("a tour points at a result, then at what it was made of, and plays at the end", () => {
  const steps = tourOf({ walk: "y" });
  assert.deepEqual(
    steps.map(({ awaits }) => awaits),
    ["point", "factor", "point", "hold", "type", "step"],
  );
  assert.deepEqual([steps[0].panel, steps[0].cell], ["y", 0]);
  assert.deepEqual([steps[2].panel, steps[2].cell], ["x", 5]); // x[1,1], which most windows read
  assert.match(steps[0].text, /`y\[0,0\]`/);
  assert.match(steps[4].text, /`x\[1,1\]`/);
});

test("nobody is asked to type on padding, and nobody to play where nothing is walked through", () => {
  const steps = tourOf({}, [[5, 1]]);
  assert.equal(steps[2].cell, 4);
  assert.equal(steps.at(-1).awaits, "type");
});

test("where nothing is made of others a tour points at what can be typed on, or there is nothing to show", () => {
  const steps = tourOf({ steps: [] });
  assert.deepEqual(steps.map(({ awaits }) => awaits), ["point", "hold", "type"]);
  assert.deepEqual(stepsOf(readScene({ ...worked(), steps: [] })), []);
});

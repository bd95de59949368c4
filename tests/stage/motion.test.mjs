// What moves on the stage when something changes.

import assert from "node:assert/strict";
import test from "node:test";

import { movedBy } from "../../vizconv/stage/motion.js";

const panel = (moved, shape = [3, 3]) => ({ shape, moved });

test("a picture moves on from where it was", () => {
  assert.deepEqual(movedBy(panel([0, 2]), panel([-1, 5])), [-1, 3]);
  assert.deepEqual(movedBy(panel([1, 1]), panel([1, 1])), [0, 0]);
});

test("what was not there, or had another shape, stays", () => {
  assert.deepEqual(movedBy(undefined, panel([1, 1])), [0, 0]);
  assert.deepEqual(movedBy(panel([0, 0], [2, 3]), panel([1, 1])), [0, 0]);
});

// How the outline of a weight looks.

import assert from "node:assert/strict";
import test from "node:test";

import { ownClasses } from "../../vizconv/stage/hues.js";

test("every weight has a look of its own, and none has the accent", () => {
  const looks = Array.from({ length: 180 }, (_, owner) => ownClasses(owner).join(" "));
  assert.equal(new Set(looks).size, 180);
  assert.deepEqual(ownClasses(-1), ["vizconv-accent"]);
  assert.deepEqual(ownClasses(4), ["vizconv-hue-4"]);
  assert.deepEqual(ownClasses(3 + 9 * 2 + 45), ["vizconv-hue-3", "vizconv-cut-2", "vizconv-notch-1"]);
});

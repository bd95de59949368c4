// How deep a fill is.

import assert from "node:assert/strict";
import test from "node:test";

import { depth, inkOn, rangeOf } from "../../vizconv/stage/colours.js";


test("the depth of a fill is a root with zero in its middle", () => {
  assert.deepEqual([-4, -1, 0, 1, 4].map((value) => depth(value, 4)), [-1, -0.5, 0, 0.5, 1]);
  assert.deepEqual([depth(3, 0), depth(NaN, 2), depth(Infinity, 2)], [0, 0, 1]);
});

function panels(...lists) {
  return lists.map((values) => ({ values, size: values.length }));
}

test("the ink turns on deep fills", () => {
  const inks = [0, 0.6, 0.83, 0.84, -0.79, -0.8].map((deep) => Object.values(inkOn(deep)));
  assert.deepEqual(inks, [[false, false], [true, false], [true, false], [true, true], [true, false], [true, true]]);
});

test("the range is of all finite numbers, and holds zero", () => {
  assert.deepEqual(rangeOf(panels([-112, 7], [70])), { least: -112, most: 7, largest: 112 });
  assert.deepEqual(rangeOf(panels([5, NaN, Infinity])), { least: 0, most: 5, largest: 5 });
});

test("one number alone sets no range, unless there is nothing else", () => {
  assert.equal(rangeOf(panels([4000], [3, -1])).largest, 3);
  assert.equal(rangeOf(panels([4000])).largest, 4000);
});

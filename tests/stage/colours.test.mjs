// How a value is filled, and how far the fill of each scale goes.

import assert from "node:assert/strict";
import test from "node:test";

import { barOf, brightness, depth, fillOf, inkOn, rangeOf, shadesOf } from "../../vizconv/stage/colours.js";
import { endsOf } from "../../vizconv/stage/legend.js";

test("the depth of a fill is a root with zero in its middle", () => {
  assert.deepEqual([-4, -1, 0, 1, 4].map((value) => depth(value, 4)), [-1, -0.5, 0, 0.5, 1]);
  assert.deepEqual([depth(3, 0), depth(NaN, 2), depth(Infinity, 2)], [0, 0, 1]);
});

test("the ink turns on deep fills", () => {
  const inks = [0, 0.6, 0.83, 0.84, -0.79, -0.8].map((deep) => Object.values(inkOn(deep)));
  assert.deepEqual(inks, [[false, false], [true, false], [true, false], [true, true], [true, false], [true, true]]);
});

test("a range is of all finite numbers, and holds zero", () => {
  assert.deepEqual(rangeOf([[-112, 7], [70]]), { least: -112, most: 7 + 63 });
  assert.deepEqual(rangeOf([[5, NaN, Infinity]]), { least: 0, most: 5 });
});

test("a bar begins at zero, in the middle where numbers are below it", () => {
  assert.deepEqual([0, 2, 4, 9].map((value) => barOf(value, { least: 0, largest: 4 })), [[0, 0], [0, 0.5], [0, 1], [0, 1]]);
  assert.deepEqual([-4, -2, 0, 4].map((value) => barOf(value, { least: -4, largest: 4 })), [[0, 0.5], [0.25, 0.5], [0.5, 0.5], [0.5, 1]]);
  assert.deepEqual(barOf(NaN, { least: 0, largest: 1 }), [0, 0]);
});

test("pixels are as bright as they are, and clipped", () => {
  assert.deepEqual([0, 51, 255, 300, -9].map((value) => brightness(value, [0, 255])), [0, 0.2, 1, 1, 0]);
  assert.deepEqual([0, 51, 255].map((value) => brightness(value, [255, 0])), [1, 0.8, 0]);
  assert.equal(brightness(NaN, [0, 255]), 0.5);
  assert.deepEqual(fillOf(51, { pixels: [0, 255] }), { mix: 0.2, looks: { grey: true, dark: true } });
});

function light(part) {
  return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
}

test("the ink on any grey has a contrast of 4.5", () => {
  for (let value = 0; value <= 255; value += 1) {
    const { mix, looks } = fillOf(value, { pixels: [0, 255] });
    const [fill, ink] = [light(mix) + 0.05, looks.dark ? 1.05 : 0.05];
    assert.ok(Math.max(fill, ink) / Math.min(fill, ink) >= 4.5, String(value));
  }
});

function panel(name, values, scale, pixels = null) {
  return { name, values, scale, pixels, label: name, subscript: "", superscript: "" };
}

test("panels of one scale share a range, and one without a scale is bare", () => {
  const panels = [panel("x", [1, 2], "inputs"), panel("y", [-30], "sums"), panel("s", [9], "sums"), panel("L", [99], null)];
  const shades = shadesOf(panels, ({ values }) => values);
  assert.equal(shades.get("y"), shades.get("s"));
  assert.deepEqual([shades.get("x").largest, shades.get("y").largest], [2, 30]);
  assert.deepEqual(fillOf(99, shades.get("L")), { mix: 0, looks: { bare: true } });
  assert.deepEqual(endsOf(shades.get("x")), { name: "x", ends: ["0", "2"] });
  assert.deepEqual(endsOf(shades.get("y")), { name: "sums", ends: ["−30", "9"] });
});

test("a scale that holds nothing but zeros has one end, a long name gives way", () => {
  const shades = shadesOf([panel("a long name", [0, 0], "sums")], ({ values }) => values);
  assert.deepEqual(endsOf(shades.get("a long name")), { name: "sums", ends: ["0"] });
});

test("the range of a picture is that of its pixels", () => {
  const shade = shadesOf([panel("x", [3, 400], "pixels", [255, 0])], ({ values }) => values).get("x");
  assert.deepEqual(endsOf(shade), { name: "x", ends: ["0", "255"] });
});

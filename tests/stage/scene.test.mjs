// Scenes as the page reads them: buffers become arrays, cells have names.

import assert from "node:assert/strict";
import test from "node:test";

import { boundingBox, indexOf, nameOf, placedPanels, readScene, sameCell } from "../../vizconv/stage/scene.js";
import { panel, W, worked, X } from "./worked.mjs";

test("a scene is read from buffers at any offset, and keeps no hold of them", () => {
  const raw = worked();
  const shifted = new Uint8Array(3 + 16 * 8);
  shifted.set(new Uint8Array(Float64Array.from(X).buffer), 3);
  raw.panels[0].values = new DataView(shifted.buffer, 3, 16 * 8);
  raw.panels[1].values = Float64Array.from(W).buffer;
  const scene = readScene(raw);
  shifted.fill(0);
  assert.deepEqual([...scene.panels.get("x").values], X);
  assert.deepEqual([...scene.panels.get("w").values], W);
  assert.equal(scene.panels.get("x").size, 16);
});

test("an index counts from the panel's origin", () => {
  assert.deepEqual(indexOf({ shape: [3, 4], origin: [0, 0] }, 7), [1, 3]);
  assert.deepEqual(indexOf({ shape: [6, 6], origin: [-1, -2] }, 7), [0, -1]);
  assert.deepEqual(indexOf({ shape: [2, 3, 4], origin: [0, 0, 0] }, 23), [1, 2, 3]);
  assert.deepEqual(indexOf({ shape: [], origin: [] }, 0), []);
});

test("a name has its subscript and superscript", () => {
  const named = { label: "w", subscript: "f", superscript: "(1)", shape: [2, 2], origin: [0, 0] };
  assert.equal(nameOf(named, 3), "w_f(1)[1,1]");
  assert.equal(nameOf({ ...named, shape: [], origin: [] }, 0), "w_f(1)");
  assert.equal(nameOf({ ...named, subscript: "12" }, 0), "w₁₂(1)[0,0]");
});

test("a box holds the lit cells of one channel", () => {
  const flat = { shape: [4, 5] };
  assert.deepEqual(boundingBox(flat, [6, 8, 16]), { channel: 0, top: 1, left: 1, height: 3, width: 3 });
  assert.deepEqual(boundingBox(flat, [19]), { channel: 0, top: 3, left: 4, height: 1, width: 1 });
  assert.deepEqual(boundingBox({ shape: [7] }, [2, 4]), { channel: 0, top: 0, left: 2, height: 1, width: 3 });
  const deep = { shape: [3, 2, 2] };
  assert.deepEqual(boundingBox(deep, [4, 7]), { channel: 1, top: 0, left: 0, height: 2, width: 2 });
  assert.equal(boundingBox(deep, [3, 4]), null);
});

test("only panels with a place are on show", () => {
  const raw = worked();
  raw.panels.splice(1, 0, panel("hidden", [2], [1, 2], { place: null }));
  assert.deepEqual(placedPanels(readScene(raw)).map(({ name }) => name), ["x", "w", "y"]);
});

test("the same cell is found again by its index, unless it is gone or not on show", () => {
  const raw = worked();
  const before = readScene(raw);
  const after = (x) => readScene({ ...raw, panels: [x, ...raw.panels.slice(1)] });
  const padded = after(panel("x", [6, 6], Array(36).fill(0), { origin: [-1, -1] }));
  const place = { panel: "x", cell: 5 }; // x[1,1]
  assert.deepEqual(sameCell(before, padded, place), { panel: "x", cell: 14 });
  assert.deepEqual(sameCell(padded, before, { panel: "x", cell: 14 }), place);
  assert.equal(sameCell(padded, before, { panel: "x", cell: 0 }), null);
  assert.equal(sameCell(before, after(panel("z", [4, 4], X)), place), null);
  assert.equal(sameCell(before, after(panel("x", [4, 4], X, { place: null })), place), null);
});

// The stage's pure functions, each against what a reader would work out by hand. `node --test tests/stage/stage.test.mjs`.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import test from "node:test";

const source = await readFile(new URL("../../vizconv/stage/stage.js", import.meta.url), "utf8");
const stage = await import(`data:text/javascript,${encodeURIComponent(source)}`);

const X = [1, -2, -9, 6, 5, 8, 7, 9, -6, 2, 0, -1, -3, 4, -1, 0];
const W = [6, 0, -7, -1];
const Y = [-37, -75, -112, 70, 34, 43, -19, -15, 7];

function panel(name, shape, values, more = {}) {
  const size = values.length;
  const plain = { label: name, subscript: "", superscript: "", sign: "", place: [0, 0], editable: false };
  const [bytes, kinds] = [new DataView(Float64Array.from(values).buffer), new DataView(new ArrayBuffer(size))];
  return { ...plain, name, shape, origin: shape.map(() => 0), values: bytes, kinds, ...more };
}

function table(name, roles, wide = false) {
  const Kind = wide ? Uint32Array : Uint16Array;
  const indices = Object.entries(roles).map(([role, list]) => [role, new DataView(Kind.from(list).buffer)]);
  return { name, wide, ...Object.fromEntries(indices) };
}

// The worked example, as Python sends it: 4×4 ⋆ 2×2 = 3×3.
function worked() {
  const roles = { out: [], left: [], right: [] };
  for (let out = 0; out < 9; out += 1) {
    for (let right = 0; right < 4; right += 1) {
      roles.out.push(out);
      roles.left.push((Math.floor(out / 3) + Math.floor(right / 2)) * 4 + (out % 3) + (right % 2));
      roles.right.push(right);
    }
  }
  return {
    panels: [panel("x", [4, 4], X), panel("w", [2, 2], W), panel("y", [3, 3], Y)],
    terms: [table("t", roles)],
    readings: [{ terms: "t", role: "out", out: "y", left: "x", right: "w" }],
    walk: "y",
    notes: [],
    serial: 0,
  };
}

function textOf({ tokens, end }) {
  return [...tokens, ...end].map(({ text }) => text).join("");
}

function formula(scene, name, cell, limit) {
  return textOf(stage.formulaOf(scene, { panel: name, cell }, limit));
}

test("a sum is shown with its numbers", () => {
  const scene = stage.readScene(worked());
  assert.equal(formula(scene, "y", 0), "y[0,0] = (1)(6) + (−2)(0) + (5)(−7) + (8)(−1) = −37");
  assert.equal(formula(scene, "y", 8), "y[2,2] = (0)(6) + (−1)(0) + (−1)(−7) + (0)(−1) = 7");
});

test("a factor of a formula knows its cell and its hue", () => {
  const { tokens } = stage.formulaOf(stage.readScene(worked()), { panel: "y", cell: 5 });
  const factors = tokens.filter(({ hue }) => hue !== undefined).map(({ panel: p, cell, hue }) => [p, cell, hue]);
  assert.deepEqual(factors.slice(0, 4), [["x", 6, 0], ["w", 0, 0], ["x", 7, 1], ["w", 1, 1]]);
  assert.deepEqual(tokens[0], { text: "y[1,2]", panel: "y", cell: 5 });
});

test("a cell that is no sum says where it goes", () => {
  const scene = stage.readScene(worked());
  const into = "y[0,0] ← (−2)(0), y[0,1] ← (−2)(6)";
  assert.equal(formula(scene, "x", 1), `x[0,1] = −2  goes into 2 sums: ${into}`);
  assert.equal(formula(scene, "x", 0), "x[0,0] = 1  goes into one sum: y[0,0] ← (1)(6)");
});

test("a cell that nothing reads, and a sum that nothing reaches", () => {
  const raw = worked();
  raw.panels[0] = panel("x", [4, 5], [...X, 1, 2, 3, 4]);
  raw.panels[2] = panel("y", [10], [...Y, 0]);
  const scene = stage.readScene(raw);
  assert.equal(formula(scene, "x", 19), "x[3,4] = 4  goes into no sum");
  const text = formula({ ...scene, recomputed: ["x"] }, "x", 19);
  assert.ok(text.endsWith("what follows from it is no sum of products: change it and see"));
  assert.equal(formula(scene, "y", 9), "y[9] has no terms: nothing reaches it = 0");
});

test("a long sum is folded, and unfolds", () => {
  const scene = stage.readScene(worked());
  const subject = { panel: "w", cell: 0 };
  const folded = stage.formulaOf(scene, subject, 8);
  assert.equal(folded.more, 1);
  assert.equal(stage.formulaOf(scene, subject, 9).more, 0);
  assert.equal(stage.formulaOf(scene, subject).more, 0);
  assert.ok(textOf(folded).startsWith("w[0,0] = 6  goes into 9 sums: y[0,0] ← (1)(6), y[0,1] ← (−2)(6)"));
});

test("a factor that is always 1 is not written", () => {
  const raw = worked();
  raw.panels.push(panel("b", [], [2.5]));
  raw.terms.push(table("bias", { out: [0, 1, 2, 3, 4, 5, 6, 7, 8], left: Array(9).fill(0) }));
  raw.readings.push({ terms: "bias", role: "out", out: "y", left: "b", right: null });
  const scene = stage.readScene(raw);
  assert.equal(formula(scene, "y", 0), "y[0,0] = (1)(6) + (−2)(0) + (5)(−7) + (8)(−1) + (2.5) = −37");
  assert.ok(formula(scene, "b", 0).startsWith("b = 2.5  goes into 9 sums: y[0,0] ← (2.5), y[0,1] ←"));
  assert.deepEqual([...stage.sumsOf(scene).get("y")], Y.map((value) => value + 2.5));
  const folded = stage.formulaOf(scene, { panel: "y", cell: 0 }, 3); // counts the terms of both tables
  assert.equal(folded.more, 2);
  assert.equal(textOf(folded), "y[0,0] = (1)(6) + (−2)(0) + (5)(−7) = −37");
});

test("the sums, whole and on their way", () => {
  const scene = stage.readScene(worked());
  assert.deepEqual([...stage.sumsOf(scene).get("y")], Y);
  const far = stage.sumsOf(scene, (reading, terms, row) => terms.out[row] < 3).get("y");
  assert.deepEqual([...far], [-37, -75, -112, 0, 0, 0, 0, 0, 0]);
});

test("links lead from every panel to its partners", () => {
  const scene = stage.readScene(worked());
  const of = (name, cell) => stage.linksOf(scene, { panel: name, cell })[0];
  assert.deepEqual([...of("y", 1).rows], [4, 5, 6, 7]);
  assert.deepEqual([...of("x", 5).rows], [3, 6, 13, 16]);
  assert.deepEqual([...of("w", 3).rows], [3, 7, 11, 15, 19, 23, 27, 31, 35]);
  assert.deepEqual([of("y", 1).isSum, of("x", 5).isSum], [true, false]);
});

test("lit cells wear the hue of their weight", () => {
  const lit = stage.litCells(stage.readScene(worked()), { panel: "y", cell: 4 });
  assert.deepEqual([...lit.get("x")], [[5, 0], [6, 1], [9, 2], [10, 3]]);
  assert.deepEqual([...lit.get("w")], [[0, 0], [1, 1], [2, 2], [3, 3]]);
  assert.deepEqual([...lit.get("y").keys()], [4]);
});

test("more than nine weights have no hues", () => {
  const raw = worked();
  raw.panels[1] = panel("w", [10], [...W, 0, 0, 0, 0, 0, 0]);
  const lit = stage.litCells(stage.readScene(raw), { panel: "y", cell: 0 });
  assert.deepEqual([...lit.get("x").values()], [-1, -1, -1, -1]);
});

test("partners share a term with the subject", () => {
  const scene = stage.readScene(worked());
  const partners = stage.partnersOf(scene, { panel: "y", cell: 0 }, { panel: "x", cell: 4 });
  assert.deepEqual(partners, [
    { panel: "y", cell: 0 },
    { panel: "x", cell: 4 },
    { panel: "w", cell: 2 },
  ]);
  assert.deepEqual(stage.partnersOf(scene, { panel: "y", cell: 0 }, { panel: "x", cell: 15 }), []);
});

test("a scene is read from buffers at any offset, and keeps no hold of them", () => {
  const raw = worked();
  const shifted = new Uint8Array(3 + 16 * 8);
  shifted.set(new Uint8Array(Float64Array.from(X).buffer), 3);
  raw.panels[0].values = new DataView(shifted.buffer, 3, 16 * 8);
  raw.panels[1].values = Float64Array.from(W).buffer;
  const scene = stage.readScene(raw);
  shifted.fill(0);
  assert.deepEqual([...scene.panels.get("x").values], X);
  assert.deepEqual([...scene.panels.get("w").values], W);
  assert.equal(scene.panels.get("x").size, 16);
});

test("wide and narrow tables", () => {
  for (const wide of [false, true]) {
    const raw = worked();
    raw.panels = [panel("a", [70001], Array(70001).fill(1)), panel("s", [], [0])];
    raw.terms = [table("t", { out: [0, 0], left: [3, wide ? 70000 : 60000] }, wide)];
    raw.readings = [{ terms: "t", role: "out", out: "s", left: "a", right: null }];
    const scene = stage.readScene(raw);
    assert.deepEqual([...stage.sumsOf(scene).get("s")], [2]);
    assert.equal(stage.linksOf(scene, { panel: "a", cell: wide ? 70000 : 60000 })[0].rows.length, 1);
  }
});

test("a grouping finds every row again", () => {
  const { starts, rows } = stage.grouped(Uint16Array.from([2, 0, 2, 1, 2]), 4);
  assert.deepEqual([...starts], [0, 1, 2, 5, 5]);
  assert.deepEqual([...rows], [1, 3, 0, 2, 4]);
});

test("an index counts from the panel's origin", () => {
  assert.deepEqual(stage.indexOf({ shape: [3, 4], origin: [0, 0] }, 7), [1, 3]);
  assert.deepEqual(stage.indexOf({ shape: [6, 6], origin: [-1, -2] }, 7), [0, -1]);
  assert.deepEqual(stage.indexOf({ shape: [2, 3, 4], origin: [0, 0, 0] }, 23), [1, 2, 3]);
  assert.deepEqual(stage.indexOf({ shape: [], origin: [] }, 0), []);
});

test("a name has its subscript and superscript", () => {
  const named = { label: "w", subscript: "f", superscript: "(1)", shape: [2, 2], origin: [0, 0] };
  assert.equal(stage.nameOf(named, 3), "w_f(1)[1,1]");
  assert.equal(stage.nameOf({ ...named, shape: [], origin: [] }, 0), "w_f(1)");
  assert.equal(stage.nameOf({ ...named, subscript: "12" }, 0), "w₁₂(1)[0,0]");
});

test("numbers are written short, with a true minus sign", () => {
  const written = [
    [0, "0"], [-0, "0"], [-37, "−37"], [1 / 3, "0.333"], [-2.5, "−2.5"], [12.25, "12.3"], [999.96, "1000"],
    [1000.5, "1001"], [-1000.5, "−1001"], [999999, "999999"], [1e6, "1.0e6"], [-1.25e6, "−1.3e6"],
    [123456.5, "1.2e5"], [0.001, "0.001"], [0.00099, "9.9e−4"], [-1.2e-7, "−1.2e−7"],
    [Infinity, "∞"], [-Infinity, "−∞"], [NaN, "NaN"],
  ];
  for (const [value, text] of written) assert.equal(stage.formatNumber(value), text);
});

test("numbers are read as people type them", () => {
  const typed = [
    ["7", 7], [" −2 ", -2], ["-2", -2], ["0.5", 0.5], ["0,5", 0.5], ["1/9", 1 / 9], ["−1 / 4", -0.25], ["1e3", 1000],
    ["", NaN], ["x", NaN], ["1/2/3", NaN], ["1/", NaN], ["/2", NaN], ["1 2", NaN], ["--1", NaN],
  ];
  for (const [text, value] of typed) assert.equal(stage.parseNumber(text), value);
  assert.ok(!Number.isFinite(stage.parseNumber("1/0")));
});

test("what is written can be read again", () => {
  for (const value of [0, -37, 0.333, -1.2e-7, 1e6, 12.3]) {
    assert.equal(stage.parseNumber(stage.formatNumber(value)), value);
  }
});

test("a box holds the lit cells of one channel", () => {
  const flat = { shape: [4, 5] };
  assert.deepEqual(stage.boundingBox(flat, [6, 8, 16]), { channel: 0, top: 1, left: 1, height: 3, width: 3 });
  assert.deepEqual(stage.boundingBox(flat, [19]), { channel: 0, top: 3, left: 4, height: 1, width: 1 });
  assert.deepEqual(stage.boundingBox({ shape: [7] }, [2, 4]), { channel: 0, top: 0, left: 2, height: 1, width: 3 });
  const deep = { shape: [3, 2, 2] };
  assert.deepEqual(stage.boundingBox(deep, [4, 7]), { channel: 1, top: 0, left: 0, height: 2, width: 2 });
  assert.equal(stage.boundingBox(deep, [3, 4]), null);
});

test("the depth of a fill is a root with zero in its middle", () => {
  assert.deepEqual([-4, -1, 0, 1, 4].map((value) => stage.depth(value, 4)), [-1, -0.5, 0, 0.5, 1]);
  assert.deepEqual([stage.depth(3, 0), stage.depth(NaN, 2), stage.depth(Infinity, 2)], [0, 0, 1]);
});

test("the range of a scene is of its finite numbers, and holds zero", () => {
  const raw = worked();
  assert.deepEqual(stage.rangeOf(stage.readScene(raw)), { least: -112, most: 70, largest: 112 });
  raw.panels = [panel("x", [3], [5, NaN, Infinity])];
  [raw.terms, raw.readings] = [[], []];
  assert.deepEqual(stage.rangeOf(stage.readScene(raw)), { least: 0, most: 5, largest: 5 });
});

test("one number alone sets no range, unless there is nothing else", () => {
  const raw = { ...worked(), terms: [], readings: [] };
  raw.panels = [panel("L", [], [4000]), panel("dy", [2], [3, -1])];
  assert.equal(stage.rangeOf(stage.readScene(raw)).largest, 3);
  raw.panels.pop();
  assert.equal(stage.rangeOf(stage.readScene(raw)).largest, 4000);
});

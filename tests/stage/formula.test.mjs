// The formula of a cell, each against what a reader would write by hand.

import assert from "node:assert/strict";
import test from "node:test";

import { formulaOf } from "../../vizconv/stage/formula.js";
import { readScene } from "../../vizconv/stage/scene.js";
import { onItsWay, sumsAfter, sumsOf } from "../../vizconv/stage/terms.js";
import { panel, reading, rule, scene, table, W, worked, X, Y } from "./worked.mjs";


function textOf({ tokens, end }) {
  return [...tokens, ...end].map(({ text }) => text).join("");
}

function formula(read, name, cell, limit) {
  return textOf(formulaOf(read, { panel: name, cell }, limit));
}

test("a sum is shown with its numbers", () => {
  const read = readScene(worked());
  assert.equal(formula(read, "y", 0), "y[0,0] = (1)(6) + (−2)(0) + (5)(−7) + (8)(−1) = −37");
  assert.equal(formula(read, "y", 8), "y[2,2] = (0)(6) + (−1)(0) + (−1)(−7) + (0)(−1) = 7");
});

test("a factor of a formula knows its cell and its hue", () => {
  const { tokens } = formulaOf(readScene(worked()), { panel: "y", cell: 5 });
  const factors = tokens.filter(({ hue }) => hue !== undefined).map(({ panel: p, cell, hue }) => [p, cell, hue]);
  assert.deepEqual(factors.slice(0, 4), [["x", 6, 0], ["w", 0, 0], ["x", 7, 1], ["w", 1, 1]]);
  assert.deepEqual(tokens[0], { text: "y[1,2]", panel: "y", cell: 5 });
});

test("a cell that is no sum says where it goes", () => {
  const read = readScene(worked());
  const into = "y[0,0] ← (−2)(0), y[0,1] ← (−2)(6)";
  assert.equal(formula(read, "x", 1), `x[0,1] = −2  goes into 2 sums: ${into}`);
  assert.equal(formula(read, "x", 0), "x[0,0] = 1  goes into one sum: y[0,0] ← (1)(6)");
});

test("a constant is written, and what is hidden is not", () => {
  const [x, twice] = [panel("x", [2], [3, -1]), panel("twice", [2], [6, -2])];
  const two = (more) => panel("two", [], [2], { place: null, ...more });
  const scale = table("t", { out: [0, 1], left: [0, 1], right: [0, 0] });
  const read = (more) => readScene(scene([x, twice, two(more)], [reading("t", "out", "twice", "x", "two")], [scale]));
  assert.equal(formula(read({ constant: true }), "twice", 1), "twice[1] = (−1)(2) = −2");
  assert.equal(formula(read({}), "twice", 1), "twice[1] = −2  goes into no sum");
});

test("a cell that nothing reads, and a sum that nothing reaches", () => {
  const raw = worked();
  raw.panels[0] = panel("x", [4, 5], [...X, 1, 2, 3, 4]);
  raw.panels[2] = panel("y", [10], [...Y, 0]);
  const read = readScene(raw);
  assert.equal(formula(read, "x", 19), "x[3,4] = 4  goes into no sum");
  assert.equal(formula(read, "y", 9), "y[9] has no terms: nothing reaches it = 0");
});

test("a long sum is folded, and unfolds", () => {
  const read = readScene(worked());
  const subject = { panel: "w", cell: 0 };
  const folded = formulaOf(read, subject, 8);
  assert.equal(folded.more, 1);
  assert.equal(formulaOf(read, subject, 9).more, 0);
  assert.equal(formulaOf(read, subject).more, 0);
  assert.ok(textOf(folded).startsWith("w[0,0] = 6  goes into 9 sums: y[0,0] ← (1)(6), y[0,1] ← (−2)(6)"));
});

test("what is left out of a sum are products that are 0, and they are counted", () => {
  const rows = Array.from({ length: 700 }, (_, row) => row);
  const numbers = rows.map((row) => (row % 7 === 3 ? row : 0));
  const panels = [panel("x", [700], numbers), panel("g", [700], Array(700).fill(2)), panel("s", [], [0])];
  const terms = table("t", { out: Array(700).fill(0), left: rows, right: rows });
  const read = readScene(scene(panels, [reading("t", "out", "s", "x", "g")], [terms]));
  const told = (...most) => formulaOf(read, { panel: "s", cell: 0 }, ...most);
  const folded = told(12);
  assert.equal(textOf(folded), "s = (3)(2) + (10)(2) + (17)(2) + (24)(2) + (31)(2) + (38)(2) + (45)(2) + (52)(2) = 0");
  assert.deepEqual([folded.more, folded.zeros], [92, 600]);
  const unfolded = told(60, 60);
  assert.equal(unfolded.tokens.filter(({ panel: name }) => name === "x").length, 60);
  assert.deepEqual([unfolded.more, unfolded.zeros], [40, 600]);
  for (const cell of rows) read.panels.get("x").values[cell] = 0;
  assert.ok(textOf(told(12)).startsWith("s = (0)(2) + (0)(2) + "));
  assert.equal(told(12).more + told(12).zeros, 692);
});

test("a copy names its source", () => {
  const panels = [panel("w", [2], [3, 2]), panel("J", [2, 2], [3, 2, 0, 3])];
  const copies = table("t", { out: [0, 1, 3], left: [0, 1, 0] });
  const read = readScene(scene(panels, [reading("t", "out", "J", "w")], [copies]));
  assert.equal(formula(read, "J", 1), "J[0,1] = w[1] = 2");
  assert.equal(formula(read, "J", 2), "J[1,0] has no terms: nothing reaches it = 0");
  const { tokens } = formulaOf(read, { panel: "J", cell: 1 });
  assert.deepEqual([tokens[2].panel, tokens[2].cell, tokens[2].value], ["w", 1, 2]);
});

test("a factor that is always 1 is not written", () => {
  const raw = worked();
  raw.panels.push(panel("b", [], [2.5]));
  raw.terms.push(table("bias", { out: [0, 1, 2, 3, 4, 5, 6, 7, 8], left: Array(9).fill(0) }));
  raw.steps.push(reading("bias", "out", "y", "b"));
  const read = readScene(raw);
  assert.equal(formula(read, "y", 0), "y[0,0] = (1)(6) + (−2)(0) + (5)(−7) + (8)(−1) + (2.5) = −37");
  assert.ok(formula(read, "b", 0).startsWith("b = 2.5  goes into 9 sums: y[0,0] ← (2.5), y[0,1] ←"));
  assert.deepEqual([...sumsOf(read).get("y")], Y.map((value) => value + 2.5));
  const folded = formulaOf(read, { panel: "y", cell: 0 }, 3); // counts the terms of both tables
  assert.deepEqual([folded.more, folded.zeros], [1, 1]);
  assert.equal(textOf(folded), "y[0,0] = (1)(6) + (5)(−7) + (8)(−1) = −37");
});

// ---- On the way of a walk ---------------------------------------------------------------------------------

// The scene after so many steps; cells of the walk that are not reached are blank, as on the stage.
function onTheWay(read, steps) {
  const sums = sumsAfter(read, steps);
  const blank = (value, cell) => (cell < steps ? value : undefined);
  const walked = sums.get(read.walk);
  return onItsWay(read, steps, walked ? sums.set(read.walk, Array.from(walked, blank)) : sums);
}

test("a sum that a walk has not reached is empty, and one that it has is whole", () => {
  const read = readScene({ ...worked(), walk: "y" });
  assert.equal(formula(onTheWay(read, 0), "y", 0), "y[0,0] = …");
  assert.equal(formula(onTheWay(read, 1), "y", 0), formula(read, "y", 0));
  assert.equal(formula(onTheWay(read, 1), "y", 1), "y[0,1] = …");
  assert.equal(formula(onTheWay(read, 0), "x", 1), formula(read, "x", 1));
  assert.equal(onItsWay(read, 9, new Map()), read);
});

test("a sum that grows on the walk has the terms that were added, and what they come to", () => {
  const read = readScene({ ...worked(), walk: "x" });
  assert.equal(formula(onTheWay(read, 0), "y", 0), "y[0,0] = …");
  assert.equal(formula(onTheWay(read, 2), "y", 0), "y[0,0] = (1)(6) + (−2)(0) + …, so far 6");
  assert.equal(formula(onTheWay(read, 5), "y", 0), "y[0,0] = (1)(6) + (−2)(0) + (5)(−7) + …, so far −29");
  assert.equal(formula(onTheWay(read, 6), "y", 0), formula(read, "y", 0));
});

test("what a rule makes on the walk is not told before", () => {
  const panels = [panel("z", [2], [1, 0.5]), panel("a", [2], [0.762, 0.462])];
  const read = readScene({ ...scene(panels, [rule("tanh", "a", ["z"])], []), walk: "a" });
  const later = onItsWay(read, 1, new Map([["a", [0.762, undefined]]]));
  assert.equal(formula(later, "a", 1), "a[1] = …");
  assert.equal(formula(later, "a", 0), formula(read, "a", 0));
});

// ---- Rules -------------------------------------------------------------------------------------------------

// The formula of a cell when all that steps make is made.
function ruled(panels, steps, terms = []) {
  const read = readScene(scene(panels, steps, terms));
  for (const [name, sums] of sumsOf(read)) read.panels.get(name).values.set(sums);
  return (name, cell) => formula(read, name, cell);
}

test("what a rule makes number by number is written with its number", () => {
  const written = {
    tanh: "tanh(z[1]) = tanh(0.5) = 0.462",
    "tanh slope": "1 − tanh(z[1])² = 1 − tanh(0.5)² = 0.786",
    sigmoid: "σ(z[1]) = σ(0.5) = 0.622",
    "sigmoid slope": "σ(z[1])(1 − σ(z[1])) = σ(0.5)(1 − σ(0.5)) = 0.235",
    exp: "exp(z[1]) = exp(0.5) = 1.65",
    "minus log": "−log(z[1]) = −log(0.5) = 0.693",
    inverse: "1 / z[1] = 1 / 0.5 = 2",
  };
  for (const [name, text] of Object.entries(written)) {
    const line = ruled([panel("z", [2], [1, 0.5]), panel("a", [2], [0, 0])], [rule(name, "a", ["z"])]);
    assert.equal(line("a", 1), `a[1] = ${text}`);
    assert.equal(line("z", 1), "z[1] = 0.5  goes into a[1]");
  }
});

test("a gate says why it is open or shut", () => {
  const line = ruled([panel("x", [1, 2], [3, -2]), panel("gate", [1, 2], [0, 0])], [rule("gate", "gate", ["x"])]);
  assert.equal(line("gate", 0), "gate[0,0] = 1, since x[0,0] = 3 is above 0");
  assert.equal(line("gate", 1), "gate[0,1] = 0, since x[0,1] = −2 is not above 0");
});

test("a mask names the first largest of its window, ties the largest", () => {
  const windows = table("t", { out: [0, 0, 0, 1], left: [0, 1, 2, 2], right: [0, 1, 2, 3] });
  const panels = [panel("x", [3], [3, 8, 8]), panel("m", [4], [0, 0, 0, 0]), panel("t", [4], [0, 0, 0, 0])];
  const line = ruled(panels, [rule("mask", "m", ["x"], "t"), rule("ties", "t", ["x"], "t")], [windows]);
  assert.equal(line("m", 0), "m[0] = 0: x[0] = 3, and x[1] = 8 is the first largest of its window");
  assert.equal(line("m", 1), "m[1] = 1: x[1] = 8 is the first largest of its window");
  assert.equal(line("m", 2), "m[2] = 0: x[2] = 8, and x[1] = 8 is the first largest of its window");
  assert.equal(line("t", 0), "t[0] = 0: x[0] = 3 is below x[1] = 8, the largest of its window");
  assert.equal(line("t", 2), "t[2] = 1: x[2] = 8 is the largest of its window");
  assert.equal(line("x", 0), "x[0] = 3  goes into 3 cells of m, 3 cells of t");
  assert.equal(line("x", 2), "x[2] = 8  goes into m, t");
});

test("a border is a copy", () => {
  const copies = table("b", { out: [0], left: [2] });
  const line = ruled([panel("x", [3], [0, 7, 5], { origin: [-1] })], [rule("border", "x", ["x"], "b")], [copies]);
  assert.equal(line("x", 0), "x[-1] = x[1] = 5");
  assert.equal(line("x", 1), "x[0] = 7  goes into no sum");
  assert.equal(line("x", 2), "x[1] = 5  goes into x[-1]");
});

test("probabilities and what leads to them are written by rows", () => {
  const zeros = { p: [2, 2], l: [2, 2] };
  const panels = [panel("z", [2, 2], [0, 0, 1, 5]), ...Object.entries(zeros).map(([name, shape]) => panel(name, shape, [0, 0, 0, 0]))];
  const line = ruled(panels, [rule("softmax", "p", ["z"]), rule("surprise", "l", ["z"])]);
  assert.equal(line("p", 1), "p[0,1] = exp(z[0,1]) / Σ exp(z[0,:]) = 0.5");
  assert.equal(line("l", 1), "l[0,1] = −log(exp(z[0,1]) / Σ exp(z[0,:])) = 0.693");
  assert.equal(line("z", 3), "z[1,1] = 5  goes into p[1,0], p[1,1], l[1,0], l[1,1]");
  const one = ruled([panel("z", [4], [1, 1, 1, 1]), panel("p", [4], [0, 0, 0, 0])], [rule("softmax", "p", ["z"])]);
  assert.equal(one("p", 1), "p[1] = exp(z[1]) / Σ exp(z) = 0.25");
  assert.equal(one("z", 1), "z[1] = 1  goes into p");
});

test("rules of a whole panel", () => {
  const panels = [panel("z", [3], [-1, 2, 2]), panel("m", [], [0]), panel("r", [], [0])];
  const line = ruled(panels, [rule("minus maximum", "m", ["z"]), rule("inverse sum", "r", ["z"])]);
  assert.equal(line("m", 0), "m = −max z = −z[1] = −2");
  assert.equal(line("r", 0), "r = 1 / Σ z = 0.333");
  assert.equal(line("z", 0), "z[0] = −1  goes into m, r");
});

test("right or not", () => {
  const panels = [panel("z", [2, 2], [1, 5, 1, 5]), panel("y", [2, 2], [0, 1, 1, 0]), panel("hit", [2], [0, 0])];
  const line = ruled(panels, [rule("right", "hit", ["z", "y"])]);
  assert.equal(line("hit", 0), "hit[0] = 1: z[0,1] = 5 is the largest of its row, and y[0,1] = 1");
  assert.equal(line("hit", 1), "hit[1] = 0: z[1,1] = 5 is the largest of its row, but y[1,0] = 1");
});

test("a number goes into rules and sums, and many cells are counted", () => {
  const cells = { out: [0, 1, 2], left: [0, 1, 2], right: [0, 1, 2] };
  const panels = [panel("x", [3], [3, -1, 2]), panel("gate", [3], [0, 0, 0]), panel("y", [3], [0, 0, 0])];
  const steps = [rule("gate", "gate", ["x"]), reading("t", "out", "y", "x", "gate")];
  const line = ruled(panels, steps, [table("t", cells)]);
  assert.equal(line("x", 0), "x[0] = 3  goes into gate[0], and into one sum: y[0] ← (3)(1)");
  assert.equal(line("y", 1), "y[1] = (−1)(0) = 0");
  const many = ruled([panel("z", [2, 5], Array(10).fill(0)), panel("p", [2, 5], Array(10).fill(0))], [rule("softmax", "p", ["z"])]);
  assert.equal(many("z", 0), "z[0,0] = 0  goes into 5 cells of p");
});

test("what is left out adds nothing to the sum up to here", () => {
  const cells = { out: [0, 0], left: [0, 1], right: [0, 1] };
  const panels = [panel("z", [2], [-Infinity, 3]), panel("gate", [2], [0, 1]), panel("y", [1], [3])];
  const steps = [rule("gate", "gate", ["z"]), reading("t", "out", "y", "z", "gate")];
  const { tokens } = formulaOf(readScene(scene(panels, steps, [table("t", cells)])), { panel: "y", cell: 0 });
  assert.deepEqual(tokens.flatMap(({ soFar }) => soFar ?? []), [0, 0, 3, 3]);
});

// Tables and rules, each against what a reader would work out by hand.

import assert from "node:assert/strict";
import test from "node:test";

import { asSeen, readScene, seen } from "../../vizconv/stage/scene.js";
import { cellAt, grouped, rowsAt } from "../../vizconv/stage/tables.js";
import { linksOf, litCells, markNoise, partnersOf, sumsAfter, sumsOf } from "../../vizconv/stage/terms.js";
import { owners, panel, reading, rule, scene, table, worked, Y } from "./worked.mjs";

test("the sums, whole and on their way", () => {
  const example = readScene(worked());
  assert.deepEqual([...sumsOf(example).get("y")], Y);
  const far = sumsAfter({ ...example, walk: "y" }, 3).get("y");
  assert.deepEqual([...far], [-37, -75, -112, 0, 0, 0, 0, 0, 0]);
});

test("links lead from every panel to its partners", () => {
  const example = readScene(worked());
  const of = (name, cell) => linksOf(example, { panel: name, cell })[0];
  assert.deepEqual([...of("y", 1).rows], [4, 5, 6, 7]);
  assert.deepEqual([...of("x", 5).rows], [3, 6, 13, 16]);
  assert.deepEqual([...of("w", 3).rows], [3, 7, 11, 15, 19, 23, 27, 31, 35]);
  assert.deepEqual([of("y", 1).isSum, of("x", 5).isSum], [true, false]);
});

test("lit cells wear the hue of their weight", () => {
  const lit = litCells(readScene(worked()), { panel: "y", cell: 4 });
  assert.deepEqual([...lit.get("x")], [[5, 0], [6, 1], [9, 2], [10, 3]]);
  assert.deepEqual([...lit.get("w")], [[0, 0], [1, 1], [2, 2], [3, 3]]);
  assert.deepEqual([...lit.get("y").keys()], [4]);
});

test("partners share a term with the subject", () => {
  const example = readScene(worked());
  const partners = partnersOf(example, { panel: "y", cell: 0 }, { panel: "x", cell: 4 });
  assert.deepEqual(partners, [
    { panel: "y", cell: 0 },
    { panel: "x", cell: 4 },
    { panel: "w", cell: 2 },
  ]);
  assert.deepEqual(partnersOf(example, { panel: "y", cell: 0 }, { panel: "x", cell: 15 }), []);
});

test("wide and narrow tables", () => {
  for (const wide of [false, true]) {
    const raw = worked();
    raw.panels = [panel("a", [70001], Array(70001).fill(1)), panel("s", [], [0])];
    raw.terms = [table("t", { out: [0, 0], left: [3, wide ? 70000 : 60000] }, { wide })];
    raw.steps = [reading("t", "out", "s", "a")];
    const read = readScene(raw);
    assert.deepEqual([...sumsOf(read).get("s")], [2]);
    assert.equal(linksOf(read, { panel: "a", cell: wide ? 70000 : 60000 })[0].rows.length, 1);
  }
});

test("a grouping finds every row again", () => {
  const { starts, rows } = grouped(Uint16Array.from([2, 0, 2, 1, 2]));
  assert.deepEqual([...starts], [0, 1, 2, 5]);
  assert.deepEqual([...rows], [1, 3, 0, 2, 4]);
});

test("a table comes again and again, the last repetition fastest", () => {
  const repeats = [[2, 100, 10, 0], [3, 10, 0, 1]];
  const [y, x, w] = [panel("y", [130], Array(130).fill(0)), panel("x", [20], Array(20).fill(1)), panel("w", [4], [0, 1, 2, 3])];
  const raw = scene([y, x, w], [reading("t", "out", "y", "x", "w")], [table("t", { out: [0, 5], left: [1, 2], right: [0, 1] }, { repeats })]);
  const read = readScene(raw);
  const again = read.tables.get("t");
  const cells = (role) => Array.from({ length: again.length }, (_, row) => cellAt(again, role, row));
  assert.deepEqual(cells("out"), [0, 5, 10, 15, 20, 25, 100, 105, 110, 115, 120, 125]);
  assert.deepEqual(cells("left"), [1, 2, 1, 2, 1, 2, 11, 12, 11, 12, 11, 12]);
  assert.deepEqual(cells("right"), [0, 1, 1, 2, 2, 3, 0, 1, 1, 2, 2, 3]);
  assert.deepEqual([...rowsAt(again, "right", 1)], [1, 2, 7, 8]);
  assert.deepEqual([...rowsAt(again, "left", 5)], []);
  const sums = sumsOf(read).get("y");
  assert.deepEqual(cells("out").map((cell) => sums[cell]), [0, 1, 1, 2, 2, 3, 0, 1, 1, 2, 2, 3]);
});

test("a term whose switch is 0 is left out, wherever its switch stands", () => {
  const [z, open] = [panel("z", [3], [2, -Infinity, 3]), panel("gate", [3], [0, 0, 0])];
  const cells = { out: [0, 1, 2], left: [0, 1, 2], right: [0, 1, 2] };
  for (const [left, right] of [["z", "gate"], ["gate", "z"]]) {
    const steps = [rule("gate", "gate", ["z"]), reading("t", "out", "y", left, right)];
    const raw = scene([z, open, panel("y", [3], [0, 0, 0])], steps, [table("t", cells)]);
    assert.deepEqual([...sumsOf(readScene(raw)).get("y")], [2, 0, 3]);
  }
});

test("without a rule a 0 is a factor as any other", () => {
  const cells = { out: [0], left: [0], right: [0] };
  const panels = [panel("z", [1], [Infinity]), panel("w", [1], [0]), panel("y", [1], [0])];
  const raw = scene(panels, [reading("t", "out", "y", "z", "w")], [table("t", cells)]);
  assert.deepEqual([...sumsOf(readScene(raw)).get("y")], [NaN]);
});

test("the first of equal numbers is the largest of a mask, and every one of them of ties", () => {
  const windows = table("t", { out: [0, 0, 0, 1, 1], left: [2, 1, 0, 3, 3], right: [0, 1, 2, 3, 4] });
  const panels = [panel("x", [4], [8, 8, 3, -Infinity]), panel("m", [5], [0, 0, 0, 0, 0]), panel("t", [5], [0, 0, 0, 0, 0])];
  const sums = sumsOf(readScene(scene(panels, [rule("mask", "m", ["x"], "t"), rule("ties", "t", ["x"], "t")], [windows])));
  assert.deepEqual([...sums.get("m")], [0, 1, 0, 1, 0]);
  assert.deepEqual([...sums.get("t")], [0, 1, 1, 1, 1]);
});

test("sigmoid never overflows", () => {
  const panels = [panel("z", [3], [-1000, 0, 1000]), panel("s", [3], [0, 0, 0])];
  assert.deepEqual([...sumsOf(readScene(scene(panels, [rule("sigmoid", "s", ["z"])]))).get("s")], [0, 0.5, 1]);
});

test("a hue is that of the first owner at right, left and out", () => {
  const hueOf = (...marks) => {
    const [w, x, y] = ["w", "x", "y"].map((name, at) => panel(name, [], [1], { owners: marks[at] === null ? null : owners(marks[at]) }));
    const raw = scene([w, x, y], [reading("t", "out", "y", "x", "w")], [table("t", { out: [0], left: [0], right: [0] })]);
    return litCells(readScene(raw), { panel: "y", cell: 0 }).get("y").get(0);
  };
  assert.deepEqual([hueOf(1, 2, 3), hueOf(-1, 2, 3), hueOf(null, -1, 3), hueOf(null, null, null)], [1, 2, 3, -1]);
});

test("a rule lights what it is made of, and what is made of it", () => {
  const panels = [panel("z", [2, 3], [1, 2, 3, 4, 5, 6]), panel("p", [2, 3], Array(6).fill(0)), panel("g", [2, 3], Array(6).fill(0))];
  const read = readScene(scene(panels, [rule("softmax", "p", ["z"]), rule("gate", "g", ["z"])]));
  const lit = (name, cell) => Object.fromEntries([...litCells(read, { panel: name, cell })].map(([at, cells]) => [at, [...cells.keys()]]));
  assert.deepEqual(lit("p", 4), { z: [3, 4, 5] });
  assert.deepEqual(lit("g", 4), { z: [4] });
  assert.deepEqual(lit("z", 1), { p: [0, 1, 2], g: [1] });
  assert.deepEqual(partnersOf(read, { panel: "z", cell: 1 }, { panel: "p", cell: 2 }), [{ panel: "z", cell: 1 }, { panel: "p", cell: 2 }]);
  assert.deepEqual(partnersOf(read, { panel: "z", cell: 1 }, { panel: "g", cell: 2 }), []);
});

test("a lit copy leads to what it is a copy of, in the same hue", () => {
  const copies = { out: [0, 1], left: [1, 0] };
  const turned = { owners: owners(1, 0) };
  const panels = [
    panel("w", [2], [3, 4], { owners: owners(0, 1) }),
    panel("turned", [2], [4, 3], turned),
    panel("x", [2], [5, 6]),
    panel("y", [1], [38]),
  ];
  const steps = [reading("turn", "out", "turned", "w"), reading("t", "out", "y", "x", "turned")];
  const tables = [table("turn", copies), table("t", { out: [0, 0], left: [0, 1], right: [0, 1] })];
  const example = readScene(scene(panels, steps, tables));
  const lit = litCells(example, { panel: "y", cell: 0 });
  assert.deepEqual([...lit.get("turned")], [[0, 1], [1, 0]]);
  assert.deepEqual([...lit.get("w")], [[1, 1], [0, 0]]);
  const partners = partnersOf(example, { panel: "y", cell: 0 }, { panel: "w", cell: 1 });
  assert.deepEqual(partners.map(({ panel: name, cell }) => name + cell), ["y0", "x0", "turned0", "w1"]);
});

test("a sum of copies leads nowhere further", () => {
  const panels = [panel("x", [2], [5, 6]), panel("s", [1], [11]), panel("y", [1], [11])];
  const steps = [reading("add", "out", "s", "x"), reading("on", "out", "y", "s")];
  const tables = [table("add", { out: [0, 0], left: [0, 1] }), table("on", { out: [0], left: [0] })];
  const lit = litCells(readScene(scene(panels, steps, tables)), { panel: "y", cell: 0 });
  assert.deepEqual([...lit.keys()], ["y", "s"]);
});

test("rounding noise is marked, and stays what it is", () => {
  const panels = [panel("x", [4], [0.1, 0.2, -0.3, 0.5]), panel("y", [2], [0.1 + 0.2 - 0.3, 0.5])];
  const tables = [table("add", { out: [0, 0, 0, 1], left: [0, 1, 2, 3] })];
  const noisy = readScene(scene(panels, [reading("add", "out", "y", "x")], tables));
  const y = noisy.panels.get("y");
  assert.deepEqual([...seen(y)], [0, 0.5]);
  assert.ok(y.values[0] > 0 && asSeen(y, 0, undefined) === undefined);
  y.values[0] = 1e-14;
  noisy.panels.get("x").values.fill(0);
  markNoise(noisy);
  assert.equal(y.noise, null);
});

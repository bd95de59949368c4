// Running again: what depends on a change is made anew, nothing else, and all of it or nothing.

import assert from "node:assert/strict";
import test from "node:test";

import { aim } from "../../vizconv/stage/objectives.js";
import { Refusal } from "../../vizconv/stage/rules.js";
import { run } from "../../vizconv/stage/running.js";
import { readScene } from "../../vizconv/stage/scene.js";
import { panel, reading, rule, scene, table } from "./worked.mjs";

const cells = { out: [0, 1], left: [0, 1] };
const products = table("products", { ...cells, right: [0, 1] });

// y = 2a gated by a, p = softmax(y), and a side road z = b.
function roads(a = [1, -2]) {
  const names = ["two", "b", "twice", "gate", "y", "p", "z"];
  const panels = [panel("a", [2], a), ...names.map((name) => panel(name, [2], name === "two" ? [2, 2] : [0, 0]))];
  const steps = [
    reading("copies", "out", "z", "b"),
    reading("products", "out", "twice", "a", "two"),
    rule("gate", "gate", ["a"]),
    reading("products", "out", "y", "twice", "gate"),
    rule("softmax", "p", ["y"]),
  ];
  const read = readScene(scene(panels, steps, [products, table("copies", cells)]));
  run(read);
  return read;
}

const values = (read, name) => [...read.panels.get(name).values];

function edited(read, name, cell, value) {
  read.panels.get(name).values[cell] = value;
  return [...run(read, [name])].sort();
}

test("all is made of what is given", () => {
  const read = roads();
  assert.deepEqual([values(read, "twice"), values(read, "gate"), values(read, "y")], [[2, -4], [1, 0], [2, 0]]);
});

test("what does not depend on a change stays, and so does what comes out the same", () => {
  const read = roads();
  assert.deepEqual(edited(read, "b", 0, 5), ["b", "z"]);
  assert.deepEqual(edited(read, "a", 1, -3), ["a", "twice"]); // behind a gate that is shut
  assert.deepEqual(edited(read, "a", 1, 3), ["a", "gate", "p", "twice", "y"]);
  assert.deepEqual(values(read, "y"), [2, 6]);
  assert.deepEqual(edited(read, "a", 1, 3), ["a"]);
});

test("where a rule refuses, nothing has been made", () => {
  const read = roads();
  const before = ["twice", "gate", "y", "p"].map((name) => values(read, name));
  read.panels.get("a").values[0] = Infinity;
  assert.throws(() => run(read, ["a"]), Refusal);
  assert.deepEqual(["twice", "gate", "y", "p"].map((name) => values(read, name)), before);
  assert.deepEqual(edited(read, "a", 0, 2), ["a", "p", "twice", "y"]);
});

test("panels keep their arrays", () => {
  const read = roads();
  const { values: kept } = read.panels.get("y");
  edited(read, "a", 0, 7);
  assert.equal(kept, read.panels.get("y").values);
  assert.equal(kept[0], 14);
});

test("a term behind a shut gate is left out, were it infinite", () => {
  const read = roads([1, 1]);
  edited(read, "two", 1, Number.MAX_VALUE);
  assert.deepEqual(edited(read, "a", 1, -Number.MAX_VALUE), ["a", "gate", "p", "twice", "y"]);
  assert.deepEqual([values(read, "twice"), values(read, "y")], [[2, -Infinity], [2, 0]]);
});

test("what is marked as a switch is one", () => {
  const panels = [panel("z", [2], [-Infinity, 3]), panel("t", [2], [0, 1], { switch: true }), panel("y", [2], [0, 0])];
  const read = readScene(scene(panels, [reading("products", "out", "y", "t", "z")], [products]));
  assert.deepEqual([...run(read)], ["y"]);
  assert.deepEqual(values(read, "y"), [0, 3]);
});

test("several steps to one panel add up, and a border is filled in its place", () => {
  const panels = [panel("x", [3], [5, 0, 0]), panel("y", [3], [0, 0, 0])];
  const border = table("border", { out: [2], left: [0] });
  const copies = table("copies", { out: [0, 1, 2], left: [2, 0, 0] });
  const steps = [
    rule("border", "x", ["x"], "border"),
    reading("copies", "out", "y", "x"),
    reading("copies", "out", "y", "x"),
    rule("border", "y", ["y"], "border"),
  ];
  const read = readScene(scene(panels, steps, [border, copies]));
  assert.deepEqual([...run(read)].sort(), ["x", "y"]);
  assert.deepEqual([values(read, "x"), values(read, "y")], [[5, 0, 5], [10, 10, 10]]);
  assert.deepEqual(edited(read, "x", 0, 1), ["x", "y"]);
  assert.deepEqual([values(read, "x"), values(read, "y")], [[1, 0, 1], [2, 2, 2]]);
});

test("gradients may be those of something else", () => {
  const read = roads();
  const none = [panel("chosen", [2], [1, 0]), panel("dy", [2], [0, 0]), panel("da", [2], [0, 0])];
  const message = {
    ...scene([...read.panels.values()].map(({ name }) => panel(name, [2], values(read, name))).concat(none)),
    steps: [
      ...read.steps,
      reading("copies", "out", "dy", "p"),
      reading("products", "left", "dy", "da", "gate"),
    ],
    terms: [products, table("copies", cells)],
  };
  const way = (from) => [reading("copies", "out", "dy", from)];
  const whole = { ...readScene(message), objectives: { loss: way("p"), score: way("chosen") } };
  run(whole);
  assert.deepEqual(values(whole, "da"), [values(whole, "p")[0], 0]);
  assert.deepEqual([...aim(whole, { score: 1 })].sort(), ["chosen", "da", "dy"]);
  assert.deepEqual([values(whole, "chosen"), values(whole, "dy"), values(whole, "da")], [[0, 1], [0, 1], [0, 0]]);
  assert.deepEqual([...aim(whole, { loss: true })].sort(), ["da", "dy"]);
  assert.deepEqual(values(whole, "dy"), values(whole, "p"));
});

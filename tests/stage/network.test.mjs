// The network stage: where layers stand, how a stroke becomes a digit, and how far a number reaches.

import assert from "node:assert/strict";
import test from "node:test";

import { prepared } from "../../vizconv/stage/network/digit.js";
import { arrangedLayers, areasOf, cellBelow } from "../../vizconv/stage/network/layout.js";
import { regionOfCell } from "../../vizconv/stage/network/maps.js";
import { openedScene } from "../../vizconv/stage/network/opened.js";
import { createReach, readerRegions, sourceRegions } from "../../vizconv/stage/network/reach.js";
import { readScene } from "../../vizconv/stage/scene.js";
import { panel, reading, scene, table } from "./worked.mjs";

const layer = (name, shape, look = "maps") => ({ name, shape, look });
const LENET = [
  [layer("x", [1, 28, 28])],
  [layer("conv1", [6, 28, 28]), layer("relu1", [6, 28, 28])],
  [layer("pool1", [6, 14, 14])],
  [layer("conv2", [16, 10, 10]), layer("relu2", [16, 10, 10])],
  [layer("pool2", [16, 5, 5]), layer("flatten", [400])],
  [layer("linear1", [120]), layer("relu3", [120])],
  [layer("linear2", [84]), layer("relu4", [84])],
  [layer("linear3", [10], "scores")],
  [layer("p", [10], "bars"), layer("L", [], "loss")],
];
const SMALL = [
  [layer("x", [1, 8, 8])],
  [layer("conv", [2, 6, 6]), layer("relu", [2, 6, 6])],
  [layer("pool", [2, 3, 3]), layer("flatten", [18])],
  [layer("linear", [3], "scores")],
  [layer("p", [3], "bars"), layer("L", [], "loss")],
];
const sizeOf = ({ shape }) => shape.reduce((product, length) => product * length, 1);

test("layers stand beside each other in every room, and none on another", () => {
  for (const room of [346, 380, 576, 700, 956, 1200]) {
    for (const columns of [LENET, SMALL]) {
      const { boxes, width, height } = arrangedLayers(columns, room);
      const all = [...boxes.values()];
      assert.ok(width <= room);
      for (const box of all) {
        assert.ok(box.left >= 0 && box.left + box.width <= width && box.top + box.height <= height);
        for (const other of all) {
          const apart = box.left + box.width <= other.left || other.left + other.width <= box.left;
          const above = box.top + box.height <= other.top || other.top + other.height <= box.top;
          assert.ok(box === other || apart || above);
        }
      }
    }
  }
});

test("a wide page shows LeNet in one line, a small network with its numbers", () => {
  const lenet = arrangedLayers(LENET, 956);
  assert.ok(lenet.height <= 310);
  assert.ok([...lenet.boxes.values()].every(({ cell }) => cell.width >= 2));
  const small = arrangedLayers(SMALL, 956);
  assert.ok([...small.boxes.values()].every(({ numbers }) => numbers));
});

test("the cell below a place is the one that is drawn there", () => {
  const { boxes } = arrangedLayers(LENET, 956);
  for (const each of LENET.flat()) {
    const box = boxes.get(each.name);
    for (let cell = 0; cell < sizeOf(each); cell += 7) {
      const [area] = areasOf(box, regionOfCell(box, cell));
      const [x, y] = [area.left - box.left + area.width / 2, area.top - box.top + area.height / 2];
      assert.equal(cellBelow(box, sizeOf(each), x, y), cell);
    }
    assert.equal(cellBelow(box, sizeOf(each), box.width + 1, 1), null);
    assert.equal(cellBelow(box, sizeOf(each), -1, 1), null);
  }
});

// ---- Digits -----------------------------------------------------------------------------------------------

function drawn(side, isInk) {
  const values = Float64Array.from({ length: side * side }, (_, at) => Number(isInk(Math.floor(at / side), at % side)));
  return { rows: side, columns: side, values };
}

test("a stroke is cut out, scaled to twenty pixels, and its mass stands in the middle", () => {
  const tall = drawn(112, (row, column) => row >= 10 && row < 90 && column >= 60 && column < 80);
  const { cut, boxed, centred } = prepared(tall, 28, 28);
  assert.deepEqual([cut.rows, cut.columns, boxed.rows, boxed.columns], [80, 20, 20, 5]);
  assert.ok(boxed.values.every((value) => Math.abs(value - 1) < 1e-12));
  const ink = [...centred.values.keys()].filter((at) => centred.values[at]);
  assert.equal(ink.length, 100);
  const mean = (of) => ink.reduce((sum, at) => sum + of(at), 0) / ink.length;
  assert.equal(mean((at) => Math.floor(at / 28)), 13.5);
  assert.ok(Math.abs(mean((at) => at % 28) - 13.5) <= 0.5);
});

test("ink is neither lost nor made by scaling", () => {
  const corner = drawn(112, (row, column) => column <= row && row < 60);
  const { boxed } = prepared(corner, 28, 28);
  const share = boxed.values.reduce((sum, value) => sum + value, 0) / boxed.values.length;
  assert.ok(Math.abs(share - (60 * 61) / 2 / 3600) < 1e-12);
});

test("nothing drawn is nothing, and a small network has a small box", () => {
  assert.equal(prepared(drawn(112, () => false), 28, 28), null);
  const { boxed, centred } = prepared(drawn(112, (row) => row > 50), 8, 8);
  assert.deepEqual([boxed.columns, centred.rows, centred.columns], [6, 8, 8]);
});

// ---- Reach and opened sums, of a table that is no convolution ------------------------------------------------

// y[o] = Σ a[...] · w[...], z = a sum of some of y: rows in no order at all.
function odd() {
  const [out, left, right] = [[3, 0, 2, 0, 3, 1], [5, 0, 2, 7, 1, 4], [0, 1, 2, 2, 1, 0]];
  return readScene(
    scene(
      [
        panel("x", [2, 2, 2], [1, 2, 3, 4, 5, 6, 7, 8]),
        panel("w", [3], [10, 100, 1000]),
        panel("y", [4], [0, 0, 0, 0]),
        panel("z", [2], [0, 0]),
      ],
      [reading("t", "out", "y", "x", "w"), reading("s", "out", "z", "y")],
      [table("t", { out, left, right }), table("s", { out: [0, 0, 1], left: [0, 3, 2] })],
    ),
  );
}

test("regions hold what takes part, however odd the table", () => {
  const reach = createReach(odd(), ["x", "y", "z"]);
  const sources = sourceRegions(reach, { panel: "z", cell: 0 });
  assert.deepEqual([...sources.get("y")], [0, 0, 0, 0, 0, 3]);
  assert.deepEqual([...sources.get("x")], [0, 1, 0, 1, 0, 1]); // cells 0, 1, 5 and 7
  assert.deepEqual([...sourceRegions(reach, { panel: "y", cell: 2 }).get("x")], [0, 0, 1, 1, 0, 0]);
  const readers = readerRegions(reach, { panel: "x", cell: 5 });
  assert.deepEqual([[...readers.keys()], [...readers.get("y")]], [["y"], [0, 0, 0, 0, 3, 3]]);
});

test("an opened sum shows the products of its rows, wherever they stand", () => {
  const raw = openedScene(odd(), { panel: "y", cell: 3 });
  const [factor, other] = raw.panels.filter(({ part }) => part === "factor");
  const [product] = raw.panels.filter(({ part }) => part === "product");
  const named = [...product.values.keys()].map((at) => [factor.indices[at].join(), other.indices[at].join(), product.values[at]]);
  assert.deepEqual(named.sort(), [["0,0,1", "1", 200], ["1,0,1", "0", 60]]);
});

test("what is given shows what it brings", () => {
  const raw = openedScene(odd(), { panel: "w", cell: 1 });
  const brought = raw.panels.find(({ name }) => name === "into y");
  assert.deepEqual([...brought.values].sort((one, more) => one - more), [100, 200]);
  assert.deepEqual(brought.indices, [[0], [3]]); // by their names in the network
});

// Numbers as people write and read them.

import assert from "node:assert/strict";
import test from "node:test";

import { formatExact, formatNumber, parseNumber } from "../../vizconv/stage/numbers.js";

test("numbers are written short, with a true minus sign", () => {
  const written = [
    [0, "0"], [-0, "0"], [-37, "−37"], [1 / 3, "0.333"], [-2.5, "−2.5"], [12.25, "12.3"], [999.96, "1000"],
    [1000.5, "1001"], [-1000.5, "−1001"], [999999, "999999"], [1e6, "1.0e6"], [-1.25e6, "−1.3e6"],
    [123456.5, "1.2e5"], [0.001, "0.001"], [0.00099, "9.9e−4"], [-1.2e-7, "−1.2e−7"],
    [Infinity, "∞"], [-Infinity, "−∞"], [NaN, "NaN"],
  ];
  for (const [value, text] of written) assert.equal(formatNumber(value), text);
});

test("numbers are read as people type them", () => {
  const typed = [
    ["7", 7], [" −2 ", -2], ["-2", -2], ["0.5", 0.5], ["0,5", 0.5], ["1/9", 1 / 9], ["−1 / 4", -0.25], ["1e3", 1000],
    ["", NaN], ["x", NaN], ["1/2/3", NaN], ["1/", NaN], ["/2", NaN], ["1 2", NaN], ["--1", NaN],
  ];
  for (const [text, value] of typed) assert.equal(parseNumber(text), value);
  assert.ok(!Number.isFinite(parseNumber("1/0")));
});

test("what is written can be read again", () => {
  for (const value of [0, -37, 0.333, -1.2e-7, 1e6, 12.3]) {
    assert.equal(parseNumber(formatNumber(value)), value);
  }
});

test("of a number that counts in steps as many digits are written as a step is exact", () => {
  const steps = [[3, 0.1, "0.3"], [3, 0.25, "1"], [-3, 0.001, "−0.003"], [7, 1, "7"], [0.1234567, 1, "0.123457"], [-7, 3e5, "−2100000"]];
  for (const [number, step, text] of steps) assert.equal(formatExact(number, step), text);
  assert.deepEqual([NaN, Infinity, -Infinity].map((value) => formatExact(value)), ["NaN", "∞", "−∞"]);
});

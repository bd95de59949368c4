// What is remembered: by lesson and kind, once each, and nothing where a browser keeps nothing.

import assert from "node:assert/strict";
import test, { beforeEach } from "node:test";

import { forget, hearProgress, namesIn, progress, remember } from "../../vizconv/stage/progress.js";

let kept;

beforeEach(() => {
  kept = new Map();
  globalThis.window = new EventTarget();
  globalThis.localStorage = {
    getItem: (key) => kept.get(key) ?? null,
    setItem: (key, value) => kept.set(key, value),
  };
});

test("what was done is remembered once, by its lesson, until it is forgotten", () => {
  let heard = 0;
  const stop = hearProgress(() => {
    heard += 1;
  });
  for (const name of ["How many?", "How many?", "Which?"]) remember("pooling", "answered", name);
  remember("pooling", "opened");
  assert.deepEqual(progress(), { pooling: { answered: ["How many?", "Which?"], opened: [""] } });
  assert.equal(heard, 3);
  forget();
  stop();
  remember("pooling", "opened");
  assert.equal(heard, 4);
});

test("outside of lessons nothing is remembered", () => {
  remember("", "opened");
  assert.equal(kept.size, 0);
});

test("a browser that keeps nothing is no hindrance", () => {
  const refuse = () => {
    throw new Error("SecurityError");
  };
  for (const storage of [{ getItem: refuse, setItem: refuse }, { getItem: () => null, setItem: refuse }]) {
    globalThis.localStorage = storage;
    remember("pooling", "opened");
    forget();
    assert.deepEqual(progress(), {});
  }
  delete globalThis.localStorage;
  assert.deepEqual(progress(), {});
});

test("what somebody else keeps under the name is passed over", () => {
  for (const junk of ["", "{", "5", "null", '{"pooling": 3}', '{"pooling": {"opened": "x"}}']) {
    kept.set("vizconv-progress", junk);
    assert.deepEqual(namesIn(progress(), "pooling", "opened"), []);
  }
});

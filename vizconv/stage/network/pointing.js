// Pointing: one number is the subject; what it is made of, what sees it and what reads it are framed.

import { isSamePlace } from "../scene.js";
import { readerRegions, sourceRegions } from "./reach.js";
import { sentenceOf } from "./sentence.js";
import { frame } from "./showing.js";

const KEYS = {
  ArrowUp: [0, -1, 0],
  ArrowDown: [0, 1, 0],
  ArrowLeft: [0, 0, -1],
  ArrowRight: [0, 0, 1],
  PageUp: [-1, 0, 0],
  PageDown: [1, 0, 0],
};

export function pointAt(view, subject) {
  if (isSamePlace(subject, view.subject)) return;
  view.subject = subject;
  show(view);
}

// What is pointed at, with the numbers of now.
export function show(view) {
  const { subject, reach, machine } = view;
  const none = new Map();
  const isGradient = subject && machine.gradients.has(subject.panel);
  const sources = subject ? within(machine, isGradient, sourceRegions(reach, subject)) : none;
  const readers = subject ? within(machine, isGradient, readerRegions(reach, subject)) : none;
  frame(view, subject, sources, readers);
  const field = subject ? fieldOf(sources, machine.layers[0]) : "";
  view.sentence.textContent = subject ? sentenceOf(machine.scene, subject) + field : view.hint;
}

// A gradient is made of gradients; what they owe to the way forward is not framed.
function within({ gradients }, isGradient, regions) {
  return isGradient ? new Map([...regions].filter(([name]) => gradients.has(name))) : regions;
}

function fieldOf(sources, first) {
  const field = sources.get(first);
  if (!field) return "";
  const [, , top, bottom, left, right] = field;
  return ` Its field: ${bottom - top + 1}×${right - left + 1} ${first === "x" ? "pixels" : `of ${first}`}.`;
}

// When nothing else is pointed at, what is open is.
export function rest(view) {
  pointAt(view, view.trail[view.at] ?? view.subject);
}

// Point at the neighbour that a key names; false for another key.
export function pointBeside(view, name, key) {
  if (!KEYS[key]) return false;
  const { maps, rows, columns } = view.boxes.get(name);
  const { size } = view.machine.panels.get(name);
  const from = view.subject?.panel === name ? view.subject.cell : 0;
  const at = [Math.floor(from / (rows * columns)), Math.floor(from / columns) % rows, from % columns];
  const [map, row, column] = [maps, rows, columns].map((length, axis) =>
    Math.max(0, Math.min(length - 1, at[axis] + KEYS[key][axis])),
  );
  pointAt(view, { panel: name, cell: Math.min(size - 1, (map * rows + row) * columns + column) });
  return true;
}

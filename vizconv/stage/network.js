// A whole network as a widget and as a page of its own.

import { typed, withBuffers } from "./buffers.js";
import { element, hearKey } from "./elements.js";
import {
  change,
  choose,
  fillChoosers,
  noteChange,
  refresh,
  report,
  showChoice,
  showUndo,
} from "./network/changing.js";
import { finish, open, refreshOpened, showMeasured } from "./network/following.js";
import { createMachine, follow, showObjective } from "./network/machine.js";
import { pointAt, show } from "./network/pointing.js";
import { createReach, findings } from "./network/reach.js";
import { buildLayers, fit, hasRoomForBoth, paintAll, takeColours } from "./network/showing.js";
import { createNetworkView, renewInput } from "./network/view.js";
import { resize } from "./view.js";

const HINT = "Point at any number; a click opens what it is made of.";

function render({ model, el }) {
  const view = createNetworkView(model, el);
  const take = () => takeNetwork(view, model.get("_network"));
  const measure = () => showMeasured(view);
  model.on("change:_network", take);
  model.on("change:measured", measure);
  const hear = () => hearOther(view);
  model.on("change:edit", hear);
  take();
  const stopWatching = watch(view);
  const stopHearing = hearKey(view.root, "Escape", () => open(view, null));
  return () => {
    model.off("change:_network", take);
    model.off("change:measured", measure);
    model.off("change:edit", hear);
    if (view.reporting) report(view);
    view.tasks = [];
    stopHearing();
    stopWatching();
  };
}

// Put a network on show: the one that Python sent, with what has been changed since.
function takeNetwork(view, raw) {
  view.machine = createMachine(readDigits(raw));
  view.base = raw.base;
  view.changed = new Map();
  view.undone = [];
  view.hint = HINT;
  view.about.replaceChildren(...view.machine.scene.notes.map((note) => element("p", "", null, note)));
  view.retrace = () => {
    view.reach = createReach(view.machine.scene, shownLayers(view.machine));
    whenIdle(view, findings(view.reach));
  };
  view.retrace();
  takeColours(view);
  fillChoosers(view);
  renewInput(view);
  takeChanges(view, view.model.get("edit"));
  forgetLost(view);
  buildLayers(view);
  fit(view);
  showChoice(view);
  showUndo(view);
  paintAll(view);
  refreshOpened(view);
  show(view);
  view.root.vizconv = handle(view);
}

// Numbers that another network has not are neither pointed at nor open any more.
function forgetLost(view) {
  const isThere = ({ panel, cell }) => cell < (view.machine.panels.get(panel)?.size ?? 0);
  view.trail = view.trail.filter(isThere);
  view.at = Math.min(view.at, view.trail.length - 1);
  if (view.subject && !isThere(view.subject)) view.subject = null;
  view.stageBox.hidden = view.at < 0;
  view.trailBox.hidden = view.at < 0;
}

// Does what will be asked for while nothing else is to do; other tasks take the place of those before.
function whenIdle(view, tasks) {
  const wait = window.requestIdleCallback ?? ((then) => setTimeout(then, 20, { timeRemaining: () => 8 }));
  view.tasks = tasks;
  const work = (deadline) => {
    if (view.tasks !== tasks) return;
    while (tasks.length && deadline.timeRemaining() > 5) tasks.shift()();
    if (tasks.length) wait(work);
  };
  wait(work);
}

function readDigits(raw) {
  return { ...raw, digits: raw.digits && { ...raw.digits, images: typed(Uint8Array, raw.digits.images) } };
}

// What another view of the same network has changed since Python sent it; false where that is nothing.
function takeChanges(view, edit) {
  if (!edit?.changes || edit.base !== view.base) return false;
  const { machine } = view;
  for (const [panel, cells] of Object.entries(edit.changes))
    for (const [cell, value] of cells) {
      noteChange(view, panel, cell);
      machine.panels.get(panel).values[cell] = value;
    }
  follow(machine, Object.keys(edit.changes));
  showObjective(machine, edit.of);
  view.serial = edit.serial;
  return true;
}

// Another view of the same network reports a change.
function hearOther(view) {
  if (view.isTelling || !takeChanges(view, view.model.get("edit"))) return;
  view.retrace();
  showChoice(view);
  refresh(view);
}

function shownLayers({ layers, gradients }) {
  const own = [...gradients].filter(([, name]) => layers.includes(name)).map(([gradient]) => gradient);
  return [...layers, ...own, "p", "L"];
}

// Follow the width and the theme.
function watch(view) {
  const observer = new ResizeObserver(() => {
    if (view.width === view.root.clientWidth) return;
    takeColours(view); // it may not have been in the page before
    fit(view);
    paintAll(view);
    show(view);
    resize(view.opened);
  });
  observer.observe(view.root);
  const theme = new MutationObserver(() => {
    takeColours(view);
    paintAll(view);
    show(view);
  });
  theme.observe(document.body, { attributes: true, attributeFilter: ["data-jp-theme-light"] });
  return () => {
    observer.disconnect();
    theme.disconnect();
  };
}

// ---- What tests and the curious call ----------------------------------------------------------------------

function handle(view) {
  const panelOf = (name) => {
    const panel = view.machine.panels.get(name);
    if (!panel)
      throw new Error(`there is no ${name}; there are ${[...view.machine.panels.keys()].join(", ")}`);
    return panel;
  };
  const cellOf = (name, index) => flatIndex(panelOf(name), index);
  return {
    names: () => [...view.machine.panels.keys()],
    values: (name) => panelOf(name).values.slice(),
    shape: (name) => [...panelOf(name).shape],
    set: (name, index, value) => {
      if (!panelOf(name).editable)
        throw new Error(`${name} is worked out from others; a pixel, weight or bias can be set`);
      return change(view, [{ panel: name, cell: cellOf(name, index), value: finite(value) }]);
    },
    point: (name, index) => pointAt(view, { panel: name, cell: cellOf(name, index) }),
    open: (name, index) => open(view, name === null ? null : { panel: name, cell: cellOf(name, index) }),
    finish: () => finish(view),
    show: (mode = view.mode, of = view.machine.of) =>
      choose(view, { mode: modeOf(view, mode), of: objectiveOf(view, of) }),
  };
}

function modeOf({ machine }, mode) {
  const modes = ["activations", "gradients", ...(hasRoomForBoth(machine) ? ["both"] : [])];
  if (!modes.includes(mode)) throw new Error(`mode is ${mode}; ${modes.join(" or ")} is expected`);
  return mode;
}

function objectiveOf({ machine }, of) {
  const [[kind, k] = [], ...others] = Object.entries(of ?? {});
  const classes = machine.panels.get("t").size;
  const isClass = Number.isInteger(k) && k >= 0 && k < classes;
  if (others.length || !(kind === "loss" ? k === true : ["score", "probability"].includes(kind) && isClass))
    throw new Error(
      `of is ${JSON.stringify(of)}; {loss: true}, {score: k} or {probability: k} is expected, k from 0 to ${classes - 1}`,
    );
  return { [kind]: k };
}

function finite(value) {
  if (!Number.isFinite(value)) throw new Error(`value is ${value}; a finite number is expected`);
  return value;
}

// A cell counted row by row, or by its index in every axis.
function flatIndex({ shape, size, name }, index) {
  const flat = Array.isArray(index) ? index.reduce((at, place, axis) => at * shape[axis] + place, 0) : index;
  const inside = Array.isArray(index)
    ? index.length === shape.length &&
      index.every((at, axis) => Number.isInteger(at) && at >= 0 && at < shape[axis])
    : true;
  if (!inside || !Number.isInteger(flat) || flat < 0 || flat >= size)
    throw new Error(`${name} has no cell ${index}; its shape is ${shape.join("×")}`);
  return flat;
}

// ---- A page of its own ------------------------------------------------------------------------------------

// What a saved file calls: the network comes packed, and nobody hears of changes.
export async function showAlone(el, { packed }) {
  const dark = matchMedia("(prefers-color-scheme: dark)").matches;
  document.body.dataset.jpThemeLight = String(!dark);
  if (dark) document.body.style.background = "#111111";
  const raw = withBuffers(JSON.parse(await unpacked(packed)));
  const view = createNetworkView({ get: () => undefined, set() {}, save_changes() {} }, el);
  takeNetwork(view, raw);
  watch(view);
  document.addEventListener("keydown", ({ key, target }) => {
    if (key === "Escape" && !view.root.contains(target)) open(view, null);
  });
}

async function unpacked(base64) {
  const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Response(stream).text();
}

export default { render };

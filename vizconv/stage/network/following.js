// Following a number: it opens below, each of its factors opens in turn, and a trail leads back and forth.

import { element, setIcon, setName, textButton } from "../elements.js";
import { formatNumber } from "../numbers.js";
import { isSamePlace } from "../scene.js";
import { preparations, takeScene } from "../view.js";
import { usesIn } from "./making.js";
import { openedScene } from "./opened.js";
import { show } from "./pointing.js";
import { nameIn } from "./showing.js";

const LIMITS = { wide: 272, narrow: 640, most: 120, few: 30, lens: 280 }; // of an opened sum: see layout.js
const NAMED = 4; // of what a number goes into
const AGAIN = 260; // milliseconds in which a second click is a double one
const MOST_CRUMBS = 9;
const AT_ONCE = 200; // cells of an opened number that is built in one go
const SLICE = 7; // milliseconds of building that a frame has room for

export function buildTrail(view) {
  const goBack = setIcon(element("button", "vizconv-button"), "back", "M10 3 5 8l5 5z");
  const goForth = setIcon(element("button", "vizconv-button"), "forth", "M6 3l5 5-5 5z");
  goBack.addEventListener("click", () => back(view));
  goForth.addEventListener("click", () => forth(view));
  const close = setName(
    textButton(null, "×", () => open(view, null)),
    "close",
  );
  const crumbs = element("span", "vizconv-crumbs");
  const uses = element("span", "vizconv-uses");
  view.trailBox.append(goBack, goForth, crumbs, uses, close);
  view.trailBox.hidden = true;
  return { goBack, goForth, crumbs, uses };
}

// Open a number: one that is tied to the open one goes on with its trail, another begins a new one.
export function open(view, place, isNext = false) {
  if (!place) {
    view.trail = [];
    view.at = -1;
  } else if (!isSamePlace(place, view.trail[view.at])) {
    const goesOn = view.at >= 0 && (isNext || isTied(view, view.trail[view.at], place));
    view.trail = goesOn ? [...view.trail.slice(0, view.at + 1), place] : [place];
    view.at = view.trail.length - 1;
  }
  showOpened(view);
}

function isTied({ machine }, from, to) {
  return (
    usesIn(machine.scene, from).some((use) => isSamePlace(use, to)) ||
    usesIn(machine.scene, to).some((use) => isSamePlace(use, from))
  );
}

export function back(view) {
  go(view, view.at - 1);
}

function forth(view) {
  go(view, view.at + 1);
}

function go(view, at) {
  if (at < 0 || at >= view.trail.length) return;
  view.at = at;
  showOpened(view);
}

// ---- Showing what is open ------------------------------------------------------------------------------------

function showOpened(view) {
  const place = view.trail[view.at];
  stopBuilding(view);
  if (!place) view.stageBox.hidden = true;
  view.trailBox.hidden = !place;
  view.model.set("pinned", place ?? {});
  view.model.save_changes();
  showMeasured(view);
  if (!place) return;
  view.subject = place;
  showTrail(view);
  show(view);
  buildOpened(view, openedScene(view.machine.scene, place));
}

// What is open, built in slices, so that no frame waits for a large sum; what was open stays until it is there.
function buildOpened(view, raw) {
  const cells = raw.panels.reduce((sum, { values }) => sum + values.length, 0);
  const turns = cells > AT_ONCE ? preparations(view.opened, { ...raw, limits: LIMITS }) : [];
  const end = () => {
    stopBuilding(view);
    view.opened.subject = null;
    takeOpened(view, raw);
  };
  const slice = () => {
    const until = performance.now() + SLICE;
    while (turns.length && performance.now() < until) turns.shift()();
    soon(turns.length ? slice : end);
  };
  const soon = (what) => {
    view.building = requestAnimationFrame(what);
  };
  view.finish = end;
  if (turns.length) soon(slice);
  else end();
}

function stopBuilding(view) {
  cancelAnimationFrame(view.building);
  view.finish = null;
}

// Let what is being built be there at once.
export function finish(view) {
  view.finish?.();
}

function takeOpened(view, raw) {
  view.stageBox.hidden = false;
  view.opened.pinned = false;
  takeScene(view.opened, { ...raw, limits: LIMITS, serial: view.opened.serial + 1 });
}

// What Python has measured of the gradient that is open, by a finite difference.
export function showMeasured(view) {
  const { of, sentence } = view.model.get("measured") ?? {};
  const place = view.trail[view.at];
  view.measured.textContent = isSamePlace(of, place) ? sentence : "";
}

// The open number with the numbers of now.
export function refreshOpened(view) {
  const place = view.trail[view.at];
  if (!place) return;
  stopBuilding(view);
  takeOpened(view, openedScene(view.machine.scene, place));
  showTrail(view);
  show(view);
}

function showTrail(view) {
  view.goBack.disabled = view.at <= 0;
  view.goForth.disabled = view.at >= view.trail.length - 1;
  const first = Math.max(0, Math.min(view.at - MOST_CRUMBS + 2, view.trail.length - MOST_CRUMBS));
  const crumbs = view.trail
    .slice(first, first + MOST_CRUMBS)
    .map((place, at) => crumb(view, place, first + at));
  view.crumbs.replaceChildren(...crumbs);
  view.uses.replaceChildren(...usesOf(view));
}

function crumb(view, place, at) {
  const made = textButton(null, nameIn(view, place), () => go(view, at));
  made.classList.add("vizconv-crumb");
  if (at === view.at) made.setAttribute("aria-current", "step");
  return made;
}

// Where the open number goes on: what it goes into, the largest first, and its gradient.
function usesOf(view) {
  const place = view.trail[view.at];
  const { machine } = view;
  const isGradient = (name) => machine.gradients.has(name);
  const all = usesIn(machine.scene, place).filter(
    ({ panel }) => isGradient(panel) === isGradient(place.panel),
  );
  all.sort((one, other) => Math.abs(other.value) - Math.abs(one.value));
  const chips = all.slice(0, NAMED).map((use) => useChip(view, use, true));
  const more =
    all.length > NAMED ? [element("span", "vizconv-quiet", null, `and ${all.length - NAMED} more`)] : [];
  const words = all.length ? [element("span", "vizconv-quiet", null, "goes into")] : [];
  return [...words, ...chips, ...more, ...gradientChip(view, place)];
}

function useChip(view, { panel, cell, value, step }, isUse = false) {
  const made = textButton(null, nameIn(view, { panel, cell }), () => open(view, { panel, cell }, true));
  made.classList.add("vizconv-use");
  if (isUse) made.dataset.use = nameIn(view, { panel, cell });
  made.title = step.rule ? `${step.rule}: ${formatNumber(value)}` : `brings ${formatNumber(value)}`;
  return made;
}

// A number's gradient, or the number that a gradient belongs to.
function gradientChip(view, { panel, cell }) {
  const { gradients, panels } = view.machine;
  const name = gradients.has(panel) ? gradients.get(panel) : `d${panel}`;
  if (!panels.has(name) || (!gradients.has(panel) && !gradients.has(name))) return [];
  const words = gradients.has(panel) ? "gradient of" : "its gradient";
  return [
    element("span", "vizconv-quiet", null, words),
    useChip(view, { panel: name, cell, value: panels.get(name).values[cell], step: { rule: "value" } }),
  ];
}

// ---- From a cell of the opened sum ---------------------------------------------------------------------------

// The cell of the network that a cell of the opened sum shows, or null for one that is made there.
export function shownBy(view, { panel, cell }) {
  const { cells } = view.opened.scene.panels.get(panel);
  return cells ? { panel: cells.panel, cell: cells.cells[cell] } : null;
}

// What a click on a cell of the opened sum does: true where it opens another number, at once, or after so long
// that it is no double click, where the number can be typed over; a finger taps twice.
export function opensCell(view, place, event) {
  const shown = shownBy(view, place);
  if (!shown || view.opened.typing) return true;
  clearTimeout(view.opening);
  const pointed = isSamePlace(view.lastTapped, place);
  view.lastTapped = event.pointerType === "touch" && !pointed ? place : null;
  if (event.pointerType === "touch" && !pointed) return true;
  if (event.detail > 1 || isSamePlace(shown, view.trail[view.at])) return true;
  const { editable } = view.opened.scene.panels.get(place.panel);
  if (editable && event.pointerType !== "touch")
    view.opening = setTimeout(() => open(view, shown, true), AGAIN);
  else open(view, shown, true);
  return true;
}

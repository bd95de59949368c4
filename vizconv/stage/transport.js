// The transport: stepping, scrubbing and playing through the cells of the scene's walk.

import { element, setIcon, setName } from "./elements.js";
import { showStep } from "./flights.js";
import { point, reportPinned } from "./pointing.js";
import { did } from "./tour.js";
import { showSums, walkLength } from "./values.js";

const [STEP, BEAT] = [1000, 600]; // milliseconds of a step by itself, and of one at speed 1
const SPEEDS = [1, 2, 5, 20];
const PLAY = ["play", "M4 2v12l10-6z"];
const PAUSE = ["pause", "M4 3h3v10H4zM9 3h3v10H9z"];

export function buildTransport(root) {
  const bar = element("div", "vizconv-transport", root);
  const icon = (...look) => setIcon(element("button", "vizconv-button", bar), ...look);
  return {
    bar,
    first: icon("to the start", "M3 3h2v10H3zM14 3v10L6 8z"),
    back: icon("step back", "M12 3v10L4 8z"),
    play: icon(...PLAY),
    step: icon("step", "M4 3v10l8-5z"),
    last: icon("to the end", "M11 3h2v10h-2zM2 3v10l8-5z"),
    scrub: buildScrub(bar),
    count: element("span", "vizconv-count", bar),
    speed: setName(element("button", "vizconv-button vizconv-speed", bar, "1×"), "speed"),
  };
}

function buildScrub(bar) {
  const scrub = element("input", "vizconv-scrub", bar);
  scrub.type = "range";
  scrub.min = "0";
  scrub.setAttribute("aria-label", "position");
  return scrub;
}

export function listenTransport(view) {
  const { first, back, play, step, last, speed, scrub } = view.transport;
  first.addEventListener("click", () => moveTo(view, 0));
  back.addEventListener("click", () => moveBy(view, -1));
  play.addEventListener("click", () => togglePlay(view));
  step.addEventListener("click", () => moveBy(view, 1));
  last.addEventListener("click", () => moveTo(view, walkLength(view)));
  speed.addEventListener("click", () => nextSpeed(view));
  scrub.addEventListener("input", () => moveTo(view, Number(scrub.value)));
}

// ---- Moving -------------------------------------------------------------------------------------------

function moveTo(view, position, glide = false) {
  const length = walkLength(view);
  if (!length) return;
  view.position = Math.max(0, Math.min(length, position));
  view.pinned = false;
  showSums(view);
  showPosition(view);
  view.resting = { panel: view.scene.walk, cell: Math.max(0, view.position - 1) };
  point(view, view.resting, glide);
  reportPinned(view);
  did(view, "step");
}

function moveBy(view, by) {
  const length = walkLength(view);
  const from = by > 0 && view.position >= length ? 0 : view.position;
  moveTo(view, from + by, true);
  if (by > 0) showStep(view, view.resting, view.playing ? BEAT / view.speed : STEP);
}

export function showPosition(view) {
  const { bar, scrub, count } = view.transport;
  const length = walkLength(view);
  bar.classList.toggle("vizconv-no-walk", length < 2);
  scrub.max = String(length);
  scrub.value = String(view.position);
  count.textContent = `${view.position} of ${length}`;
}

// ---- Playing ------------------------------------------------------------------------------------------

export function togglePlay(view) {
  if (view.playing) pause(view);
  else play(view);
}

function play(view) {
  if (!walkLength(view)) return;
  view.playing = setInterval(() => playOn(view), BEAT / view.speed);
  setIcon(view.transport.play, ...PAUSE);
  playOn(view, true);
}

function playOn(view, first = false) {
  if (!first && view.position >= walkLength(view)) pause(view);
  else moveBy(view, 1);
}

export function pause(view) {
  clearInterval(view.playing);
  view.playing = null;
  setIcon(view.transport.play, ...PLAY);
}

function nextSpeed(view) {
  view.speed = SPEEDS[(SPEEDS.indexOf(view.speed) + 1) % SPEEDS.length];
  view.transport.speed.textContent = `${view.speed}×`;
  if (!view.playing) return;
  pause(view);
  play(view);
}

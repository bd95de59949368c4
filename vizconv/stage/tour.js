// A tour of the stage, as often as one likes: it says what to do, and goes on when it is done.

import { element, setName, textWithCode } from "./elements.js";
import { unpin } from "./pointing.js";
import { stepsOf } from "./tour_steps.js";

const END = "That is all: point, click, type. With “?” the tour begins again.";

// It stands in the place of the legend, so that nothing moves.
export function buildTour(root, bar) {
  const start = element("button", "vizconv-button", bar, "?");
  setName(start, "tour: show me how");
  const foot = element("div", "vizconv-foot", root);
  const legend = element("div", "vizconv-legend", foot);
  const box = element("div", "vizconv-tour", foot);
  box.hidden = true;
  const text = element("span", "vizconv-tour-text", box);
  text.setAttribute("role", "status");
  const next = element("button", "vizconv-button", box, "next");
  const skip = element("button", "vizconv-button", box, "skip");
  return { legend, tour: { start, foot, box, text, next, skip, steps: null, at: 0, aim: null } };
}

export function listenTour(view) {
  const { start, next, skip } = view.tour;
  start.addEventListener("click", () => startTour(view));
  next.addEventListener("click", () => goOn(view));
  skip.addEventListener("click", () => endTour(view));
}

function startTour(view) {
  unpin(view);
  view.tour.at = 0;
  view.tour.steps = [];
  showTour(view);
}

// True where there was one to end.
export function endTour(view) {
  const { tour } = view;
  if (!tour.steps) return false;
  if (tour.box.contains(document.activeElement)) tour.start.focus();
  tour.steps = null;
  showTour(view);
  return true;
}

// The learner has done something, at a cell or nowhere: what the tour waits for, or not.
export function did(view, what, place = null) {
  const step = view.tour.steps?.[view.tour.at];
  if (step?.awaits !== what) return;
  if (what === "point" && !(place.panel === step.panel && place.cell === step.cell)) return;
  goOn(view);
}

function goOn(view) {
  const { tour } = view;
  tour.at += 1;
  if (tour.at > tour.steps.length) endTour(view);
  else showTour(view);
}

// What the tour says now, for the scene as it is now.
export function showTour(view) {
  const { tour } = view;
  if (tour.steps) tour.steps = stepsOf(view.scene);
  const running = Boolean(tour.steps);
  tour.box.hidden = !running;
  tour.foot.classList.toggle("vizconv-touring", running);
  tour.start.setAttribute("aria-expanded", String(running));
  const step = tour.steps?.[tour.at];
  takeAim(tour, step && aimOf(view, step));
  if (!running) return;
  const count = step ? `${tour.at + 1} of ${tour.steps.length}  ` : "";
  showText(tour.text, count, step?.text ?? END);
  tour.next.hidden = !step;
  tour.skip.textContent = step ? "skip" : "done";
}

function showText(box, count, text) {
  box.replaceChildren(element("span", "vizconv-count", null, count));
  textWithCode(box, text, "b");
}

function aimOf(view, { awaits, panel, cell }) {
  const places = { factor: view.formula, step: view.transport.play };
  return places[awaits] ?? view.slots.get(panel)?.cells[cell];
}

function takeAim(tour, aim = null) {
  if (tour.aim) delete tour.aim.dataset.aim;
  tour.aim = aim;
  if (aim) aim.dataset.aim = "true";
}

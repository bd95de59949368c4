// Changing: a number typed or drawn, another digit, another class. All that follows is made anew, and reported.

import { element } from "../elements.js";
import { Refusal } from "../rules.js";
import { put } from "../running.js";
import { refreshOpened, shownBy } from "./following.js";
import { follow, labelOf, showObjective } from "./machine.js";
import { endOnPad, putOnPad, showPicture } from "./pad.js";
import { show } from "./pointing.js";
import { buildLayers, fit, hasRoomForBoth, paintAll } from "./showing.js";

const LATER = 250; // milliseconds after which Python hears

export function say(view, sentence) {
  view.message.textContent = sentence;
  view.message.classList.toggle("vizconv-refused", sentence.startsWith("✗"));
}

// ---- Numbers ---------------------------------------------------------------------------------------------

// Make some changes and all that follows; returns what takes them back, or null where a rule refuses.
export function apply(view, changes) {
  const before = put(view.machine.scene, changes);
  const names = [...new Set(changes.map(({ panel }) => panel))];
  try {
    follow(view.machine, names);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    put(view.machine.scene, before.reverse());
    say(view, `✗ ${error.message}`);
    refresh(view);
    return null;
  }
  say(view, "");
  for (const { panel, cell } of changes) noteChange(view, panel, cell);
  refresh(view);
  reportSoon(view);
  return before;
}

export function refresh(view) {
  paintAll(view);
  refreshOpened(view);
  show(view);
}

export function noteChange(view, panel, cell) {
  if (!view.changed.has(panel)) view.changed.set(panel, new Set());
  view.changed.get(panel).add(cell);
}

// Changes that are taken back at once by "undo"; `takeBack` does what else belongs to that.
export function change(view, changes, takeBack = null) {
  const before = changes.length && apply(view, changes);
  if (before) view.undone.push({ changes: before.reverse(), takeBack });
  showUndo(view);
  return Boolean(before);
}

export function undo(view) {
  endDrawing(view);
  takeBackAll(view, view.undone.splice(-1));
}

export function undoAll(view) {
  endDrawing(view);
  takeBackAll(view, view.undone.splice(0).reverse());
}

function takeBackAll(view, steps) {
  if (steps.length)
    apply(
      view,
      steps.flatMap(({ changes }) => changes),
    );
  for (const { takeBack } of steps) takeBack?.();
  showUndo(view);
  showChoice(view);
}

// A stroke that is on its way is the last one.
function endDrawing(view) {
  if (view.pad) endOnPad(view.pad);
}

export function showUndo(view) {
  for (const button of [view.undoButton, view.undoAllButton]) button.disabled = !view.undone.length;
}

// What was typed on the opened sum's stage.
export function takeEdit(view, { changes }) {
  const { panel, cell, value } = changes.at(-1);
  const shown = shownBy(view, { panel, cell });
  if (!shown) return;
  view.opened.undone = [];
  view.opened.reported = [];
  change(view, [{ ...shown, value }]);
}

// ---- Pictures --------------------------------------------------------------------------------------------

// The changes that make a picture the input, in all its channels.
function pictureChanges({ panels, ink }, { values }) {
  const { size, values: before } = panels.get("x");
  const changes = [];
  for (let cell = 0; cell < size; cell += 1) {
    const value = ink * values[cell % values.length];
    if (before[cell] !== value) changes.push({ panel: "x", cell, value });
  }
  return changes;
}

// A stroke on its way: one that goes on is taken back as a whole.
export function draw(view, picture) {
  const changes = pictureChanges(view.machine, picture);
  const before = changes.length && apply(view, changes);
  if (before) view.stroke = [...before.reverse(), ...(view.stroke ?? [])];
}

export function endStroke(view, takeBack) {
  if (view.stroke?.length) view.undone.push({ changes: view.stroke, takeBack });
  view.stroke = null;
  showUndo(view);
}

export function showDigits(view) {
  const { digits, machine } = view;
  digits.hidden = !machine.digits;
  if (digits.childElementCount || !machine.digits) return;
  const { images, labels, rows, columns } = machine.digits;
  labels.forEach((label, at) => {
    const pixels = images.subarray(at * rows * columns, (at + 1) * rows * columns);
    const values = Float64Array.from(pixels, (pixel) => pixel / 255);
    digits.append(digitButton(view, { rows, columns, values }, label));
  });
}

function digitButton(view, picture, label) {
  const button = element("button", "vizconv-digit");
  button.setAttribute("aria-label", `a ${label}`);
  button.title = `a ${label}`;
  showPicture(element("canvas", "", button), picture);
  button.addEventListener("click", () => chooseDigit(view, picture, label));
  return button;
}

function chooseDigit(view, picture, label) {
  const { machine } = view;
  const takeBack = view.pad && putOnPad(view.pad); // the next stroke begins on an empty pad
  const changes = [...pictureChanges(machine, picture), ...labelChanges(machine, label)];
  if (!change(view, changes, takeBack)) takeBack?.();
  showChoice(view);
}

function labelChanges({ panels }, label) {
  const { values } = panels.get("t");
  const wanted = Array.from(values, (_, cell) => ({ panel: "t", cell, value: cell === label ? 1 : 0 }));
  return wanted.filter(({ cell, value }) => values[cell] !== value);
}

// ---- What is chosen ----------------------------------------------------------------------------------------

// Another mode, {loss: true}, {score: k} or {probability: k} of the gradients, or another right class.
export function choose(view, { mode = view.mode, of = view.machine.of, label }) {
  const { machine } = view;
  if (label !== undefined && label !== labelOf(machine)) change(view, labelChanges(machine, label));
  if (JSON.stringify(of) !== JSON.stringify(machine.of)) {
    showObjective(machine, of);
    view.retrace();
    reportSoon(view);
  }
  if (mode !== view.mode) {
    view.mode = mode;
    buildLayers(view);
    fit(view);
  }
  showChoice(view);
  refresh(view);
}

export function showChoice(view) {
  const { machine, mode } = view;
  for (const [name, button] of view.modeButtons) button.setAttribute("aria-pressed", String(name === mode));
  view.modeButtons.get("both").hidden = !hasRoomForBoth(machine);
  const reaches = machine.scores !== null;
  view.drawButton.hidden = !machine.panels.get("x")?.editable;
  view.undoButton.hidden = view.undoAllButton.hidden = !reaches;
  view.label.parentElement.hidden = !reaches;
  view.of.parentElement.hidden = mode === "activations" || !reaches;
  view.of.value = JSON.stringify(machine.of);
  view.label.value = String(labelOf(machine));
}

export function fillChoosers(view) {
  const classes = view.machine.panels.get("t").size;
  const each = (make) => Array.from({ length: classes }, (_, k) => make(k));
  const option = (words, value) => {
    const made = element("option", "", null, words);
    made.value = value;
    return made;
  };
  const of = (words, value) => option(words, JSON.stringify(value));
  view.of.replaceChildren(
    of("the loss", { loss: true }),
    ...each((k) => of(`score ${k}`, { score: k })),
    ...each((k) => of(`probability ${k}`, { probability: k })),
  );
  view.label.replaceChildren(...each((k) => option(String(k), String(k))));
}

// ---- What Python hears ---------------------------------------------------------------------------------------

// All changes since Python's last network, when nothing has changed for a while.
function reportSoon(view) {
  clearTimeout(view.reporting);
  view.reporting = setTimeout(() => report(view), LATER);
}

export function report(view) {
  clearTimeout(view.reporting);
  const { panels, of } = view.machine;
  view.serial += 1;
  const changes = {};
  for (const [name, cells] of view.changed) {
    const { values } = panels.get(name);
    changes[name] = [...cells].map((cell) => [cell, values[cell]]);
  }
  view.isTelling = true;
  view.model.set("edit", { serial: view.serial, base: view.base, of, changes });
  view.isTelling = false;
  view.model.save_changes();
}

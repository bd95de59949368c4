// Editing: a number typed or painted into cells. The page makes all that follows from it, and reports it.

import { KINDS } from "./cells.js";
import { element, isNotebooks } from "./elements.js";
import { parseNumber } from "./numbers.js";
import { point } from "./pointing.js";
import { Refusal } from "./rules.js";
import { put, run } from "./running.js";
import { blocks, nameOf } from "./scene.js";
import { markNoise } from "./terms.js";
import { did } from "./tour.js";
import { layout, showValues } from "./values.js";

const [PADDING, , , FILLED] = KINDS;

export function say(view, sentence) {
  view.message.textContent = sentence;
  view.message.classList.remove("vizconv-refused");
}

function refuse(view, sentence) {
  say(view, `✗ ${sentence}`);
  view.message.classList.add("vizconv-refused");
}

// ---- Typing -------------------------------------------------------------------------------------------

export function edit(view, place, typed) {
  const panel = view.scene.panels.get(place.panel);
  const reason = fixedBecause(panel, place.cell);
  if (reason) {
    refuse(view, reason);
    return;
  }
  say(view, "");
  const input = element("input", "vizconv-input", view.slots.get(place.panel).cells[place.cell]);
  input.setAttribute("aria-label", `new value of ${nameOf(panel, place.cell)}`);
  const before = String(panel.values[place.cell]);
  input.value = typed ?? before;
  if (typed === undefined) input.select();
  input.addEventListener("keydown", (event) => inputKey(view, place, input, event));
  input.addEventListener("blur", () => leave(view, place, input, before));
  view.typing = input;
  input.focus();
}

export function isOpen(panel, cell) {
  return !fixedBecause(panel, cell);
}

// Why a cell cannot be changed; nothing where it can.
function fixedBecause(panel, cell) {
  if (!panel.editable)
    return panel.source || `${panel.label} is worked out from the others; change one of those.`;
  if (panel.kinds[cell] & PADDING.flag) return "This is a padding cell; its value is given.";
  if (panel.kinds[cell] & FILLED.flag) return "No number belongs into this cell; it is always 0.";
  return "";
}

function inputKey(view, place, input, event) {
  if (!isNotebooks(event)) event.stopPropagation();
  const { grid } = view.slots.get(place.panel);
  if (event.key === "Escape") {
    close(view, input);
    say(view, "");
    grid.focus();
  }
  if (event.key !== "Enter" && event.key !== "Tab") return;
  if (take(view, place, input)) grid.focus();
  else event.preventDefault();
}

// Whoever goes on without Enter means the number, too; unless there is none, or the one from before.
function leave(view, place, input, before) {
  if (view.typing !== input) return;
  if (input.value.trim() && input.value !== before) take(view, place, input);
  close(view, input);
}

// It is nobody's field any more before it is removed, because that takes the focus from it.
function close(view, input) {
  if (view.typing === input) view.typing = null;
  input.remove();
}

// Put the typed number in; false where it is none, and the old one stays.
function take(view, place, input) {
  const value = parseNumber(input.value);
  if (!Number.isFinite(value)) {
    refuse(view, `“${input.value}” is not a number; type one such as −2, 0.5 or 1/9.`);
    return false;
  }
  say(view, "");
  close(view, input);
  change(view, { ...place, value });
  return true;
}

// ---- Changing, and taking it back ---------------------------------------------------------------------

// Put a value in; false where a rule can make nothing of it.
function change(view, { panel, cell, value }) {
  return changeAll(view, [{ panel, cell, value }]);
}

// Put several in at once, which are undone at once.
export function changeAll(view, changes) {
  if (!changes.length) return false;
  const before = apply(view, changes);
  if (before) view.undone.push(before);
  if (before) did(view, "type");
  showUndo(view);
  return Boolean(before);
}

export function undo(view) {
  const before = view.undone.pop();
  if (before) apply(view, before);
  showUndo(view);
}

export function undoAll(view) {
  const changes = view.undone.reverse().flat();
  view.undone = [];
  if (changes.length) apply(view, changes);
  showUndo(view);
}

// In a page of its own nobody writes the sentences anew: they are marked as those of before.
export function showUndo(view) {
  for (const made of [view.undoButton, view.undoAllButton]) made.hidden = !view.undone.length;
  view.notes.classList.toggle("vizconv-of-before", Boolean(view.model.alone && view.undone.length));
}

// Make some changes and all that follows from them; returns those that take them back. Where a rule refuses,
// its sentence is said, nothing has changed, and null is returned.
function apply(view, changes) {
  const before = put(view.scene, changes);
  try {
    run(
      view.scene,
      changes.map(({ panel }) => panel),
    );
    markNoise(view.scene);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    put(view.scene, before.reverse());
    refuse(view, error.message);
    return null;
  }
  layout(view);
  showValues(view);
  point(view, changes.at(-1));
  report(view, changes);
  return before;
}

// All changes since the last scene that has them, so that a kernel that is busy can lose none.
function report(view, changes) {
  view.reported.push(...changes);
  view.serial += 1;
  view.model.set("edit", { serial: view.serial, changes: [...view.reported] });
  view.model.save_changes();
}

// ---- Painting: drag a cell's value along ----------------------------------------------------------------

export function startPaint(view, place) {
  const panel = place && view.scene.panels.get(place.panel);
  const value = panel?.values[place.cell];
  view.brush = panel?.editable ? { ...place, value, cells: new Set(), strokes: 0 } : null;
  if (!view.brush || view.pen?.panel !== place.panel) return;
  Object.assign(view.brush, { cell: null, value: view.pen.value, isPen: true });
  paint(view, place);
}

export function paint(view, { panel, cell }) {
  const { brush } = view;
  if (panel !== brush.panel || (cell === brush.cell && !brush.strokes)) return;
  const tensor = view.scene.panels.get(panel);
  const cells = (brush.isPen ? tipOf(tensor, cell) : [cell]).filter(
    (each) => !brush.cells.has(each) && isOpen(tensor, each),
  );
  if (
    !changeAll(
      view,
      cells.map((each) => ({ panel, cell: each, value: brush.value })),
    )
  )
    return;
  for (const each of cells) brush.cells.add(each);
  brush.strokes += 1;
  joinStroke(view, brush);
}

// What a pen covers where it stands: two rows and two columns, as thick as the strokes of a digit.
function tipOf(panel, cell) {
  const [, height, width] = blocks(panel);
  const [row, column] = [Math.floor(cell / width), cell % width];
  const right = column + 1 < width ? [0, 1] : [0];
  const down = (row % height) + 1 < height ? [0, width] : [0];
  return down.flatMap((below) => right.map((beside) => cell + below + beside));
}

export function endPaint(view) {
  view.painted = Boolean(view.brush?.cells.size);
  view.brush = null;
}

// A stroke is undone as a whole.
function joinStroke(view, brush) {
  if (brush.strokes === 1) return;
  const last = view.undone.pop();
  view.undone.at(-1).push(...last);
}

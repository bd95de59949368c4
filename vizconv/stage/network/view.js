// The view of a network: its elements and its state, written here as a whole, and what it hears.

import { element, keepKeys, textButton } from "../elements.js";
import { createView } from "../view.js";
import { partsAround } from "./around.js";
import { choose, draw, endStroke, showDigits, takeEdit, undo, undoAll } from "./changing.js";
import { back, buildTrail, open, opensCell } from "./following.js";
import { cellBelow } from "./layout.js";
import { createPad } from "./pad.js";
import { pointAt, pointBeside, rest } from "./pointing.js";

const BESIDE = 8; // pixels of a network that its stage has not
const NEAR = 14; // pixels from where a finger tapped before

export function createNetworkView(model, el) {
  const view = {
    model,
    ...buildFrame(el),
    machine: null,
    reach: null,
    mode: "activations",
    boxes: new Map(),
    size: { width: 0, height: 0 },
    pad: null,
    layers: new Map(), // {canvas, title} of each layer on show
    palettes: null,
    subject: null, // what is pointed at, {panel, cell}
    trail: [], // the cells that were opened, one from the other
    at: -1, // where on the trail
    undone: [], // for each change those that take it back
    stroke: null, // those that take back what is drawn just now
    base: 0, // the number of the network that Python sent
    serial: 0, // of the last change here
    isTelling: false, // whether the change that the model reports is this view's
    changed: new Map(), // since then: a panel's name to its changed cells
    width: 0,
    tapped: null,
    tasks: [], // what waits until nothing else is to do
    building: 0, // the next slice of what is being opened
    finish: null, // what lets it be there at once
  };
  Object.assign(view, buildTrail(view));
  view.opened = createView(stageModel(view), view.stageBox);
  view.opened.lensParts = partsAround;
  view.opened.widthOf = () => view.width - BESIDE; // to ask its elements takes time
  view.opened.opens = (place, event) => opensCell(view, place, event);
  view.stageBox.hidden = true;
  listen(view);
  return view;
}

// The opened sum's stage reports what is typed into it here, not to Python.
function stageModel(view) {
  return {
    alone: false,
    set: (name, value) => {
      if (name === "edit") takeEdit(view, value);
    },
    get: () => undefined,
    save_changes() {},
  };
}

function buildFrame(el) {
  const root = element("div", "vizconv vizconv-network", el);
  root.setAttribute("role", "group");
  root.setAttribute("aria-label", "network");
  const bar = element("div", "vizconv-network-bar", root);
  const about = element("div", "vizconv-network-about", root);
  const input = buildInput(root);
  const field = element("div", "vizconv-network-layers", root);
  const frames = element("canvas", "vizconv-network-frames", field);
  const sentence = element("div", "vizconv-network-sentence", root);
  sentence.setAttribute("aria-live", "polite");
  const message = element("div", "vizconv-message", root);
  message.setAttribute("role", "alert");
  const trailBox = element("nav", "vizconv-trail", root);
  trailBox.setAttribute("aria-label", "trail");
  const stageBox = element("div", "vizconv-opened", root);
  const measured = element("div", "vizconv-network-measured", root);
  const parts = { about, field, frames, sentence, message, trailBox, stageBox, measured };
  return { root, ...buildBar(bar), ...input, ...parts };
}

function buildInput(root) {
  const input = element("div", "vizconv-network-input", root);
  input.hidden = true;
  return { input, digits: element("div", "vizconv-digits", input) };
}

function buildBar(bar) {
  const drawButton = textButton(bar, "", () => {});
  drawButton.setAttribute("aria-expanded", "false");
  const modes = element("span", "vizconv-segments", bar);
  const modeButtons = new Map(
    ["activations", "gradients", "both"].map((name) => [name, textButton(modes, name, () => {})]),
  );
  const of = chooser(bar, "gradients of", "whose gradients");
  const label = chooser(bar, "right class", "the right class");
  const undoButton = textButton(bar, "undo", () => {});
  const undoAllButton = textButton(bar, "undo all", () => {});
  return { drawButton, modeButtons, of, label, undoButton, undoAllButton };
}

function chooser(bar, words, name) {
  const box = element("label", "vizconv-chooser", bar, words);
  const select = element("select", "vizconv-select", box);
  select.setAttribute("aria-label", name);
  keepKeys(select);
  return select;
}

// ---- What it hears ------------------------------------------------------------------------------------

function listen(view) {
  const { field, root } = view;
  field.addEventListener("pointermove", (event) => hover(view, event));
  field.addEventListener("pointerleave", () => rest(view));
  field.addEventListener("click", (event) => click(view, event));
  field.addEventListener("keydown", (event) => key(view, event));
  field.addEventListener("focusin", (event) => focusLayer(view, event.target.dataset.layer));
  root.addEventListener("keydown", (event) => anyKey(view, event));
  listenBar(view);
}

function listenBar(view) {
  view.drawButton.addEventListener("click", () => showInput(view, view.input.hidden));
  for (const [mode, button] of view.modeButtons)
    button.addEventListener("click", () => choose(view, { mode }));
  view.of.addEventListener("change", () => choose(view, { of: JSON.parse(view.of.value) }));
  view.label.addEventListener("change", () => choose(view, { label: Number(view.label.value) }));
  view.undoButton.addEventListener("click", () => undo(view));
  view.undoAllButton.addEventListener("click", () => undoAll(view));
}

function showInput(view, shown) {
  view.input.hidden = !shown;
  view.drawButton.setAttribute("aria-expanded", String(shown));
  if (shown && !view.pad) {
    const [, rows, columns] = [1, 1, ...view.machine.panels.get("x").shape].slice(-3);
    const drawn = (picture) => draw(view, picture);
    view.pad = createPad(view.input, {
      rows,
      columns,
      drawn,
      ended: (takeBack) => endStroke(view, takeBack),
    });
  }
  if (shown) showDigits(view);
}

// Another network has other digits and another pad.
export function renewInput(view) {
  view.pad?.box.remove();
  view.pad = null;
  view.stroke = null;
  view.digits.replaceChildren();
  view.drawButton.textContent = view.machine.digits ? "✎ draw or choose a digit" : "✎ draw a picture";
  const canDraw = Boolean(view.machine.panels.get("x")?.editable); // not into the middle of a network
  showInput(view, canDraw && !view.input.hidden);
}

function placeUnder(view, event) {
  const name = event.target.dataset?.layer;
  if (!name) return null;
  const cell = cellBelow(
    view.boxes.get(name),
    view.machine.panels.get(name).size,
    event.offsetX,
    event.offsetY,
  );
  return cell === null ? null : { panel: name, cell };
}

function hover(view, event) {
  if (event.pointerType === "touch") return;
  const place = placeUnder(view, event);
  if (place) pointAt(view, place);
}

// A finger's tap points, a second one at the same place opens.
function click(view, event) {
  const place = placeUnder(view, event);
  if (!place) return;
  const { tapped } = view;
  const [x, y] = [event.clientX, event.clientY];
  view.tapped = event.pointerType === "touch" ? { x, y } : null;
  const again = tapped && Math.hypot(tapped.x - x, tapped.y - y) < NEAR;
  if (event.pointerType !== "touch") open(view, place);
  else if (again) open(view, view.subject ?? place);
  else pointAt(view, place);
  if (again) view.tapped = null;
}

function focusLayer(view, name) {
  if (name && view.subject?.panel !== name && view.layers.get(name)?.canvas.matches(":focus-visible"))
    pointAt(view, { panel: name, cell: 0 });
}

function key(view, event) {
  const name = event.target.dataset.layer;
  if (!name || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "Enter" && view.subject) open(view, view.subject);
  else if (!pointBeside(view, name, event.key)) return;
  event.preventDefault();
}

function anyKey(view, event) {
  const chord = event.ctrlKey || event.metaKey;
  const typing = event.target.tagName === "INPUT";
  if (chord && event.key === "z" && !typing) undo(view);
  else if (event.key === "Escape" && !typing) open(view, null);
  else if (event.key === "Backspace" && !typing && event.target !== view.pad?.canvas) back(view);
  else return;
  event.preventDefault();
  event.stopPropagation();
}

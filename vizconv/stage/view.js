// The view of a stage: its elements and its state, written here as a whole, and what it hears.

import { shadesOf } from "./colours.js";
import { edit, endPaint, paint, say, showUndo, startPaint, undo, undoAll } from "./editing.js";
import { element, textButton, textWithCode } from "./elements.js";
import { buildEdges } from "./graph.js";
import { copyOf, showCopying, showMoves } from "./motion.js";
import { buildPanel, placePanel, structure } from "./panels.js";
import { buildPens, listenPens, showPens } from "./pens.js";
import {
  clearLights,
  pin,
  point,
  pointBeside,
  pointInFormula,
  reportPinned,
  showPartners,
  unpin,
} from "./pointing.js";
import { placedPanels, readScene, sameCell, seen } from "./scene.js";
import { fullestCell } from "./terms.js";
import { buildTour, did, endTour, listenTour, showTour } from "./tour.js";
import { buildTransport, listenTransport, showPosition, togglePlay } from "./transport.js";
import { arrangementOf, layout, showCells, showValues, walkLength } from "./values.js";

const MODIFIERS = ["Control", "Meta", "Alt", "Shift"];

export function createView(model, el) {
  const view = {
    model,
    ...buildFrame(el),
    behind: null, // what is drawn behind the cells of a graph
    slots: new Map(), // the elements of each panel, {structure, slot, sign, copying, grid, frame, cells, box}
    where: new WeakMap(), // from a cell's element to {panel, cell}
    factors: new WeakMap(), // from a factor's element in the formula to its token
    scene: null,
    sceneSoFar: null, // with the sums on the way of the walk
    serial: 0, // of the last edit here
    answered: -1, // the last edit that a scene from Python has
    reported: [], // changes that no scene from Python has yet
    undone: [], // for each edit the changes that take it back
    subject: null, // what is pointed at, {panel, cell}
    resting: null, // what is pointed at when nothing else is
    pinned: false,
    said: "{}", // the cell that is held, as Python knows it
    unfolded: false,
    subjectCell: null,
    lit: [], // elements and their marks
    marked: [],
    position: 0, // on the walk
    playing: null,
    speed: 1,
    typing: null, // the field that a number is typed into
    brush: null, // what is painted with, {panel, cell, value, cells, strokes, isPen}
    pen: null, // what is drawn with, {panel, value}
    painted: false,
    width: 0,
    shades: new Map(), // how the values of each panel are filled
    opens: null, // what a click on a cell does, where it does more than hold it
    lensParts: null, // what is enlarged, where it is not what is lit
    widthOf: null, // the stage's width, where it is known without asking the page
    lensHeight: 0,
    ready: new Map(), // elements of panels of a scene that comes, made before it
  };
  listen(view);
  return view;
}

function buildFrame(el) {
  const root = element("div", "vizconv vizconv-stage", el);
  root.setAttribute("role", "group");
  root.setAttribute("aria-label", "stage");
  const sight = element("div", "vizconv-sight", root);
  const panels = element("div", "vizconv-panels", sight);
  const air = element("div", "vizconv-air"); // what moves over the panels
  air.setAttribute("aria-hidden", "true");
  const lens = element("div", "vizconv-lens", sight);
  lens.setAttribute("aria-hidden", "true");
  const formula = element("div", "vizconv-formula", root);
  formula.dataset.role = "formula";
  formula.setAttribute("aria-live", "polite");
  const measured = element("div", "vizconv-measured", root);
  measured.setAttribute("role", "status");
  const transport = buildTransport(root);
  const undoing = buildUndoing(transport.bar);
  const last = element("span", "vizconv-together vizconv-always", transport.bar);
  const copyButton = element("button", "vizconv-button", last, "copy as code");
  const { legend, tour } = buildTour(root, last);
  const notes = element("div", "vizconv-notes", root);
  notes.setAttribute("role", "status");
  const message = element("div", "vizconv-message", root);
  message.setAttribute("role", "alert");
  const parts = { root, notes, panels, air, formula, measured, lens, transport, legend, tour, message };
  return { ...parts, ...undoing, copyButton, ...buildCode(root) };
}

function buildCode(root) {
  const codeBox = element("div", "vizconv-code-box", root);
  codeBox.hidden = true;
  const code = element("pre", "vizconv-code", codeBox);
  const hide = textButton(codeBox, "hide", () => {
    codeBox.hidden = true;
  });
  hide.classList.add("vizconv-hide");
  return { codeBox, code };
}

function buildUndoing(bar) {
  const names = { undoButton: "undo", undoAllButton: "undo all" };
  const button = (text) => element("button", "vizconv-button vizconv-always", bar, text);
  return Object.fromEntries(Object.entries(names).map(([name, text]) => [name, button(text)]));
}

// ---- What it hears ------------------------------------------------------------------------------------

function listen(view) {
  listenPanels(view);
  listenTransport(view);
  listenTour(view);
  view.undoButton.addEventListener("click", () => undo(view));
  view.undoAllButton.addEventListener("click", () => undoAll(view));
  view.copyButton.addEventListener("click", () => copyCode(view));
  view.formula.addEventListener("pointerover", ({ target }) => {
    pointInFormula(view, target);
    if (view.factors.has(target)) did(view, "factor");
  });
  view.formula.addEventListener("pointerout", () => showPartners(view, null));
  view.root.addEventListener("pointerup", () => endPaint(view));
  view.root.addEventListener("keydown", (event) => key(view, event));
  view.root.addEventListener("pointerdown", ({ target }) => {
    if (!view.codeBox.contains(target)) say(view, ""); // what was said is about what was done before
  });
}

function listenPanels(view) {
  const { panels } = view;
  const onCell = (name, action) =>
    panels.addEventListener(name, (event) => {
      const place = view.where.get(event.target);
      if (place) action(place, event);
    });
  onCell("pointerover", (place, event) => over(view, place, event));
  onCell("click", (place, event) => click(view, place, event));
  onCell("dblclick", (place) => edit(view, place));
  panels.addEventListener("pointerdown", ({ target, pointerId }) => {
    if (target.hasPointerCapture(pointerId)) target.releasePointerCapture(pointerId); // a finger draws on
    startPaint(view, view.where.get(target));
  });
  panels.addEventListener("focusin", (event) => focusPanel(view, event.target.dataset.panel));
  panels.addEventListener("pointerleave", () => {
    if (!view.pinned && view.resting) point(view, view.resting);
  });
}

function over(view, place, event) {
  if (event.buttons === 1 && view.brush) paint(view, place);
  else if (view.pinned) showPartners(view, place);
  else {
    point(view, place);
    did(view, "point", place);
  }
}

function click(view, place, event) {
  if (!view.painted && !view.opens?.(place, event)) pin(view, place);
  view.painted = false;
  did(view, "point", place);
  if (view.pinned) did(view, "hold");
}

function focusPanel(view, name) {
  if (name === undefined || view.subject.panel === name || view.pinned) return;
  point(view, { panel: name, cell: 0 });
  did(view, "point", view.subject);
}

function key(view, event) {
  if (!MODIFIERS.includes(event.key)) say(view, "");
  const typing = event.target.tagName === "INPUT";
  const chord = event.ctrlKey || event.metaKey;
  if (event.key === "z" && chord && !typing) undo(view);
  if (typing || chord || event.altKey) return;
  const panel = event.target.dataset.panel;
  if (event.key === "Escape") letGo(view);
  else if (event.key === " " && event.target.tagName !== "BUTTON") togglePlay(view);
  else if (panel === undefined || !panelKey(view, panel, event.key)) return;
  event.preventDefault();
}

// Escape ends a tour first, and then what is held.
function letGo(view) {
  if (!endTour(view)) unpin(view);
}

// Keys on a panel; false for one that means nothing there.
function panelKey(view, panel, name) {
  if (pointBeside(view, panel, name)) {
    did(view, "point", view.subject);
    return true;
  }
  if (name !== "Enter" && !/^[-−.\d]$/.test(name)) return false;
  edit(view, view.subject, name === "Enter" ? undefined : name);
  return true;
}

// ---- Taking a scene -----------------------------------------------------------------------------------

export function takeScene(view, raw) {
  if (!raw?.panels || raw.serial < view.serial) return; // an answer to an edit that is no longer the last
  const { typing } = view;
  view.typing = null; // a field that goes with its cell is left by nobody
  takeNumbers(view, raw, readScene(raw));
  if (typing?.isConnected) view.typing = typing;
}

// What makes the elements of a scene that is taken next, puts its numbers in and lays it out unseen: a function
// for each panel, so that a large scene can be built over several frames.
export function preparations(view, raw) {
  const scene = readScene(raw);
  const panels = placedPanels(scene);
  const { boxes, font } = arrangementOf(view, scene);
  const shades = shadesOf(panels, seen);
  view.ready = new Map();
  return panels.map((panel) => () => {
    const old = view.slots.get(panel.name);
    const slot = slotOf(view, panel, old);
    if (slot === old) return;
    view.ready.set(panel.name, slot);
    showCells(slot, panel, shades.get(panel.name));
    placePanel(slot, panel, boxes.get(panel.name), font);
    slot.slot.classList.add("vizconv-coming");
    view.panels.insertBefore(slot.slot, view.panels.contains(view.air) ? view.air : null);
  });
}

function takeNumbers(view, raw, scene) {
  const anew = view.scene && view.scene.walk !== scene.walk && !view.pinned;
  const subject = view.subject && sameCell(view.scene, scene, view.subject);
  if (raw.serial <= view.answered) {
    view.undone = []; // no answer to an edit: Python has changed the scene
    say(view, "");
  }
  view.answered = raw.serial;
  view.serial = raw.serial; // another view of this stage may have counted further
  view.reported = []; // it has all changes
  clearLights(view);
  const before = view.scene;
  view.panels.classList.toggle("vizconv-glides", before !== null);
  view.scene = scene;
  view.resting = raw.pointed ?? (anew && scene.walk ? fullestCell(scene) : firstCell(scene));
  view.pinned = Boolean(view.pinned && subject);
  if (build(view)) view.position = walkLength(view);
  showScene(view);
  if (before && !scene.graph && !before.graph) {
    showMoves(view, before);
    for (const name of view.slots.keys()) if (!before.panels.has(name)) showCopying(view, name);
  }
  point(view, (!anew && subject) || view.resting); // another walk begins with a cell of its own
  reportPinned(view);
  showTour(view);
}

function firstCell(scene) {
  return { panel: scene.walk ?? placedPanels(scene)[0].name, cell: 0 };
}

function showScene(view) {
  for (const [name, slot] of view.slots) slot.copying.hidden = view.scene.graph || !copyOf(view.scene, name);
  showPens(view);
  view.notes.replaceChildren(...view.scene.notes.map(noteElement));
  showUndo(view);
  layout(view);
  showValues(view);
  showPosition(view);
}

const MARKS = { "✓": "vizconv-right", "✗": "vizconv-refused" };

// A sentence for the learner; what stands between backticks is code.
function noteElement(note) {
  return textWithCode(element("p", MARKS[note[0]]), note);
}

// Panels that look as before keep their elements; only the others are built anew. True where some are.
function build(view) {
  const isGraph = Boolean(view.scene.graph);
  const before = isGraph === Boolean(view.behind) ? view.slots : new Map();
  const panels = placedPanels(view.scene);
  const known = (name) => view.ready.get(name) ?? before.get(name);
  view.behind = isGraph ? (view.behind ?? buildEdges()) : null;
  view.panels.classList.toggle("vizconv-graph", isGraph);
  view.slots = new Map(panels.map((panel) => [panel.name, slotOf(view, panel, known(panel.name))]));
  for (const { slot } of view.ready.values()) slot.classList.remove("vizconv-coming");
  view.ready = new Map();
  const slots = [...view.slots.values()];
  const kept = new Set(before.values());
  const changed = slots.length !== before.size || slots.some((slot) => !kept.has(slot));
  const behind = isGraph ? [view.behind.svg] : [];
  if (changed) putInOrder(view.panels, [...behind, ...slots.map(({ slot }) => slot), view.air]);
  return changed;
}

// What is there already stays in the page, so that it can glide to its new place.
function putInOrder(parent, children) {
  const wanted = new Set(children);
  for (const child of [...parent.children]) if (!wanted.has(child)) child.remove();
  children.forEach((child, at) => {
    if (parent.children[at] !== child) parent.insertBefore(child, parent.children[at] ?? null);
  });
}

function slotOf(view, panel, old) {
  const look = structure(panel);
  if (old?.structure === look) return old;
  const made = buildPanel(panel);
  const slot = { structure: look, box: null, captions: [], ...made, pens: buildPens(made.label) };
  slot.copying.addEventListener("click", () => showCopying(view, panel.name));
  listenPens(view, panel.name, slot);
  slot.cells.forEach((each, cell) => {
    view.where.set(each, { panel: panel.name, cell });
  });
  return slot;
}

export function resize(view) {
  if (!view.scene || view.width === view.root.clientWidth) return;
  view.lensHeight = 0;
  view.panels.classList.remove("vizconv-glides");
  layout(view);
  point(view, view.subject);
}

// ---- Code ---------------------------------------------------------------------------------------------

export function showCode(view, code) {
  view.code.textContent = code;
  view.copyButton.hidden = !code;
  if (!code) view.codeBox.hidden = true;
}

async function copyCode(view) {
  view.codeBox.hidden = false;
  const late = view.reported.length ? " They do not have your last change yet." : "";
  try {
    await navigator.clipboard.writeText(view.code.textContent);
    say(view, `Copied; the same lines are shown below.${late}`);
  } catch {
    say(view, `The browser does not allow copying here; mark the lines below and copy them.${late}`);
  }
}

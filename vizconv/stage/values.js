// Values on show: in every cell its number and its fill, and on the walk the sums so far.

import { showBar, showCell, showKinds } from "./cells.js";
import { shadesOf } from "./colours.js";
import { drawEdges, legendOfEdges, placeNodes, showEdges } from "./graph.js";
import { arrangedGraph } from "./graph_layout.js";
import { arranged } from "./layout.js";
import { legendOf } from "./legend.js";
import { placePanel } from "./panels.js";
import { asSeen, placedPanels, seen } from "./scene.js";
import { onItsWay, sumsAfter, targetOf } from "./terms.js";

const [NARROWEST, USUAL] = [220, 1000]; // pixels; before the page has room for it, a stage is as wide as usual

// Where the panels of a scene are to stand: see layout.js.
export function arrangementOf(view, scene) {
  view.width = view.widthOf?.() ?? view.root.clientWidth;
  const room = Math.max(NARROWEST, (view.width || USUAL) - 12);
  const panels = placedPanels(scene);
  return scene.graph ? arrangedGraph(panels, scene.graph, room) : arranged(panels, room, scene.limits);
}

export function layout(view) {
  const { scene } = view;
  const made = arrangementOf(view, scene);
  const { boxes, font, width, height, lens, isNarrow } = made;
  view.root.classList.toggle("vizconv-narrow", isNarrow);
  view.panels.style.width = `${width}px`;
  view.panels.style.height = `${height}px`;
  view.lens.className = lens ? `vizconv-lens vizconv-${lens}` : "vizconv-lens";
  for (const [name, slot] of view.slots) {
    slot.box = boxes.get(name);
    placePanel(slot, scene.panels.get(name), slot.box, font);
    if (scene.graph) placeNodes(slot, scene.panels.get(name), scene.graph);
  }
  if (scene.graph) drawEdges(view, made);
}

export function showValues(view) {
  const panels = placedPanels(view.scene);
  view.shades = shadesOf(panels, seen);
  const onTheWay = takeSums(view);
  for (const panel of panels) showPanel(view, panel, onTheWay.get(panel.name));
  view.legend.replaceChildren(...legendOf(panels, view.shades));
  if (!view.scene.graph) return;
  view.legend.append(...legendOfEdges(view.scene));
  showEdges(view);
}

// After a step only what steps make looks different.
export function showSums(view) {
  const onTheWay = takeSums(view);
  const targets = targetsOf(view.scene);
  for (const panel of placedPanels(view.scene)) {
    if (targets.has(panel.name)) showPanel(view, panel, onTheWay.get(panel.name));
  }
}

function showPanel(view, panel, values) {
  showCells(view.slots.get(panel.name), panel, view.shades.get(panel.name), values);
}

export function showCells({ cells }, panel, shades, values = panel.values) {
  for (let cell = 0; cell < cells.length; cell += 1) {
    showKinds(cells[cell], panel.kinds[cell]);
    showCell(cells[cell], asSeen(panel, cell, values[cell]), shades);
    if (panel.bars) showBar(cells[cell], asSeen(panel, cell, values[cell]), shades);
  }
}

function targetsOf(scene) {
  return new Set(scene.steps.map(targetOf));
}

// ---- The walk -----------------------------------------------------------------------------------------

export function walkLength({ scene }) {
  return scene?.walk ? scene.panels.get(scene.walk).size : 0;
}

// What the formula is told of as well.
function takeSums(view) {
  const sums = sumsOnTheWay(view);
  view.sceneSoFar = onItsWay(view.scene, view.position, sums);
  return sums;
}

// Before the end of the walk: the sums of what it has reached, and blanks in its own panel beyond.
function sumsOnTheWay(view) {
  const { scene, position } = view;
  if (position >= walkLength(view)) return new Map();
  const targets = targetsOf(scene);
  const others = [...targets].some((name) => name !== scene.walk);
  const sums = others ? sumsAfter(scene, position) : new Map();
  if (!targets.has(scene.walk)) return sums;
  const reached = (value, cell) => (cell < position ? value : undefined);
  return sums.set(scene.walk, Array.from(scene.panels.get(scene.walk).values, reached));
}

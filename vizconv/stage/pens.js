// Pens: on a picture that may be changed, ink and paper to draw with, and a clean sheet.

import { changeAll, isOpen } from "./editing.js";
import { element, setIcon, setName, textButton } from "./elements.js";

const PENCIL = "M2 14l1-4 8-8 3 3-8 8z";

export function buildPens(label) {
  const draw = setIcon(element("button", "vizconv-copying vizconv-draw", label), "draw", PENCIL);
  const pens = element("span", "vizconv-pens", label);
  const pen = (name) => setName(element("button", `vizconv-pen vizconv-pen-${name}`, pens), name);
  return { draw, pens, ink: pen("black"), paper: pen("white"), clear: textButton(pens, "clear", () => {}) };
}

export function listenPens(view, name, { pens }) {
  const take = (end) => {
    const { pixels } = view.scene.panels.get(name);
    view.pen = { panel: name, value: pixels[end] };
    showPens(view);
  };
  pens.draw.addEventListener("click", () => {
    if (view.pen?.panel === name) putDown(view);
    else take(0);
  });
  pens.ink.addEventListener("click", () => take(0));
  pens.paper.addEventListener("click", () => take(1));
  pens.clear.addEventListener("click", () => clear(view, name));
}

function putDown(view) {
  view.pen = null;
  showPens(view);
}

// Whoever draws has taken a pen; without one a click holds a cell, as everywhere.
export function showPens(view) {
  if (view.pen && !isSheet(view.scene.panels.get(view.pen.panel))) view.pen = null;
  for (const [name, { pens, grid }] of view.slots) {
    const panel = view.scene.panels.get(name);
    const taken = view.pen?.panel === name;
    pens.draw.hidden = !isSheet(panel);
    pens.draw.setAttribute("aria-pressed", String(taken));
    pens.pens.hidden = !taken;
    grid.classList.toggle("vizconv-drawing", taken);
    for (const [end, made] of [pens.ink, pens.paper].entries()) {
      made.setAttribute("aria-pressed", String(taken && view.pen.value === panel.pixels[end]));
    }
  }
}

function isSheet(panel) {
  return Boolean(panel?.place && panel.editable && panel.pixels);
}

function clear(view, name) {
  const panel = view.scene.panels.get(name);
  const paper = panel.pixels[1];
  const written = [...panel.values.keys()].filter(
    (cell) => isOpen(panel, cell) && panel.values[cell] !== paper,
  );
  changeAll(
    view,
    written.map((cell) => ({ panel: name, cell, value: paper })),
  );
}

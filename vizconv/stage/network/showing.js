// Showing: the layers in their places, painted, and the frames above them.

import { element, keepKeys } from "../elements.js";
import { nameOf } from "../scene.js";
import { inkPalette, signedPalette } from "./colours.js";
import { arrangedLayers, LABEL } from "./layout.js";
import { drawnRegion, paintFrames, paintLayer, regionOfCell } from "./maps.js";

const [NARROWEST, USUAL] = [260, 1000]; // pixels
const EDGE = 4; // pixels that a frame may go over
const BOTH = 1200; // cells of a network that shows activations and gradients at once

// ---- What is on show --------------------------------------------------------------------------------------

// Lists of layers that stand below each other.
function columnsOf({ machine, mode }) {
  const { layers, scores, panels } = machine;
  const layer = (name, look = "maps") => ({ name, shape: panels.get(name).shape, look });
  const hidden = layers.slice(1).filter((name) => name !== scores);
  const end = (name) => layer(name, "scores");
  const last = [layer("p", "bars"), layer("L", "loss")];
  const grad = (name) => `d${name}`;
  const both = (name) => [name, grad(name)].filter((each) => panels.has(each)).map((each) => layer(each));
  const ends = (name) => (scores === null ? [] : [[end(name)]]);
  if (mode === "both")
    return [...[layers[0], ...hidden].map(both), ...ends(scores), ...ends(grad(scores)), last];
  const shown = mode === "activations" ? (name) => name : grad;
  const first = mode === "activations" ? [layer(layers[0])] : both(layers[0]);
  return [first, ...inPairs(hidden.map((name) => layer(shown(name)))), ...ends(shown(scores)), last];
}

// A layer with as many numbers as the one before it stands below it.
function inPairs(layers) {
  const columns = [];
  for (const layer of layers) {
    const above = columns.at(-1);
    if (above?.length === 1 && sizeOf(above[0]) === sizeOf(layer)) above.push(layer);
    else columns.push([layer]);
  }
  return columns;
}

function sizeOf({ shape }) {
  return shape.reduce((product, length) => product * length, 1);
}

export function hasRoomForBoth({ layers, panels }) {
  return layers.reduce((sum, name) => sum + panels.get(name).size, 0) <= BOTH;
}

// Elements for all layers that are on show, and their places.
export function buildLayers(view) {
  const names = columnsOf(view)
    .flat()
    .map(({ name }) => name);
  for (const [name, made] of view.layers) {
    if (names.includes(name)) continue;
    made.canvas.remove();
    made.title.remove();
    view.layers.delete(name);
  }
  for (const name of names) if (!view.layers.has(name)) view.layers.set(name, buildLayer(view, name));
  for (const name of names) {
    const { canvas, title } = view.layers.get(name);
    view.field.append(title, canvas); // in reading order, for the tab key
  }
  view.field.append(view.frames);
}

function buildLayer(view, name) {
  const shape = view.machine.panels.get(name).shape.join("×");
  const title = element("div", "vizconv-layer-title");
  element("i", "", title, name);
  element("span", "vizconv-shape", title, name === "L" ? "" : shape);
  const canvas = element("canvas", "vizconv-layer");
  canvas.dataset.layer = name;
  canvas.tabIndex = 0;
  keepKeys(canvas);
  canvas.setAttribute("role", "application");
  canvas.setAttribute("aria-roledescription", "layer");
  canvas.setAttribute(
    "aria-label",
    `${name} ${shape}; arrow keys point at a number, page keys change the map, Enter opens it`,
  );
  return { canvas, title };
}

// Every layer in its place in the room that there is.
export function fit(view) {
  view.width = view.root.clientWidth;
  const room = Math.max(NARROWEST, (view.width || USUAL) - 12);
  const { boxes, width, height } = arrangedLayers(columnsOf(view), room);
  view.boxes = boxes;
  view.size = { width: Math.max(width, 1), height };
  view.field.style.width = `${width}px`;
  view.field.style.height = `${height}px`;
  for (const [name, { canvas, title }] of view.layers) {
    const { left, top, isShaped } = boxes.get(name);
    title.lastChild.hidden = !isShaped;
    canvas.style.transform = `translate(${left}px, ${top}px)`;
    title.style.transform = `translate(${left}px, ${top - LABEL}px)`;
  }
}

// ---- Painting ---------------------------------------------------------------------------------------------

export function takeColours(view) {
  const style = getComputedStyle(view.root);
  const read = (name) => style.getPropertyValue(name).trim();
  view.palettes = {
    signed: signedPalette(view.root),
    ink: inkPalette(),
    isDark: Boolean(view.root.closest('[data-jp-theme-light="false"]')),
    scratch: document.createElement("canvas"),
    ...Object.fromEntries(
      ["accent", "rule", "ink", "quiet", "paper", "hue-0"].map((name) => [
        `${name} colour`,
        read(`--${name}`),
      ]),
    ),
  };
}

export function paintAll(view) {
  const { palettes, machine } = view;
  for (const [name, { canvas }] of view.layers) {
    const straight = name === "x" && machine.panels.get("x").values.every((value) => value >= 0);
    const look = {
      palette: straight ? palettes.ink : palettes.signed,
      straight,
      most: machine.ink,
      isDark: palettes.isDark,
      scratch: palettes.scratch,
      accent: palettes["accent colour"],
      rule: palettes["rule colour"],
      ink: palettes["ink colour"],
      quiet: palettes["quiet colour"],
      label: machine.panels.get("t").values.indexOf(1),
    };
    paintLayer(canvas, view.boxes.get(name), machine.panels.get(name), look, ratioOf());
  }
}

function ratioOf() {
  return Math.max(1, window.devicePixelRatio || 1);
}

// Frames around what takes part in a number, around what reads it, and around itself.
export function frame(view, subject, sources, readers) {
  const colour = (name) => view.palettes[`${name} colour`];
  const frames = [...framesOf(view, sources, colour("hue-0")), ...framesOf(view, readers, colour("accent"))];
  const own = view.boxes.get(subject?.panel);
  if (own) {
    const region = regionOfCell(own, subject.cell);
    frames.push(
      { box: own, region, colour: colour("paper"), line: 4 },
      { box: own, region, colour: colour("ink"), line: 2 },
    );
  }
  paintFrames(view.frames, view.size, EDGE, frames, ratioOf());
}

function framesOf(view, regions, colour) {
  return [...regions].flatMap(([name, region]) => {
    const box = view.boxes.get(name);
    return box
      ? [{ box, region: drawnRegion(box, view.machine.panels.get(name), region), colour, line: 1.5 }]
      : [];
  });
}

export function nameIn(view, { panel, cell }) {
  return nameOf(view.machine.panels.get(panel), cell);
}

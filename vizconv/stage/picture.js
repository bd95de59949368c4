// A picture: raw pixels on a canvas. It tells which pixel is pointed at, and the region around it.

import { typed } from "./buffers.js";
import { element, hearKey, keepKeys } from "./elements.js";
import { formatExact } from "./numbers.js";

const ROOMY = 340; // pixels of the page; below a picture of this width its words take three lines
const ARROWS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };

// ---- Pixels ------------------------------------------------------------------------------------------

const KINDS = { uint8: Uint8Array, int16: Int16Array, float32: Float32Array };

// {height, width, channels, numbers, signed, ...}: the numbers count in steps of `step`.
function readImage(raw) {
  return { ...raw, signed: raw.kind !== "uint8", numbers: typed(KINDS[raw.kind], raw.pixels) };
}

export function fill(rgba, image) {
  const colours = image.signed ? coloured(image) : image.numbers;
  const channels = colours.length / (image.height * image.width);
  const [green, blue] = channels === 1 ? [0, 0] : [1, 2];
  for (let from = 0, to = 0; to < rgba.length; from += channels, to += 4) {
    rgba[to] = colours[from];
    rgba[to + 1] = colours[from + green];
    rgba[to + 2] = colours[from + blue];
    rgba[to + 3] = 255;
  }
}

// Signed values as colours: of one channel by the palette, of three as brightness around a middle grey.
function coloured({ channels, numbers, palette, step, largest }) {
  const deep =
    numbers instanceof Int16Array ? lookUp(numbers, step, largest) : depths(numbers, step, largest);
  if (channels === 3) return deep;
  const colours = new Uint8Array(3 * deep.length);
  for (let at = 0; at < deep.length; at += 1) {
    const nothing = Number.isNaN(numbers[at]);
    for (let part = 0; part < 3; part += 1)
      colours[3 * at + part] = nothing ? 128 : palette[3 * deep[at] + part];
  }
  return colours;
}

// From 0 over 128 to 255 as on the stage: the root of the size; NaN counts as 0.
function depths(numbers, step, largest) {
  const deep = new Uint8Array(numbers.length);
  for (let at = 0; at < deep.length; at += 1) {
    const depth = Math.sqrt(Math.min(1, (Math.abs(numbers[at]) * step) / largest)) || 0;
    deep[at] = Math.min(255, 128 * (1 + (numbers[at] < 0 ? -depth : depth)));
  }
  return deep;
}

// The same for very many values, of which there are only few different ones.
function lookUp(numbers, step, largest) {
  const every = Int16Array.from({ length: 2 ** 16 }, (_, at) => at); // as 16 bits: 0, 1, ... −2, −1
  const table = depths(every, step, largest);
  const deep = new Uint8Array(numbers.length);
  for (let at = 0; at < deep.length; at += 1) deep[at] = table[numbers[at] & 0xffff];
  return deep;
}

export function valueAt(image, [row, column]) {
  const { channels, numbers, step } = image;
  const pixel = channels * (row * image.width + column);
  const values = Array.from(numbers.subarray(pixel, pixel + channels), (number) => formatExact(number, step));
  return channels === 1 ? values[0] : `red ${values[0]}, green ${values[1]}, blue ${values[2]}`;
}

// The region [top, left, height, width] around a place: inside the image, or the nearest of its windows.
function regionAround([row, column], [, , height, width], image, windows = []) {
  if (windows.length) {
    const [top, left, down, right, rows, columns] = windows;
    return [
      nearest(row, height, top, down, rows),
      nearest(column, width, left, right, columns),
      height,
      width,
    ];
  }
  const top = clamp(row - Math.floor((height - 1) / 2), image.height - height);
  const left = clamp(column - Math.floor((width - 1) / 2), image.width - width);
  return [top, left, height, width];
}

function nearest(at, size, first, step, count) {
  return first + step * clamp(Math.round((at - Math.floor((size - 1) / 2) - first) / step), count - 1);
}

function middleOf([top, left, height, width]) {
  return [top + Math.floor((height - 1) / 2), left + Math.floor((width - 1) / 2)];
}

function clamp(at, last) {
  return Math.max(0, Math.min(last, at));
}

function same(one, other) {
  return one.length === other.length && one.every((number, place) => number === other[place]);
}

// ---- The view ----------------------------------------------------------------------------------------

function render({ model, el }) {
  const view = createView(model, el);
  const heard = {
    "change:_shown": () => takeImage(view),
    "change:label": () => showLabel(view),
    "change:pointer": () => show(view),
    "change:region": () => takeRegion(view),
    "change:windows": () => takeRegion(view),
  };
  for (const [name, answer] of Object.entries(heard)) model.on(name, answer);
  takeImage(view);
  const stopHearing = hearKey(view.root, "Escape", () => letGo(view));
  return () => {
    stopHearing();
    for (const [name, answer] of Object.entries(heard)) model.off(name, answer);
    cancelAnimationFrame(view.waiting);
  };
}

function createView(model, el) {
  const view = {
    model,
    ...buildFrame(el),
    image: null,
    pixels: null, // of the canvas
    around: null, // the pixel that the region is around
    held: false,
    next: null, // the place to report with the next frame
    waiting: 0,
  };
  listen(view);
  return view;
}

function buildFrame(el) {
  const root = element("div", "vizconv vizconv-picture", el);
  root.setAttribute("role", "group");
  const heading = element("div", "vizconv-picture-heading", root);
  const label = element("span", "vizconv-picture-label", heading);
  const size = element("span", "vizconv-picture-size", heading);
  const field = element("div", "vizconv-picture-field", root);
  const canvas = buildCanvas(field);
  const region = element("div", "vizconv-picture-region", field);
  const pointer = element("div", "vizconv-picture-pointer", field);
  const said = element("div", "vizconv-picture-said", root);
  said.setAttribute("aria-live", "polite");
  return { root, label, size, canvas, region, pointer, said };
}

function buildCanvas(field) {
  const canvas = element("canvas", "vizconv-picture-canvas", field);
  canvas.tabIndex = 0;
  keepKeys(canvas);
  canvas.setAttribute("role", "application");
  canvas.setAttribute("aria-roledescription", "picture");
  return canvas;
}

function listen(view) {
  const { canvas } = view;
  canvas.addEventListener("pointermove", (event) => point(view, placeOf(view, event)));
  canvas.addEventListener("pointerdown", (event) => point(view, placeOf(view, event)));
  canvas.addEventListener("pointerleave", () => point(view, null));
  canvas.addEventListener("click", (event) => hold(view, placeOf(view, event)));
  canvas.addEventListener("keydown", (event) => key(view, event));
}

function frameAround(view, region) {
  return regionAround(view.around, region, view.image, view.model.get("windows"));
}

// ---- Taking what Python says -------------------------------------------------------------------------

function takeImage(view) {
  const { canvas } = view;
  view.image = readImage(view.model.get("_shown"));
  const { height, width, scale } = view.image;
  if (canvas.height !== height || canvas.width !== width) {
    canvas.height = height;
    canvas.width = width;
    view.pixels = null;
  }
  const context = canvas.getContext("2d");
  view.pixels ??= context.createImageData(width, height);
  fill(view.pixels.data, view.image);
  context.putImageData(view.pixels, 0, 0);
  canvas.style.width = `${width * scale}px`;
  canvas.style.imageRendering = Number.isInteger(scale) ? "" : "auto"; // pixels of one size, or none to be seen
  view.root.classList.toggle("vizconv-picture-narrow", width * scale < ROOMY);
  showLabel(view);
  takeRegion(view);
}

// A region that Python has moved takes its own middle along; the page's own keeps the pixel it is around.
function takeRegion(view) {
  const region = view.model.get("region");
  const moved = !view.around || !same(frameAround(view, region), region);
  if (region.length && moved) view.around = middleOf(region);
  show(view);
}

function showLabel(view) {
  const label = view.model.get("label");
  const { largest, signed } = view.image;
  const size = `${view.image.height}×${view.image.width}`;
  const end = formatExact(largest);
  const name = `${label || "picture"}, ${size} pixels`;
  view.label.textContent = label;
  view.size.textContent = signed ? `${size}, from −${end} over 0 to ${end}` : size;
  view.root.setAttribute("aria-label", name);
  const keys = view.model.get("region").length ? "; Enter holds the frame, Escape lets go" : "";
  view.canvas.setAttribute("aria-label", `${name}; arrow keys point at a pixel${keys}`);
}

// ---- Pointing ----------------------------------------------------------------------------------------

function placeOf(view, event) {
  const box = view.canvas.getBoundingClientRect();
  const row = Math.floor(((event.clientY - box.top) / box.height) * view.image.height);
  const column = Math.floor(((event.clientX - box.left) / box.width) * view.image.width);
  return [clamp(row, view.image.height - 1), clamp(column, view.image.width - 1)];
}

// At most one report a frame: the last place that was pointed at.
function point(view, place) {
  view.next = place;
  view.waiting ||= requestAnimationFrame(() => {
    view.waiting = 0;
    if (view.next && !view.held) view.around = view.next;
    report(view, view.next);
  });
}

function report(view, place) {
  const { model } = view;
  const region = model.get("region");
  model.set("pointer", place ?? []);
  if (region.length) model.set("region", frameAround(view, region));
  model.save_changes();
}

function hold(view, place) {
  if (!view.model.get("region").length) return;
  view.held = !(view.held && same(view.around, place));
  view.around = place;
  report(view, place);
  show(view);
}

function letGo(view) {
  view.held = false;
  show(view);
}

function key(view, event) {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const around = view.around ?? pointerOf(view) ?? [0, 0];
  if (ARROWS[event.key]) move(view, around, ARROWS[event.key]);
  else if (event.key === "Enter" || event.key === " ") hold(view, around);
  else if (event.key === "Escape") letGo(view);
  else return;
  event.preventDefault();
}

function move(view, [row, column], [down, right]) {
  const { height, width } = view.image;
  view.around = [clamp(row + down, height - 1), clamp(column + right, width - 1)];
  report(view, view.around);
}

function pointerOf(view) {
  const { height, width } = view.image;
  const [row, column] = view.model.get("pointer");
  return row < height && column < width ? [row, column] : null; // also none where there are no numbers
}

// ---- Showing -----------------------------------------------------------------------------------------

function show(view) {
  const pointer = pointerOf(view);
  const region = view.model.get("region");
  place(view, view.pointer, pointer && [...pointer, 1, 1]);
  place(view, view.region, region.length ? region : null);
  view.region.classList.toggle("vizconv-picture-held", view.held);
  const said = sentence(view, pointer, region);
  if (view.said.textContent !== said) view.said.textContent = said;
}

// In percent, so that it stays right in a narrow window.
function place(view, mark, box) {
  mark.hidden = !box;
  if (!box) return;
  const [top, left, height, width] = box;
  mark.style.top = `${(100 * top) / view.image.height}%`;
  mark.style.left = `${(100 * left) / view.image.width}%`;
  mark.style.height = `${(100 * height) / view.image.height}%`;
  mark.style.width = `${(100 * width) / view.image.width}%`;
}

function sentence(view, pointer, [top, left, height, width]) {
  const alone = height === 1 && width === 1; // a frame around a pixel: the pixel itself
  const pixel = pointer ?? (alone ? [top, left] : null);
  const value = pixel ? [`row ${pixel[0]}, column ${pixel[1]}: ${valueAt(view.image, pixel)}`] : [];
  const [bottom, right] = [top + height - 1, left + width - 1];
  const frame = `frame: rows ${top} to ${bottom}, columns ${left} to ${right}`.replaceAll("-", "−");
  return [...value, ...(height && !alone ? [frame] : []), ...(view.held ? ["held"] : [])].join(" · ");
}

export default { render };

// The drawing pad: a field to draw on by mouse, finger or keys, and what is made of the stroke.

import { element, keepKeys, textButton } from "../elements.js";
import { boxSide, prepared } from "./digit.js";

const SIDE = 112; // of the field's own pixels
const BRUSH = 5; // their radius
const STEP = 4; // by one arrow key
const ARROWS = { ArrowUp: [0, -STEP], ArrowDown: [0, STEP], ArrowLeft: [-STEP, 0], ArrowRight: [STEP, 0] };
const SHOWN = 84; // pixels of the page for a step of the preparation

// `drawn(picture)` hears of every change, `ended(takeBack)` of the end of a stroke and how to take it off the pad;
// `rows` and `columns` are the picture's.
export function createPad(parent, { rows, columns, drawn, ended }) {
  const box = element("div", "vizconv-pad", parent);
  const pad = {
    box,
    canvas: buildField(box),
    steps: buildSteps(element("div", "vizconv-pad-steps", box), boxSide(rows, columns)),
    field: { rows: SIDE, columns: SIDE, values: new Float64Array(SIDE * SIDE) },
    rows,
    columns,
    drawn,
    ended,
    last: null, // where the stroke is, [x, y]
    before: null, // what stood on the field before the stroke
    pen: [SIDE / 2, SIDE / 2], // of the keys
    isDown: false,
  };
  textButton(box, "clear", () => clearPad(pad)).classList.add("vizconv-pad-clear");
  listen(pad);
  paint(pad);
  return pad;
}

function buildField(box) {
  const canvas = element("canvas", "vizconv-pad-field", box);
  canvas.width = SIDE;
  canvas.height = SIDE;
  canvas.tabIndex = 0;
  keepKeys(canvas);
  canvas.setAttribute("role", "application");
  canvas.setAttribute(
    "aria-label",
    "drawing pad; arrow keys move the pen, the space bar sets it down or lifts it, Delete clears",
  );
  return canvas;
}

function buildSteps(parent, side) {
  return ["cut out", `in a ${side}×${side} box`, "centre of mass in the middle"].map((words) => {
    const step = element("figure", "vizconv-pad-step", parent);
    const canvas = element("canvas", "", element("div", "vizconv-pad-picture", step));
    element("figcaption", "", step, words);
    return { canvas };
  });
}

function listen(pad) {
  const { canvas } = pad;
  canvas.addEventListener("pointerdown", (event) => {
    if (event.button) return;
    canvas.setPointerCapture(event.pointerId);
    begin(pad);
    pad.last = placeOf(pad, event);
    draw(pad, pad.last);
  });
  canvas.addEventListener("pointermove", (event) => {
    if (!pad.last) return;
    const events = event.getCoalescedEvents?.() ?? [];
    for (const each of events.length ? events : [event]) line(pad, placeOf(pad, each));
    tell(pad);
  });
  for (const name of ["pointerup", "pointercancel"]) canvas.addEventListener(name, () => endOnPad(pad));
  canvas.addEventListener("keydown", (event) => key(pad, event));
  for (const name of ["focus", "blur"]) canvas.addEventListener(name, () => paint(pad)); // the keys' pen
}

function placeOf({ canvas }, event) {
  const box = canvas.getBoundingClientRect();
  return [((event.clientX - box.left) / box.width) * SIDE, ((event.clientY - box.top) / box.height) * SIDE];
}

function begin(pad) {
  pad.before ??= pad.field.values.slice();
}

// The end of a stroke, wherever the pointer is.
export function endOnPad(pad) {
  const { before } = pad;
  pad.last = null;
  pad.before = null;
  if (before) pad.ended(() => putOnPad(pad, before));
}

// Put other ink on the field, none by default; the picture hears nothing of it. Returns how to take it back.
export function putOnPad(pad, values = new Float64Array(SIDE * SIDE)) {
  const before = pad.field.values;
  pad.field.values = values;
  paint(pad);
  return () => putOnPad(pad, before);
}

function draw(pad, place) {
  dab(pad, place);
  tell(pad);
}

function line(pad, [x, y]) {
  const [from, to] = pad.last;
  const steps = Math.max(1, Math.ceil(Math.hypot(x - from, y - to)));
  for (let step = 1; step <= steps; step += 1)
    dab(pad, [from + ((x - from) * step) / steps, to + ((y - to) * step) / steps]);
  pad.last = [x, y];
}

// A round spot with a soft edge.
function dab({ field }, [x, y]) {
  for (let row = Math.floor(y - BRUSH); row <= y + BRUSH + 1; row += 1)
    for (let column = Math.floor(x - BRUSH); column <= x + BRUSH + 1; column += 1) {
      if (row < 0 || column < 0 || row >= SIDE || column >= SIDE) continue;
      const ink = Math.max(0, Math.min(1, BRUSH + 0.5 - Math.hypot(column + 0.5 - x, row + 0.5 - y)));
      const at = row * SIDE + column;
      field.values[at] = Math.max(field.values[at], ink);
    }
}

function tell(pad) {
  const made = paint(pad);
  if (made) pad.drawn(made.centred);
}

export function clearPad(pad) {
  begin(pad);
  pad.isDown = false;
  pad.field.values.fill(0);
  paint(pad);
  pad.drawn({ rows: pad.rows, columns: pad.columns, values: new Float64Array(pad.rows * pad.columns) });
  endOnPad(pad);
}

// ---- Keys ------------------------------------------------------------------------------------------------

function key(pad, event) {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (ARROWS[event.key]) movePen(pad, ARROWS[event.key]);
  else if (event.key === " ") press(pad);
  else if (event.key === "Delete" || event.key === "Backspace") clearPad(pad);
  else return;
  event.preventDefault();
  event.stopPropagation();
}

function movePen(pad, [right, down]) {
  const place = [pad.pen[0] + right, pad.pen[1] + down].map((at) => Math.max(0, Math.min(SIDE, at)));
  const from = pad.pen;
  pad.pen = place;
  if (pad.isDown) drawByKeys(pad, from);
  else paint(pad);
}

function drawByKeys(pad, from) {
  begin(pad);
  pad.last = from;
  line(pad, pad.pen);
  tell(pad);
  endOnPad(pad);
}

function press(pad) {
  pad.isDown = !pad.isDown;
  if (pad.isDown) drawByKeys(pad, pad.pen);
  else paint(pad);
}

// ---- Showing ---------------------------------------------------------------------------------------------

// Paint the field and what is made of it; returns that, or null while nothing is drawn.
function paint(pad) {
  showPicture(pad.canvas, pad.field);
  if (pad.canvas.matches(":focus-visible")) markPen(pad);
  const made = prepared(pad.field, pad.rows, pad.columns);
  const blank = { rows: 1, columns: 1, values: new Float64Array(1) };
  const pictures = made ? [made.cut, made.boxed, made.centred] : [blank, blank, blank];
  pad.steps.forEach(({ canvas }, at) => {
    const { rows, columns } = pictures[at];
    showPicture(canvas, pictures[at]);
    const scale = SHOWN / Math.max(rows, columns);
    canvas.style.width = `${columns * scale}px`;
    canvas.style.height = `${rows * scale}px`;
  });
  return made;
}

// Ink on paper, 1 on 0, as many pixels on the canvas.
export function showPicture(canvas, { rows, columns, values }) {
  canvas.width = columns;
  canvas.height = rows;
  const context = canvas.getContext("2d");
  const image = context.createImageData(columns, rows);
  values.forEach((value, at) => {
    image.data.fill(255 - Math.round(255 * Math.min(1, value)), 4 * at, 4 * at + 3);
    image.data[4 * at + 3] = 255;
  });
  context.putImageData(image, 0, 0);
}

function markPen({ canvas, pen: [x, y], isDown }) {
  const context = canvas.getContext("2d");
  context.strokeStyle = isDown ? "#d81b60" : "#5b6068";
  context.lineWidth = 1.5;
  context.beginPath();
  context.arc(x, y, BRUSH, 0, 7);
  context.stroke();
}

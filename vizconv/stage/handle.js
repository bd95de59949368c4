// A handle: the point of a chart that can be moved, by pointer or by keys. It stays while all else is redrawn.

import { keepKeys, shape } from "./elements.js";

const STEPS = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1, PageDown: -8, PageUp: 8 };
const REACH = 10; // pixels around the point

// {made, held}; valueAt(event) says where a pointer is along x, tell(x) what comes of it.
export function buildHandle(parent, { valueAt, tell }) {
  const made = shape("circle", parent, {
    r: REACH,
    class: "vizconv-curves-handle",
    role: "slider",
    tabindex: 0,
  });
  keepKeys(made);
  const handle = { made, held: false, drag: {}, value: 0 };
  const move = (x) => {
    const value = nearest(x, handle.drag);
    if (value === handle.value) return;
    handle.value = value;
    tell(value);
  };
  made.addEventListener("pointerdown", (event) => {
    handle.held = true;
    made.setPointerCapture(event.pointerId);
    event.preventDefault(); // nothing is marked
    made.focus();
  });
  made.addEventListener("pointermove", (event) => {
    if (handle.held) move(valueAt(event));
  });
  for (const end of ["pointerup", "pointercancel"]) {
    made.addEventListener(end, () => {
      handle.held = false;
    });
  }
  made.addEventListener("keydown", (event) => {
    if (!(event.key in STEPS) || event.ctrlKey || event.metaKey || event.altKey) return;
    move(handle.value + STEPS[event.key] * handle.drag.step);
    event.preventDefault();
  });
  return handle;
}

// Set a handle on its point {x, y}, which stands for a value and has a name; away where there is nothing to drag.
export function placeHandle(handle, drag, point, place) {
  const { made } = handle;
  const isThere = Boolean(drag.name && point);
  made.style.display = isThere ? "" : "none";
  if (!isThere) return;
  Object.assign(handle, { drag, value: point.x });
  const said = { cx: place.x, cy: place.y, "aria-label": drag.name, "aria-valuenow": point.x };
  const ends = { "aria-valuemin": drag.least, "aria-valuemax": drag.most };
  const text = { "aria-valuetext": `${drag.name} = ${point.x}; ${point.name}` };
  for (const [name, value] of Object.entries({ ...said, ...ends, ...text }))
    made.setAttribute(name, String(value));
}

// The nearest of the steps that a value can be dragged to.
export function nearest(value, { least, most, step }) {
  return Number((Math.round(Math.max(least, Math.min(most, value)) / step) * step).toPrecision(12));
}

// How high a line is at x, between its points; undefined where none of the lines is drawn.
export function heightAt(lines, x) {
  for (const line of lines) {
    const at = line.x.findIndex((end, each) => each && line.x[each - 1] <= x && x <= end);
    const [y1, y2] = [line.y[at - 1], line.y[at]];
    if (at < 1 || !Number.isFinite(y1) || !Number.isFinite(y2)) continue;
    const part = (x - line.x[at - 1]) / (line.x[at] - line.x[at - 1] || 1);
    return y1 + part * (y2 - y1);
  }
  return undefined;
}

// A chart: lines and points over two axes, as SVG. It is drawn again whenever Python says something new.

import { element, shape } from "./elements.js";
import { formatTick } from "./numbers.js";

const [WIDTH, HEIGHT] = [340, 250];
const MARGIN = { left: 54, right: 12, top: 10, bottom: 40 };
const INSIDE = { width: WIDTH - MARGIN.left - MARGIN.right, height: HEIGHT - MARGIN.top - MARGIN.bottom };
const TICKS = 5;
const HEARD = ["lines", "points", "x_label", "y_label", "x_range", "y_range"];

// ---- Numbers -----------------------------------------------------------------------------------------

// The range that holds all numbers, a little wider; nothing to hold gives 0 to 1.
export function rangeOf(numbers) {
  const finite = numbers.filter(Number.isFinite);
  if (!finite.length) return [0, 1];
  const [least, most] = [
    finite.reduce((one, other) => Math.min(one, other)),
    finite.reduce((one, other) => Math.max(one, other)),
  ];
  const room = most > least ? 0.04 * (most - least) : Math.abs(most) / 2 || 1;
  return [least - room, most + room];
}

// Round numbers within a range, about five of them.
export function ticksOf([least, most]) {
  const step = niceStep((most - least) / TICKS);
  if (!(step > 0) || !Number.isFinite(step)) return [];
  const first = Math.ceil(least / step - 1e-9);
  const last = Math.floor(most / step + 1e-9);
  return Array.from({ length: last - first + 1 }, (_, at) => (first + at) * step);
}

function niceStep(rough) {
  const power = 10 ** Math.floor(Math.log10(rough));
  return power * [1, 2, 5, 10].find((factor) => factor * power >= rough * (1 - 1e-9));
}

// The path through a line's points, a new piece after every gap.
export function pathOf({ x, y }, across, up) {
  let drawing = false;
  const steps = x.map((each, at) => {
    if (!Number.isFinite(each) || !Number.isFinite(y[at])) {
      drawing = false;
      return "";
    }
    const place = `${across(each).toFixed(2)},${up(y[at]).toFixed(2)}`;
    const step = drawing ? `L${place}` : `M${place}h0`; // a point on its own shows as a dot
    drawing = true;
    return step;
  });
  return steps.join("");
}

// Numbers far outside the chart would be beyond what a browser can draw.
function scale([least, most], length) {
  return (value) => Math.max(-length, Math.min(2 * length, ((value - least) / (most - least)) * length));
}

// ---- The view ----------------------------------------------------------------------------------------

function render({ model, el }) {
  const root = element("div", "vizconv vizconv-curves", el);
  const view = { model, root, waiting: 0 };
  view.legend = element("div", "vizconv-curves-legend", root);
  view.svg = shape("svg", root, { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img" });
  const soon = () => {
    view.waiting ||= requestAnimationFrame(() => {
      view.waiting = 0;
      draw(view);
    });
  };
  for (const name of HEARD) model.on(`change:${name}`, soon);
  draw(view);
  return () => {
    for (const name of HEARD) model.off(`change:${name}`, soon);
    cancelAnimationFrame(view.waiting);
  };
}

function draw(view) {
  const [lines, points, xLabel, yLabel, xRange, yRange] = HEARD.map((name) => view.model.get(name));
  const all = (axis) => [...lines.flatMap((line) => line[axis]), ...points.map((point) => point[axis])];
  const xs = xRange ?? rangeOf(all("x"));
  const ys = yRange ?? rangeOf(all("y"));
  const across = scale(xs, INSIDE.width);
  const rise = scale(ys, INSIDE.height);
  const up = (value) => INSIDE.height - rise(value);
  view.svg.replaceChildren();
  view.svg.setAttribute("aria-label", `${yLabel || "chart"} over ${xLabel || "x"}`);
  drawAxes(view.svg, { xs, ys, across, up, xLabel, yLabel });
  // An inner svg cuts off what lies outside of the axes.
  const inside = shape("svg", view.svg, { x: MARGIN.left, y: MARGIN.top, ...INSIDE });
  lines.forEach((line, at) => {
    const dashed = line.dashed ? " vizconv-curves-dashed" : "";
    shape("path", inside, {
      d: pathOf(line, across, up),
      class: `vizconv-curves-line vizconv-curves-${at}${dashed}`,
    });
  });
  for (const point of points) drawPoint(inside, point, across, up);
  view.legend.replaceChildren();
  lines.forEach((line, at) => {
    if (line.name) showName(view.legend, line, at);
  });
}

function drawAxes(svg, { xs, ys, across, up, xLabel, yLabel }) {
  const { left, top } = MARGIN;
  const bottom = top + INSIDE.height;
  for (const tick of ticksOf(xs)) {
    const x = left + across(tick);
    shape("line", svg, { x1: x, x2: x, y1: top, y2: bottom, class: gridClass(tick) });
    shape("text", svg, { x, y: bottom + 15, "text-anchor": "middle" }, formatTick(tick));
  }
  for (const tick of ticksOf(ys)) {
    const y = top + up(tick);
    shape("line", svg, { x1: left, x2: left + INSIDE.width, y1: y, y2: y, class: gridClass(tick) });
    shape("text", svg, { x: left - 6, y: y + 4, "text-anchor": "end" }, formatTick(tick));
  }
  const middle = { x: left + INSIDE.width / 2, y: top + INSIDE.height / 2 };
  const name = { "text-anchor": "middle", class: "vizconv-curves-name" };
  shape("text", svg, { ...name, x: middle.x, y: HEIGHT - 6 }, xLabel);
  shape("text", svg, { ...name, x: 0, y: 0, transform: `translate(12 ${middle.y}) rotate(-90)` }, yLabel);
}

function gridClass(tick) {
  return tick === 0 ? "vizconv-curves-zero" : "vizconv-curves-grid";
}

function drawPoint(inside, { x, y, name }, across, up) {
  if (!Number.isFinite(x) || !Number.isFinite(y)) return;
  const place = { cx: across(x), cy: up(y) };
  shape("circle", inside, { ...place, r: 5, class: "vizconv-curves-point" });
  if (!name) return;
  const onTheRight = place.cx > INSIDE.width * 0.6;
  const text = { x: place.cx + (onTheRight ? -9 : 9), y: Math.max(12, place.cy - 8) };
  shape("text", inside, { ...text, "text-anchor": onTheRight ? "end" : "start" }, name);
}

function showName(legend, { name, dashed }, at) {
  const item = element("span", "vizconv-curves-item", legend);
  element(
    "span",
    `vizconv-curves-sample vizconv-curves-${at}${dashed ? " vizconv-curves-dashed" : ""}`,
    item,
  );
  element("span", "", item, name);
}

export default { render };

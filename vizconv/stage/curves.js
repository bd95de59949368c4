// A chart: lines and points over two axes, as SVG. It is drawn again whenever Python says something new.

import { element, shape } from "./elements.js";
import { buildHandle, heightAt, placeHandle } from "./handle.js";
import { formatTick } from "./numbers.js";

const [WIDTH, HEIGHT] = [346, 250];
const MARGIN = { left: 60, right: 12, top: 10, bottom: 40 };
const INSIDE = { width: WIDTH - MARGIN.left - MARGIN.right, height: HEIGHT - MARGIN.top - MARGIN.bottom };
const BOX = { left: -9, right: INSIDE.width + 9, top: -9, bottom: INSIDE.height + 9 }; // room for a stroke's ends
const TICKS = 5;
const LETTER = 6.6; // pixels of a letter, or a little less
const FAR = 1e9; // pixels
const HEARD = ["lines", "points", "x_label", "y_label", "x_range", "y_range", "drag"];

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

// The path through a line's points, a new piece after every gap. What lies outside of the box {left, right,
// top, bottom} is cut off where the line leaves it: a far end that were moved into it would bend the line.
export function pathOf({ x, y }, across, up, box) {
  const places = x.map((each, at) => [finite(each, across), finite(y[at], up)]);
  let last = "";
  const steps = places.map((place, at) => {
    const [from, to] = clipped(places[at - 1] ?? place, place, box) ?? [];
    const step = from ? stepOf(from, to, last) : "";
    last = from ? written(to) : "";
    return step;
  });
  return steps.join("");
}

// NaN for a number that is none, or so large that it lies beyond all that can be drawn.
function finite(number, place) {
  return Number.isFinite(number) ? place(number) : NaN;
}

// A line that begins again somewhere else, and a point on its own, which shows as a dot.
function stepOf(from, to, last) {
  const begin = written(from) === last ? "" : `M${written(from)}h0`;
  return written(from) === written(to) ? begin : `${begin}L${written(to)}`;
}

function written([x, y]) {
  return `${x.toFixed(2)},${y.toFixed(2)}`;
}

// The part of a straight line that lies within a box, as [from, to]; null where none does. A place that is no
// number ends a line: after it a new one begins with a point.
export function clipped(from, to, { left, right, top, bottom }) {
  if (!to.every(Number.isFinite)) return null;
  const start = from.every(Number.isFinite) ? from : to;
  const [over, down] = [to[0] - start[0], to[1] - start[1]];
  const sides = [
    [-over, start[0] - left],
    [over, right - start[0]],
    [-down, start[1] - top],
    [down, bottom - start[1]],
  ];
  if (sides.some(([rate, room]) => rate === 0 && room < 0)) return null;
  const enters = sides.filter(([rate]) => rate < 0).map(([rate, room]) => room / rate);
  const leaves = sides.filter(([rate]) => rate > 0).map(([rate, room]) => room / rate);
  const [first, last] = [Math.max(0, ...enters), Math.min(1, ...leaves)];
  if (first > last) return null;
  return [first, last].map((part) => [start[0] + part * over, start[1] + part * down]);
}

// Beyond FAR a pixel more or less bends no line, and no number is too large to reckon with.
function scale([least, most], length) {
  return (value) => Math.max(-FAR, Math.min(FAR, ((value - least) / (most - least)) * length));
}

// Where a point's words stand, {x, y, width} from the left end of their line: beside the point, inside of the
// chart, and where as few lines and words as can be run behind them.
export function placeWords({ x, y, away = 9 }, width, lines, taken, chart) {
  const beside = [x + away, x - away - width, x - width / 2];
  const places = [y - away + 1, y + away + 9].flatMap((line) =>
    beside.map((left) => ({ x: left, y: line, width })),
  );
  const inside = places.map((place) => ({
    ...place,
    x: Math.max(2, Math.min(chart.width - width - 2, place.x)),
    y: Math.max(12, Math.min(chart.height - 4, place.y)),
  }));
  const crossings = inside.map(
    (place) => crossed(boxOf(place), lines, taken) + (covers(place, x, y) ? 9 : 0),
  );
  return inside[crossings.indexOf(Math.min(...crossings))];
}

function boxOf({ x, y, width }) {
  return { left: x, right: x + width, top: y - 11, bottom: y + 3 };
}

function covers(place, x, y) {
  const { left, right, top, bottom } = boxOf(place);
  return left - 5 < x && x < right + 5 && top - 5 < y && y < bottom + 5;
}

function crossed(box, lines, taken) {
  const runs = lines.filter((places) =>
    places.some((place, at) => clipped(places[at - 1] ?? place, place, box)),
  );
  const under = taken.map(boxOf).filter((other) => overlap(box, other));
  return runs.length + 2 * under.length;
}

function overlap(one, other) {
  const [across, down] = [one.left < other.right && other.left < one.right, one.top < other.bottom];
  return across && down && other.top < one.bottom;
}

// ---- The view ----------------------------------------------------------------------------------------

function render({ model, el }) {
  const root = element("div", "vizconv vizconv-curves", el);
  const view = { model, root, waiting: 0, told: null, serial: 0 };
  view.legend = element("div", "vizconv-curves-legend", root);
  const whole = shape("svg", root, { viewBox: `0 0 ${WIDTH} ${HEIGHT}` });
  view.svg = shape("g", whole, { role: "img" });
  const soon = () => {
    view.waiting ||= requestAnimationFrame(() => {
      view.waiting = 0;
      draw(view);
    });
  };
  const tell = (x) => {
    view.told = x;
    view.serial += 1;
    model.set("dragged", { x, serial: view.serial });
    model.save_changes();
    soon();
  };
  view.handle = buildHandle(whole, { valueAt: (event) => valueAt(view, whole, event), tell });
  const answered = () => {
    if (!view.handle.held) view.told = null;
  };
  model.on("change:points", answered);
  for (const name of HEARD) model.on(`change:${name}`, soon);
  draw(view);
  return () => {
    model.off("change:points", answered);
    for (const name of HEARD) model.off(`change:${name}`, soon);
    cancelAnimationFrame(view.waiting);
  };
}

// Where a pointer is along x.
function valueAt({ xs }, svg, { clientX }) {
  const { left, width } = svg.getBoundingClientRect();
  const part = (((clientX - left) / width) * WIDTH - MARGIN.left) / INSIDE.width;
  return xs[0] + Math.max(0, Math.min(1, part)) * (xs[1] - xs[0]);
}

// The points, of which the first is where it was dragged to until Python has followed.
function pointsOf({ told }, points, lines) {
  const y = told === null ? undefined : heightAt(lines, told);
  return y === undefined ? points : [{ ...points[0], x: told, y, name: "" }, ...points.slice(1)];
}

function draw(view) {
  const [lines, known, xLabel, yLabel, xRange, yRange, drag] = HEARD.map((name) => view.model.get(name));
  const points = pointsOf(view, known, lines);
  const all = (axis) => [...lines.flatMap((line) => line[axis]), ...points.map((point) => point[axis])];
  const xs = xRange ?? rangeOf(all("x"));
  const ys = yRange ?? rangeOf(all("y"));
  const across = scale(xs, INSIDE.width);
  const rise = scale(ys, INSIDE.height);
  const up = (value) => INSIDE.height - rise(value);
  view.xs = xs;
  view.svg.replaceChildren();
  view.svg.setAttribute("aria-label", `${yLabel || "chart"} over ${xLabel || "x"}`);
  drawAxes(view.svg, { xs, ys, across, up, xLabel, yLabel });
  // An inner svg cuts off what lies outside of the axes.
  const inside = shape("svg", view.svg, { x: MARGIN.left, y: MARGIN.top, ...INSIDE });
  lines.forEach((line, at) => {
    const dashed = line.dashed ? " vizconv-curves-dashed" : "";
    shape("path", inside, {
      d: pathOf(line, across, up, BOX),
      class: `vizconv-curves-line vizconv-curves-${at}${dashed}`,
    });
  });
  const away = drag?.name ? 13 : 9; // words from their point, and from the ring around it
  drawPoints(view.svg, { points, lines, across, up, away });
  const [first] = points;
  const place = first && { x: MARGIN.left + across(first.x), y: MARGIN.top + up(first.y) };
  placeHandle(view.handle, drag ?? {}, first, place);
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

// Over the lines, and whole also where half of one lies outside of the axes.
function drawPoints(svg, { points, lines, across, up, away }) {
  const over = shape("g", svg, { transform: `translate(${MARGIN.left} ${MARGIN.top})` });
  const paths = lines.map(({ x, y }) => x.map((each, at) => [finite(each, across), finite(y[at], up)]));
  const places = points.map((point) => ({ ...point, x: finite(point.x, across), y: finite(point.y, up) }));
  const taken = [];
  for (const { x, y, name } of places.filter(isInside)) {
    shape("circle", over, { cx: x, cy: y, r: 5, class: "vizconv-curves-point" });
    if (!name) continue;
    const words = placeWords({ x, y, away }, LETTER * name.length, paths, taken, INSIDE);
    taken.push(words);
    shape("text", over, { x: words.x, y: words.y }, name);
  }
}

function isInside({ x, y }) {
  return -1 <= x && x <= INSIDE.width + 1 && -1 <= y && y <= INSIDE.height + 1;
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

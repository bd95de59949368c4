// A scene as a graph: its cells where they are told to stand, and between them edges, as SVG.

import { depth, rangeOf } from "./colours.js";
import { element, shape } from "./elements.js";
import { NAME } from "./graph_layout.js";
import { ownClasses } from "./hues.js";

const [THIN, THICK] = [1.2, 5.8]; // pixels of an edge, from 0 to the largest number
const HALO = 6; // wider than the edge that it lights
const AROUND = 5; // a node's cells
const ASIDE = 0.24; // of a cell: between what goes down and what comes back up

// {svg, nodes, halos, lines}: what is drawn behind the cells.
export function buildEdges() {
  const svg = shape("svg", null, { class: "vizconv-edges", "aria-hidden": "true" });
  const [nodes, halos, lines] = ["nodes", "halos", "lines"].map((name) =>
    shape("g", svg, { class: `vizconv-${name}` }),
  );
  return { svg, nodes, halos, lines, edges: [], along: [] };
}

// ---- Where ----------------------------------------------------------------------------------------------

// Let the cells of a panel stand in their spots, each below the panel's name, or only the first of a list.
export function placeNodes(slot, panel, { listed }) {
  const { spots } = slot.box;
  slot.cells.forEach((cell, at) => {
    place(cell, spots[at].left, spots[at].top);
  });
  const named = listed.includes(panel.name) ? 1 : spots.length;
  while (slot.captions.length > named) slot.captions.pop().remove();
  while (slot.captions.length < named) slot.captions.push(nameOf(panel, slot.grid));
  slot.captions.forEach((made, at) => {
    place(made, spots[at].left, spots[at].top - NAME);
  });
}

function place(made, left, top) {
  made.style.left = `${left}px`;
  made.style.top = `${top}px`;
}

function nameOf(panel, grid) {
  const name = element("div", "vizconv-caption");
  name.setAttribute("aria-hidden", "true"); // the grid is called so
  element("i", "", name, panel.label);
  if (panel.subscript) element("sub", "", name, panel.subscript);
  if (panel.superscript) element("sup", "", name, panel.superscript);
  grid.append(name);
  return name;
}

// Draw nodes and edges for the boxes of a layout: see layout.js.
export function drawEdges(view, { width, height, way }) {
  const { graph } = view.scene;
  const { svg, nodes, halos, lines } = view.behind;
  for (const group of [nodes, halos, lines]) group.replaceChildren();
  svg.setAttribute("width", String(width));
  svg.setAttribute("height", String(height));
  const boxOf = (cell) => cellBox(view, cell);
  for (const node of graph.nodes) shape("rect", nodes, { ...around(node.map(boxOf)), rx: 10 });
  view.behind.edges = graph.edges.map((edge) => {
    const d = pathOf(edge, boxOf, way === "tall");
    const kind = edge.back ? "vizconv-edge vizconv-comes-back" : "vizconv-edge";
    return { edge, halo: shape("path", halos, { d }), line: shape("path", lines, { d, class: kind }) };
  });
  showEdges(view);
}

function cellBox(view, { panel, cell }) {
  const { box } = view.slots.get(panel);
  const { left, top } = box.spots[cell];
  return { left: box.left + left, top: box.top + top, ...box.cell };
}

function around(boxes) {
  const [left, top] = ["left", "top"].map((side) => Math.min(...boxes.map((box) => box[side])));
  const right = Math.max(...boxes.map((box) => box.left + box.width));
  const bottom = Math.max(...boxes.map((box) => box.top + box.height));
  return {
    x: left - AROUND,
    y: top - NAME - AROUND + 3,
    width: right - left + 2 * AROUND,
    height: bottom - top + NAME + 2 * AROUND - 3,
  };
}

// From one cell to the other over the one between; from one that is not between them a line leads down to it.
function pathOf({ start, over, end, back }, boxOf, isTall) {
  const aside = isTall ? (back ? ASIDE : -ASIDE) : 0;
  const [from, to] = [boxOf(start), boxOf(end)];
  if (!over) return link(from, to, aside);
  const by = boxOf(over);
  if (isBetween(from, by, to) || isBetween(to, by, from)) return link(from, by, aside) + link(by, to, aside);
  const { x } = middle(by);
  return `${link(from, to, aside)}M${x},${by.top + by.height}V${(middle(from).y + middle(to).y) / 2}`;
}

function isBetween(one, by, other) {
  const beside = one.left + one.width <= by.left && by.left + by.width <= other.left;
  return beside || (one.top + one.height <= by.top && by.top + by.height <= other.top);
}

// A curve from one box to another: from side to side where they are side by side, else from below to above.
function link(from, to, aside) {
  const [right, left] = [to.left >= from.left + from.width, from.left >= to.left + to.width];
  const isLevel = Math.abs(middle(from).y - middle(to).y) < from.height / 2;
  if ((right || left) && (isLevel || !aside)) {
    const [x1, x2] = right ? [from.left + from.width, to.left] : [from.left, to.left + to.width];
    const [y1, y2] = [middle(from).y, middle(to).y];
    const half = (x1 + x2) / 2;
    return `M${x1},${y1}C${half},${y1} ${half},${y2} ${x2},${y2}`;
  }
  const down = to.top > from.top;
  const [y1, y2] = down ? [from.top + from.height, to.top] : [from.top, to.top + to.height];
  const [x1, x2] = [from, to].map((box) => middle(box).x + aside * box.width);
  const half = (y1 + y2) / 2;
  return `M${x1},${y1}C${x1},${half} ${x2},${half} ${x2},${y2}`;
}

function middle({ left, top, width, height }) {
  return { x: left + width / 2, y: top + height / 2 };
}

// ---- What it says -----------------------------------------------------------------------------------------

const SMALLEST = 9; // pixels of type
const WIDEST_DIGIT = 0.64; // of the size of type, in the fonts that browsers have

// Every edge as thick, and as deep in colour, as its number is large among those that go the same way.
export function showEdges({ scene, behind, slots }) {
  for (const slot of slots.values()) fitNumbers(slot);
  for (const way of [false, true]) {
    const edges = behind.edges.filter(({ edge }) => edge.back === way && edge.weight);
    const { least, most } = rangeOf([edges.map(({ edge }) => valueAt(scene, edge.weight))]);
    for (const made of edges) show(made, depth(valueAt(scene, made.edge.weight), Math.max(-least, most)));
  }
}

// A number that is too long for its cell is written smaller: nothing moves for it.
function fitNumbers({ cells, box, grid }) {
  const font = Number.parseFloat(grid.style.getPropertyValue("--font"));
  for (const cell of cells) {
    const fits = (box.cell.width - 4) / lengthOf(cell.textContent);
    cell.style.fontSize = fits < font ? `${Math.max(SMALLEST, Math.floor(2 * fits) / 2)}px` : "";
  }
}

// Of a number, in sizes of its type: a point is half as wide as a digit, a minus a third wider.
function lengthOf(text) {
  const widths = [...text].map((sign) => ({ ".": 0.5, "−": 1.3 })[sign] ?? 1);
  return WIDEST_DIGIT * widths.reduce((sum, width) => sum + width, 0);
}

// What the edges of a graph say, for the legend.
export function legendOfEdges({ graph, panels }) {
  const weighed = (way) => graph.edges.find(({ back, weight }) => back === way && weight);
  const kinds = [false, true]
    .filter(weighed)
    .map((back) => [back, panels.get(weighed(back).weight.panel).label]);
  return kinds.map(([back, label]) => {
    const item = element("span", "vizconv-range");
    const svg = shape("svg", item, { width: 30, height: 8, "aria-hidden": "true" });
    const kind = back ? "vizconv-edge vizconv-comes-back" : "vizconv-edge";
    shape("path", svg, { d: "M0,4H30", class: kind, style: "stroke-width: 3px" });
    element("span", "", item, `${label} ${back ? "back" : "forwards"}`);
    item.title = "the larger, the thicker";
    return item;
  });
}

function valueAt({ panels }, { panel, cell }) {
  return panels.get(panel).values[cell];
}

function show({ halo, line }, deep) {
  const width = THIN + (THICK - THIN) * Math.abs(deep);
  line.classList.toggle("vizconv-negative-edge", deep < 0);
  line.style.setProperty("--depth", `${Math.round(100 * Math.abs(deep))}%`);
  line.style.strokeWidth = `${width}px`;
  halo.style.strokeWidth = `${width + HALO}px`;
}

// Light the edges whose cells are lit or pointed at, in the hue of the weight that they run over.
export function lightEdges(view, lit) {
  const hues = litEdges(view.scene, view.subject, lit);
  view.behind.edges.forEach(({ halo, line }, at) => {
    halo.setAttribute("class", classOf(hues[at]));
    line.classList.toggle("vizconv-flows", hues[at] !== null);
  });
}

function classOf(hue) {
  if (hue === null) return "vizconv-unseen";
  return ownClasses(hue)[0];
}

// For every edge of a scene the hue it is lit in, -1 for none of a weight's, or null where it is not.
export function litEdges({ graph, panels }, subject, lit) {
  const isLit = ({ panel, cell }) =>
    lit.get(panel)?.has(cell) || (panel === subject.panel && cell === subject.cell);
  const owner = ({ panel, cell }) => panels.get(panel).owners?.[cell] ?? -1;
  return graph.edges.map(({ lights }) =>
    lights.some((group) => group.every(isLit)) ? Math.max(...lights.flat().map(owner)) : null,
  );
}

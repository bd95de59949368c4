// Pointing: one cell is the subject, and every number that met it lights up.

import { kindsOf } from "./cells.js";
import { element, textButton } from "./elements.js";
import { settle } from "./flights.js";
import { formulaOf } from "./formula.js";
import { lightEdges } from "./graph.js";
import { ownClasses } from "./hues.js";
import { areaOf, READABLE } from "./layout.js";
import { showLens } from "./lens.js";
import { showMeasured } from "./measured.js";
import { formatNumber } from "./numbers.js";
import { blocks, boundingBox, nameOf } from "./scene.js";
import { litCells, partnersOf } from "./terms.js";

const LONG_SUM = 12; // terms; a longer formula is folded
const UNFOLDED = 60; // terms of one that is unfolded; what is more is counted
const MANY = { large: 64, small: 9 }; // lit cells; more, or some without hues, that fill a rectangle have a frame
const ARROWS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };

export function point(view, subject, glide = false) {
  settle(view);
  if (!isSubject(view, subject)) view.unfolded = false;
  view.subject = { panel: subject.panel, cell: subject.cell };
  clearLights(view);
  showPartners(view, null);
  const lit = litCells(view.scene, view.subject);
  for (const name of view.slots.keys()) showLinks(view, name, lit.get(name), glide);
  if (view.scene.graph) lightEdges(view, lit);
  showSubject(view);
  showFormula(view);
  showMeasured(view);
  showLens(view, lit);
}

function isSubject({ subject }, { panel, cell }) {
  return subject?.panel === panel && subject.cell === cell;
}

export function pin(view, place) {
  view.pinned = !(view.pinned && isSubject(view, place));
  point(view, place);
  reportPinned(view);
}

export function unpin(view) {
  if (!view.scene) return;
  view.pinned = false;
  point(view, view.subject);
  reportPinned(view);
}

export function reportPinned(view) {
  const pinned = view.pinned ? view.subject : {};
  const said = JSON.stringify(pinned);
  if (said === view.said) return;
  view.said = said;
  view.model.set("pinned", pinned);
  view.model.save_changes();
}

// Point at the neighbour that an arrow key names; false for another key.
export function pointBeside(view, name, key) {
  if (!ARROWS[key]) return false;
  const panel = view.scene.panels.get(name);
  const [channels, height, width] = blocks(panel);
  const from = view.subject.panel === name ? view.subject.cell : 0;
  const row = clamp(Math.floor(from / width) + ARROWS[key][0], channels * height - 1);
  const column = clamp((from % width) + ARROWS[key][1], width - 1);
  point(view, { panel: name, cell: row * width + column });
  return true;
}

function clamp(at, last) {
  return Math.max(0, Math.min(last, at));
}

// ---- Links --------------------------------------------------------------------------------------------

export function clearLights(view) {
  for (const [made, marks] of view.lit) made.classList.remove("vizconv-lit", ...marks);
  view.lit = [];
}

function showLinks(view, name, cells, glide) {
  const panel = view.scene.panels.get(name);
  const slot = view.slots.get(name);
  if (slot.box.spots) {
    slot.frame.hidden = true; // cells of a network stand apart
    if (cells) lightCells(view, name, cells);
    return;
  }
  if (cells && slot.box.scrolls) bringIntoSight(slot, panel, [...cells.keys()]);
  const box = cells && cells.size > 1 ? boundingBox(panel, [...cells.keys()]) : null;
  const filled = box && cells.size === box.height * box.width;
  const most = slot.box.cell.height < READABLE ? MANY.small : MANY.large;
  const dense = filled && (cells.size > most || [...cells.values()].every((hue) => hue < 0));
  if (cells && !dense) lightCells(view, name, cells);
  const whole = box && box.height * box.width === panel.size;
  placeFrame(slot, panel, dense || !whole ? box : null, glide);
}

function lightCells(view, name, cells) {
  const elements = view.slots.get(name).cells;
  const subject = name === view.subject.panel ? view.subject.cell : null; // it has an outline of its own
  for (const [cell, hue] of cells) {
    if (cell === subject) continue;
    const marks = ownClasses(hue);
    elements[cell].classList.add("vizconv-lit", ...marks);
    view.lit.push([elements[cell], marks]);
  }
}

// A frame around the lit cells of a panel.
function placeFrame({ frame, box }, panel, lit, glide) {
  frame.hidden = !lit;
  if (!lit) return;
  const { left, top, width, height } = areaOf(box, panel, lit);
  frame.classList.toggle("vizconv-glide", glide);
  frame.style.width = `${width}px`;
  frame.style.height = `${height}px`;
  frame.style.transform = `translate(${left}px, ${top}px)`;
}

// A panel that scrolls shows what is lit in it, or of many cells the first.
function bringIntoSight({ grid, box }, panel, cells) {
  const lit = areaOf(box, panel, boundingBox(panel, cells) ?? boundingBox(panel, cells.slice(0, 1)));
  grid.scrollTop = within(grid.scrollTop, lit.top + lit.height - box.height, lit.top);
  grid.scrollLeft = within(grid.scrollLeft, lit.left + lit.width - box.width, lit.left);
}

// As little as needed: at least the one, at most the other.
function within(at, least, most) {
  return Math.min(Math.max(at, least), most);
}

function showSubject(view) {
  const { panel, cell } = view.subject;
  view.subjectCell?.classList.remove("vizconv-subject", "vizconv-pinned");
  view.subjectCell = elementOf(view, view.subject);
  view.subjectCell.classList.add("vizconv-subject");
  if (view.pinned) view.subjectCell.classList.add("vizconv-pinned");
  const tensor = view.scene.panels.get(panel);
  const kinds = kindsOf(tensor, cell).map(({ title }) => `; ${title}`);
  view.subjectCell.title = `${nameOf(tensor, cell)} = ${tensor.values[cell]}${kinds.join("")}`;
}

// Within the subject's links: the cells that one of its partners meets there, by an outline.
export function showPartners(view, place) {
  for (const made of view.marked) made.classList.remove("vizconv-marked");
  const partners = place ? partnersOf(view.scene, view.subject, place) : [];
  view.marked = partners.map((cell) => elementOf(view, cell)).filter(Boolean);
  for (const made of view.marked) made.classList.add("vizconv-marked");
}

// None for a cell of a panel that is not drawn.
function elementOf(view, { panel, cell }) {
  return view.slots.get(panel)?.cells[cell];
}

// ---- The formula --------------------------------------------------------------------------------------

function showFormula(view) {
  const most = view.unfolded ? [UNFOLDED, UNFOLDED] : [LONG_SUM];
  const { tokens, more, zeros, end } = formulaOf(view.sceneSoFar, view.subject, ...most);
  const draw = (token) => tokenElement(view, token);
  const rest = more + zeros ? [view.unfolded ? leftOut(more, zeros) : unfoldButton(view, more + zeros)] : [];
  view.formula.classList.toggle("vizconv-unfolded", view.unfolded);
  view.formula.replaceChildren(...tokens.map(draw), ...rest, ...end.map(draw));
}

function leftOut(more, zeros) {
  const counted = [more && `${more} more`, zeros && products(zeros)].filter(Boolean);
  return element("span", "", null, ` … and ${counted.join(", and ")}`);
}

function products(zeros) {
  return zeros === 1 ? "one product that is 0" : `${zeros} products that are 0`;
}

function tokenElement(view, token) {
  if (token.panel === undefined) return element("span", token.total ? "vizconv-total" : "", null, token.text);
  const classes = token.hue === undefined ? [] : ownClasses(token.hue);
  const made = element("span", ["vizconv-factor", ...classes].join(" "), null, token.text);
  view.factors.set(made, token);
  return made;
}

function unfoldButton(view, count) {
  const made = textButton(null, ` … ${count} more terms … `, () => {
    view.unfolded = true;
    showFormula(view);
  });
  made.classList.add("vizconv-unfold");
  return made;
}

export function pointInFormula(view, made) {
  const token = view.factors.get(made);
  if (!token) return;
  showPartners(view, token);
  made.title = tokenTitle(view, token);
}

function tokenTitle(view, { panel, cell, value, soFar }) {
  const name = nameOf(view.scene.panels.get(panel), cell);
  const full = value === undefined ? name : `${name} = ${value}`;
  return soFar === undefined ? full : `${full}; the sum up to here: ${formatNumber(soFar)}`;
}

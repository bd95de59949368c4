// A step that explains: every product leaves where it is made and adds itself to its sum. All of it lies over the
// stage, where every number is already what it will be: whoever is faster takes it away.

import { showCell } from "./cells.js";
import { element } from "./elements.js";
import { productOf } from "./formula.js";
import { ownClasses } from "./hues.js";
import { areaOf, READABLE } from "./layout.js";
import { canMove } from "./motion.js";
import { formatNumber } from "./numbers.js";
import { boundingBox, isSamePlace } from "./scene.js";
import { cellAt } from "./tables.js";
import { factorRoles, hueIn, linksOf, sumsAfter, targetOf } from "./terms.js";

const MOST = 30; // products that one can follow
const SHORTEST = 250; // milliseconds that a step must have
const PART = 0.95; // of a step's time

// The products of one step of a walk, in order: {from, to: {panel, cell}, value, owner}. Those of the sum that
// the walk has reached, or where its cell is a factor of sums, what it adds to each of them.
export function flightsOf(scene) {
  return (subject) => {
    const links = linksOf(scene, subject);
    const sums = links.filter(({ isSum }) => isSum);
    const all = (sums.length ? sums : links).flatMap((link) => productsIn(scene, link, subject));
    const shown = all.filter(({ to }) => scene.panels.get(to.panel).place);
    return !sums.length || shown.length > 1 ? shown : [];
  };
}

function productsIn(scene, { reading, table, rows }, subject) {
  const owner = hueIn(scene, reading, table);
  const placed = (role) => scene.panels.get(reading[role]).place;
  const roles = factorRoles(reading, table);
  const source = roles.find((role) => placed(role) && reading[role] !== subject.panel) ?? roles.find(placed);
  if (!source) return [];
  return Array.from(rows, (row) => ({
    from: { panel: reading[source], cell: cellAt(table, source, row) },
    to: { panel: targetOf(reading), cell: cellAt(table, reading.role, row) },
    value: productOf(scene, reading, table, row),
    owner: owner(row),
  }));
}

// Let the products of the step to this position fly, in so many milliseconds.
export function showStep(view, subject, time) {
  if (time < SHORTEST || !canMove()) return;
  const flights = flightsOf(view.scene)(subject);
  if (!flights.length || flights.length > MOST || !flights.every((flight) => isInSight(view, flight))) return;
  const toOne = flights.every(({ to }) => isSamePlace(to, subject));
  const sums = sumsBefore(view, toOne);
  flights.forEach((flight, at) => {
    flight.cover = coverOf(flights, at) ?? cover(view, flight.to, sums(flight.to));
  });
  const gap = toOne ? (PART / 2) * (time / flights.length) : 0;
  flights.forEach((flight, at) => {
    fly(view, flight, toOne ? { delay: at * gap, duration: (PART / 2) * time } : { duration: PART * time });
  });
  if (toOne) revealFormula(view, flights.length, gap, time);
}

// End all motion: every number on show is what it will be.
export function settle(view) {
  view.air.replaceChildren();
}

function isInSight(view, { from, to }) {
  const boxes = [from, to].map(({ panel }) => view.slots.get(panel).box);
  return boxes.every(({ scrolls, cell }) => !scrolls && cell.height >= READABLE);
}

// The sums before the step; one that is made cell by cell begins with nothing.
function sumsBefore(view, toOne) {
  const sums = toOne ? null : sumsAfter(view.scene, view.position - 1);
  return ({ panel, cell }) => (sums ? sums.get(panel)[cell] : 0);
}

function coverOf(flights, at) {
  return flights.slice(0, at).find(({ to }) => isSamePlace(to, flights[at].to))?.cover;
}

// What lies over a cell: the sum so far.
function cover(view, place, sum) {
  const made = put(view, place, "vizconv-cell vizconv-cover");
  showCell(made, sum, view.shades.get(place.panel));
  return { made, sum, shades: view.shades.get(place.panel), left: 0 };
}

function put(view, place, classes) {
  const made = element("div", classes, view.air);
  const { left, top, cell } = whereIs(view, place);
  made.style.left = `${left + 1}px`; // within its lines
  made.style.top = `${top + 1}px`;
  made.style.setProperty("--cell-width", `${cell.width}px`);
  made.style.setProperty("--cell-height", `${cell.height}px`);
  return made;
}

function whereIs(view, { panel, cell }) {
  const { slot, grid, box } = view.slots.get(panel);
  const { left, top } = areaOf(
    box,
    view.scene.panels.get(panel),
    boundingBox(view.scene.panels.get(panel), [cell]),
  );
  return { left: box.left + left, top: box.top + grid.offsetTop + top, cell: box.cell, slot };
}

function fly(view, { from, to, value, owner, cover: under }, timing) {
  const chip = put(view, to, `vizconv-chip ${ownClasses(owner).join(" ")}`);
  chip.textContent = formatNumber(value);
  const [start, end] = [from, to].map((place) => whereIs(view, place));
  const away = `translate(${start.left - end.left}px, ${start.top - end.top}px)`;
  under.left += 1;
  const flight = chip.animate(timing.delay === undefined ? stamped(away) : added(away), {
    ...timing,
    easing: "ease-in-out",
    fill: "both",
  });
  flight.onfinish = () => land(chip, under, value);
}

// One product after the other goes into its sum.
function added(away) {
  return [
    { transform: away, opacity: 0 },
    { transform: away, opacity: 1, offset: 0.15 },
    { transform: "none", opacity: 1, offset: 0.9 },
    { transform: "scale(0.7)", opacity: 0 },
  ];
}

// All products at once are held over the cells that they are then added to.
function stamped(away) {
  const held = "translate(5px, -7px)";
  return [
    { transform: away, opacity: 0 },
    { transform: held, opacity: 1, offset: 0.35 },
    { transform: held, opacity: 1, offset: 0.75 },
    { transform: "none", opacity: 0 },
  ];
}

function land(chip, under, value) {
  chip.remove();
  under.sum += value;
  under.left -= 1;
  if (under.left) showCell(under.made, under.sum, under.shades);
  else under.made.remove(); // below it stands the number itself
}

// The terms of a formula appear as their products leave.
function revealFormula(view, terms, gap, time) {
  const factors = [...view.formula.querySelectorAll(".vizconv-factor")];
  const total = view.formula.querySelector(".vizconv-total");
  total?.animate([{ opacity: 0 }, { opacity: 1 }], { delay: PART * time, duration: 100, fill: "backwards" });
  if (!factors.length || factors.length % terms) return;
  factors.forEach((factor, at) => {
    const delay = Math.floor((at * terms) / factors.length) * gap;
    factor.animate([{ opacity: 0.15 }, { opacity: 1 }], { delay, duration: gap + 100, fill: "backwards" });
  });
}

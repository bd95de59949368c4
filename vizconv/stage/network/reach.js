// Reach: which cells take part in a number, and which a number takes part in, as one region a panel.
// A region is [first channel, last, top, bottom, left, right]. It follows from the steps and their tables alone.

import { blocks } from "../scene.js";
import { rowsAt } from "../tables.js";
import { factorRoles, targetOf } from "../terms.js";

const LONG = 1_000_000; // rows of a table that is looked through only when it is asked for

export function regionAt(panel, cell) {
  const [, rows, columns] = blocks(panel);
  const channel = Math.floor(cell / (rows * columns));
  const [row, column] = [Math.floor(cell / columns) % rows, cell % columns];
  return [channel, channel, row, row, column, column];
}

function whole(panel) {
  return blocks(panel).flatMap((length) => [0, length - 1]);
}

function widened(region, other) {
  if (!region) return [...other];
  for (let axis = 0; axis < 6; axis += 2) {
    region[axis] = Math.min(region[axis], other[axis]);
    region[axis + 1] = Math.max(region[axis + 1], other[axis + 1]);
  }
  return region;
}

// What a network's regions are found by: its scene, and for every step and role what was found once.
export function createReach(scene, layers) {
  const made = new Set(scene.steps.map(targetOf));
  return { scene, layers: new Set(layers), relevant: new Set([...layers, ...made]), found: new Map() };
}

// What finds all regions of single steps before anybody asks, each a function that takes some milliseconds.
export function findings(reach) {
  const { scene } = reach;
  return scene.steps.flatMap((step, at) =>
    sourcesIn(reach, step)
      .filter(([, role]) => role !== "of" && scene.tables.get(step.terms).length <= LONG)
      .flatMap(([source, role]) => {
        const [here, there] = [scene.panels.get(targetOf(step)), scene.panels.get(source)];
        return [
          () => regionsBy(reach, at, role, here, there, "sources"),
          () => regionsBy(reach, at, role, there, here, "readers"),
          () => rowsAt(scene.tables.get(step.terms), role, 0),
          () => rowsAt(scene.tables.get(step.terms), step.role, 0),
        ];
      }),
  );
}

// For every layer that takes part in a cell, however far back, its region.
export function sourceRegions(reach, { panel, cell }) {
  const { scene } = reach;
  const regions = new Map([[panel, regionAt(scene.panels.get(panel), cell)]]);
  for (let at = scene.steps.length - 1; at >= 0; at -= 1) {
    const step = scene.steps[at];
    const region = regions.get(targetOf(step));
    if (!region) continue;
    for (const [source, role] of sourcesIn(reach, step))
      regions.set(
        source,
        widened(regions.get(source), mapped(reach, at, role, source, targetOf(step), region)),
      );
  }
  return onLayers(reach, regions, panel);
}

// The layers that read a cell next, with the region of what they make of it.
export function readerRegions(reach, { panel, cell }) {
  const { scene, layers } = reach;
  const regions = new Map([[panel, regionAt(scene.panels.get(panel), cell)]]);
  scene.steps.forEach((step, at) => {
    const target = targetOf(step);
    for (const [source, role] of sourcesIn(reach, step)) {
      const region = regions.get(source);
      if (!region || (layers.has(source) && source !== panel)) continue;
      regions.set(target, widened(regions.get(target), unmapped(reach, at, role, source, target, region)));
    }
  });
  return onLayers(reach, regions, panel);
}

function onLayers({ layers }, regions, panel) {
  return new Map([...regions].filter(([name]) => layers.has(name) && name !== panel));
}

// The panels that a step reads, each with its role; gates and masks say no more than what they are made of.
function sourcesIn({ scene, relevant }, step) {
  if (step.rule) return scene.switches.has(step.out) ? [] : step.of.map((name) => [name, "of"]);
  const roles = factorRoles(step, scene.tables.get(step.terms)).map((role) => [step[role], role]);
  return roles.filter(([name]) => relevant.has(name) && !scene.switches.has(name));
}

function mapped(reach, at, role, source, target, region) {
  return through(reach, at, role, [target, source], "sources", region);
}

function unmapped(reach, at, role, source, target, region) {
  return through(reach, at, role, [source, target], "readers", region);
}

// The region that belongs to a region of another panel: all regions that belong to its cells, in one.
function through(reach, at, role, [from, to], way, region) {
  const { panels } = reach.scene;
  const [here, there] = [panels.get(from), panels.get(to)];
  if (role === "of") return ruled(reach.scene.steps[at], here, there, region);
  const regions = regionsBy(reach, at, role, here, there, way);
  const isWhole = String(region) === String(whole(here));
  const known = isWhole && regions.ofAll;
  if (known) return known;
  const result = inOne(regions, here, region) ?? regionAt(there, 0);
  if (isWhole) regions.ofAll = [...result];
  return result;
}

function inOne(regions, here, region) {
  const [, rows, columns] = blocks(here);
  let result = null;
  for (let channel = region[0]; channel <= region[1]; channel += 1)
    for (let row = region[2]; row <= region[3]; row += 1)
      for (let column = region[4]; column <= region[5]; column += 1) {
        const first = 6 * ((channel * rows + row) * columns + column);
        if (regions[first + 1] >= 0) result = widened(result, regions.subarray(first, first + 6));
      }
  return result;
}

// A rule makes a number of the one in its place, or of all.
function ruled({ rule }, here, there, region) {
  const alike = JSON.stringify(here.shape) === JSON.stringify(there.shape);
  return alike && !["softmax", "surprise"].includes(rule) ? [...region] : whole(there);
}

// For every cell of a panel the region of those that it meets in another by one reading, found when first asked.
function regionsBy({ scene, found }, at, role, here, there, way) {
  const key = `${at} ${role} ${way}`;
  if (!found.has(key)) found.set(key, regionsOf(scene, scene.steps[at], role, here, there, way));
  return found.get(key);
}

function regionsOf(scene, step, role, here, there, way) {
  const table = scene.tables.get(step.terms);
  const [from, to] = way === "sources" ? [step.role, role] : [role, step.role];
  const regions = new Int16Array(6 * here.size);
  for (let at = 0; at < regions.length; at += 2) [regions[at], regions[at + 1]] = [32767, -1];
  const [, rows, columns] = blocks(there);
  const [starts, ends] = [table[from], table[to]];
  table.moves[from].forEach((move, time) => {
    const other = table.moves[to][time];
    for (let row = 0; row < table.count; row += 1) {
      const [first, cell] = [6 * (starts[row] + move), ends[row] + other];
      const line = Math.floor(cell / columns);
      stretch(regions, first, Math.floor(line / rows));
      stretch(regions, first + 2, line % rows);
      stretch(regions, first + 4, cell % columns);
    }
  });
  return regions;
}

function stretch(regions, at, place) {
  if (place < regions[at]) regions[at] = place;
  if (place > regions[at + 1]) regions[at + 1] = place;
}

// An opened number: a small scene of its own for the stage that learners know. Of a sum the factors and their
// products, of a rule what it reads and makes, of what is given what it goes into. It follows from the rows of
// the tables at one cell: no knowledge of convolution.

import { sourcesOf, usesOf } from "../rules.js";
import { indexOf } from "../scene.js";
import { cellAt, cellsBeside, rowsAt } from "../tables.js";
import { factorRoles, targetOf } from "../terms.js";

const NUMBERED = 8; // channels whose sums are written
const LONG = 6; // a box that is so many times longer than high is laid in lines
const WINDOWS = ["mask", "ties"];

// What a number is made of: {kind: "sum" | "rule" | "given", parts}. A part of a sum is {step, cells: for each
// factor its panel's name and its cells}.
export function makingOf(scene, { panel, cell }) {
  const steps = scene.steps.filter((step) => targetOf(step) === panel);
  const rule = steps.find((step) => step.rule);
  if (rule) return { kind: "rule", parts: [rule] };
  const parts = steps.map((step) => partOf(scene, step, step.role, cell)).filter(({ count }) => count);
  return { kind: steps.length ? "sum" : "given", parts };
}

function partOf(scene, step, role, cell) {
  const table = scene.tables.get(step.terms);
  const rows = rowsAt(table, role, cell);
  const others = factorRoles(step, table);
  const cells = others.map((other) => ({
    panel: step[other],
    cells: Array.from(rows, (row) => cellAt(table, other, row)),
  }));
  return { step, count: rows.length, cells };
}

// The cells that a number goes into: {panel, cell, value: what it brings}.
export function usesIn(scene, { panel, cell }) {
  const uses = [];
  for (const step of scene.steps) {
    if (step.rule) uses.push(...ruleUses(scene, step, panel, cell));
    else if (step[step.role] !== panel) uses.push(...sumUses(scene, step, panel, cell));
  }
  return uses;
}

function ruleUses(scene, step, panel, cell) {
  if (!step.of.includes(panel)) return [];
  const [source, target] = [scene.panels.get(panel), scene.panels.get(step.out)];
  const cells = usesOf(step.rule, cell, source, target, scene.tables.get(step.terms));
  return cells.map((at) => ({ panel: step.out, cell: at, value: target.values[at], step }));
}

function sumUses(scene, step, panel, cell) {
  const table = scene.tables.get(step.terms);
  return factorRoles(step, table)
    .filter((role) => step[role] === panel)
    .flatMap((role) =>
      Array.from(rowsAt(table, role, cell), (row) => ({
        panel: targetOf(step),
        cell: cellAt(table, step.role, row),
        value: productAt(scene, step, table, row),
        step,
      })),
    );
}

function productAt({ panels }, step, table, row) {
  return factorRoles(step, table).reduce(
    (whole, role) => whole * panels.get(step[role]).values[cellAt(table, role, row)],
    1,
  );
}

// Every product of a sum: {value, panel, cell} with the cell of its first factor.
export function productsOf({ panels, switches }, parts) {
  return parts.flatMap(({ count, cells }) =>
    Array.from({ length: count }, (_, at) => {
      const values = cells.map(({ panel, cells: own }) => panels.get(panel).values[own[at]]);
      const shut = cells.some(({ panel }, place) => switches.has(panel) && values[place] === 0);
      const value = shut ? 0 : values.reduce((whole, each) => whole * each, 1);
      return { value, panel: cells[0].panel, cell: cells[0].cells[at] };
    }),
  );
}

// ---- The small scene ------------------------------------------------------------------------------------

// The raw scene of an opened number.
export function openedScene(scene, subject) {
  const making = makingOf(scene, subject);
  const draft = { scene, panels: [], terms: [], steps: [], row: 0 };
  if (making.kind === "sum" && !making.parts.length)
    addPanel(draft, subject.panel, [subject.cell], [1], { part: "total" }).isSubject = true;
  else if (making.kind === "sum") addSum(draft, subject, making.parts);
  else if (making.kind === "rule") addRule(draft, subject, making.parts[0]);
  else addUses(draft, subject);
  const { panels, terms, steps } = draft;
  const at = panels.find((panel) => panel.isSubject);
  const pointed = { panel: at.name, cell: at.subject ?? 0 };
  return {
    panels,
    terms,
    steps,
    walk: null,
    notes: [],
    pointed,
    enlarged: enlargedIn(panels),
  };
}

// The panels whose cells stand for each other, place by place.
function enlargedIn(panels) {
  return panels.filter((panel) => panel.aligned).map(({ name }) => name);
}

function addSum(draft, subject, parts) {
  const isTerm = ({ count, cells }) => count === 1 && cells.length === 1;
  const inOrder = [...parts.filter((part) => !isTerm(part)), ...parts.filter(isTerm)];
  const added = inOrder.map((part) => addPart(draft, part, parts.length === 1));
  const look = { sign: added[0].sign ?? "=", part: "total" };
  const total = addPanel(draft, subject.panel, [subject.cell], [1], look);
  total.isSubject = true;
  for (const { sums } of added) sumUp(draft, sums, total, () => 0);
  const { wide, row } = added[0];
  const rest = [...added.slice(1).map(({ sums }) => sums), total];
  rest.forEach((panel, at) => {
    panel.place = wide ? [row + 1 + at - rest.length, 1] : [row, 4 + at];
    if (panel !== total) panel.sign = "+";
  });
}

// One reading's terms: the factors, their products, and the sums of these, channel by channel.
function addPart(draft, { count, cells }, isAlone) {
  if (count === 1 && cells.length === 1)
    return { row: draft.row, sums: addPanel(draft, cells[0].panel, cells[0].cells, [1], { part: "term" }) };
  const { shape, order } = arranged(draft.scene, cells);
  const row = draft.row;
  const wide = shape.length === 3;
  const look = (at) => ({
    place: wide ? [row + at, 0] : [row, at],
    beside: wide,
    aligned: true,
    part: at < cells.length ? "factor" : "product",
    ...(wide && at ? { caption: "" } : {}),
  });
  const factors = cells.map(({ panel, cells: own }, at) =>
    addPanel(
      draft,
      panel,
      order.map((place) => own[place]),
      shape,
      { ...look(at), sign: at ? "⊙" : "" },
    ),
  );
  const products = factors.length === 1 ? factors[0] : multiply(draft, factors, shape, look(2));
  if (factors.length === 1) products.part = "term";
  if ((isAlone && !wide) || count === 1) return { row, sums: products, sign: count > 1 ? "Σ" : "=" };
  const channels = wide ? shape[0] : 1;
  const sums = addPanel(draft, null, null, wide ? [channels, 1, 1] : [1], {
    name: "sums",
    part: "sum",
    label: "Σ",
    sign: wide ? "" : "Σ",
    caption: "",
    place: wide ? [row + 3, 0] : [row, 3],
    beside: wide,
    isFill: channels > NUMBERED,
  });
  const plane = order.length / channels;
  sumUp(draft, products, sums, (at) => Math.floor(at / plane));
  draft.row += wide ? 4 : 1;
  return { row: wide ? row + 3 : row, wide, sums };
}

function multiply(draft, [one, other], shape, look) {
  const products = addPanel(draft, null, null, shape, {
    name: "products",
    label: "products",
    sign: "=",
    ...look,
  });
  const cells = Uint32Array.from({ length: products.values.length }, (_, at) => at);
  const right = other.values.length === 1 ? cells.map(() => 0) : cells;
  addReading(draft, { out: cells, left: cells, right }, products, one, other);
  return products;
}

// Every cell of a panel added to a cell of another.
function sumUp(draft, from, to, targetAt) {
  const left = Uint32Array.from({ length: from.values.length }, (_, at) => at);
  addReading(draft, { out: left.map(targetAt), left }, to, from);
}

function addReading(draft, indices, out, left, right) {
  const name = `t${draft.terms.length}`;
  draft.terms.push({ name, wide: true, repeats: [], ...indices });
  draft.steps.push({ terms: name, role: "out", out: out.name, left: left.name, right: right?.name ?? null });
  if (!out.isMade) return;
  const isShut = (panel, value) => value === 0 && panel?.switch;
  indices.out.forEach((to, row) => {
    const [one, other] = [left.values[indices.left[row]], right ? right.values[indices.right[row]] : 1];
    if (!isShut(left, one) && !isShut(right, other)) out.values[to] += one * other;
  });
}

// A panel of some cells of a network's panel, or of none: then its numbers are made here.
function addPanel(draft, source, cells, shape, look = {}) {
  const from = source === null ? null : draft.scene.panels.get(source);
  const size = shape.reduce((product, length) => product * length, 1);
  const name = freeName(draft, look.name ?? source);
  const panel = {
    label: from?.label ?? name,
    subscript: "",
    superscript: "",
    sign: "",
    constant: false,
    source: "",
    scale: from ? from.scale : "products",
    pixels: null,
    owners: null,
    origin: shape.map(() => 0),
    editable: Boolean(from?.editable),
    switch: draft.scene.switches.has(source),
    ...look,
    name,
    shape,
    isMade: !from,
    values: from ? Float64Array.from(cells, (cell) => from.values[cell]) : new Float64Array(size),
    kinds: from ? Uint8Array.from(cells, (cell) => from.kinds[cell]) : new Uint8Array(size),
    cells: from && { panel: source, cells },
    indices: from && cells.map((cell) => indexOf(from, cell)),
    place: look.place ?? [draft.row, 0],
  };
  if (size === 1 && from) panel.caption = panel.indices[0].length ? `[${panel.indices[0].join(", ")}]` : "";
  draft.panels.push(panel);
  return panel;
}

function freeName({ panels }, name) {
  const taken = panels.filter((panel) => panel.name === name || panel.name.startsWith(`${name} · `)).length;
  return taken ? `${name} · ${taken + 1}` : name;
}

// ---- In which order and shape -----------------------------------------------------------------------------

// The order of the rows and the shape of all their panels: those of the first factor whose cells fill a box.
function arranged({ panels }, cells) {
  for (const { panel, cells: own } of cells) {
    const box = boxOf(panels.get(panel), own);
    if (box) return box;
  }
  return { shape: inLines([cells[0].cells.length]), order: cells[0].cells.map((_, at) => at) };
}

function boxOf(panel, cells) {
  const indices = cells.map((cell) => indexOf(panel, cell));
  if (!indices[0].length) return null;
  const least = indices[0].map((_, axis) => Math.min(...indices.map((index) => index[axis])));
  const lengths = least.map((first, axis) => Math.max(...indices.map((index) => index[axis])) - first + 1);
  const places = indices.map((index) =>
    index.reduce((flat, at, axis) => flat * lengths[axis] + at - least[axis], 0),
  );
  const volume = lengths.reduce((product, length) => product * length, 1);
  if (volume !== cells.length || new Set(places).size !== volume) return null;
  const order = [];
  places.forEach((place, row) => {
    order[place] = row;
  });
  return { shape: inLines(lengths), order };
}

// Channels, rows and columns of a box; a long one is laid in lines.
function inLines(lengths) {
  const rows = lengths.length > 1 ? lengths.at(-2) : 1;
  const channels = lengths.slice(0, -2).reduce((product, length) => product * length, 1);
  const size = channels * rows * lengths.at(-1);
  const flat = rows === 1 || lengths.at(-1) === 1;
  if (channels > 1 && !(flat && rows * lengths.at(-1) === 1)) return [channels, rows, lengths.at(-1)];
  return flat && size > LONG ? folded(size) : channels > 1 ? [1, size] : [rows, lengths.at(-1)];
}

// As many lines as leave no cell over, at most as many as there are columns.
function folded(size) {
  for (let rows = Math.floor(Math.sqrt(size)); rows > 0; rows -= 1)
    if (size % rows === 0) return [rows, size / rows];
  return [1, size];
}

// ---- Rules --------------------------------------------------------------------------------------------------

function addRule(draft, subject, step) {
  const { scene } = draft;
  const table = scene.tables.get(step.terms);
  const target = scene.panels.get(step.out);
  const read = step.of.map((name) => readBy(scene, step, subject.cell, name));
  const sources = read.map((own, at) => addBox(draft, step.of[at], own, { place: [0, at], part: "source" }));
  const made = WINDOWS.includes(step.rule)
    ? windowOf(table, subject.cell, "right")
    : step.rule === "border"
      ? [subject.cell]
      : usesOf(step.rule, read[0][0], scene.panels.get(step.of[0]), target, table);
  const result = addBox(draft, step.out, made, { place: [0, step.of.length], part: "result" });
  result.isSubject = true;
  result.subject = result.cells.cells.indexOf(subject.cell);
  result.sign = "→";
  draft.terms.push(...windowTable(step, table, subject.cell, sources[0], result));
  draft.steps.push({
    rule: step.rule,
    out: result.name,
    of: sources.map(({ name }) => name),
    terms: draft.terms[0]?.name ?? null,
  });
}

function readBy(scene, step, cell, name) {
  const table = scene.tables.get(step.terms);
  if (WINDOWS.includes(step.rule)) return windowOf(table, cell, "left");
  return sourcesOf(step.rule, cell, scene.panels.get(name), scene.panels.get(step.out), table);
}

function windowOf(table, cell, role) {
  const [window] = cellsBeside(table, "right", cell, "out");
  return cellsBeside(table, "out", window, role);
}

function addBox(draft, name, cells, look) {
  const { shape, order } = arranged(draft.scene, [{ panel: name, cells }]);
  return addPanel(
    draft,
    name,
    order.map((at) => cells[at]),
    shape,
    { ...look, beside: shape.length === 3 },
  );
}

function windowTable(step, table, cell, source, result) {
  if (!WINDOWS.includes(step.rule) && step.rule !== "border") return [];
  const lefts = WINDOWS.includes(step.rule) ? windowOf(table, cell, "left") : source.cells.cells;
  const rights = WINDOWS.includes(step.rule) ? windowOf(table, cell, "right") : result.cells.cells;
  const at = (panel, own) => Uint32Array.from(own, (each) => panel.cells.cells.indexOf(each));
  const [left, right] = [at(source, lefts), at(result, rights)];
  const out = step.rule === "border" ? right : left.map(() => 0);
  return [{ name: "window", wide: true, repeats: [], out, left, right }];
}

// ---- What is given ---------------------------------------------------------------------------------------------

// A number that nothing makes, and its products in the sums that it goes into.
function addUses(draft, subject) {
  const { scene } = draft;
  const own = addPanel(draft, subject.panel, [subject.cell], [1], {
    place: [0, 1],
    sign: "×",
    part: "given",
  });
  own.isSubject = true;
  const step = scene.steps.find(
    (each) => !each.rule && each.role === "out" && factorsOf(scene, each).includes(subject.panel),
  );
  if (!step) {
    own.place = [0, 0];
    own.sign = "";
    return;
  }
  const table = scene.tables.get(step.terms);
  const role = factorRoles(step, table).find((each) => step[each] === subject.panel);
  const part = partOf(scene, step, role, subject.cell);
  const target = {
    panel: step.out,
    cells: Array.from(rowsAt(table, role, subject.cell), (row) => cellAt(table, "out", row)),
  };
  addContributions(draft, own, others(step, role, table, subject.cell), target, part.count);
}

function factorsOf(scene, step) {
  return factorRoles(step, scene.tables.get(step.terms)).map((role) => step[role]);
}

function others(step, role, table, cell) {
  const rows = rowsAt(table, role, cell);
  return factorRoles(step, table)
    .filter((each) => each !== role)
    .map((each) => ({ panel: step[each], cells: Array.from(rows, (row) => cellAt(table, each, row)) }));
}

function addContributions(draft, own, [other], target, count) {
  if (!count) {
    own.place = [0, 0];
    own.sign = "";
    return;
  }
  const { shape, order } = arranged(draft.scene, other ? [other, target] : [target]);
  const wide = shape.length === 3;
  const [first, second, third] = wide
    ? [
        [0, 0],
        [1, 0],
        [2, 0],
      ]
    : [
        [0, 0],
        [0, 1],
        [0, 2],
      ];
  own.place = other ? second : first;
  own.sign = other ? "×" : "";
  const look = { place: third, sign: "=", name: `into ${target.panel}`, beside: wide, aligned: true };
  const made = addPanel(draft, null, null, shape, { ...look, label: `into ${target.panel}` });
  made.cells = { panel: target.panel, cells: order.map((at) => target.cells[at]) };
  const cells = Uint32Array.from(order, (_, at) => at);
  if (!other) {
    addReading(draft, { out: cells, left: cells.map(() => 0) }, made, own);
    return;
  }
  const factor = addPanel(
    draft,
    other.panel,
    order.map((at) => other.cells[at]),
    shape,
    { place: first, beside: wide, aligned: true },
  );
  addReading(draft, { out: cells, left: cells, right: cells.map(() => 0) }, made, factor, own);
}

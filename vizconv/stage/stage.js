// The stage: panels of numbers, tied by tables of terms. Point at a cell, and every number that met it
// lights up. It knows rows (out, left, right) and sums of products; it knows no convolution.

const ROLES = ["out", "left", "right"];
const KINDS = [
  { flag: 1, name: "padding", title: "padding: a cell put around the input" },
  { flag: 2, name: "never-read", title: "never read: no sum uses this cell" },
  { flag: 4, name: "cropped", title: "cropped: cut off again afterwards" },
  { flag: 8, name: "filled", title: "filled in: always 0, no number belongs here" },
  { flag: 16, name: "wrong", title: "wrong: another number belongs here, or none" },
];
const HUES = 9; // as many right factors as can each own a colour that the eye tells apart
const LONG_SUM = 12; // terms; a longer formula is folded to
const FOLDED = 8;
const READABLE = 22; // pixels; a smaller cell shows its fill only
const [SMALLEST, LARGEST] = [8, 44]; // pixels a cell
const SMALLEST_OF = [0, 40, 40, 40, 40, 40, 32, 30]; // pixels a cell, for panels of so few columns
const LENS_CELLS = 121;
const MANY = 64; // lit cells; more, or some without hues, are shown by a frame when they fill a rectangle
const NO_SUM = "what follows from it is no sum of products: change it and see";
const SPEEDS = [1, 2, 5, 20];
const BRIGHT = 0.54; // depths of fill where the ink turns, so that its contrast stays above 4.5
const DEEP = { negative: 0.7975, positive: 0.8375 };

// ---- Scenes: from buffers to tables that can be read from any side ----------------------------------

export function readScene(raw) {
  const panels = new Map(raw.panels.map((panel) => [panel.name, readPanel(panel)]));
  const tables = new Map(raw.terms.map((table) => [table.name, readTable(table)]));
  const scene = { ...raw, panels, tables };
  for (const reading of scene.readings) groupBy(scene, reading);
  return scene;
}

function readPanel(panel) {
  return {
    ...panel,
    values: typed(Float64Array, panel.values),
    kinds: typed(Uint8Array, panel.kinds),
    size: panel.shape.reduce((product, length) => product * length, 1),
  };
}

function readTable(table) {
  const result = { name: table.name, groups: new Map() };
  for (const role of ROLES) {
    const kind = table.wide ? Uint32Array : Uint16Array;
    result[role] = table[role] ? typed(kind, table[role]) : null;
  }
  return result;
}

function typed(Kind, view) {
  const bytes = view.buffer ?? view;
  const offset = view.byteOffset ?? 0;
  return new Kind(bytes.slice(offset, offset + view.byteLength)); // a copy, so that it is aligned
}

// For every cell of every panel of a reading: where in the table its terms are.
function groupBy(scene, reading) {
  const table = scene.tables.get(reading.terms);
  for (const role of rolesOf(table)) {
    if (table.groups.has(role)) continue;
    table.groups.set(role, grouped(table[role], scene.panels.get(reading[role]).size));
  }
}

export function grouped(indices, size) {
  const starts = new Uint32Array(size + 1);
  for (const index of indices) starts[index + 1] += 1;
  for (let cell = 0; cell < size; cell += 1) starts[cell + 1] += starts[cell];
  const next = starts.slice(0, size);
  const rows = new Uint32Array(indices.length);
  indices.forEach((index, row) => {
    rows[next[index]] = row;
    next[index] += 1;
  });
  return { starts, rows };
}

function rolesOf(table) {
  return ROLES.filter((role) => table[role]);
}

function rowsAt(table, role, cell) {
  const { starts, rows } = table.groups.get(role);
  return rows.subarray(starts[cell], starts[cell + 1]);
}

// ---- Reading the tables: links, sums, formulas ------------------------------------------------------

// Every reading that a cell takes part in, with its role there and its rows of the table.
export function linksOf(scene, { panel, cell }) {
  const links = [];
  for (const reading of scene.readings) {
    const table = scene.tables.get(reading.terms);
    for (const role of rolesOf(table)) {
      if (reading[role] !== panel) continue;
      links.push({ reading, table, role, rows: rowsAt(table, role, cell), isSum: role === reading.role });
    }
  }
  return links;
}

// The sums of all target panels, in the order of the readings, later ones made of earlier sums.
// `done(reading, table, row)` may leave terms out, to show a sum on its way.
export function sumsOf(scene, done = () => true) {
  const sums = new Map();
  for (const reading of scene.readings) {
    const target = reading[reading.role];
    const part = partOf(scene, reading, sums, done);
    sums.set(target, sums.get(target)?.map((sum, cell) => sum + part[cell]) ?? part);
  }
  return sums;
}

function partOf(scene, reading, sums, done) {
  const table = scene.tables.get(reading.terms);
  const indices = table[reading.role];
  const factors = rolesOf(table).filter((role) => role !== reading.role);
  const values = factors.map((role) => sums.get(reading[role]) ?? scene.panels.get(reading[role]).values);
  const part = new Float64Array(scene.panels.get(reading[reading.role]).size);
  for (let row = 0; row < indices.length; row += 1) {
    if (!done(reading, table, row)) continue;
    part[indices[row]] += factors.reduce((product, role, at) => product * values[at][table[role][row]], 1);
  }
  return part;
}

// Which cells are lit: for each panel a map from cell to hue (-1: no hue of its own).
export function litCells(scene, subject) {
  const lit = new Map();
  for (const { reading, table, rows } of linksOf(scene, subject)) {
    const hued = table.right && scene.panels.get(reading.right).size <= HUES;
    for (const role of rolesOf(table)) {
      if (!lit.has(reading[role])) lit.set(reading[role], new Map());
      const cells = lit.get(reading[role]);
      for (const row of rows) cells.set(table[role][row], hued ? table.right[row] : -1);
    }
  }
  return lit;
}

// The cells of all terms in which both the subject and one of its partners take part.
export function partnersOf(scene, subject, { panel, cell }) {
  const partners = [];
  for (const { reading, table, rows } of linksOf(scene, subject)) {
    const role = rolesOf(table).find((name) => reading[name] === panel);
    if (!role) continue;
    for (const row of rows) {
      if (table[role][row] !== cell) continue;
      partners.push(...rolesOf(table).map((name) => ({ panel: reading[name], cell: table[name][row] })));
    }
  }
  return partners;
}

export function indexOf(panel, cell) {
  const index = [];
  let rest = cell;
  for (const length of [...panel.shape].reverse()) {
    index.unshift(rest % length);
    rest = Math.floor(rest / length);
  }
  return index.map((number, axis) => number + panel.origin[axis]);
}

export function nameOf(panel, cell) {
  const name = panel.label + lowered(panel.subscript) + panel.superscript;
  return panel.shape.length ? `${name}[${indexOf(panel, cell).join(",")}]` : name;
}

// A subscript in a line of text: w₀, a_prev.
function lowered(subscript) {
  if (!/^\d+$/.test(subscript)) return subscript && `_${subscript}`;
  return [...subscript].map((digit) => "₀₁₂₃₄₅₆₇₈₉"[digit]).join("");
}

export function formatNumber(value) {
  if (Number.isNaN(value)) return "NaN";
  if (!Number.isFinite(value)) return value > 0 ? "∞" : "−∞";
  if (Number.isInteger(value) && Math.abs(value) < 1e6) return String(value).replace("-", "−");
  const size = Math.abs(value);
  const short = size >= 1e5 || size < 1e-3 ? value.toExponential(1) : threeDigits(value);
  return short.replace("e+", "e").replaceAll("-", "−");
}

function threeDigits(value) {
  if (Math.abs(value) < 1000) return String(Number(value.toPrecision(3)));
  return String(Math.sign(value) * Math.round(Math.abs(value))); // Math.round alone rounds −2.5 to −2
}

// A formula is {tokens, more, end}: tokens {text, panel?, cell?, hue?}, where a factor knows the cell that
// it is, then `more` terms that are left out beyond `limit`, then the last tokens.
export function formulaOf(scene, subject, limit = Infinity) {
  const panel = scene.panels.get(subject.panel);
  const links = linksOf(scene, subject);
  const sums = links.filter((link) => link.isSum);
  const used = sums.length ? sums : links;
  const count = used.reduce((total, link) => total + link.rows.length, 0);
  const terms = firstTerms(used, count > limit ? Math.min(limit, FOLDED) : count);
  const make = sums.length ? sumFormula : useFormula;
  const { head, body, end } = make(scene, subject, terms, count);
  const name = { text: nameOf(panel, subject.cell), panel: subject.panel, cell: subject.cell };
  return { tokens: [name, ...head, ...body], more: count - terms.length, end };
}

function firstTerms(links, limit) {
  const terms = [];
  for (const { reading, table, rows } of links) {
    for (const row of rows.subarray(0, limit - terms.length)) terms.push({ reading, table, row });
  }
  return terms;
}

function sumFormula(scene, { panel, cell }, terms, count) {
  let soFar = 0;
  const body = terms.flatMap(({ reading, table, row }, at) => {
    const factors = factorTokens(scene, reading, table, row);
    soFar += factors.reduce((product, { value }) => product * value, 1);
    return [{ text: at ? " + " : " = " }, ...factors.map((factor) => ({ ...factor, soFar }))];
  });
  const total = { text: formatNumber(scene.panels.get(panel).values[cell]), total: true };
  const head = count ? [] : [{ text: " has no terms: nothing reaches it" }];
  return { head, body, end: [{ text: " = " }, total] };
}

function factorTokens(scene, reading, table, row) {
  const hued = table.right && scene.panels.get(reading.right).size <= HUES;
  return rolesOf(table)
    .filter((role) => role !== reading.role)
    .map((role) => {
      const cell = table[role][row];
      const value = scene.panels.get(reading[role]).values[cell];
      const text = `(${formatNumber(value)})`;
      return { text, value, panel: reading[role], cell, hue: hued ? table.right[row] : -1 };
    });
}

function useFormula(scene, { panel, cell }, terms, count) {
  const value = formatNumber(scene.panels.get(panel).values[cell]);
  const alone = scene.recomputed?.includes(panel) ? NO_SUM : "goes into no sum";
  const use = count ? `goes into ${plural(count)}: ` : alone;
  const body = terms.flatMap(({ reading, table, row }, at) => {
    const target = scene.panels.get(reading[reading.role]);
    const sum = table[reading.role][row];
    const into = { text: nameOf(target, sum), panel: target.name, cell: sum };
    return [{ text: at ? ", " : "" }, into, { text: " ← " }, ...factorTokens(scene, reading, table, row)];
  });
  return { head: [{ text: ` = ${value}  ${use}` }], body, end: [] };
}

function plural(count) {
  return count === 1 ? "one sum" : `${count} sums`;
}

export function parseNumber(text) {
  const plain = text.trim().replaceAll("−", "-").replace(",", ".");
  const [above, below, ...rest] = plain.split("/").map((part) => (part.trim() ? Number(part) : NaN));
  if (rest.length) return NaN;
  return below === undefined ? above : above / below;
}

// How deep the fill of a value is, from -1 to 1: the root, so that small values still show.
export function depth(value, largest) {
  if (!largest || Number.isNaN(value)) return 0;
  return Math.sign(value) * Math.sqrt(Math.min(1, Math.abs(value) / largest));
}

// The range of the colours. One number alone, such as a loss, would make all others pale: it sets no range.
export function rangeOf(scene) {
  const panels = [...scene.panels.values()];
  const several = panels.filter((panel) => panel.size > 1);
  let [least, most] = [0, 0];
  for (const panel of several.length ? several : panels) {
    for (const value of panel.values) {
      if (!Number.isFinite(value)) continue;
      least = Math.min(least, value);
      most = Math.max(most, value);
    }
  }
  return { least, most, largest: Math.max(-least, most) };
}

// ---- Elements ---------------------------------------------------------------------------------------

function element(tag, className, parent, text) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  if (tag === "button" || tag === "input") keepKeys(made);
  parent?.append(made);
  return made;
}

// The notebook takes arrows, Enter, digits and letters (dd deletes a cell) for itself, unless the very
// element that has the focus forbids it.
function keepKeys(focusable) {
  focusable.dataset.lmSuppressShortcuts = "true";
}

function button(parent, name, path, action) {
  const made = element("button", "vizconv-button", parent);
  made.type = "button";
  made.title = name;
  made.setAttribute("aria-label", name);
  made.append(icon(path));
  made.addEventListener("click", action);
  return made;
}

function textButton(parent, text, action) {
  const made = element("button", "vizconv-button", parent, text);
  made.type = "button";
  made.addEventListener("click", action);
  return made;
}

function icon(path) {
  const space = "http://www.w3.org/2000/svg";
  const picture = document.createElementNS(space, "svg");
  picture.setAttribute("viewBox", "0 0 16 16");
  picture.setAttribute("aria-hidden", "true");
  const shape = document.createElementNS(space, "path");
  shape.setAttribute("d", path);
  picture.append(shape);
  return picture;
}

const ICONS = {
  first: "M3 3h2v10H3zM14 3v10L6 8z",
  back: "M12 3v10L4 8z",
  play: "M4 2v12l10-6z",
  pause: "M4 3h3v10H4zM9 3h3v10H9z",
  step: "M4 3v10l8-5z",
  last: "M11 3h2v10h-2zM2 3v10l8-5z",
};

// ---- The view ---------------------------------------------------------------------------------------

function render({ model, el }) {
  const view = createView(model, el);
  const takeScene = () => view.take(model.get("_scene"));
  const takeCode = () => view.showCode(model.get("code"));
  model.on("change:_scene", takeScene);
  model.on("change:code", takeCode);
  takeScene();
  takeCode();
  return () => {
    model.off("change:_scene", takeScene);
    model.off("change:code", takeCode);
    view.close();
  };
}

// A stage in a page of its own: what a saved file calls. Buffers come in base64; nobody hears of edits.
export function showAlone(el, state) {
  const dark = matchMedia("(prefers-color-scheme: dark)").matches;
  document.body.dataset.jpThemeLight = String(!dark);
  if (dark) document.body.style.background = "#111111";
  const view = createView({ alone: true, set() {}, save_changes() {} }, el);
  view.take(withBuffers(state._scene));
  view.showCode(state.code);
}

function withBuffers(value) {
  if (Array.isArray(value)) return value.map(withBuffers);
  if (value === null || typeof value !== "object") return value;
  if (value.base64 !== undefined)
    return Uint8Array.from(atob(value.base64), (letter) => letter.charCodeAt(0));
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, withBuffers(part)]));
}

export function createView(model, el) {
  const view = { model, slots: new Map(), lit: [], marked: [], serial: 0, speed: 1, lensHeight: 0 };
  view.answered = -1; // the last edit that a scene from Python has
  view.reported = []; // changes that no scene from Python has yet
  view.said = "{}"; // the cell that is held, as Python knows it
  view.undone = []; // for each edit the changes that take it back
  view.where = new WeakMap(); // from a cell's element to {panel, cell}
  view.factors = new WeakMap(); // from a factor's element in the formula to its token
  buildFrame(view, el);
  view.take = (raw) => takeScene(view, raw);
  view.showCode = (code) => showCode(view, code);
  const observer = new ResizeObserver(() => resize(view));
  observer.observe(view.root);
  view.close = () => {
    observer.disconnect();
    pause(view);
  };
  return view;
}

function buildFrame(view, el) {
  const root = element("div", "vizconv-stage", el);
  root.setAttribute("role", "group");
  root.setAttribute("aria-label", "stage");
  view.root = root;
  view.notes = element("div", "vizconv-notes", root);
  view.notes.setAttribute("role", "status");
  view.panels = element("div", "vizconv-panels", root);
  view.formula = element("div", "vizconv-formula", root);
  view.formula.dataset.role = "formula";
  view.formula.setAttribute("aria-live", "polite");
  view.lens = element("div", "vizconv-lens", root);
  view.lens.setAttribute("aria-hidden", "true");
  view.transport = buildTransport(view, root);
  view.legend = element("div", "vizconv-legend", root);
  view.message = element("div", "vizconv-message", root);
  view.message.setAttribute("role", "alert");
  view.code = element("pre", "vizconv-code", root);
  view.code.hidden = true;
  listen(view);
}

function buildTransport(view, root) {
  const bar = element("div", "vizconv-transport", root);
  button(bar, "to the start", ICONS.first, () => moveTo(view, 0));
  button(bar, "step back", ICONS.back, () => step(view, -1));
  view.playButton = button(bar, "play", ICONS.play, () => togglePlay(view));
  button(bar, "step", ICONS.step, () => step(view, 1));
  button(bar, "to the end", ICONS.last, () => moveTo(view, walkLength(view)));
  view.scrub = element("input", "vizconv-scrub", bar);
  view.scrub.type = "range";
  view.scrub.min = "0";
  view.scrub.setAttribute("aria-label", "position");
  view.scrub.addEventListener("input", () => moveTo(view, Number(view.scrub.value)));
  view.count = element("span", "vizconv-count", bar);
  view.speedButton = element("button", "vizconv-button vizconv-speed", bar, "1×");
  view.speedButton.type = "button";
  view.speedButton.title = "speed";
  view.speedButton.setAttribute("aria-label", "speed");
  view.speedButton.addEventListener("click", () => nextSpeed(view));
  view.undoButton = textButton(bar, "undo", () => undo(view));
  view.undoAllButton = textButton(bar, "undo all", () => undoAll(view));
  view.copy = textButton(bar, "copy as code", () => copyCode(view));
  for (const made of [view.undoButton, view.undoAllButton, view.copy]) made.classList.add("vizconv-always");
  return bar;
}

function listen(view) {
  view.panels.addEventListener("pointerover", (event) => {
    const place = view.where.get(event.target);
    if (!place) return;
    if (event.buttons === 1 && view.brush) paint(view, place);
    else if (view.pinned) showPartners(view, place);
    else point(view, place);
  });
  view.panels.addEventListener("pointerdown", (event) => startPaint(view, view.where.get(event.target)));
  view.root.addEventListener("pointerup", () => {
    view.painted = Boolean(view.brush?.cells.size);
    view.brush = null;
  });
  view.panels.addEventListener("pointerleave", () => {
    if (!view.pinned && view.resting) point(view, view.resting);
  });
  view.panels.addEventListener("click", (event) => {
    const place = view.where.get(event.target);
    if (place && !view.painted) pin(view, place);
    view.painted = false;
  });
  view.panels.addEventListener("dblclick", (event) => {
    const place = view.where.get(event.target);
    if (place) edit(view, place);
  });
  view.formula.addEventListener("pointerover", (event) => {
    const token = view.factors.get(event.target);
    if (!token) return;
    showPartners(view, token);
    event.target.title = factorTitle(view, token);
  });
  view.formula.addEventListener("pointerout", () => showPartners(view, null));
  view.root.addEventListener("keydown", (event) => key(view, event));
}

// ---- Taking a scene ---------------------------------------------------------------------------------

function takeScene(view, raw) {
  if (!raw?.panels || raw.serial < view.serial) return; // an answer to an edit that is no longer the last
  const answers = raw.serial > view.answered; // an edit; else Python has changed the scene by itself
  view.answered = raw.serial;
  view.serial = raw.serial; // another view of this stage may have counted further
  view.reported = []; // it has all changes
  const scene = readScene(raw);
  const subject = view.subject && sameCell(view.scene, scene, view.subject);
  clearLights(view);
  view.scene = scene;
  const changed = build(view);
  view.notes.replaceChildren(...scene.notes.map((note) => element("p", "", null, note)));
  view.transport.classList.toggle("vizconv-no-walk", !scene.walk);
  view.resting = raw.pointed ?? { panel: scene.walk ?? raw.panels[0].name, cell: 0 };
  view.pinned = Boolean(view.pinned && subject);
  if (changed) view.position = walkLength(view);
  if (!answers) view.undone = [];
  showUndo(view);
  layout(view);
  showValues(view);
  showPosition(view);
  point(view, subject || view.resting);
  reportPinned(view);
}

// What of a panel its elements show, apart from the values.
function structure(panel) {
  const { label, subscript, superscript, sign, shape, origin, place, kinds } = panel;
  return JSON.stringify([label, subscript, superscript, sign, shape, origin, place, kinds.join("")]);
}

function sameCell(before, after, { panel, cell }) {
  const [old, fresh] = [before.panels.get(panel), after.panels.get(panel)];
  if (!fresh || old.shape.length !== fresh.shape.length) return null;
  const index = indexOf(old, cell).map((number, axis) => number - fresh.origin[axis]);
  if (index.some((number, axis) => number < 0 || number >= fresh.shape[axis])) return null;
  return { panel, cell: index.reduce((flat, number, axis) => flat * fresh.shape[axis] + number, 0) };
}

// Panels that look as before keep their elements; only the others are built anew.
function build(view) {
  const before = view.slots;
  view.slots = new Map();
  const panels = [...view.scene.panels.values()];
  const rooms = signRooms(panels);
  for (const panel of panels) {
    const room = rooms.get(panel.place[1]) ?? 0;
    const shown = structure(panel) + room;
    const old = before.get(panel.name);
    view.slots.set(panel.name, old?.shown === shown ? old : { shown, ...buildPanel(view, panel, room) });
  }
  const slots = [...view.slots.values()];
  const changed = slots.length !== before.size || slots.some((slot) => ![...before.values()].includes(slot));
  if (changed) view.panels.replaceChildren(...slots.map(({ slot }) => slot));
  return changed;
}

// How many characters the signs of a column have at most: their room in all its rows, so that panels line up.
function signRooms(panels) {
  const rooms = new Map();
  for (const { sign, place } of panels) rooms.set(place[1], Math.max(rooms.get(place[1]) ?? 0, sign.length));
  return rooms;
}

function buildPanel(view, panel, room) {
  const slot = element("div", "vizconv-slot");
  slot.style.gridRow = String(panel.place[0] + 1);
  slot.style.gridColumn = String(panel.place[1] + 1);
  if (room) element("span", "vizconv-sign", slot, panel.sign).style.minWidth = `${11 + 11 * room}px`;
  const box = element("div", "vizconv-box", slot);
  buildLabel(panel, box);
  const grid = element("div", "vizconv-panel", box);
  grid.dataset.panel = panel.name;
  grid.tabIndex = 0;
  keepKeys(grid);
  grid.setAttribute("role", "grid");
  grid.setAttribute("aria-label", `${panel.label}${panel.subscript} ${shapeText(panel)}`);
  const frame = element("div", "vizconv-frame", grid);
  grid.addEventListener("focus", () => focusPanel(view, panel.name));
  return { slot, grid, frame, cells: buildCells(view, panel, grid) };
}

function buildLabel(panel, box) {
  const label = element("div", "vizconv-label", box);
  element("i", "", label, panel.label);
  if (panel.subscript) element("sub", "", label, panel.subscript);
  if (panel.superscript) element("sup", "", label, panel.superscript);
  element("span", "vizconv-shape", label, shapeText(panel));
}

function shapeText(panel) {
  return panel.shape.join("×");
}

function buildCells(view, panel, grid) {
  const [channels, height, width] = blocks(panel);
  const cells = [];
  for (let channel = 0; channel < channels; channel += 1) {
    const block = element("div", "vizconv-channel", grid);
    block.style.setProperty("--columns", String(width));
    for (let i = 0; i < height; i += 1) {
      const row = element("div", "vizconv-row", block);
      row.setAttribute("role", "row");
      for (let j = 0; j < width; j += 1) cells.push(buildCell(view, panel, row, cells.length));
    }
  }
  return cells;
}

function blocks(panel) {
  return [1, 1, 1, ...panel.shape].slice(-3);
}

function buildCell(view, panel, row, cell) {
  const made = element("div", cellClass(panel, cell), row);
  made.dataset.cell = indexOf(panel, cell).join(",");
  made.setAttribute("role", "gridcell");
  view.where.set(made, { panel: panel.name, cell });
  return made;
}

function cellClass(panel, cell) {
  const kinds = KINDS.filter(({ flag }) => panel.kinds[cell] & flag).map(({ name }) => ` vizconv-${name}`);
  return `vizconv-cell${kinds.join("")}`;
}

// ---- Size: as large as fits --------------------------------------------------------------------------

function layout(view) {
  view.width = view.root.clientWidth;
  const panels = [...view.scene.panels.values()];
  const inPlace = sizesOf(panels, view.width);
  const sizes = inPlace ?? panels.map((panel) => sizeAlone(panel, view.width));
  view.panels.classList.toggle("vizconv-stacked", !inPlace);
  panels.forEach((panel, at) => {
    const { grid } = view.slots.get(panel.name);
    panel.pixels = sizes[at];
    grid.style.setProperty("--size", `${panel.pixels}px`);
    grid.style.setProperty("--font", `${fontSize(panel, panel.pixels)}px`);
    grid.classList.toggle("vizconv-fill-only", panel.pixels < READABLE);
  });
}

function resize(view) {
  if (!view.scene || view.width === view.root.clientWidth) return;
  view.lensHeight = 0;
  layout(view);
  point(view, view.subject);
}

// The size of each panel's cells with all panels in their places, or null where the window is too narrow.
function sizesOf(panels, width) {
  const counts = [];
  for (const panel of panels) {
    const column = panel.place[1];
    counts[column] = Math.max(counts[column] ?? 1, blocks(panel)[2]);
  }
  const available = Math.max(240, width) - 62 * counts.length;
  const sized = (size) => counts.map((count) => Math.max(size, SMALLEST_OF[count] ?? 0));
  const needed = (size) =>
    sized(size).reduce((total, each, column) => total + each * (counts[column] ?? 1), 0);
  let size = LARGEST;
  while (size > SMALLEST && needed(size) > available) size -= 1;
  return needed(size) > available ? null : panels.map((panel) => sized(size)[panel.place[1]]);
}

// Below each other, every panel is as large as the window lets it be.
function sizeAlone(panel, width) {
  const columns = blocks(panel)[2];
  const largest = columns > 14 ? 12 : LARGEST; // two large panels shall be in sight at once
  return Math.max(SMALLEST, Math.min(largest, Math.floor((Math.max(240, width) - 60) / columns) - 1));
}

function fontSize(panel, size) {
  let longest = 2;
  for (const value of panel.values) longest = Math.max(longest, formatNumber(value).length);
  return Math.max(8, Math.min(size * 0.4, (size * 1.4) / longest)).toFixed(1);
}

// ---- Values ------------------------------------------------------------------------------------------

function showValues(view) {
  const range = rangeOf(view.scene);
  view.largest = range.largest;
  const onTheWay = sumsOnTheWay(view);
  for (const panel of view.scene.panels.values()) showPanel(view, panel, onTheWay.get(panel.name));
  showLegend(view, range);
}

// After a step only the sums look different.
function showSums(view) {
  const onTheWay = sumsOnTheWay(view);
  for (const name of targetsOf(view.scene)) {
    showPanel(view, view.scene.panels.get(name), onTheWay.get(name));
  }
}

function showPanel(view, panel, values = panel.values) {
  const cells = view.slots.get(panel.name).cells;
  for (let cell = 0; cell < cells.length; cell += 1) showCell(cells[cell], values[cell], view.largest);
}

// A cell without a value yet (undefined) stays blank.
function showCell(made, value, largest) {
  if (made.vizconvValue === value && made.vizconvLargest === largest) return;
  made.vizconvValue = value;
  made.vizconvLargest = largest;
  const blank = value === undefined;
  const text = blank ? "" : formatNumber(value);
  const deep = blank ? 0 : depth(value, largest);
  if (made.textContent !== text) made.textContent = text;
  made.style.setProperty("--depth", `${Math.round(Math.abs(deep) * 1000) / 10}%`);
  const marks = made.classList;
  marks.toggle("vizconv-negative", deep < 0);
  marks.toggle("vizconv-deep", deep < -DEEP.negative || deep > DEEP.positive);
  marks.toggle("vizconv-bright", Math.abs(deep) > BRIGHT);
  marks.toggle("vizconv-blank", blank);
  marks.toggle("vizconv-not-finite", !blank && !Number.isFinite(value));
}

// Before the end of the walk: the sums of what it has reached, and blanks in its own panel beyond.
function sumsOnTheWay({ scene, position }) {
  const shown = new Map();
  const walk = scene.panels.get(scene.walk);
  if (!walk || position >= walk.size) return shown;
  const targets = targetsOf(scene);
  if (targets.some((name) => name !== scene.walk)) {
    for (const [name, sums] of sumsOf(scene, reachedBy(scene.walk, position))) shown.set(name, sums);
  }
  if (targets.includes(scene.walk)) {
    const reached = (value, cell) => (cell < position ? value : undefined);
    shown.set(scene.walk, Array.from(walk.values, reached));
  }
  return shown;
}

function reachedBy(walk, position) {
  return (reading, table, row) => {
    const role = rolesOf(table).find((name) => reading[name] === walk);
    return !role || table[role][row] < position;
  };
}

function targetsOf(scene) {
  return [...new Set(scene.readings.map((reading) => reading[reading.role]))];
}

function showLegend(view, { least, most, largest }) {
  const below = least < 0 ? [mark(formatNumber(least)), bar(depth(-least, largest), "vizconv-below")] : [];
  const above = most > 0 ? [bar(depth(most, largest), "vizconv-above"), mark(formatNumber(most))] : [];
  view.legend.replaceChildren(...below, mark("0"), ...above, ...legendOfKinds(view.scene));
}

function mark(text) {
  return element("span", "", null, text);
}

function bar(deep, side) {
  const made = element("span", `vizconv-scale ${side}`);
  made.style.setProperty("--end", `${deep * 100}%`);
  return made;
}

function legendOfKinds(scene) {
  const all = [...scene.panels.values()];
  return KINDS.filter(({ flag }) => all.some((panel) => panel.kinds.some((kind) => kind & flag))).map(
    ({ name, title }) => {
      const item = element("span", "vizconv-kind");
      element("span", `vizconv-cell vizconv-${name} vizconv-sample`, item);
      element("span", "", item, title);
      return item;
    },
  );
}

// ---- Pointing ----------------------------------------------------------------------------------------

function point(view, subject, glide = false) {
  if (view.subject?.panel !== subject.panel || view.subject?.cell !== subject.cell) view.unfolded = false;
  view.subject = subject;
  clearLights(view);
  showPartners(view, null);
  const lit = litCells(view.scene, subject);
  for (const name of view.slots.keys()) showLinks(view, name, lit.get(name), glide);
  showSubject(view, subject);
  showFormula(view);
  showLens(view, lit);
}

function clearLights(view) {
  for (const [made, mark] of view.lit) made.classList.remove("vizconv-lit", mark);
  view.lit = [];
}

function showLinks(view, name, cells, glide) {
  const panel = view.scene.panels.get(name);
  const box = cells && cells.size > 1 ? boundingBox(panel, [...cells.keys()]) : null;
  const filled = box && cells.size === box.height * box.width;
  const dense = filled && (cells.size > MANY || [...cells.values()].every((hue) => hue < 0));
  if (cells && !dense) lightCells(view, name, cells);
  const whole = box && box.height * box.width === panel.size;
  placeFrame(view.slots.get(name).frame, panel, dense || !whole ? box : null, glide);
}

function lightCells(view, name, cells) {
  const elements = view.slots.get(name).cells;
  for (const [cell, hue] of cells) {
    if (name === view.subject.panel && cell === view.subject.cell) continue; // it has an outline of its own
    const mark = hue < 0 ? "vizconv-accent" : `vizconv-hue-${hue}`;
    elements[cell].classList.add("vizconv-lit", mark);
    view.lit.push([elements[cell], mark]);
  }
}

// A frame around the lit cells of a panel.
function placeFrame(frame, panel, box, glide) {
  frame.hidden = !box;
  if (!box) return;
  const pitch = panel.pixels + 1;
  const top = (box.channel * blocks(panel)[1] + box.top) * pitch + box.channel * 6;
  frame.classList.toggle("vizconv-glide", glide);
  frame.style.width = `${box.width * pitch + 1}px`;
  frame.style.height = `${box.height * pitch + 1}px`;
  frame.style.transform = `translate(${box.left * pitch}px, ${top}px)`;
}

// The rectangle that holds some cells, or null where they lie in several channels.
export function boundingBox(panel, cells) {
  const [, rows, columns] = blocks(panel);
  const channel = Math.floor(cells[0] / (rows * columns));
  let [top, left, bottom, right] = [Infinity, Infinity, 0, 0];
  for (const cell of cells) {
    const [i, j] = [Math.floor(cell / columns) % rows, cell % columns];
    if (Math.floor(cell / (rows * columns)) !== channel) return null;
    [top, bottom] = [Math.min(top, i), Math.max(bottom, i)];
    [left, right] = [Math.min(left, j), Math.max(right, j)];
  }
  return { channel, top, left, height: bottom - top + 1, width: right - left + 1 };
}

function showSubject(view, { panel, cell }) {
  view.subjectCell?.classList.remove("vizconv-subject", "vizconv-pinned");
  const made = view.slots.get(panel).cells[cell];
  made.classList.add("vizconv-subject");
  if (view.pinned) made.classList.add("vizconv-pinned");
  const tensor = view.scene.panels.get(panel);
  const kinds = KINDS.filter(({ flag }) => tensor.kinds[cell] & flag).map(({ title }) => `; ${title}`);
  made.title = `${nameOf(tensor, cell)} = ${tensor.values[cell]}${kinds.join("")}`;
  view.subjectCell = made;
}

function showFormula(view) {
  const { tokens, more, end } = formulaOf(view.scene, view.subject, view.unfolded ? Infinity : LONG_SUM);
  const draw = (token) => tokenElement(view, token);
  const rest = more ? [unfoldButton(view, more)] : [];
  view.formula.replaceChildren(...tokens.map(draw), ...rest, ...end.map(draw));
}

function tokenElement(view, token) {
  if (token.panel === undefined) return element("span", token.total ? "vizconv-total" : "", null, token.text);
  const hue = token.hue === undefined ? "" : token.hue < 0 ? " vizconv-accent" : ` vizconv-hue-${token.hue}`;
  const made = element("span", `vizconv-factor${hue}`, null, token.text);
  view.factors.set(made, token);
  return made;
}

// Within the subject's links: the cells that one of its partners meets there, by an outline.
function showPartners(view, place) {
  for (const made of view.marked) made.classList.remove("vizconv-marked");
  view.marked = place ? partnersOf(view.scene, view.subject, place).map((cell) => elementOf(view, cell)) : [];
  for (const made of view.marked) made.classList.add("vizconv-marked");
}

function factorTitle(view, { panel, cell, value, soFar }) {
  const name = nameOf(view.scene.panels.get(panel), cell);
  const full = value === undefined ? name : `${name} = ${value}`;
  return soFar === undefined ? full : `${full}; the sum up to here: ${formatNumber(soFar)}`;
}

function elementOf(view, { panel, cell }) {
  return view.slots.get(panel).cells[cell];
}

function unfoldButton(view, count) {
  const made = element("button", "vizconv-button vizconv-unfold", null, ` … ${count} more terms … `);
  made.type = "button";
  made.addEventListener("click", () => {
    view.unfolded = true;
    showFormula(view);
  });
  return made;
}

// ---- The lens: cells too small for numbers, enlarged ------------------------------------------------

function showLens(view, lit) {
  const parts = [];
  for (const [name, cells] of lit) {
    const panel = view.scene.panels.get(name);
    if (panel.pixels >= READABLE || cells.size < 2) continue;
    const box = boundingBox(panel, [...cells.keys()]);
    if (!box || box.height * box.width > LENS_CELLS) continue;
    parts.push(lensPart(view, panel, cells, box));
  }
  view.lens.replaceChildren(...parts);
  view.lensHeight = Math.max(view.lensHeight, ...parts.map((part) => part.vizconvHeight));
  view.lens.style.minHeight = `${view.lensHeight}px`; // so that what lies below stays where it is
}

function lensPart(view, panel, cells, box) {
  const [, height, width] = blocks(panel);
  const first = (box.channel * height + box.top) * width + box.left;
  const part = element("div", "vizconv-box");
  const label = element("div", "vizconv-label", part);
  element("i", "", label, panel.label);
  element("span", "vizconv-shape", label, `from [${indexOf(panel, first).join(",")}]`);
  const block = element("div", "vizconv-channel", element("div", "vizconv-panel vizconv-enlarged", part));
  block.style.setProperty("--columns", String(box.width));
  for (let at = 0; at < box.height * box.width; at += 1) {
    const cell = first + Math.floor(at / box.width) * width + (at % box.width);
    block.append(lensCell(view, panel, cell, cells.get(cell)));
  }
  part.vizconvHeight = 32 + 37 * box.height;
  return part;
}

function lensCell(view, panel, cell, hue) {
  const made = element("div", cellClass(panel, cell));
  showCell(made, panel.values[cell], view.largest);
  if (hue === undefined) made.classList.add("vizconv-unlit");
  else made.classList.add("vizconv-lit", hue < 0 ? "vizconv-plain" : `vizconv-hue-${hue}`);
  return made;
}

// ---- Moving ------------------------------------------------------------------------------------------

function walkLength(view) {
  return view.scene?.walk ? view.scene.panels.get(view.scene.walk).size : 0;
}

function moveTo(view, position, glide = false) {
  const length = walkLength(view);
  if (!length) return;
  view.position = Math.max(0, Math.min(length, position));
  view.pinned = false;
  showSums(view);
  showPosition(view);
  view.resting = { panel: view.scene.walk, cell: Math.max(0, view.position - 1) };
  point(view, view.resting, glide);
  reportPinned(view);
}

function step(view, by) {
  const length = walkLength(view);
  const from = by > 0 && view.position >= length ? 0 : view.position;
  moveTo(view, from + by, true);
}

function showPosition(view) {
  const length = walkLength(view);
  view.scrub.max = String(length);
  view.scrub.value = String(view.position);
  view.count.textContent = `${view.position} of ${length}`;
}

function togglePlay(view) {
  if (view.playing) pause(view);
  else play(view);
}

function play(view) {
  if (!walkLength(view)) return;
  view.playing = setInterval(() => playOn(view), 600 / view.speed);
  playLook(view, "pause", ICONS.pause);
  playOn(view, true);
}

function playOn(view, first = false) {
  if (!first && view.position >= walkLength(view)) pause(view);
  else step(view, 1);
}

function pause(view) {
  clearInterval(view.playing);
  view.playing = null;
  playLook(view, "play", ICONS.play);
}

function playLook(view, name, path) {
  view.playButton.title = name;
  view.playButton.setAttribute("aria-label", name);
  view.playButton.replaceChildren(icon(path));
}

function nextSpeed(view) {
  view.speed = SPEEDS[(SPEEDS.indexOf(view.speed) + 1) % SPEEDS.length];
  view.speedButton.textContent = `${view.speed}×`;
  if (!view.playing) return;
  pause(view);
  play(view);
}

function pin(view, place) {
  const again = view.pinned && view.subject.panel === place.panel && view.subject.cell === place.cell;
  view.pinned = !again;
  point(view, place);
  reportPinned(view);
}

function reportPinned(view) {
  const pinned = view.pinned ? { panel: view.subject.panel, cell: view.subject.cell } : {};
  const said = JSON.stringify(pinned);
  if (said === view.said) return;
  view.said = said;
  view.model.set("pinned", pinned);
  view.model.save_changes();
}

function focusPanel(view, name) {
  if (view.subject.panel !== name && !view.pinned) point(view, { panel: name, cell: 0 });
}

const ARROWS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };

function key(view, event) {
  if (event.key === "z" && (event.ctrlKey || event.metaKey) && event.target.tagName !== "INPUT") undo(view);
  if (event.target.tagName === "INPUT" || event.ctrlKey || event.metaKey || event.altKey) return;
  const panel = event.target.dataset.panel;
  if (event.key === "Escape") unpin(view);
  else if (event.key === " " && event.target.tagName !== "BUTTON") togglePlay(view);
  else if (panel && ARROWS[event.key]) arrow(view, panel, ARROWS[event.key]);
  else if (panel && event.key === "Enter") edit(view, view.subject);
  else if (panel && /^[-−.\d]$/.test(event.key)) edit(view, view.subject, event.key);
  else return;
  event.preventDefault();
}

function unpin(view) {
  view.pinned = false;
  point(view, view.subject);
  reportPinned(view);
}

function arrow(view, name, [down, right]) {
  const panel = view.scene.panels.get(name);
  const [channels, height, width] = blocks(panel);
  const from = view.subject.panel === name ? view.subject.cell : 0;
  const row = Math.max(0, Math.min(channels * height - 1, Math.floor(from / width) + down));
  const column = Math.max(0, Math.min(width - 1, (from % width) + right));
  point(view, { panel: name, cell: row * width + column });
}

// ---- Editing -----------------------------------------------------------------------------------------

function edit(view, place, typed) {
  const panel = view.scene.panels.get(place.panel);
  const refused = refusal(view, place);
  say(view, refused);
  if (refused) return;
  const made = view.slots.get(place.panel).cells[place.cell];
  const input = element("input", "vizconv-input", made);
  input.setAttribute("aria-label", `new value of ${nameOf(panel, place.cell)}`);
  input.value = typed ?? String(panel.values[place.cell]);
  if (typed === undefined) input.select();
  input.addEventListener("keydown", (event) => inputKey(view, place, input, event));
  input.addEventListener("blur", () => input.remove());
  input.focus();
}

function refusal({ scene, model }, { panel: name, cell }) {
  const panel = scene.panels.get(name);
  if (!panel.editable) return `${panel.label} is worked out from the others; change one of those.`;
  if (panel.kinds[cell] & KINDS[0].flag) return "This is a padding cell; its value is given.";
  if (panel.kinds[cell] & KINDS[3].flag) return "No number belongs into this cell; it is always 0.";
  if (model.alone && scene.recomputed.includes(name))
    return "This change needs Python; open the lesson for it.";
  return "";
}

function inputKey(view, place, input, event) {
  event.stopPropagation();
  if (event.key === "Escape") input.blur();
  if (event.key !== "Enter" && event.key !== "Tab") return;
  const value = parseNumber(input.value);
  if (!Number.isFinite(value)) {
    say(view, `“${input.value}” is not a number; type one such as −2, 0.5 or 1/9.`);
    event.preventDefault();
    return;
  }
  say(view, "");
  input.blur();
  view.slots.get(place.panel).grid.focus();
  change(view, [place], value);
}

// Put one value into some cells, sum again, and report it.
function change(view, places, value) {
  const before = places.map((place) => ({ ...place, value: valueAt(view, place) }));
  view.undone.push(before);
  apply(
    view,
    places.map((place) => ({ ...place, value })),
  );
}

function undo(view) {
  const before = view.undone.pop();
  if (before) apply(view, before);
}

function undoAll(view) {
  const changes = view.undone.reverse().flat();
  view.undone = [];
  if (changes.length) apply(view, changes);
}

function valueAt(view, { panel, cell }) {
  return view.scene.panels.get(panel).values[cell];
}

function apply(view, changes) {
  for (const { panel, cell, value } of changes) view.scene.panels.get(panel).values[cell] = value;
  for (const [name, sums] of sumsOf(view.scene)) view.scene.panels.get(name).values.set(sums);
  layout(view);
  showValues(view);
  point(view, { panel: changes.at(-1).panel, cell: changes.at(-1).cell });
  showUndo(view);
  report(view, changes);
}

// All changes since the last scene that has them, so that a kernel that is busy can lose none.
function report(view, changes) {
  view.reported.push(...changes);
  view.serial += 1;
  view.model.set("edit", { serial: view.serial, changes: [...view.reported] });
  view.model.save_changes();
}

function showUndo(view) {
  for (const made of [view.undoButton, view.undoAllButton]) made.hidden = !view.undone.length;
}

// ---- Painting: drag a cell's value along -------------------------------------------------------------

function startPaint(view, place) {
  const panel = place && view.scene.panels.get(place.panel);
  view.brush = panel?.editable ? { ...place, value: valueAt(view, place), cells: new Set() } : null;
}

function paint(view, place) {
  const { brush } = view;
  if (!brush || place.panel !== brush.panel || (place.cell === brush.cell && !brush.cells.size)) return;
  if (refusal(view, place) || brush.cells.has(place.cell)) return;
  brush.cells.add(place.cell);
  change(view, [place], brush.value);
  joinStroke(view, brush);
}

// A stroke is undone as a whole.
function joinStroke(view, brush) {
  if (brush.cells.size === 1) return;
  const last = view.undone.pop();
  view.undone.at(-1).push(...last);
}

function say(view, sentence) {
  view.message.textContent = sentence;
}

// ---- Code --------------------------------------------------------------------------------------------

function showCode(view, code) {
  view.code.textContent = code;
  view.copy.hidden = !code;
  if (!code) view.code.hidden = true;
}

async function copyCode(view) {
  view.code.hidden = !view.code.hidden;
  if (view.code.hidden) return;
  try {
    await navigator.clipboard.writeText(view.code.textContent);
    say(view, "Copied; the same lines are shown below.");
  } catch {
    say(view, "The browser does not allow copying here; mark the lines below and copy them.");
  }
}

export default { render };

// The formula of a cell that a rule makes: which numbers it is made of, in one line.

import { placeOfLargest } from "./rules.js";
import { indexOf, titleOf } from "./scene.js";
import { cellsBeside } from "./tables.js";
import { joined, nameToken, numberToken, totalToken } from "./tokens.js";

// Rules that write what they do with one number z.
const WRITTEN = {
  sigmoid: "σ(z)",
  "sigmoid slope": "σ(z)(1 − σ(z))",
  tanh: "tanh(z)",
  "tanh slope": "1 − tanh(z)²",
  exp: "exp(z)",
  "minus log": "−log(z)",
  inverse: "1 / z",
};
const LINES = {
  gate: gateLine,
  mask: maskLine,
  ties: tiesLine,
  border: borderLine,
  "minus maximum": maximumLine,
  "inverse sum": sumLine,
  softmax: softmaxLine,
  surprise: surpriseLine,
  right: rightLine,
};

// `links` are those of the rule that made the cell, one for each panel that it reads.
export function ruleTokens(scene, { panel, cell }, links) {
  const [{ step, panel: source, cells }] = links;
  const target = scene.panels.get(panel);
  const place = { target, cell, source, cells, table: scene.tables.get(step.terms), links };
  const line = WRITTEN[step.rule] ? writtenLine(WRITTEN[step.rule], place) : LINES[step.rule](place);
  return [nameToken(target, cell), ...line];
}

function equals(...lists) {
  return [{ text: " = " }, ...joined(lists, " = ")];
}

function text(words) {
  return [{ text: words }];
}

// A name and its number, such as x[0,1] = 3.
function named(panel, cell) {
  return [nameToken(panel, cell), { text: " = " }, numberToken(panel, cell)];
}

function largestOf(panel, cells) {
  return cells[placeOfLargest(cells.map((cell) => panel.values[cell]))];
}

// A template with a token in place of every z.
function filled(template, token) {
  return template.split("z").flatMap((part, at) => (at ? [token, { text: part }] : [{ text: part }]));
}

function writtenLine(template, { target, cell, source, cells: [from] }) {
  const [name, number] = [nameToken(source, from), numberToken(source, from)];
  return equals(filled(template, name), filled(template, number), [totalToken(target, cell)]);
}

function gateLine({ target, cell, source, cells: [from] }) {
  const above = source.values[from] > 0 ? " is above 0" : " is not above 0";
  const total = totalToken(target, cell);
  return [...equals([total]), ...text(", since "), ...named(source, from), ...text(above)];
}

// ---- Windows ------------------------------------------------------------------------------------------

function maskLine({ target, cell, source, cells, table }) {
  const [own] = cellsBeside(table, "right", cell, "left");
  const largest = largestOf(source, cells);
  const from = own === largest ? [] : [...named(source, own), ...text(", and ")];
  const is = [...named(source, largest), ...text(" is the first largest of its window")];
  return [...equals([totalToken(target, cell)]), ...text(": "), ...from, ...is];
}

function tiesLine({ target, cell, source, cells, table }) {
  const [own] = cellsBeside(table, "right", cell, "left");
  const largest = largestOf(source, cells);
  const isLargest = source.values[own] === source.values[largest];
  const below = isLargest ? [] : [...text(" is below "), ...named(source, largest)];
  const is = text(isLargest ? " is the largest of its window" : ", the largest of its window");
  return [...equals([totalToken(target, cell)]), ...text(": "), ...named(source, own), ...below, ...is];
}

function borderLine({ target, cell, source, cells: [from] }) {
  return equals([nameToken(source, from)], [totalToken(target, cell)]);
}

// ---- Rows and whole panels ----------------------------------------------------------------------------

function maximumLine({ target, cell, source }) {
  const largest = nameToken(source, placeOfLargest(source.values));
  return equals(text(`−max ${titleOf(source)}`), [{ text: "−" }, largest], [totalToken(target, cell)]);
}

function sumLine({ target, cell, source }) {
  return equals(text(`1 / Σ ${titleOf(source)}`), [totalToken(target, cell)]);
}

function softmaxLine({ target, cell, source }) {
  return equals(shareOf(source, cell), [totalToken(target, cell)]);
}

function surpriseLine({ target, cell, source }) {
  return equals([...text("−log("), ...shareOf(source, cell), ...text(")")], [totalToken(target, cell)]);
}

function shareOf(source, cell) {
  return [...filled("exp(z)", nameToken(source, cell)), ...text(` / Σ exp(${rowName(source, cell)})`)];
}

// The row of a cell: z[0,:], or z where there is only one.
function rowName(panel, cell) {
  if (panel.shape.at(-1) === panel.size) return titleOf(panel);
  return `${titleOf(panel)}[${[...indexOf(panel, cell).slice(0, -1), ":"].join(",")}]`;
}

function rightLine({ target, cell, links }) {
  const [score, wanted] = links.map(({ panel, cells }) => named(panel, largestOf(panel, cells)));
  const but = target.values[cell] ? ", and " : ", but ";
  const is = text(" is the largest of its row");
  return [...equals([totalToken(target, cell)]), ...text(": "), ...score, ...is, ...text(but), ...wanted];
}

// The formula of a cell: {tokens, more, zeros, end}. Beyond a limit terms are left out: `more` of them, and of a
// sum `zeros` whose product is 0; then come the last tokens. Of a scene on its way only what is added is told.

import { ruleTokens } from "./rule_formula.js";
import { nameOf, titleOf } from "./scene.js";
import { cellAt } from "./tables.js";
import { factorRoles, hueIn, isReached, linksOf, ruleLinksOf, targetOf } from "./terms.js";
import { joined, nameToken, numberToken, totalToken } from "./tokens.js";

const FOLDED = 8; // terms; a longer formula than its limit is folded to so many
const NAMED = 2; // cells that a rule makes of one number; more are counted

// Of more terms than `limit` only `kept` are written.
export function formulaOf(scene, subject, limit = Infinity, kept = Math.min(limit, FOLDED)) {
  const links = linksOf(scene, subject);
  const sums = links.filter(({ isSum }) => isSum);
  const { whole = scene } = scene;
  const rules = ruleLinksOf(whole, subject);
  const results = rules.filter(({ isResult }) => isResult);
  if (sums.length) return folded(scene, subject, sums, { limit, kept, zeros: true }, sumFormula);
  if (results.length) return ruleFormula(scene, whole, subject, results);
  return folded(scene, subject, links, { limit, kept }, (...terms) => useFormula(...terms, rules));
}

function ruleFormula(scene, whole, subject, results) {
  const panel = scene.panels.get(subject.panel);
  const isMade = panel.values[subject.cell] !== undefined;
  const waiting = [nameToken(panel, subject.cell), { text: " = " }, totalToken(panel, subject.cell)];
  return { tokens: isMade ? ruleTokens(whole, subject, results) : waiting, more: 0, zeros: 0, end: [] };
}

function folded(scene, subject, links, { limit, kept, zeros = false }, write) {
  const panel = scene.panels.get(subject.panel);
  const all = links.flatMap(({ reading, table, rows }) =>
    Array.from(rows, (row) => ({ reading, table, row })),
  );
  const added = zeros ? all.filter((term) => isAdded(scene, term)) : all;
  const named = zeros && added.length > limit ? withoutZeros(scene, added) : added;
  const terms = added.length > limit ? named.slice(0, kept) : added;
  const isWhole = added.length === all.length;
  const { body, end } = isWhole
    ? write(panel, subject.cell, termsOf(scene, terms), all.length)
    : sumSoFar(panel, subject.cell, termsOf(scene, terms));
  return {
    tokens: [nameToken(panel, subject.cell), ...body],
    more: named.length - terms.length,
    zeros: added.length - named.length,
    end,
  };
}

function isAdded(scene, { reading, table, row }) {
  return scene.reached === undefined || isReached(scene, scene.reached, reading, table, row);
}

// A product that is 0 tells little; where all are, some are told all the same.
function withoutZeros(scene, all) {
  const named = all.filter(({ reading, table, row }) => productOf(scene, reading, table, row));
  return named.length ? named : all.slice(0, FOLDED);
}

function valuesIn({ panels }, reading, table, row) {
  return factorRoles(reading, table).map((role) => ({
    panel: reading[role],
    value: panels.get(reading[role]).values[cellAt(table, role, row)],
  }));
}

// What a row adds to its sum.
export function productOf(scene, reading, table, row) {
  return multiplied(scene, valuesIn(scene, reading, table, row));
}

// A term whose gate or mask is 0 is left out of its sum.
function multiplied({ switches }, factors) {
  if (factors.some(({ panel, value }) => value === 0 && switches.has(panel))) return 0;
  return factors.reduce((whole, { value }) => whole * value, 1);
}

// Terms {sum, factors, product, source}: the token that names a term's sum, those of its factors, and the one
// that names the only factor of a copy.
function termsOf(scene, terms) {
  return terms.map(({ reading, table, row }) => termOf(scene, reading, table, row));
}

function termOf(scene, reading, table, row) {
  const { panels } = scene;
  const hue = hueIn(scene, reading, table)(row);
  const roles = factorRoles(reading, table);
  const numbers = roles.map((role) => numberToken(panels.get(reading[role]), cellAt(table, role, row), hue));
  return {
    sum: nameToken(panels.get(targetOf(reading)), cellAt(table, reading.role, row)),
    factors: numbers.map((token) => ({ ...token, text: `(${token.text})` })),
    product: multiplied(scene, numbers),
    source: numbers.length === 1 && {
      ...numbers[0],
      text: nameOf(panels.get(numbers[0].panel), numbers[0].cell),
    },
  };
}

function sumFormula(panel, cell, terms, count) {
  const [copied] = count === 1 ? terms.map(({ source }) => source) : [];
  if (copied) return { body: [{ text: " = " }, copied], end: [{ text: " = " }, totalToken(panel, cell)] };
  const body = count ? [{ text: " = " }, ...addedUp(terms)] : [{ text: " has no terms: nothing reaches it" }];
  return { body, end: [{ text: " = " }, totalToken(panel, cell)] };
}

// Some of the terms, and what they add up to; of none nothing.
function sumSoFar(panel, cell, terms) {
  if (!terms.length) return { body: [{ text: " = …" }], end: [] };
  const end = [{ text: " + …, so far " }, totalToken(panel, cell)];
  return { body: [{ text: " = " }, ...addedUp(terms)], end };
}

function addedUp(terms) {
  let soFar = 0;
  const parts = terms.map(({ factors, product }) => {
    soFar += product;
    return factors.map((factor) => ({ ...factor, soFar }));
  });
  return joined(parts, " + ");
}

// What a number goes into: the cells that rules make of it, and sums.
function useFormula(panel, cell, terms, count, rules) {
  const value = { ...totalToken(panel, cell), total: false };
  const made = joined(rules.map(madeTokens));
  const and = made.length && count ? [{ text: ", and into " }] : [];
  const sums = made.length && !count ? [] : [{ text: plural(count) }];
  const uses = joined(terms.map(({ sum, factors }) => [sum, { text: " ← " }, ...factors]));
  return {
    body: [{ text: " = " }, value, { text: "  goes into " }, ...made, ...and, ...sums, ...uses],
    end: [],
  };
}

function madeTokens({ panel, cells }) {
  if (cells.length <= NAMED) return joined(cells.map((cell) => [nameToken(panel, cell)]));
  const part = cells.length < panel.size ? `${cells.length} cells of ` : "";
  return [{ text: part + titleOf(panel) }];
}

function plural(count) {
  return { 0: "no sum", 1: "one sum: " }[count] ?? `${count} sums: `;
}

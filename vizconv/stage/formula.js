// The formula of a cell: {tokens, more, end}. Beyond a limit `more` terms are left out; then come the last tokens.

import { ruleTokens } from "./rule_formula.js";
import { titleOf } from "./scene.js";
import { cellAt } from "./tables.js";
import { factorRoles, hueIn, linksOf, ruleLinksOf, targetOf } from "./terms.js";
import { joined, nameToken, numberToken, totalToken } from "./tokens.js";

const FOLDED = 8; // terms; a longer formula than its limit is folded to so many
const NAMED = 2; // cells that a rule makes of one number; more are counted

export function formulaOf(scene, subject, limit = Infinity) {
  const links = linksOf(scene, subject);
  const sums = links.filter(({ isSum }) => isSum);
  const rules = ruleLinksOf(scene, subject);
  const results = rules.filter(({ isResult }) => isResult);
  if (sums.length) return folded(scene, subject, sums, limit, sumFormula);
  if (results.length) return { tokens: ruleTokens(scene, subject, results), more: 0, end: [] };
  return folded(scene, subject, links, limit, (...terms) => useFormula(...terms, rules));
}

function folded(scene, subject, links, limit, write) {
  const panel = scene.panels.get(subject.panel);
  const count = links.reduce((total, { rows }) => total + rows.length, 0);
  const terms = firstTerms(scene, links, count > limit ? Math.min(limit, FOLDED) : count);
  const { body, end } = write(panel, subject.cell, terms, count);
  return { tokens: [nameToken(panel, subject.cell), ...body], more: count - terms.length, end };
}

// Terms {sum, factors}: the token that names a term's sum, and those of its factors.
function firstTerms(scene, links, limit) {
  const terms = [];
  for (const { reading, table, rows } of links) {
    for (const row of rows.subarray(0, limit - terms.length)) terms.push(termOf(scene, reading, table, row));
  }
  return terms;
}

function termOf({ panels, switches }, reading, table, row) {
  const hue = hueIn({ panels }, reading, table)(row);
  const factors = factorRoles(reading, table).map((role) => {
    const token = numberToken(panels.get(reading[role]), cellAt(table, role, row), hue);
    return { ...token, text: `(${token.text})` };
  });
  const leftOut = factors.some(({ panel, value }) => value === 0 && switches.has(panel));
  const product = leftOut ? 0 : factors.reduce((whole, { value }) => whole * value, 1);
  return {
    sum: nameToken(panels.get(targetOf(reading)), cellAt(table, reading.role, row)),
    factors,
    product,
  };
}

function sumFormula(panel, cell, terms, count) {
  let soFar = 0;
  const parts = terms.map(({ factors, product }) => {
    soFar += product;
    return factors.map((factor) => ({ ...factor, soFar }));
  });
  const body = count
    ? [{ text: " = " }, ...joined(parts, " + ")]
    : [{ text: " has no terms: nothing reaches it" }];
  return { body, end: [{ text: " = " }, totalToken(panel, cell)] };
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

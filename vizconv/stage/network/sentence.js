// One line of words about a number: what it is made of, how much of it there is, and what brings most.

import { formatNumber } from "../numbers.js";
import { ruleTokens } from "../rule_formula.js";
import { nameOf } from "../scene.js";
import { ruleLinksOf } from "../terms.js";
import { makingOf, productsOf } from "./making.js";

const NAMED = 2; // of the largest

export function sentenceOf(scene, subject) {
  const panel = scene.panels.get(subject.panel);
  const [name, value] = [nameOf(panel, subject.cell), formatNumber(panel.values[subject.cell])];
  const { kind, parts } = makingOf(scene, subject);
  if (kind === "given") return `${name} = ${value}, ${givenAs(subject.panel)}.`;
  if (kind === "rule") return `${ruleLine(scene, subject)}.`;
  if (!parts.length) return `${name} = ${value}: nothing reaches it.`;
  return sumLine(scene, name, value, parts);
}

function givenAs(name) {
  if (name === "x") return "a pixel";
  const part = name.split(".").at(-1);
  return (
    {
      weight: "a weight",
      bias: "a bias",
      t: "1 for the right class, else 0",
      chosen: "1 for the class that is chosen, else 0",
    }[part] ?? (part === name ? "from layers that are not on the stage" : "given")
  );
}

function ruleLine(scene, subject) {
  const links = ruleLinksOf(scene, subject).filter(({ isResult }) => isResult);
  return ruleTokens(scene, subject, links)
    .map(({ text }) => text)
    .join("");
}

function sumLine(scene, name, value, parts) {
  const all = productsOf(scene, parts);
  if (all.length === 1 && parts[0].cells.length === 1)
    return `${name} = ${nameOf(scene.panels.get(all[0].panel), all[0].cell)} = ${value}.`;
  return `${name} = ${parts.map((part) => amountOf(scene, part)).join(" + ")} = ${value}.${largest(scene, all)}`;
}

function amountOf({ panels }, { count, cells }) {
  if (cells.length === 2) return count === 1 ? "one product" : `${count} products`;
  if (count > 1) return `${count} numbers`;
  const [
    {
      panel,
      cells: [cell],
    },
  ] = cells;
  return panel.endsWith(".bias") ? "bias" : nameOf(panels.get(panel), cell);
}

function largest({ panels }, all) {
  const size = ({ value }) => (Number.isNaN(value) ? Infinity : Math.abs(value));
  const most = all
    .filter(({ value }) => value)
    .sort((one, other) => size(other) - size(one))
    .slice(0, NAMED);
  if (all.length < 2 || !most.length) return "";
  const named = most.map(
    ({ value, panel, cell }) => `${formatNumber(value)} from ${nameOf(panels.get(panel), cell)}`,
  );
  return ` Largest: ${named.join(", ")}.`;
}

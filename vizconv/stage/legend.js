// The legend: how far the fill of each scale goes, and what kinds of cells there are.

import { KINDS } from "./cells.js";
import { brightness, depth } from "./colours.js";
import { element } from "./elements.js";
import { formatNumber } from "./numbers.js";
import { titleOf } from "./scene.js";

const SHORT = 8; // signs; a scale of one panel is called as the panel is, if that is no longer

export function legendOf(panels, shades) {
  const scales = new Set(panels.map(({ name }) => shades.get(name)).filter(({ name }) => name));
  return [...[...scales].map(legendOfScale), ...legendOfKinds(panels)];
}

// What is written of a scale: its name and its ends. Where it holds nothing but 0 there is one end.
export function endsOf({ name, panels, least, most }) {
  const own = panels.length === 1 ? titleOf(panels[0]) : "";
  const ends = least < most ? [least, most] : [0];
  return { name: own && own.length <= SHORT ? own : name, ends: ends.map(formatNumber) };
}

function legendOfScale(shade) {
  const item = element("span", "vizconv-range");
  const { name, ends } = endsOf(shade);
  element("i", "", item, name);
  const [first, ...last] = ends.map((end) => element("span", "", null, end));
  item.append(first, ...(shade.pixels ? [greys(shade)] : barsOf(shade)), ...last);
  return item;
}

function barsOf({ least, most, largest }) {
  const below = least < 0 ? [bar(depth(-least, largest), "vizconv-below")] : [];
  return [...below, ...(most > 0 ? [bar(depth(most, largest), "vizconv-above")] : [])];
}

function bar(deep, side) {
  const made = element("span", `vizconv-scale ${side}`);
  made.style.setProperty("--end", `${deep * 100}%`);
  return made;
}

function greys({ pixels, least }) {
  return element("span", `vizconv-scale vizconv-${brightness(least, pixels) ? "darkens" : "brightens"}`);
}

function legendOfKinds(panels) {
  const occurs = ({ flag }) => panels.some((panel) => panel.kinds.some((kind) => kind & flag));
  return KINDS.filter(occurs).map(({ name, title }) => {
    const item = element("span", "vizconv-kind");
    element("span", `vizconv-cell vizconv-${name} vizconv-sample`, item);
    element("span", "", item, title);
    return item;
  });
}

// Panels as elements: a sign, a label, and a grid of cells.

import { element, keepKeys, setIcon } from "./elements.js";
import { areaOf, READABLE } from "./layout.js";
import { axisNames, blocks, indexOf } from "./scene.js";

const BEFORE = 22; // pixels of a sign behind its panel's title
const CLEAR = 6; // pixels between a sign and its panel, or what its rows are called
const COPYING = "show where these numbers come from";

// {slot, sign, copying, label, grid, names, frame, cells}: the elements of a panel. The button `copying` shows
// where the numbers of a copy come from.
export function buildPanel(panel) {
  const slot = element("div", "vizconv-slot");
  const sign = buildSign(panel.sign, slot);
  const label = buildLabel(panel, slot);
  const copying = setIcon(element("button", "vizconv-copying", label), COPYING, "M3 8h8M8 4l4 4-4 4");
  const names = buildNames(panel, slot);
  const grid = buildGrid(panel, slot);
  grid.addEventListener("scroll", () => followScroll(names, grid));
  return {
    slot,
    sign,
    copying,
    label,
    grid,
    names,
    frame: element("div", "vizconv-frame", grid),
    cells: buildCells(panel, grid),
  };
}

// Give a panel its box: see layout.js.
export function placePanel({ slot, sign, grid, names }, panel, box, font) {
  const { left, top, width, height, cell } = box;
  slot.classList.toggle("vizconv-titled-before", Boolean(box.titledBefore));
  slot.style.transform = `translate(${left}px, ${top}px)`;
  slot.style.setProperty("--side", `${box.side}px`);
  slot.style.setProperty("--head", `${box.head}px`);
  slot.style.setProperty("--wide", `${width}px`);
  placeNames(names, panel, box);
  sign.style.width = `${box.titledBefore ? BEFORE : box.sign - box.side}px`;
  sign.style.height = `${Math.min(box.level, 160)}px`;
  sign.style.marginRight = `${isClear(box) ? CLEAR : 0}px`;
  grid.style.width = `${width}px`;
  grid.style.height = `${height}px`;
  grid.style.setProperty("--cell-width", `${cell.width}px`);
  grid.style.setProperty("--cell-height", `${cell.height}px`);
  grid.style.setProperty("--between", `${box.between}px`);
  grid.style.setProperty("--font", `${font}px`);
  grid.classList.toggle("vizconv-fill-only", cell.height < READABLE);
  grid.classList.toggle("vizconv-scrolls", box.scrolls);
}

function isClear({ titledBefore, left, sign, side }) {
  return !titledBefore && (left > sign || side > 0);
}

// The star is small, and letters are names.
function buildSign(text, slot) {
  const sign = element("span", "vizconv-sign", slot);
  for (const part of text.split(/(⋆|\p{L}\p{No}?)/u)) {
    if (part === "⋆") element("span", "vizconv-star", sign, part);
    else if (part) element(/\p{L}/u.test(part) ? "i" : "span", "", sign, part);
  }
  return sign;
}

function buildLabel(panel, box) {
  const label = element("div", "vizconv-label", box);
  element("i", "", label, panel.label);
  if (panel.subscript) element("sub", "", label, panel.subscript);
  if (panel.superscript) element("sup", "", label, panel.superscript);
  element("span", "vizconv-shape", label, panel.caption ?? panel.shape.join("×"));
  return label;
}

// What rows, blocks and columns are called: strips beside, behind and above the cells, {made, parts, areas}.
function buildNames(panel, slot) {
  const { blocks: ofBlocks, rows, columns } = axisNames(panel);
  const [, height, width] = blocks(panel);
  const whole = { channel: 0, left: 0, top: 0, width, height };
  return [
    strip(slot, "side", rows, (at) => ({ ...whole, top: at, height: 1 })),
    strip(slot, "turned", ofBlocks, (at) => ({ ...whole, channel: at })),
    strip(slot, "head", columns, (at) => ({ ...whole, left: at, width: 1 })),
  ].filter(({ parts }) => parts.length);
}

function strip(slot, place, names, areaAt) {
  const made = element("div", `vizconv-names vizconv-${place}`, names.length ? slot : null);
  return { made, place, areaAt, parts: names.map((name) => element("span", "", made, name)) };
}

function placeNames(names, panel, box) {
  for (const { made, place, areaAt, parts } of names) {
    const isAbove = place === "head";
    made.style[isAbove ? "width" : "height"] = `${isAbove ? box.width : box.height}px`;
    made.hidden = isAbove && !box.head;
    parts.forEach(({ style }, at) => {
      const { left, top, width, height } = areaOf(box, panel, areaAt(at));
      if (isAbove) Object.assign(style, { left: `${left}px`, width: `${width}px` });
      else
        Object.assign(style, {
          top: `${top}px`,
          height: `${height}px`,
          lineHeight: `${place === "side" ? height : 16}px`,
        });
    });
  }
}

function followScroll(names, grid) {
  for (const { made } of names) [made.scrollTop, made.scrollLeft] = [grid.scrollTop, grid.scrollLeft];
}

function buildGrid(panel, box) {
  const grid = element("div", panel.inRow ? "vizconv-panel vizconv-side-by-side" : "vizconv-panel", box);
  grid.dataset.panel = panel.name;
  if (panel.part) grid.dataset.part = panel.part;
  grid.classList.toggle("vizconv-bars", panel.bars);
  grid.tabIndex = 0;
  keepKeys(grid);
  grid.setAttribute("role", "grid");
  grid.setAttribute("aria-label", `${panel.label}${panel.subscript} ${panel.shape.join("×")}`);
  return grid;
}

function buildCells(panel, grid) {
  const [channels, height, width] = blocks(panel);
  const blank = element("div", "vizconv-cell"); // copied: quicker than made anew
  blank.setAttribute("role", "gridcell");
  const cells = [];
  for (let channel = 0; channel < channels; channel += 1) {
    const block = element("div", "vizconv-channel", grid);
    block.style.setProperty("--columns", String(width));
    for (let i = 0; i < height; i += 1) {
      const row = element("div", "vizconv-row", block);
      row.setAttribute("role", "row");
      cells.push(...buildRow(panel, cells.length, width, blank, row));
    }
  }
  return cells;
}

function buildRow(panel, first, width, blank, row) {
  const made = Array.from({ length: width }, (_, j) => {
    const cell = blank.cloneNode();
    cell.dataset.cell = indexOf(panel, first + j).join(",");
    return cell;
  });
  row.append(...made);
  return made;
}

// What of a panel its elements show, apart from values and kinds.
export function structure(panel) {
  const { label, subscript, superscript, sign, shape, origin, names, bars, ...own } = panel;
  const { caption, inRow, indices } = own;
  const look = [label, subscript, superscript, sign, shape, origin, names, bars, caption, inRow, indices];
  return JSON.stringify(look);
}

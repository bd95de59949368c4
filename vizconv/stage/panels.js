// Panels as elements: a sign, a label, and a grid of cells.

import { element, keepKeys, setIcon } from "./elements.js";
import { READABLE } from "./layout.js";
import { blocks, indexOf } from "./scene.js";

const BEFORE = 22; // pixels of a sign behind its panel's title
const COPYING = "show where these numbers come from";

// {slot, sign, copying, grid, frame, cells}: the elements of a panel.
export function buildPanel(panel) {
  const slot = element("div", "vizconv-slot");
  const sign = element("span", "vizconv-sign", slot, panel.sign);
  sign.dataset.sign = panel.sign;
  const copying = buildLabel(panel, slot);
  const grid = buildGrid(panel, slot);
  return {
    slot,
    sign,
    copying,
    grid,
    frame: element("div", "vizconv-frame", grid),
    cells: buildCells(panel, grid),
  };
}

// Give a panel its box: see layout.js.
export function placePanel({ slot, sign, grid }, box, font) {
  const { left, top, width, height, cell } = box;
  slot.classList.toggle("vizconv-titled-before", Boolean(box.titledBefore));
  slot.style.transform = `translate(${left}px, ${top}px)`;
  sign.style.width = `${box.titledBefore ? BEFORE : box.sign}px`;
  sign.style.height = `${Math.min(height, 160)}px`;
  grid.style.width = `${width}px`;
  grid.style.height = `${height}px`;
  grid.style.setProperty("--cell-width", `${cell.width}px`);
  grid.style.setProperty("--cell-height", `${cell.height}px`);
  grid.style.setProperty("--between", `${box.between}px`);
  grid.style.setProperty("--font", `${font}px`);
  grid.classList.toggle("vizconv-fill-only", cell.height < READABLE);
  grid.classList.toggle("vizconv-scrolls", box.scrolls);
}

// A label, and in it the button that shows where the numbers of a copy come from.
function buildLabel(panel, box) {
  const label = element("div", "vizconv-label", box);
  element("i", "", label, panel.label);
  if (panel.subscript) element("sub", "", label, panel.subscript);
  if (panel.superscript) element("sup", "", label, panel.superscript);
  element("span", "vizconv-shape", label, panel.caption ?? panel.shape.join("×"));
  return setIcon(element("button", "vizconv-copying", label), COPYING, "M3 8h8M8 4l4 4-4 4");
}

function buildGrid(panel, box) {
  const grid = element("div", panel.beside ? "vizconv-panel vizconv-side-by-side" : "vizconv-panel", box);
  grid.dataset.panel = panel.name;
  if (panel.part) grid.dataset.part = panel.part;
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
  const { label, subscript, superscript, sign, shape, origin, caption, beside, indices } = panel;
  return JSON.stringify([label, subscript, superscript, sign, shape, origin, caption, beside, indices]);
}

// Panels as elements: a sign, a label, and a grid of cells.

import { element, keepKeys } from "./elements.js";
import { blocks, indexOf } from "./scene.js";

// {slot, grid, frame, cells}: the elements of a panel; `room` is the width of its sign in characters.
export function buildPanel(panel, room) {
  const slot = element("div", "vizconv-slot");
  slot.style.gridRow = String(panel.place[0] + 1);
  slot.style.gridColumn = String(panel.place[1] + 1);
  if (room) element("span", "vizconv-sign", slot, panel.sign).style.minWidth = `${11 + 11 * room}px`;
  const box = element("div", "vizconv-box", slot);
  buildLabel(panel, box);
  const grid = buildGrid(panel, box);
  return { slot, grid, frame: element("div", "vizconv-frame", grid), cells: buildCells(panel, grid) };
}

function buildLabel(panel, box) {
  const label = element("div", "vizconv-label", box);
  element("i", "", label, panel.label);
  if (panel.subscript) element("sub", "", label, panel.subscript);
  if (panel.superscript) element("sup", "", label, panel.superscript);
  element("span", "vizconv-shape", label, panel.shape.join("×"));
}

function buildGrid(panel, box) {
  const grid = element("div", "vizconv-panel", box);
  grid.dataset.panel = panel.name;
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
  const before = indexOf(panel, first);
  const column = before.pop();
  const made = Array.from({ length: width }, (_, j) => {
    const cell = blank.cloneNode();
    cell.dataset.cell = column === undefined ? "" : [...before, column + j].join(",");
    return cell;
  });
  row.append(...made);
  return made;
}

// What of a panel its elements show, apart from values and kinds.
export function structure(panel) {
  const { label, subscript, superscript, sign, shape, origin, place } = panel;
  return JSON.stringify([label, subscript, superscript, sign, shape, origin, place]);
}

// How many characters the signs of a column have at most: their room in all its rows, so that panels line up.
export function signRooms(panels) {
  const rooms = new Map();
  for (const { sign, place } of panels) rooms.set(place[1], Math.max(rooms.get(place[1]) ?? 0, sign.length));
  return rooms;
}

// Layers as pictures: one canvas a layer, each map a small picture in true pixels, and a layer above for frames.

import { inkOn, inkOnGrey } from "../colours.js";
import { formatNumber } from "../numbers.js";
import { blocks } from "../scene.js";
import { deepOf, fillPixels, largestOf } from "./colours.js";
import { areasOf, mapAt } from "./layout.js";
import { regionAt } from "./reach.js";

const NUMBERED = ["maps", "scores"];

// What a layer is painted with: a canvas in the page, and one of its true pixels beside it.
export function paintLayer(canvas, box, panel, look, ratio) {
  fitCanvas(canvas, box, ratio);
  const context = canvas.getContext("2d");
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, box.width, box.height);
  const largest = look.straight ? look.most : largestOf(panel.values);
  if (box.look === "bars") paintBars(context, box, panel, look);
  else if (box.look === "loss") paintLoss(context, box, panel, look);
  else paintMaps(context, box, panel, { ...look, largest });
  if (box.numbers && NUMBERED.includes(box.look)) writeNumbers(context, box, panel, { ...look, largest });
}

function fitCanvas(canvas, { width, height }, ratio) {
  const [wide, high] = [Math.round(width * ratio), Math.round(height * ratio)];
  if (canvas.width !== wide || canvas.height !== high) {
    canvas.width = wide;
    canvas.height = high;
    canvas.style.width = `${width}px`;
    canvas.style.height = `${height}px`;
  }
}

function paintMaps(context, box, panel, look) {
  const { maps, rows, columns, cell } = box;
  const source = truePixels(box, panel, look);
  context.imageSmoothingEnabled = false;
  for (let map = 0; map < maps; map += 1) {
    const { left, top } = mapAt(box, map);
    const [width, height] = [columns * cell.width, rows * cell.height];
    context.drawImage(source, 0, map * rows, columns, rows, left, top, width, height);
  }
}

// All maps below each other, one pixel a number.
function truePixels({ maps, rows, columns }, { values }, { palette, largest, straight, scratch }) {
  scratch.width = columns;
  scratch.height = maps * rows;
  const context = scratch.getContext("2d");
  const image = context.createImageData(columns, maps * rows);
  fillPixels(new Uint32Array(image.data.buffer), values, largest, palette, straight);
  context.putImageData(image, 0, 0);
  return scratch;
}

function paintBars(context, box, panel, { accent, rule, ink, quiet }) {
  const { rows, cell } = box;
  const [index, number] = [20, 46];
  const room = box.width - index - number;
  context.font = `${Math.min(12, cell.height - 2)}px system-ui, sans-serif`;
  context.textBaseline = "middle";
  for (let row = 0; row < rows; row += 1) {
    const middle = (row + 0.5) * cell.height;
    context.fillStyle = rule;
    context.fillRect(index, row * cell.height + 3, room, cell.height - 6);
    context.fillStyle = accent;
    context.fillRect(index, row * cell.height + 3, Math.max(1, room * panel.values[row]), cell.height - 6);
    if (!box.numbers) continue;
    context.fillStyle = quiet;
    context.textAlign = "right";
    context.fillText(String(row), index - 6, middle);
    context.fillStyle = ink;
    context.fillText(panel.values[row].toFixed(3), box.width, middle);
  }
}

function paintLoss(context, { width, height }, { values }, { ink, label }) {
  context.font = "12px system-ui, sans-serif";
  context.textBaseline = "middle";
  context.fillStyle = ink;
  context.fillText(`−log p[${label}] = ${formatNumber(values[0])}`, 4, height / 2, width - 4);
}

function writeNumbers(context, box, panel, { largest, straight, isDark }) {
  const { rows, columns, cell } = box;
  context.font = `${cell.height > 20 ? 11 : 10}px system-ui, sans-serif`;
  context.textAlign = "center";
  context.textBaseline = "middle";
  const plane = rows * columns;
  panel.values.forEach((value, at) => {
    const { left, top } = mapAt(box, Math.floor(at / plane));
    const [row, column] = [Math.floor((at % plane) / columns), at % columns];
    context.fillStyle = inkOf(deepOf(value, largest, straight), straight, isDark);
    context.fillText(
      formatNumber(value),
      left + (column + 0.5) * cell.width,
      top + (row + 0.5) * cell.height,
    );
  });
}

// The ink of a number on a fill so deep: as the stage's cells have it.
function inkOf(deep, straight, isDark) {
  if (straight) return inkOnGrey(1 - deep).dark ? "#ffffff" : "#000000";
  const ink = inkOn(deep);
  if (isDark) return ink.bright ? "#000000" : "#ffffff";
  return ink.deep ? "#ffffff" : "#000000";
}

// ---- Frames ---------------------------------------------------------------------------------------------

// Frames {box, region, colour, line} on a canvas above all layers, which goes over these by an edge on all sides.
export function paintFrames(canvas, size, edge, frames, ratio) {
  const [width, height] = [size.width + 2 * edge, size.height + 2 * edge];
  fitCanvas(canvas, { width, height }, ratio);
  canvas.style.transform = `translate(${-edge}px, ${-edge}px)`;
  const context = canvas.getContext("2d");
  context.setTransform(ratio, 0, 0, ratio, edge * ratio, edge * ratio);
  context.clearRect(-edge, -edge, width, height);
  for (const { box, region, colour, line } of frames) {
    context.strokeStyle = colour;
    context.lineWidth = line;
    for (const { left, top, width, height } of areasOf(box, region))
      context.strokeRect(left - line / 2, top - line / 2, width + line, height + line);
  }
}

// The region of one cell of a layer as it is drawn.
export function regionOfCell({ rows, columns }, cell) {
  return regionAt({ shape: [rows, columns] }, cell);
}

// A region of a panel as its layer draws it: a flat one line by line, so that a part of it is whole lines.
export function drawnRegion(box, panel, region) {
  const [, rows, columns] = blocks(panel);
  if (panel.shape.length > 1 && box.rows === rows && box.columns === columns) return region;
  const [first, last] = [region[4], region[5]];
  if (first === last) return regionOfCell(box, first);
  const [top, bottom] = [Math.floor(first / box.columns), Math.floor(last / box.columns)];
  const whole = top === bottom ? [first % box.columns, last % box.columns] : [0, box.columns - 1];
  return [0, 0, top, bottom, ...whole];
}

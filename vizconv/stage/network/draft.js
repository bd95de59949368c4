// A draft of a small scene, {scene: the network's, panels, terms, steps, row}: panels of some of the network's
// cells, and of numbers that are made here.

import { indexOf } from "../scene.js";
import { arranged } from "./boxes.js";

// A panel of some cells of a network's panel, or of none: then its numbers are made here.
export function addPanel(draft, source, cells, shape, look = {}) {
  const from = source === null ? null : draft.scene.panels.get(source);
  const size = shape.reduce((product, length) => product * length, 1);
  const name = freeName(draft, look.name ?? source);
  const panel = {
    label: from?.label ?? name,
    subscript: "",
    bars: false,
    names: [],
    moved: [0, 0],
    superscript: "",
    sign: "",
    constant: false,
    source: "",
    scale: from ? from.scale : "products",
    pixels: null,
    owners: null,
    origin: shape.map(() => 0),
    editable: Boolean(from?.editable),
    switch: draft.scene.switches.has(source),
    ...look,
    name,
    shape,
    isMade: !from,
    values: from ? Float64Array.from(cells, (cell) => from.values[cell]) : new Float64Array(size),
    kinds: from ? Uint8Array.from(cells, (cell) => from.kinds[cell]) : new Uint8Array(size),
    cells: from && { panel: source, cells },
    indices: from && cells.map((cell) => indexOf(from, cell)),
    place: look.place ?? [draft.row, 0],
  };
  if (look.part === "term") panel.caption = "";
  else if (size === 1 && from)
    panel.caption = panel.indices[0].length ? `[${panel.indices[0].join(", ")}]` : "";
  draft.panels.push(panel);
  return panel;
}

export function addBox(draft, name, cells, look) {
  const { shape, order } = arranged(draft.scene, [{ panel: name, cells }]);
  return addPanel(
    draft,
    name,
    order.map((at) => cells[at]),
    shape,
    { ...look, inRow: shape.length === 3 },
  );
}

function freeName({ panels }, name) {
  const taken = panels.filter((panel) => panel.name === name || panel.name.startsWith(`${name} · `)).length;
  return taken ? `${name} · ${taken + 1}` : name;
}

export function addReading(draft, indices, out, left, right) {
  const name = `t${draft.terms.length}`;
  draft.terms.push({ name, wide: true, repeats: [], ...indices });
  draft.steps.push({ terms: name, role: "out", out: out.name, left: left.name, right: right?.name ?? null });
  if (!out.isMade) return;
  const isShut = (panel, value) => value === 0 && panel?.switch;
  indices.out.forEach((to, row) => {
    const [one, other] = [left.values[indices.left[row]], right ? right.values[indices.right[row]] : 1];
    if (!isShut(left, one) && !isShut(right, other)) out.values[to] += one * other;
  });
}

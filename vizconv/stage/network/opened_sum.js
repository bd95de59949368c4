// An opened sum: its factors, their products, and the sums of these, channel by channel.

import { arranged } from "./boxes.js";
import { addPanel, addReading } from "./draft.js";

const NUMBERED = 8; // channels whose sums are written
const BESIDE = 32; // channels that have room beside each other; of more, each is a line

export function addSum(draft, subject, parts) {
  const isTerm = ({ count, cells }) => count === 1 && cells.length === 1;
  const inOrder = [...parts.filter((part) => !isTerm(part)), ...parts.filter(isTerm)];
  const added = inOrder.map((part) => addPart(draft, part, parts.length === 1));
  const look = { sign: added[0].sign ?? "=", part: "total" };
  const total = addPanel(draft, subject.panel, [subject.cell], [1], look);
  total.isSubject = true;
  for (const { sums } of added) sumUp(draft, sums, total, () => 0);
  const { wide, row } = added[0];
  const rest = [...added.slice(1).map(({ sums }) => sums), total];
  rest.forEach((panel, at) => {
    panel.place = wide ? [row + 1 + at - rest.length, 1] : [row, 4 + at];
    if (panel !== total) panel.sign = "+";
  });
}

// One reading's terms: the factors, their products, and the sums of these, channel by channel.
function addPart(draft, { count, cells }, isAlone) {
  if (count === 1 && cells.length === 1)
    return { row: draft.row, sums: addPanel(draft, cells[0].panel, cells[0].cells, [1], { part: "term" }) };
  const { shape, order } = inLines(arranged(draft.scene, cells));
  const row = draft.row;
  const wide = shape.length === 3;
  const look = (at) => ({
    place: wide ? [row + at, 0] : [row, at],
    inRow: wide,
    aligned: true,
    part: at < cells.length ? "factor" : "product",
    ...(wide && at ? { caption: "" } : {}),
  });
  const factors = cells.map(({ panel, cells: own }, at) =>
    addPanel(
      draft,
      panel,
      order.map((place) => own[place]),
      shape,
      { ...look(at), sign: at ? "⊙" : "" },
    ),
  );
  const products = factors.length === 1 ? factors[0] : multiply(draft, factors, shape, look(2));
  if (factors.length === 1) products.part = "term";
  if ((isAlone && !wide) || count === 1) return { row, sums: products, sign: count > 1 ? "Σ" : "=" };
  const channels = wide ? shape[0] : 1;
  const sums = addPanel(draft, null, null, wide ? [channels, 1, 1] : [1], {
    name: "sums",
    part: "sum",
    label: "Σ",
    sign: wide ? "" : "Σ",
    caption: "",
    place: wide ? [row + 3, 0] : [row, 3],
    inRow: wide,
    isFill: channels > NUMBERED,
  });
  const plane = order.length / channels;
  sumUp(draft, products, sums, (at) => Math.floor(at / plane));
  draft.row += wide ? 4 : 1;
  return { row: wide ? row + 3 : row, wide, sums };
}

function inLines({ shape, order }) {
  const isLong = shape.length === 3 && shape[0] > BESIDE;
  return { shape: isLong ? [shape[0], shape[1] * shape[2]] : shape, order };
}

function multiply(draft, [one, other], shape, look) {
  const products = addPanel(draft, null, null, shape, {
    name: "products",
    label: "products",
    sign: "=",
    ...look,
  });
  const cells = Uint32Array.from({ length: products.values.length }, (_, at) => at);
  const right = other.values.length === 1 ? cells.map(() => 0) : cells;
  addReading(draft, { out: cells, left: cells, right }, products, one, other);
  return products;
}

// Every cell of a panel added to a cell of another.
function sumUp(draft, from, to, targetAt) {
  const left = Uint32Array.from({ length: from.values.length }, (_, at) => at);
  addReading(draft, { out: left.map(targetAt), left }, to, from);
}

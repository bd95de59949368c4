// Tables of terms: each row says which cells (out, left, right) meet. A table may come again and again, each
// time further on by some cells of each role; its rows are then counted through, and never written out.

import { typed } from "./buffers.js";

const ROLES = ["out", "left", "right"];

// {name, roles, count: rows before they come again, length: of all rows, moves: for each role by how much each
// repetition is further on, and the indices of each role}; all as Uint32Array, so that one loop reads them all.
export function readTable({ name, wide, repeats, ...buffers }) {
  const roles = ROLES.filter((role) => buffers[role]);
  const entries = (make) => Object.fromEntries(roles.map((role) => [role, make(role)]));
  const indices = entries((role) => Uint32Array.from(typed(wide ? Uint32Array : Uint16Array, buffers[role])));
  const moves = entries((role) => Uint32Array.from(movesOf(repeats, 1 + ROLES.indexOf(role))));
  const count = indices.out.length;
  return { name, roles, ...indices, moves, count, length: count * moves.out.length, groups: new Map() };
}

// Of repeats [count, out, left, right], the outermost first: by how much one role moves, the last one fastest.
function movesOf(repeats, at) {
  let moves = [0];
  for (const repeat of repeats) {
    const steps = Array.from({ length: repeat[0] }, (_, time) => time * repeat[at]);
    moves = moves.flatMap((move) => steps.map((step) => move + step));
  }
  return moves;
}

export function cellAt(table, role, row) {
  if (row < table.count) return table[role][row]; // the first time nothing has moved
  return table[role][row % table.count] + table.moves[role][Math.floor(row / table.count)];
}

// The rows in which a role has this cell.
export function rowsAt(table, role, cell) {
  const { starts, rows, order, sorted } = groupsOf(table, role);
  const times = order.slice(firstFrom(sorted, cell - starts.length + 2), firstFrom(sorted, cell + 1)).sort();
  const found = [];
  for (const time of times) {
    const first = cell - table.moves[role][time];
    for (let at = starts[first]; at < starts[first + 1]; at += 1) found.push(time * table.count + rows[at]);
  }
  return Uint32Array.from(found);
}

// What finds a role's rows: where those of each cell are, and its moves in order of size, with their times.
function groupsOf(table, role) {
  if (!table.groups.has(role)) {
    const moves = table.moves[role];
    const order = Uint32Array.from(moves.keys()).sort((one, other) => moves[one] - moves[other]);
    table.groups.set(role, { ...grouped(table[role]), order, sorted: order.map((time) => moves[time]) });
  }
  return table.groups.get(role);
}

// Where in a row of rising numbers the first that is no less than a limit stands.
function firstFrom(rising, limit) {
  let [low, high] = [0, rising.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (rising[middle] < limit) low = middle + 1;
    else high = middle;
  }
  return low;
}

// For every cell where its rows are: rows[starts[cell]] up to rows[starts[cell + 1]].
export function grouped(indices) {
  const size = indices.reduce((largest, index) => Math.max(largest, index), -1) + 1;
  const starts = new Uint32Array(size + 1);
  for (const index of indices) starts[index + 1] += 1;
  for (let cell = 0; cell < size; cell += 1) starts[cell + 1] += starts[cell];
  const next = starts.slice(0, size);
  const rows = new Uint32Array(indices.length);
  indices.forEach((index, row) => {
    rows[next[index]] = row;
    next[index] += 1;
  });
  return { starts, rows };
}

// The cells of another role in the rows in which a role has this cell.
export function cellsBeside(table, role, cell, other) {
  return Array.from(rowsAt(table, role, cell), (row) => cellAt(table, other, row));
}

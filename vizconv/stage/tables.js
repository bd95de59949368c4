// Tables of terms: each row says which cells (out, left, right) meet. A table may come again and again, each
// time further on by some cells of each role; its rows are then counted through, and never written out.

import { typed } from "./buffers.js";

const ROLES = ["out", "left", "right"];

// {name, roles, count: rows before they come again, length: of all rows, moves: for each role by how much each
// repetition is further on, and the indices of each role}
export function readTable({ name, wide, repeats, ...buffers }) {
  const roles = ROLES.filter((role) => buffers[role]);
  const entries = (make) => Object.fromEntries(roles.map((role) => [role, make(role)]));
  const indices = entries((role) => typed(wide ? Uint32Array : Uint16Array, buffers[role]));
  const moves = entries((role) => movesOf(repeats, 1 + ROLES.indexOf(role)));
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
  const moves = table.moves[role];
  if (moves.length === 1) return firstRowsAt(table, role, cell);
  const rows = (move, time) =>
    Array.from(firstRowsAt(table, role, cell - move), (row) => row + time * table.count);
  return Uint32Array.from(moves.flatMap(rows));
}

function firstRowsAt(table, role, cell) {
  if (!table.groups.has(role)) table.groups.set(role, grouped(table[role]));
  const { starts, rows } = table.groups.get(role);
  const inside = cell >= 0 && cell + 1 < starts.length;
  return inside ? rows.subarray(starts[cell], starts[cell + 1]) : rows.subarray(0, 0);
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

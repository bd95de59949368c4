// The worked example, as Python sends it: 4×4 ⋆ 2×2 = 3×3, each weight with a hue of its own.

export const X = [1, -2, -9, 6, 5, 8, 7, 9, -6, 2, 0, -1, -3, 4, -1, 0];
export const W = [6, 0, -7, -1];
export const Y = [-37, -75, -112, 70, 34, 43, -19, -15, 7];

export function panel(name, shape, values, more = {}) {
  const size = values.length;
  const plain = { label: name, subscript: "", superscript: "", sign: "", place: [0, 0], editable: false };
  const [bytes, kinds] = [new DataView(Float64Array.from(values).buffer), new DataView(new ArrayBuffer(size))];
  const origin = shape.map(() => 0);
  return { ...plain, name, shape, origin, values: bytes, kinds, owners: null, ...more };
}

export function owners(...list) {
  return new DataView(Int16Array.from(list).buffer);
}

export function table(name, roles, { wide = false, repeats = [] } = {}) {
  const Kind = wide ? Uint32Array : Uint16Array;
  const indices = Object.entries(roles).map(([role, list]) => [role, new DataView(Kind.from(list).buffer)]);
  return { name, wide, repeats, ...Object.fromEntries(indices) };
}

export function reading(terms, role, out, left, right = null) {
  return { terms, role, out, left, right };
}

export function rule(name, out, of, terms = null) {
  return { rule: name, out, of, terms };
}

export function scene(panels, steps = [], terms = []) {
  return { panels, terms, steps, walk: null, notes: [], serial: 0 };
}

export function worked() {
  const roles = { out: [], left: [], right: [] };
  for (let out = 0; out < 9; out += 1) {
    for (let right = 0; right < 4; right += 1) {
      roles.out.push(out);
      roles.left.push((Math.floor(out / 3) + Math.floor(right / 2)) * 4 + (out % 3) + (right % 2));
      roles.right.push(right);
    }
  }
  const w = panel("w", [2, 2], W, { owners: owners(0, 1, 2, 3) });
  const panels = [panel("x", [4, 4], X), w, panel("y", [3, 3], Y)];
  return scene(panels, [reading("t", "out", "y", "x", "w")], [table("t", roles)]);
}

// How a value is filled: as deep as it is large on the range of its scale, or grey as a picture's pixel.

const BRIGHT = 0.54; // depths of fill where the ink turns, so that its contrast stays above 4.5
const DEEP = { negative: 0.7975, positive: 0.8375 };
const DARK = 0.46; // of white: greys below it take white ink
const BARE = { key: "" }; // no fill at all

// From -1 to 1: the root, so that small values still show.
export function depth(value, largest) {
  if (!largest || Number.isNaN(value)) return 0;
  return Math.sign(value) * Math.sqrt(Math.min(1, Math.abs(value) / largest));
}

// From 0, black, to 1, white; NaN is middle grey.
export function brightness(value, [black, white]) {
  const bright = (value - black) / (white - black);
  return Number.isNaN(bright) ? 0.5 : Math.max(0, Math.min(1, bright));
}

export function inkOn(deep) {
  return { bright: Math.abs(deep) > BRIGHT, deep: deep < -DEEP.negative || deep > DEEP.positive };
}

// Of a picture's pixel, from 0, black, to 1, white.
export function inkOnGrey(bright) {
  return { dark: bright < DARK };
}

// {mix, looks}: how much of its colour a fill takes, and what else is to be seen of it.
export function fillOf(value, { largest, pixels }) {
  if (pixels) {
    const mix = brightness(value, pixels);
    return { mix, looks: { grey: true, ...inkOnGrey(mix) } };
  }
  if (largest === undefined) return { mix: 0, looks: { bare: true } };
  const deep = depth(value, largest);
  return { mix: Math.abs(deep), looks: { negative: deep < 0, ...inkOn(deep) } };
}

// Where a bar begins and ends, of a height of 1: at zero, which is in the middle where numbers are below it.
export function barOf(value, { least, largest }) {
  const zero = least < 0 ? 0.5 : 0;
  const end = zero + (1 - zero) * Math.max(-1, Math.min(1, value / largest || 0));
  return [Math.min(zero, end), Math.max(zero, end)];
}

// The shades of every panel, by its name: those of its scale, {key, name, panels, least, most, largest}, and
// for a picture {pixels}. A panel without a scale is bare.
export function shadesOf(panels, seen) {
  const scales = new Map();
  for (const panel of panels.filter(({ scale }) => scale)) {
    const key = JSON.stringify([panel.scale, panel.pixels]);
    scales.set(key, [...(scales.get(key) ?? []), panel]);
  }
  const shades = new Map(panels.map(({ name }) => [name, BARE]));
  for (const group of scales.values()) {
    const shade = shadeOf(group, seen);
    for (const { name } of group) shades.set(name, shade);
  }
  return shades;
}

function shadeOf(panels, seen) {
  const [{ scale: name, pixels }] = panels;
  if (pixels) {
    const [least, most] = [Math.min(...pixels), Math.max(...pixels)];
    return { key: `pixels ${pixels}`, name, panels, pixels, least, most };
  }
  const { least, most } = rangeOf(panels.map(seen));
  const largest = Math.max(-least, most);
  return { key: String(largest), name, panels, least, most, largest };
}

// Of all finite numbers, and zero.
export function rangeOf(lists) {
  let [least, most] = [0, 0];
  for (const values of lists) {
    for (const value of values) {
      if (!Number.isFinite(value)) continue;
      least = Math.min(least, value);
      most = Math.max(most, value);
    }
  }
  return { least, most };
}

// How deep the fill of a value is. Fill says value: zero-centred, one range for all panels on show.

const BRIGHT = 0.54; // depths of fill where the ink turns, so that its contrast stays above 4.5
const DEEP = { negative: 0.7975, positive: 0.8375 };

// From -1 to 1: the root, so that small values still show.
export function depth(value, largest) {
  if (!largest || Number.isNaN(value)) return 0;
  return Math.sign(value) * Math.sqrt(Math.min(1, Math.abs(value) / largest));
}

export function inkOn(deep) {
  return { bright: Math.abs(deep) > BRIGHT, deep: deep < -DEEP.negative || deep > DEEP.positive };
}

// The range of the colours. One number alone, such as a loss, would make all others pale: it sets no range.
export function rangeOf(panels) {
  const several = panels.filter((panel) => panel.size > 1);
  let [least, most] = [0, 0];
  for (const panel of several.length ? several : panels) {
    for (const value of panel.values) {
      if (!Number.isFinite(value)) continue;
      least = Math.min(least, value);
      most = Math.max(most, value);
    }
  }
  return { least, most, largest: Math.max(-least, most) };
}

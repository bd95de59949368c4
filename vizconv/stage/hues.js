// How the outline of a weight looks: its number says which hue, how it is cut, and where its notch is.

const [HUES, CUTS] = [9, 5]; // as in scene.py

// The classes of a cell or a factor that a weight owns; -1 is none, and has the accent.
export function ownClasses(owner) {
  if (owner < 0) return ["vizconv-accent"];
  const line = Math.floor(owner / HUES);
  const [cut, notch] = [line % CUTS, Math.floor(line / CUTS)];
  const classes = [`vizconv-hue-${owner % HUES}`];
  if (cut) classes.push(`vizconv-cut-${cut}`);
  if (notch) classes.push(`vizconv-notch-${notch}`);
  return classes;
}

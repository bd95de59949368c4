// Colours of a picture: for every depth of a value the bytes of its fill, in the theme that is on.

import { brightness, depth } from "../colours.js";

const DEPTHS = 256; // on either side of zero

// A palette from the colours that a stage's cells are mixed from: 2 × 256 + 1 colours, zero in the middle.
export function signedPalette(root) {
  const [zero, positive, negative] = ["--zero", "--positive", "--negative"].map((name) =>
    colourIn(root, name),
  );
  return Uint32Array.from({ length: 2 * DEPTHS + 1 }, (_, at) => {
    const deep = (at - DEPTHS) / DEPTHS;
    return packed(mixed(zero, deep < 0 ? negative : positive, Math.abs(deep)));
  });
}

function colourIn(root, name) {
  const text = getComputedStyle(root).getPropertyValue(name).trim();
  return [1, 3, 5].map((at) => Number.parseInt(text.slice(at, at + 2), 16));
}

function mixed(one, other, part) {
  return one.map((value, at) => value + part * (other[at] - value));
}

function packed([red, green, blue]) {
  return ((255 << 24) | (Math.round(blue) << 16) | (Math.round(green) << 8) | Math.round(red)) >>> 0;
}

// A picture's pixels from paper, white, to ink, black.
export function inkPalette() {
  return Uint32Array.from({ length: 2 * DEPTHS + 1 }, (_, at) => {
    const grey = Math.max(0, 255 - Math.max(0, at - DEPTHS));
    return packed([grey, grey, grey]);
  });
}

const NOT_A_NUMBER = packed([128, 128, 128]);

// The colours of values up to a largest size: as deep as the root of the size, or straight.
export function fillPixels(pixels, values, largest, palette, straight) {
  for (let at = 0; at < values.length; at += 1) {
    const value = values[at];
    const deep = Math.round(DEPTHS * deepOf(value, largest, straight));
    pixels[at] = Number.isNaN(value) ? NOT_A_NUMBER : palette[DEPTHS + deep];
  }
}

// From -1 to 1: as deep as the stage's cells, or straight as a picture's ink.
export function deepOf(value, largest, straight) {
  return straight ? brightness(value, [0, largest]) : depth(value, largest);
}

// The largest size of all finite values.
export function largestOf(values) {
  let largest = 0;
  for (let at = 0; at < values.length; at += 1) {
    const size = Math.abs(values[at]);
    if (size > largest && size < Infinity) largest = size;
  }
  return largest;
}

// Numbers as people write and read them: a true minus sign, few digits.

const DIGITS = 6; // float32 has no more that are sure

export function formatNumber(value) {
  if (!Number.isFinite(value)) return signed(String(value));
  if (Number.isInteger(value) && Math.abs(value) < 1e6) return signed(String(value));
  const size = Math.abs(value);
  return signed(size >= 1e5 || size < 1e-3 ? value.toExponential(1) : threeDigits(value));
}

function signed(text) {
  return text.replace("Infinity", "∞").replace("e+", "e").replaceAll("-", "−");
}

function threeDigits(value) {
  if (Math.abs(value) < 1000) return String(Number(value.toPrecision(3)));
  return String(Math.sign(value) * Math.round(Math.abs(value))); // Math.round alone rounds −2.5 to −2
}

// As many digits as are sure; of a number that counts in steps other than 1, as many as a step is exact.
export function formatExact(number, step = 1) {
  if (!Number.isFinite(number)) return signed(String(number));
  const places = Math.min(100, Math.max(0, Math.floor(-Math.log10(step))));
  const rounded = step === 1 ? Number(number.toPrecision(DIGITS)) : Number((number * step).toFixed(places));
  return signed(String(rounded));
}

// A number beside an axis.
export function formatTick(tick) {
  const size = Math.abs(tick);
  if (size > 0 && (size >= 1e5 || size < 1e-3)) return signed(Number(tick.toPrecision(3)).toExponential());
  return signed(String(Number(tick.toPrecision(6))));
}

export function parseNumber(text) {
  const plain = text.trim().replaceAll("−", "-").replace(",", ".");
  const [above, below, ...rest] = plain.split("/").map((part) => (part.trim() ? Number(part) : NaN));
  if (rest.length) return NaN;
  return below === undefined ? above : above / below;
}

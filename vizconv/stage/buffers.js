// Buffers: numbers as they travel.

export function typed(Kind, view) {
  const bytes = view.buffer ?? view;
  const offset = view.byteOffset ?? 0;
  return new Kind(bytes.slice(offset, offset + view.byteLength)); // a copy, so that it is aligned
}

// Data in which buffers are written in base64, as a saved page has it.
export function withBuffers(value) {
  if (Array.isArray(value)) return value.map(withBuffers);
  if (value === null || typeof value !== "object") return value;
  if (value.base64 !== undefined)
    return Uint8Array.from(atob(value.base64), (letter) => letter.charCodeAt(0));
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, withBuffers(part)]));
}

// What was done in which lesson: {lesson: {kind: [names]}}, kept by this browser and sent to nobody.

const KEY = "vizconv-progress";
const CHANGED = "vizconv-progress"; // an event of this window; others hear of "storage"

// Nothing where the browser keeps nothing, or where something else is kept under this name.
export function progress() {
  try {
    const kept = JSON.parse(localStorage.getItem(KEY));
    return kept instanceof Object ? kept : {};
  } catch {
    return {};
  }
}

export function namesIn(kept, lesson, kind) {
  const names = kept[lesson]?.[kind];
  return Array.isArray(names) ? names : [];
}

// Outside of lessons (their name is empty) nothing is remembered.
export function remember(lesson, kind, name = "") {
  const kept = progress();
  const names = namesIn(kept, lesson, kind);
  if (!lesson || names.includes(name)) return;
  keep({ ...kept, [lesson]: { ...kept[lesson], [kind]: [...names, name] } });
}

export function forget() {
  keep({});
}

function keep(kept) {
  try {
    localStorage.setItem(KEY, JSON.stringify(kept));
  } catch {
    return; // a private window, blocked storage: the lessons work without
  }
  window.dispatchEvent(new Event(CHANGED));
}

// Hear of every change, also in other windows; returns what ends it.
export function hearProgress(action) {
  const names = [CHANGED, "storage"];
  for (const name of names) window.addEventListener(name, action);
  return () => {
    for (const name of names) window.removeEventListener(name, action);
  };
}

// Elements of a page, made by the DOM's own functions: data never becomes markup.

const SVG = "http://www.w3.org/2000/svg";

export function element(tag, className = "", parent = null, text = undefined) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  if (tag === "button") made.type = "button";
  if (tag === "button" || tag === "input") keepKeys(made);
  parent?.append(made);
  return made;
}

// The notebook takes arrows, Enter, digits and letters (dd deletes a cell) for itself, unless the very
// element that has the focus forbids it. Keys with Ctrl or Cmd are the notebook's all the same.
export function keepKeys(focusable) {
  focusable.dataset.lmSuppressShortcuts = "true";
  focusable.addEventListener("focus", () => window.addEventListener("keydown", lendKey, true));
  focusable.addEventListener("blur", () => window.removeEventListener("keydown", lendKey, true));
}

// The notebook looks at an element and all around it when a key reaches the document: so long nothing forbids.
function lendKey(event) {
  if (!isNotebooks(event)) return;
  const forbidding = [];
  for (let at = event.target; at?.closest?.("[data-lm-suppress-shortcuts]"); at = at.parentElement) {
    if (at.dataset.lmSuppressShortcuts) forbidding.push(at);
  }
  for (const each of forbidding) delete each.dataset.lmSuppressShortcuts;
  setTimeout(() => {
    for (const each of forbidding) each.dataset.lmSuppressShortcuts = "true";
  });
}

const EDITING = "acvxyz"; // with Ctrl or Cmd, in a field: select, copy, paste, cut, redo, undo

// Whether a key is the notebook's, wherever the focus is: Ctrl and Alt together are a letter on some keyboards,
// and undoing is the stage's own.
export function isNotebooks({ key, ctrlKey, metaKey, altKey, target }) {
  if (altKey || !(ctrlKey || metaKey)) return false;
  return !(target.tagName === "INPUT" ? EDITING : "z").includes(key.toLowerCase());
}

// Hear a key wherever the focus is within the same output of the notebook; returns what ends it.
export function hearKey(root, name, action) {
  const hear = ({ key, target }) => {
    const output = root.closest(".jp-OutputArea-output");
    if (key === name && output?.contains(target) && !root.contains(target)) action();
  };
  window.addEventListener("keydown", hear, true);
  return () => window.removeEventListener("keydown", hear, true);
}

export function shape(tag, parent, attributes, text = undefined) {
  const made = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, String(value));
  if (text !== undefined) made.textContent = text;
  parent?.append(made);
  return made;
}

export function textButton(parent, text, action) {
  const made = element("button", "vizconv-button", parent, text);
  made.addEventListener("click", action);
  return made;
}

// A text in which what stands between backticks is code, or another element.
export function textWithCode(parent, text, tag = "code") {
  text.split("`").forEach((part, at) => {
    element(at % 2 ? tag : "span", "", parent, part);
  });
  return parent;
}

export function setName(button, name) {
  button.title = name;
  button.setAttribute("aria-label", name);
  return button;
}

export function setIcon(button, name, path) {
  const icon = shape("svg", null, { viewBox: "0 0 16 16", "aria-hidden": "true" });
  shape("path", icon, { d: path });
  button.replaceChildren(icon);
  return setName(button, name);
}

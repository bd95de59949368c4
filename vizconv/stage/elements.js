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
// element that has the focus forbids it.
export function keepKeys(focusable) {
  focusable.dataset.lmSuppressShortcuts = "true";
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

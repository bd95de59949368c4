// A button that lets a learner choose a file, and sends it to Python in parts.

import { element } from "./elements.js";

const PART = 2 ** 22; // bytes; a server drops a message of more than ten million without a word

function render({ model, el }) {
  const button = element("button", "jupyter-button widget-button", el, model.get("description"));
  Object.assign(el.style, { display: "flex", alignItems: "center" }); // in line with the buttons beside it
  button.style.width = "auto";
  const input = element("input");
  input.type = "file";
  input.accept = model.get("accept");
  button.addEventListener("click", () => input.click());
  input.addEventListener("change", () => {
    const [file] = input.files;
    input.value = ""; // so that the same file may be chosen again
    if (file) sendFile(model, file);
  });
}

async function sendFile(model, file) {
  if (file.size > model.get("most")) {
    model.send({ size: file.size });
    return;
  }
  const data = await file.arrayBuffer();
  for (let at = 0; at === 0 || at < data.byteLength; at += PART) {
    model.send({ size: data.byteLength, at }, undefined, [data.slice(at, at + PART)]);
  }
}

export default { render };

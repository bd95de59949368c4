// A prediction: a question, a field for a number or a button for each choice, and what Python says to it.

import { element, isNotebooks } from "../stage/elements.js";
import { remember } from "../stage/progress.js";
import { showReply } from "./reply.js";

function render({ model, el }) {
  const root = element("div", "vizconv vizconv-predict", el);
  root.setAttribute("role", "group");
  root.setAttribute("aria-label", "predict");
  element("p", "vizconv-predict-question", root, model.get("_text"));
  remember(model.get("lesson"), "opened");
  const answer = (value) => {
    model.set("value", value);
    model.save_changes();
  };
  const choices = model.get("_choices");
  const showValue = choices.length ? buildChoices(root, choices, answer) : buildField(root, model, answer);
  const reply = element("p", "vizconv-predict-reply", root);
  reply.setAttribute("role", "status");
  const show = () => {
    showValue(model.get("value"));
    const said = model.get("_said");
    showReply(reply, said);
    if (typeof said.right === "boolean") remember(model.get("lesson"), "answered", model.get("_text"));
  };
  model.on("change:value", show);
  model.on("change:_said", show);
  show();
  return () => {
    model.off("change:value", show);
    model.off("change:_said", show);
  };
}

function buildChoices(root, choices, answer) {
  const box = element("div", "vizconv-predict-answers", root);
  const buttons = choices.map((choice) => {
    const button = element("button", "vizconv-predict-button", box, choice);
    button.addEventListener("click", () => answer(choice));
    return button;
  });
  return (value) => {
    for (const button of buttons) button.setAttribute("aria-pressed", String(button.textContent === value));
  };
}

function buildField(root, model, answer) {
  const box = element("div", "vizconv-predict-answers", root);
  const input = element("input", "vizconv-predict-input", box);
  input.autocomplete = "off";
  input.placeholder = "a number";
  input.setAttribute("aria-label", model.get("_text"));
  const say = () => {
    answer(input.value); // nothing is an answer, too: what was said to the last one goes
    if (!input.value.trim()) input.focus();
  };
  input.addEventListener("keydown", (event) => {
    if (!isNotebooks(event)) event.stopPropagation();
    if (event.key === "Enter") say();
  });
  const button = element("button", "vizconv-predict-button", box, "answer");
  button.addEventListener("click", say);
  return (value) => {
    if (value) input.value = value;
  };
}

export default { render };

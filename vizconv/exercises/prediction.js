// A prediction: a question, a field for a number or a button for each choice, and what Python says to it.

import { element, isNotebooks } from "../stage/elements.js";

function render({ model, el }) {
  const root = element("div", "vizconv vizconv-predict", el);
  root.setAttribute("role", "group");
  root.setAttribute("aria-label", "predict");
  element("p", "vizconv-predict-question", root, model.get("_text"));
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
    showReply(reply, model.get("_said"));
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

function showReply(reply, { right, sentence }) {
  const name = { true: "right", false: "wrong" }[String(right)] ?? "open";
  reply.className = `vizconv-predict-reply vizconv-predict-${name}`;
  const mark = { right: "✓ ", wrong: "✗ ", open: "○ " }[name];
  reply.textContent = sentence ? mark + sentence : "";
}

export default { render };

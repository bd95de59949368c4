// What is said to a learner, and whether it is right; {right, sentence}, with code between backticks.

import { textWithCode } from "../stage/elements.js";

const NAMES = { true: "right", false: "wrong" };
const MARKS = { right: "✓ ", wrong: "✗ ", open: "○ " };

export function showReply(reply, { right, sentence }) {
  const name = NAMES[String(right)] ?? "open";
  reply.className = `vizconv-predict-reply vizconv-predict-${name}`;
  reply.replaceChildren();
  if (sentence) textWithCode(reply, MARKS[name] + sentence);
}

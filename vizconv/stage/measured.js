// What a finite difference measures of the gradient that is held: a line of its own, right below the formula.

import { isSamePlace } from "./scene.js";

const HINT = "Click a gradient: here stands what is measured when its number is moved a little.";

// Room is kept for the line wherever something can be measured, so that nothing moves when it is.
export function showMeasured(view) {
  const { of, sentence, agrees } = view.model.get?.("measured") ?? {};
  view.measured.hidden = sentence === undefined;
  const said = isOfNow(view, of) ? sentence : "";
  view.measured.textContent = said ? `${agrees ? "✓ " : ""}${said}` : HINT;
  view.measured.classList.toggle("vizconv-agrees", Boolean(said && agrees));
  view.measured.classList.toggle("vizconv-hint", !said);
}

// A busy kernel may speak of a cell that is let go, or of numbers of before an edit.
function isOfNow({ pinned, subject, reported }, of) {
  return pinned && !reported.length && isSamePlace(of, subject);
}

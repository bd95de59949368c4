// The course: its lessons, and what was done in each of them, as this browser remembers it.

import { element, textButton } from "../stage/elements.js";
import { forget, hearProgress, namesIn, progress } from "../stage/progress.js";

const KEPT = "This browser remembers it, and nobody else; nothing is sent. ";
const [FORGET, SURE] = ["forget all", "really forget all?"];

function render({ model, el }) {
  const root = element("div", "vizconv vizconv-course", el);
  const table = element("table", "", root);
  buildHead(table);
  const body = element("tbody", "", table);
  const rows = model.get("_lessons").map((lesson) => buildRow(body, lesson));
  const foot = element("p", "vizconv-course-foot", root, KEPT);
  const reset = buildReset(foot);
  const show = () => {
    const kept = progress();
    const done = rows.map((row) => row(kept));
    reset.disabled = !Object.keys(kept).length;
    showNext(body, done.indexOf(false));
  };
  show();
  return hearProgress(show);
}

// It asks once more; who goes elsewhere has not said yes.
function buildReset(foot) {
  const ask = (words) => {
    reset.textContent = words;
  };
  const reset = textButton(foot, FORGET, () => {
    if (reset.textContent === SURE) forget();
    ask(reset.textContent === SURE ? FORGET : SURE);
  });
  reset.addEventListener("blur", () => ask(FORGET));
  return reset;
}

function buildHead(table) {
  const row = element("tr", "", element("thead", "", table));
  for (const words of ["lesson", "opened", "questions answered", "your turn solved"]) {
    element("th", "", row, words).scope = "col";
  }
}

// A lesson's row; returns what shows the marks, and says whether all is done.
function buildRow(body, { name, file, title, questions, exercises }) {
  const row = element("tr", "", body);
  const link = element("a", "", element("th", "", row), title);
  link.parentElement.scope = "row";
  link.href = file;
  for (const event of ["pointerdown", "keydown"]) link.addEventListener(event, () => leadTo(link, file));
  const cells = ["opened", "answered", "solved"].map((kind) => [kind, element("td", "", row)]);
  const most = { opened: 1, answered: questions, solved: exercises };
  return (kept) => {
    const counts = cells.map(([kind, cell]) => {
      const count = Math.min(namesIn(kept, name, kind).length, most[kind]);
      showMarks(cell, count, most[kind], kind !== "opened");
      return count === most[kind];
    });
    return counts.every(Boolean);
  };
}

// A mark for each, and how many of how many.
function showMarks(cell, count, most, counted) {
  cell.replaceChildren();
  const marks = element("span", "vizconv-marks", cell, "●".repeat(count) + "○".repeat(most - count));
  marks.setAttribute("aria-hidden", "true");
  cell.classList.toggle("vizconv-done", count === most);
  const words = counted ? `${count} of ${most}` : count ? "yes" : "not yet";
  if (most) element("span", counted ? "vizconv-count" : "vizconv-unseen", cell, words);
}

// The first lesson with something left to do.
function showNext(body, at) {
  [...body.rows].forEach((row, index) => {
    row.classList.toggle("vizconv-next", index === at);
  });
}

// JupyterLab opens a notebook beside this one when it is asked to; elsewhere the link leads to the file.
function leadTo(link, file) {
  const [, folder] = decodeURIComponent(location.pathname).match(/\/tree\/(?:(.*)\/)?[^/]*$/) ?? [];
  const path = folder ? `${folder}/${file}` : file;
  link.dataset.commandlinkerCommand = "docmanager:open";
  link.dataset.commandlinkerArgs = JSON.stringify({ path });
}

export default { render };

// What is said of a function that is right; its exercise is remembered as solved.

import { element } from "../stage/elements.js";
import { remember } from "../stage/progress.js";
import { showReply } from "./reply.js";

function render({ model, el }) {
  const root = element("div", "vizconv vizconv-predict", el);
  showReply(element("p", "", root), { right: true, sentence: model.get("sentence") });
  remember(model.get("lesson"), "solved", model.get("exercise"));
}

export default { render };

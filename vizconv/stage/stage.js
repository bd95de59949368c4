// The stage as a widget and as a page of its own: what a notebook renders, and what a saved file calls.

import { withBuffers } from "./buffers.js";
import { hearKey } from "./elements.js";
import { showMeasured } from "./measured.js";
import { unpin } from "./pointing.js";
import { remember } from "./progress.js";
import { pause } from "./transport.js";
import { createView, resize, showCode, takeScene } from "./view.js";

function render({ model, el }) {
  const view = createView(model, el);
  remember(model.get("lesson"), "opened");
  const heard = {
    "change:_scene": () => takeScene(view, model.get("_scene")),
    "change:code": () => showCode(view, model.get("code")),
    "change:measured": () => view.subject && showMeasured(view),
  };
  for (const [name, answer] of Object.entries(heard)) {
    model.on(name, answer);
    answer();
  }
  const observer = watchWidth(view);
  const stopHearing = hearKey(view.root, "Escape", () => unpin(view));
  return () => {
    stopHearing();
    for (const [name, answer] of Object.entries(heard)) model.off(name, answer);
    observer.disconnect();
    pause(view);
  };
}

function watchWidth(view) {
  const observer = new ResizeObserver(() => resize(view));
  observer.observe(view.root);
  return observer;
}

// A stage in a page of its own: what a saved file calls. Buffers come in base64; nobody hears of edits.
export function showAlone(el, state) {
  const dark = matchMedia("(prefers-color-scheme: dark)").matches;
  document.body.dataset.jpThemeLight = String(!dark);
  if (dark) document.body.style.background = "#111111";
  const view = createView({ alone: true, set() {}, save_changes() {} }, el);
  takeScene(view, withBuffers(state._scene));
  showCode(view, state.code);
  watchWidth(view);
}

export default { render };

// In the page under test: a hand on JupyterLab and an eye on the stage. Every wait has a deadline.

const testing = {
  async within(seconds, what, promise) {
    let timer;
    const late = new Promise((_, reject) => {
      timer = setTimeout(() => reject(new Error(`${what}: not done in ${seconds} s`)), seconds * 1000);
    });
    return Promise.race([promise, late]).finally(() => clearTimeout(timer));
  },

  // ---- JupyterLab ----

  notebook(path) {
    const open = [...(window.jupyterapp?.shell?.widgets("main") ?? [])];
    return open.find((panel) => panel.context?.path === path);
  },

  async ready(path) {
    const panel = testing.notebook(path);
    const start = async () => {
      await Promise.all([panel.context.ready, panel.revealed, panel.sessionContext.ready]);
      await panel.sessionContext.session.kernel.info;
    };
    await testing.within(40, "the kernel's start", start());
    window.jupyterapp.shell.activateById(panel.id);
  },

  async open(path) {
    await window.jupyterapp.restored;
    await testing.command("docmanager:open", { path });
  },

  // Close a notebook, if it is still open, without saving it; its kernel lives on.
  close(path) {
    testing.notebook(path)?.dispose();
  },

  command(name, options) {
    return testing.within(60, name, window.jupyterapp.commands.execute(name, options));
  },

  kernel(path) {
    return testing.notebook(path).sessionContext.session.kernel;
  },

  // Run Python in the notebook's kernel; what it prints.
  async python(path, code, seconds = 20) {
    const future = testing.kernel(path).requestExecute({ code, store_history: false });
    let printed = "";
    future.onIOPub = ({ header, content }) => {
      if (header.msg_type === "stream") printed += content.text;
    };
    const { content } = await testing.within(seconds, code, future.done);
    if (content.status !== "ok") throw new Error(content.traceback.join("\n"));
    return printed;
  },

  shutDown(path) {
    return testing.within(20, "the kernel's end", testing.notebook(path).sessionContext.shutdown());
  },

  // ---- The stage: every result is {panel name: {cell: ...}} or {panel name: [cells]} ----

  panels(stage, read) {
    const panels = [...stage.querySelectorAll("[data-panel]")];
    return Object.fromEntries(panels.map((panel) => [panel.dataset.panel, read(panel)]));
  },

  cells(panel, among = "[data-cell]") {
    return [...panel.querySelectorAll(among)];
  },

  numbers(stage) {
    const read = (panel) => testing.cells(panel).map((cell) => [cell.dataset.cell, cell.textContent]);
    return testing.panels(stage, (panel) => Object.fromEntries(read(panel)));
  },

  marked(stage, name) {
    return testing.panels(stage, (panel) => testing.cells(panel, `.${name}`).map((cell) => cell.dataset.cell));
  },

  formula(stage) {
    return stage.querySelector('[data-role="formula"]').textContent;
  },

  sight(stage) {
    return { formula: testing.formula(stage), lit: testing.panels(stage, testing.lit) };
  },

  // The cells that stand out: the one pointed at, and its partners, or those in the frame around very many.
  lit(panel) {
    const lit = testing.cells(panel, ".vizconv-lit, .vizconv-subject");
    const frame = panel.querySelector(".vizconv-frame:not([hidden])")?.getBoundingClientRect();
    const among = lit.length || !frame ? lit : testing.cells(panel).filter((cell) => testing.inside(cell, frame));
    return among.map((cell) => cell.dataset.cell);
  },

  inside(cell, frame) {
    const { left, right, top, bottom } = cell.getBoundingClientRect();
    const [across, down] = [(left + right) / 2, (top + bottom) / 2];
    return frame.left < across && across < frame.right && frame.top < down && down < frame.bottom;
  },

  // Point at every `step`th cell of every panel in turn, and look.
  sights(stage, step) {
    const look = (cell) => {
      cell.dispatchEvent(new PointerEvent("pointerover", { bubbles: true }));
      return [cell.dataset.cell, testing.sight(stage)];
    };
    const read = (panel) => testing.cells(panel).filter((_, at) => at % step === 0).map(look);
    return testing.panels(stage, (panel) => Object.fromEntries(read(panel)));
  },

  // ---- Colours, as red, green, blue from 0 to 255 ----

  inksAndFills(stage) {
    return testing.cells(stage, "[data-cell]").map((cell) => {
      const { color, backgroundColor, opacity } = getComputedStyle(cell);
      const behind = testing.colour(getComputedStyle(cell.closest(".vizconv-channel")).backgroundColor);
      const seen = (css) => testing.blend(testing.colour(css), behind, Number(opacity));
      return [seen(color), seen(backgroundColor)];
    });
  },

  // Any CSS colour, also a computed color-mix, by painting one pixel with it.
  colour(css) {
    const paper = new OffscreenCanvas(1, 1).getContext("2d");
    paper.fillStyle = css;
    paper.fillRect(0, 0, 1, 1);
    return [...paper.getImageData(0, 0, 1, 1).data].slice(0, 3);
  },

  blend(above, below, opacity) {
    return above.map((part, at) => opacity * part + (1 - opacity) * below[at]);
  },
};
window.testing = testing;

// What the benchmark of the stage does in the page. Times are milliseconds; every function returns a list.

window.timing = (() => {
  const { frame, rest, painted } = window.waiting;
  const stageOf = (number) => document.querySelectorAll(".vizconv-stage")[number];

  // Do something, flush style and layout, then wait for the frame: [handled, painted].
  // It starts at any moment between two frames, as a hand does.
  async function timed(action, root, at) {
    await frame();
    await rest((at * 7) % 17);
    const start = performance.now();
    action();
    root.getBoundingClientRect();
    const handled = performance.now() - start;
    await painted();
    return [handled, performance.now() - start];
  }

  async function hover(number, panel, cells) {
    const root = stageOf(number);
    const times = [];
    for (const cell of cells) {
      const made = root.querySelector(`[data-panel="${panel}"] [data-cell="${cell}"]`);
      const over = () => made.dispatchEvent(new PointerEvent("pointerover", { bubbles: true }));
      times.push(await timed(over, root, times.length));
    }
    return times;
  }

  async function step(number, count) {
    const root = stageOf(number);
    const button = root.querySelector('[aria-label="step"]');
    const times = [];
    for (let at = 0; at < count; at += 1) times.push(await timed(() => button.click(), root, at));
    return times;
  }

  function press(slider, key) {
    const keyCode = { ArrowRight: 39, ArrowLeft: 37 }[key];
    slider.dispatchEvent(new KeyboardEvent("keydown", { key, keyCode, bubbles: true }));
  }

  function sliderOf(output, name) {
    const made = [...output.querySelectorAll(".widget-slider")].find(
      (box) => box.offsetParent && box.querySelector(".widget-label")?.textContent === name,
    );
    return made.querySelector(".noUi-handle");
  }

  const outputOf = (number) => stageOf(number).closest(".jp-OutputArea-output");

  // From a key on a slider, through the kernel, to the frame that shows what `look` sees change.
  async function throughKernel(output, name, keys, look) {
    const slider = sliderOf(output, name);
    const times = [];
    for (const key of keys) {
      await rest(120);
      const before = look(output);
      const start = performance.now();
      press(slider, key);
      while (look(output) === before && performance.now() - start < 5000) await frame();
      await painted();
      times.push(performance.now() - start);
    }
    return times;
  }

  const shapes = (output) =>
    [...output.querySelectorAll(".vizconv-shape")].map((made) => made.textContent).join(" ") +
    output.querySelector('[data-panel="y"]')?.textContent;
  const picture = (output) => output.querySelector("img")?.src;

  // 200 events in two seconds, ending where `last` says; from the last event to its scene on screen.
  async function burst(number, name, last) {
    const output = outputOf(number);
    const slider = sliderOf(output, name);
    for (let at = 0; at < 200; at += 1) {
      press(slider, at % 2 ? "ArrowLeft" : "ArrowRight");
      await rest(10);
    }
    press(slider, "ArrowRight");
    press(slider, "ArrowRight"); // where no earlier event has been
    const start = performance.now();
    while (!shapes(output).includes(last) && performance.now() - start < 5000) await frame();
    await painted();
    const time = performance.now() - start;
    press(slider, "ArrowLeft");
    press(slider, "ArrowLeft");
    await rest(800);
    return time;
  }

  // From the start of a cell's run to the frame that shows its stage.
  async function first(index) {
    const notebook = window.jupyterapp.shell.currentWidget.content;
    notebook.activeCellIndex = index;
    const cell = notebook.widgets[index].node;
    const start = performance.now();
    window.jupyterapp.commands.execute("notebook:run-cell");
    await rest(30); // the old output is cleared first
    while (!cell.querySelector('[data-panel="y"] [data-cell]')) await frame();
    await painted();
    return performance.now() - start;
  }

  return {
    hover,
    step,
    burst,
    first,
    slide: (number, name, keys) => throughKernel(outputOf(number), name, keys, shapes),
    slidePicture: (index, name, keys) => {
      const outputs = window.jupyterapp.shell.currentWidget.content.widgets[index].node;
      return throughKernel(outputs, name, keys, picture);
    },
  };
})();

// What the benchmark of the pictures does in the page. Times are milliseconds; every function returns a list.

window.pictures = (() => {
  const { frame, rest, painted } = window.waiting;

  const rootOf = (number) => document.querySelectorAll(".vizconv-stage")[number].closest(".jp-OutputArea-output");
  const canvasOf = (number, which) => rootOf(number).querySelectorAll(".vizconv-picture canvas")[which];
  const formula = (number) => rootOf(number).querySelector('[data-role="formula"]').textContent;

  function controlOf(number, name) {
    const boxes = [...rootOf(number).querySelectorAll(".widget-dropdown")];
    return boxes.find((box) => box.querySelector("label").textContent === name).querySelector("select");
  }

  // Some pixels of the filtered picture as text.
  function sample(number) {
    const canvas = canvasOf(number, 1);
    const strip = canvas.getContext("2d").getImageData(0, canvas.height >> 1, canvas.width, 1);
    return strip.data.join();
  }

  // From an action to the frame that shows what `look` sees change.
  async function timed(action, look) {
    await rest(150);
    const before = look();
    const start = performance.now();
    action();
    while (look() === before && performance.now() - start < 5000) await frame();
    await painted();
    return performance.now() - start;
  }

  async function choose(number, name, indices) {
    const times = [];
    const control = controlOf(number, name);
    for (const index of indices) {
      const act = () => {
        control.selectedIndex = index;
        control.dispatchEvent(new Event("change", { bubbles: true }));
      };
      times.push(await timed(act, () => sample(number)));
    }
    return times;
  }

  async function point(number, which, count) {
    const canvas = canvasOf(number, which);
    const box = canvas.getBoundingClientRect();
    const times = [];
    for (let at = 1; at <= count; at += 1) {
      const place = { clientX: box.left + (at * box.width) / (count + 1), clientY: box.top + box.height / 3 };
      const act = () => canvas.dispatchEvent(new PointerEvent("pointermove", { bubbles: true, ...place }));
      times.push(await timed(act, () => formula(number)));
    }
    return times;
  }

  return { choose, point };
})();

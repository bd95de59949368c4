// What the benchmark of the network stage does in the page. Times are milliseconds; each function returns a list.

window.networkTiming = (() => {
  const root = () => document.querySelector(".vizconv-network");
  const { rest, painted } = window.waiting;

  // Do something, flush style and layout, then wait for the frame: [handled, painted].
  async function timed(action, at) {
    await rest((at * 7) % 17);
    const start = performance.now();
    action();
    root().getBoundingClientRect();
    const handled = performance.now() - start;
    await painted();
    return [handled, performance.now() - start];
  }

  // Point at places all over the layers.
  async function hover(rounds) {
    const times = [];
    for (let round = 0; round < rounds; round += 1) {
      for (const canvas of root().querySelectorAll("canvas[data-layer]")) {
        const { left, top, width, height } = canvas.getBoundingClientRect();
        const at = { clientX: left + ((round * 0.37) % 1) * width, clientY: top + ((round * 0.61) % 1) * height };
        const move = () => canvas.dispatchEvent(new PointerEvent("pointermove", { ...at, bubbles: true }));
        times.push(await timed(move, times.length));
      }
    }
    return times;
  }

  // Draw on the pad, one move of the pointer after the other.
  async function stroke(count) {
    const field = root().querySelector(".vizconv-pad-field");
    const { left, top, width, height } = field.getBoundingClientRect();
    const send = (name, at) => {
      const [x, y] = [0.5 + 0.35 * Math.sin(at / 3), 0.1 + (0.8 * at) / count]; // always over new paper
      const place = { clientX: left + x * width, clientY: top + y * height, pointerId: 1 };
      field.dispatchEvent(new PointerEvent(name, { ...place, bubbles: true }));
    };
    field.setPointerCapture = () => {};
    root().querySelector(".vizconv-pad-clear").click();
    send("pointerdown", 0);
    const times = [];
    for (let at = 1; at <= count; at += 1) times.push(await timed(() => send("pointermove", at), at));
    send("pointerup", count);
    return times;
  }

  // How long a frame takes, from its beginning until it is painted.
  const worked = () =>
    new Promise((done) => {
      requestAnimationFrame((start) => {
        const channel = new MessageChannel();
        channel.port1.onmessage = () => done(performance.now() - start);
        channel.port2.postMessage(null);
      });
    });

  // Open numbers: [handled, the longest that any of the frames works which build what is open].
  async function opens(cells) {
    const times = [];
    for (const [name, index] of cells) {
      const [handled] = await timed(() => root().vizconv.open(name, index), times.length);
      const frames = [handled];
      for (let at = 0; at < 8; at += 1) frames.push(await worked());
      times.push([handled, Math.max(...frames)]);
    }
    root().vizconv.open(null);
    return times;
  }

  // Run the cell again, until its layers are painted.
  async function first(cell) {
    root().remove();
    const notebook = window.jupyterapp.shell.currentWidget.content;
    notebook.activeCellIndex = cell;
    const start = performance.now();
    window.jupyterapp.commands.execute("notebook:run-cell");
    while (!root()?.vizconv) await rest(1);
    await painted();
    return performance.now() - start;
  }

  return { hover, stroke, opens, first };
})();

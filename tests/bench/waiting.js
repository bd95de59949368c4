// What benchmarks wait for in a page: a frame, some milliseconds, or until the next frame is painted.

window.waiting = {
  frame: () => new Promise((done) => requestAnimationFrame(() => setTimeout(done, 0))),
  rest: (time) => new Promise((done) => setTimeout(done, time)),
  painted: () =>
    new Promise((done) => {
      requestAnimationFrame(() => {
        const channel = new MessageChannel();
        channel.port1.onmessage = done;
        channel.port2.postMessage(null);
      });
    }),
};

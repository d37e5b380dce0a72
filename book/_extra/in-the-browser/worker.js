/* The thread that computes, so that the page stays alive. It starts from the text of these functions, because a
   page that was opened from the disk may not start one from a file. It asks nobody for anything: all it needs
   is sent to it. */
"use strict";
window.tlBrowser = window.tlBrowser || {};

(function () {
  function work(resize) {
    let ort, session, size;

    async function unpacked(text) {
      const packed = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
      const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
      return new Uint8Array(await new Response(stream).arrayBuffer());
    }

    async function infer(pixels) {
      const image = new ort.Tensor("uint8", pixels, [1, size, size, 3]);
      const { probabilities } = await session.run({ image });
      return probabilities.data;
    }

    async function start(parts, wanted) {
      size = wanted;
      const began = performance.now();
      const address = URL.createObjectURL(new Blob([await unpacked(parts.script)], { type: "text/javascript" }));
      ort = await import(address);
      URL.revokeObjectURL(address);
      ort.env.wasm.numThreads = 1; // more need headers that a plain server does not send
      ort.env.wasm.wasmBinary = await unpacked(parts.wasm);
      session = await ort.InferenceSession.create(await unpacked(parts.network), { executionProviders: ["wasm"] });
      const names = JSON.parse(new TextDecoder().decode(await unpacked(parts.classes)));
      await infer(new Uint8Array(size * size * 3)); // the first run is slower
      return { names, ms: performance.now() - began };
    }

    async function classify(rgba, side) {
      const began = performance.now();
      const pixels = resize(rgba, side, size);
      const resized = performance.now();
      const probabilities = await infer(pixels);
      return { pixels, probabilities, resizeMs: resized - began, networkMs: performance.now() - resized };
    }

    const tasks = { start, classify };
    self.onmessage = async ({ data: { id, task, given } }) => {
      try {
        self.postMessage({ id, result: await tasks[task](...given) });
      } catch (error) {
        self.postMessage({ id, error: String((error && error.message) || error) });
      }
    };
  }

  /* (task, ...given) -> a promise of its result. */
  tlBrowser.startWorker = function () {
    const text = `(${work})(${tlBrowser.resize});`;
    const address = URL.createObjectURL(new Blob([text], { type: "text/javascript" }));
    const worker = new Worker(address);
    const waiting = new Map();
    let last = 0;
    function end(id, settle) {
      if (waiting.has(id)) { settle(waiting.get(id)); waiting.delete(id); }
    }
    worker.onmessage = ({ data }) => end(data.id, ([resolve, reject]) =>
      data.error === undefined ? resolve(data.result) : reject(new Error(data.error)));
    worker.onerror = (event) => {
      [...waiting.keys()].forEach((id) => end(id, ([, reject]) => reject(new Error(event.message || "the thread ended"))));
    };
    return {
      ask: (task, ...given) => new Promise((resolve, reject) => {
        last += 1;
        waiting.set(last, [resolve, reject]);
        worker.postMessage({ id: last, task, given });
      }),
      stop: () => worker.terminate(),
    };
  };
})();

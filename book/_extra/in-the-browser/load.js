/* Loads the runtime, the network and the names of the classes, piece by piece, and starts the worker with them. */
"use strict";
window.tlBrowser = window.tlBrowser || {};

(function () {
  const FOLDER = "in-the-browser/";
  const arrived = new Map();
  let machine = null; // a promise

  /* What a piece calls. */
  tlBrowser.piece = (name, at, text) => { arrived.set(`${name}-${at}`, text); };

  function script(file) {
    return new Promise((resolve, reject) => {
      const node = document.createElement("script");
      node.src = FOLDER + file;
      node.onload = () => { node.remove(); resolve(); };
      node.onerror = () => {
        node.remove();
        reject(new tlBrowser.Problem(`A part of the network did not arrive (${file}). Is the server still there? Try again.`));
      };
      document.head.append(node);
    });
  }

  const total = () => Object.values(tlBrowser.about.parts).flat().reduce((sum, size) => sum + size, 0);

  function check() {
    if (typeof WebAssembly !== "object") {
      throw new tlBrowser.Problem("This browser runs no WebAssembly: it is too old, or switched off (as in Lockdown Mode).");
    }
    if (typeof DecompressionStream !== "function" || typeof Worker !== "function") {
      throw new tlBrowser.Problem("This browser is too old for this page. One from 2023 or later will do.");
    }
  }

  async function start(progress) {
    check();
    const parts = {};
    let loaded = 0;
    for (const [name, sizes] of Object.entries(tlBrowser.about.parts)) {
      for (const [at, size] of sizes.entries()) {
        if (!arrived.has(`${name}-${at}`)) { await script(`${name}-${String(at).padStart(2, "0")}.js`); }
        loaded += size;
        progress(loaded, total());
      }
      parts[name] = sizes.map((size, at) => arrived.get(`${name}-${at}`)).join("");
    }
    const worker = tlBrowser.startWorker();
    try {
      const { names, ms } = await worker.ask("start", parts, tlBrowser.about.size);
      arrived.clear();
      return { worker, names, startMs: ms };
    } catch (error) {
      worker.stop();
      throw new tlBrowser.Problem(`The network could not be started in this browser: ${error.message}`);
    }
  }

  /* Once; a failure may be tried again. */
  tlBrowser.load = function (progress) {
    if (machine === null) {
      machine = start(progress);
      machine.catch(() => { machine = null; });
    }
    return machine;
  };

  /* Bytes that came over the network for this, and whether the browser can tell. */
  tlBrowser.downloaded = function () {
    const entries = performance.getEntriesByType("resource").filter((entry) =>
      /\/in-the-browser\/(script|wasm|network|classes)-\d+\.js/.test(entry.name));
    return { known: entries.length > 0 && location.protocol !== "file:", total: total(),
      bytes: entries.reduce((sum, entry) => sum + entry.transferSize, 0) };
  };
})();

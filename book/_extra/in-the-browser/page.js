/* What the reader sees and does: drop, choose or paste an image, or take an example. */
"use strict";

(function () {
  const SHOWN = 5;
  const find = (id) => document.getElementById(`tl-live-${id}`);
  const megabytes = (bytes) => `${(bytes / 1e6).toFixed(1)} MB`;
  const ms = (time) => (time < 10 ? `${time.toFixed(1)} ms` : time < 1000 ? `${Math.round(time)} ms` : `${(time / 1000).toFixed(1)} s`);
  const percent = (share) => (share < 0.001 ? "< 0.1 %" : `${(100 * share).toFixed(1)} %`);
  let latest = 0;

  function say(text, bad = false) {
    find("status").textContent = text;
    find("status").classList.toggle("tl-live__status--bad", bad);
  }

  function progress(loaded, total) {
    find("progress").hidden = false;
    find("bar").max = total;
    find("bar").value = loaded;
    find("loaded").textContent = `${megabytes(loaded)} of ${megabytes(total)}`;
    if (loaded === total) { find("loaded").textContent += ", starting"; }
  }

  async function machine() {
    try {
      const ready = await tlBrowser.load(progress);
      find("load").hidden = true;
      return ready;
    } finally {
      find("progress").hidden = true;
    }
  }

  function draw(pixels) {
    const { size } = tlBrowser.about;
    const image = new ImageData(size, size);
    for (let from = 0, to = 0; from < pixels.length; from += 3, to += 4) {
      image.data.set([pixels[from], pixels[from + 1], pixels[from + 2], 255], to);
    }
    find("seen").getContext("2d").putImageData(image, 0, 0);
  }

  function list(best) {
    find("classes").replaceChildren(...best.map(({ name, share }) => {
      const item = document.createElement("li");
      const bar = document.createElement("span");
      const words = [name, percent(share)].map((text, at) => {
        const word = document.createElement("span");
        word.className = at ? "tl-live__share" : "tl-live__name";
        word.textContent = text;
        return word;
      });
      bar.className = "tl-live__bar";
      bar.style.width = `${100 * share}%`;
      item.append(...words, bar);
      return item;
    }));
  }

  function figures(square, answer) {
    const { known, bytes, total } = tlBrowser.downloaded();
    const came = !known ? `${megabytes(total)}, read from where this page lies`
      : bytes ? `${megabytes(bytes)} downloaded, once` : `nothing downloaded: it was still in the browser's cache`;
    const reduced = square.reduced ? " The image was too large to be taken pixel by pixel: the browser reduced it first." : "";
    find("figures").textContent = `Your image has ${square.width} × ${square.height} pixels. Cropping and resizing took ` +
      `${ms(answer.resizeMs)}, the network ${ms(answer.networkMs)}. Runtime and network: ${came}.${reduced}`;
  }

  async function take(source) {
    latest += 1;
    const mine = latest;
    find("result").setAttribute("aria-busy", "true");
    try {
      say("Reading the image …");
      const square = await tlBrowser.squareOf(source);
      say("Loading the network …");
      const { worker, names } = await machine();
      if (mine !== latest) { return; }
      say("Computing …");
      const answer = await worker.ask("classify", square.rgba, square.side);
      if (mine !== latest) { return; }
      const order = [...answer.probabilities.keys()].sort((a, b) => answer.probabilities[b] - answer.probabilities[a]);
      const best = order.slice(0, SHOWN).map((at) => ({ name: names[at], share: answer.probabilities[at] }));
      draw(answer.pixels);
      list(best);
      figures(square, answer);
      find("result").hidden = false;
      say(`Most probable: ${best[0].name}, ${percent(best[0].share)}.`);
      tlBrowser.answer = answer; // for the tests, and for whoever looks in the console
    } catch (error) {
      if (mine !== latest) { return; }
      find("result").hidden = true; // it is another image's
      say(error instanceof tlBrowser.Problem ? error.message : `Something went wrong in this page: ${error.message}`, true);
    } finally {
      if (mine === latest) { find("result").removeAttribute("aria-busy"); }
    }
  }

  function takeFiles(transfer) {
    const [file] = transfer.files;
    if (file) { take(file); return; }
    say("That was a link or text, not a file. Save the image on this computer first, then drop the file.", true);
  }

  function connect() {
    const area = find("drop");
    let inside = 0;
    const mark = (change) => { inside = Math.max(0, inside + change); area.classList.toggle("tl-live__drop--over", inside > 0); };
    find("choose").addEventListener("click", () => find("file").click());
    find("file").addEventListener("change", () => {
      if (find("file").files.length) { take(find("file").files[0]); }
      find("file").value = ""; // so that the same file can be chosen again
    });
    find("load").addEventListener("click", async () => {
      find("load").disabled = true;
      say("Loading the network …");
      try {
        const { startMs } = await machine();
        say(`The network is loaded and was started in ${ms(startMs)}. From here on this page needs no connection.`);
        find("choose").focus();
      } catch (error) {
        say(error.message, true);
      }
      find("load").disabled = false;
    });
    document.querySelectorAll(".tl-live__example").forEach((button) =>
      button.addEventListener("click", () => take(button.querySelector("img"))));
    /* Anywhere on the page: a file that misses the field would replace the page. */
    document.addEventListener("dragenter", () => mark(1));
    document.addEventListener("dragleave", () => mark(-1));
    document.addEventListener("dragover", (event) => event.preventDefault());
    document.addEventListener("drop", (event) => {
      event.preventDefault();
      mark(-inside);
      takeFiles(event.dataTransfer);
    });
    document.addEventListener("paste", (event) => {
      if (event.clipboardData && event.clipboardData.files.length) { takeFiles(event.clipboardData); }
    });
  }

  connect();
})();

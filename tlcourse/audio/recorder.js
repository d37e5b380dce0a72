// Records one word after the other in the browser and hands each to Python: samples, and their rate.
const TAP = `registerProcessor("tap", class extends AudioWorkletProcessor {
  process(inputs) {
    if (inputs[0].length) this.port.postMessage(inputs[0][0].slice());
    return true;
  }
});`;

const REFUSED = {
  NotAllowedError: "The browser refused the microphone. Allow it in the address bar and press Record again.",
  NotFoundError: "No microphone was found.",
  NotReadableError: "Another program is using the microphone.",
};

async function listen(take) {
  if (!navigator.mediaDevices || !window.AudioWorkletNode)
    throw new Error("This page may not use a microphone: browsers allow it on localhost and https only.");
  const exact = { channelCount: 1, echoCancellation: false, noiseSuppression: false, autoGainControl: false };
  const stream = await navigator.mediaDevices.getUserMedia({ audio: exact });
  const context = new AudioContext(); // at the device's own rate: not every browser converts
  const end = async () => {
    stream.getTracks().forEach((track) => track.stop());
    if (context.state !== "closed") await context.close();
  };
  try {
    const url = URL.createObjectURL(new Blob([TAP], { type: "text/javascript" }));
    await context.audioWorklet.addModule(url);
    URL.revokeObjectURL(url);
    const tap = new AudioWorkletNode(context, "tap");
    tap.port.onmessage = (event) => take(event.data);
    context.createMediaStreamSource(stream).connect(tap).connect(context.destination); // the tap is silent
    await context.resume();
  } catch (error) {
    await end();
    throw error;
  }
  return { rate: context.sampleRate, end };
}

function render({ model, el }) {
  const part = (name, text) => Object.assign(document.createElement(name), { textContent: text });
  const record = part("button", "Record");
  const remove = part("button", "Delete the last one");
  const said = part("p", model.get("status"));
  record.className = remove.className = "jupyter-button widget-button";
  record.style.width = remove.style.width = "auto";
  said.setAttribute("role", "status");
  el.append(record, remove, said);

  let open = null, parts = [], timer = 0, busy = false;
  const label = () => {
    record.textContent = open ? "Stop" : "Record";
    record.setAttribute("aria-label", `${open ? "Stop recording" : "Record"} ${model.get("word")}`);
  };
  label();
  const show = () => { said.textContent = model.get("status"); };

  async function start() {
    parts = [];
    try {
      open = await listen((samples) => parts.push(samples));
      said.textContent = `Say “${model.get("word")}”, then press Stop.`;
      timer = setTimeout(press, 1000 * model.get("seconds"));
    } catch (error) {
      said.textContent = `${REFUSED[error.name] || error.message} ${model.get("files")}`;
    }
  }

  async function stop() {
    clearTimeout(timer);
    const { rate, end } = open;
    open = null;
    await end();
    const all = new Float32Array(parts.reduce((sum, samples) => sum + samples.length, 0));
    parts.reduce((at, samples) => (all.set(samples, at), at + samples.length), 0);
    said.textContent = "Saving. If a cell is running, this waits for it.";
    model.send({ kind: "sound", rate }, undefined, [all.buffer]);
  }

  async function press() {
    if (busy) return;
    busy = record.disabled = true;
    try {
      await (open ? stop() : start());
    } finally {
      busy = record.disabled = false;
      label();
    }
  }

  record.addEventListener("click", press);
  remove.addEventListener("click", () => model.send({ kind: "remove" }));
  model.on("change:status", show);
  return () => {
    clearTimeout(timer);
    model.off("change:status", show);
    if (open) open.end();
  };
}

export default { render };

/* The square in the middle of an image, resized as the course's Python does it: Pillow's bicubic filter with
   antialiasing, first along the rows and then down the columns, in the same whole numbers. A canvas resizes in
   another way, and each browser in its own; the network would see other pixels than in Python.
   It is sent to the worker as text, so it uses nothing from outside. */
"use strict";
window.tlBrowser = window.tlBrowser || {};

/* rgba: side * side * 4 bytes; gives size * size * 3 bytes, RGB. */
tlBrowser.resize = function (rgba, side, size) {
  const BITS = 22; // of a coefficient, as in Pillow
  const ONE = 1 << BITS;

  function bicubic(x) {
    const a = -0.5;
    x = Math.abs(x);
    if (x < 1) { return ((a + 2) * x - (a + 3)) * x * x + 1; }
    return x < 2 ? (((x - 5) * x + 8) * x - 4) * a : 0;
  }

  /* For each pixel of the result: the first pixel that it is made of, how many, and what each counts. */
  function coefficients() {
    const scale = side / size;
    const wide = Math.max(scale, 1);
    const support = 2 * wide;
    const most = Math.ceil(support) * 2 + 1;
    const first = new Int32Array(size);
    const count = new Int32Array(size);
    const values = new Int32Array(size * most);
    for (let at = 0; at < size; at += 1) {
      const center = (at + 0.5) * scale;
      const from = Math.max(Math.trunc(center - support + 0.5), 0);
      const to = Math.min(Math.trunc(center + support + 0.5), side);
      const some = [];
      let sum = 0;
      for (let x = from; x < to; x += 1) {
        const value = bicubic((x - center + 0.5) / wide);
        some.push(value);
        sum += value;
      }
      first[at] = from;
      count[at] = to - from;
      some.forEach((value, k) => {
        const part = (sum === 0 ? value : value / sum) * ONE;
        values[at * most + k] = Math.trunc(part < 0 ? part - 0.5 : part + 0.5);
      });
    }
    return { first, count, values, most };
  }

  function byte(sum) {
    const value = (sum + (1 << (BITS - 1))) >> BITS;
    return value < 0 ? 0 : value > 255 ? 255 : value;
  }

  const out = new Uint8Array(size * size * 3);
  if (side === size) {
    for (let from = 0, to = 0; to < out.length; from += 4, to += 3) {
      out[to] = rgba[from];
      out[to + 1] = rgba[from + 1];
      out[to + 2] = rgba[from + 2];
    }
    return out;
  }
  const { first, count, values, most } = coefficients();
  const rows = new Uint8Array(side * size * 3); // side rows of size pixels
  for (let y = 0; y < side; y += 1) {
    for (let x = 0; x < size; x += 1) {
      let red = 0, green = 0, blue = 0;
      let from = (y * side + first[x]) * 4;
      const start = x * most;
      for (let k = 0; k < count[x]; k += 1, from += 4) {
        const value = values[start + k];
        red += rgba[from] * value;
        green += rgba[from + 1] * value;
        blue += rgba[from + 2] * value;
      }
      const to = (y * size + x) * 3;
      rows[to] = byte(red);
      rows[to + 1] = byte(green);
      rows[to + 2] = byte(blue);
    }
  }
  const width = size * 3;
  for (let y = 0; y < size; y += 1) {
    for (let x = 0; x < width; x += 1) {
      let sum = 0;
      for (let k = 0, from = first[y] * width + x; k < count[y]; k += 1, from += width) {
        sum += rows[from] * values[y * most + k];
      }
      out[y * width + x] = byte(sum);
    }
  }
  return out;
};

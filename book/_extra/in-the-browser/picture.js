/* From a file, or an image of the page, to the pixels of the square in its middle: upright, on white. */
"use strict";
window.tlBrowser = window.tlBrowser || {};

(function () {
  /* The largest square that is taken pixel by pixel, as Python takes it. Some browsers have no larger canvas. */
  const LARGEST_SIDE = 4096;
  const LARGEST_FILE = 200e6; // bytes

  /* An error that says what to do; everything else that goes wrong is a fault of the page. */
  class Problem extends Error {}

  async function kindOf(file) {
    const bytes = new Uint8Array(await file.slice(0, 32).arrayBuffer());
    const text = String.fromCharCode(...bytes);
    if (text.slice(4, 8) === "ftyp") {
      return /avif|avis/.test(text.slice(8)) ? "AVIF" : /hei[cfmsx]|hev[cx]|mif1|msf1/.test(text.slice(8)) ? "HEIC" : "";
    }
    if (text.startsWith("\xff\xd8\xff")) { return "JPEG"; }
    if (text.startsWith("\x89PNG\r\n\x1a\n")) { return "PNG"; }
    if (/^GIF8[79]a/.test(text)) { return "GIF"; }
    if (text.startsWith("RIFF") && text.slice(8, 12) === "WEBP") { return "WebP"; }
    if (text.startsWith("BM") && bytes[14] >= 12 && !bytes[15]) { return "BMP"; }
    if (/^(II\*\0|MM\0\*)/.test(text)) { return "TIFF"; }
    if (/^\s*<(\?xml|svg|!DOCTYPE svg)/i.test(text)) { return "SVG"; }
    return "";
  }

  const WHY = {
    "": "is not an image that a browser knows. Give a JPEG, PNG, WebP, GIF, BMP or AVIF file.",
    HEIC: "is a HEIC photograph, which this browser cannot read. Export it as JPEG: on an iPhone, Settings, Camera, " +
      "Formats, Most Compatible; on a computer, open it and save it as JPEG.",
    TIFF: "is a TIFF, which this browser cannot read. Save it as PNG or JPEG.",
    SVG: "is a drawing (SVG) and not made of pixels. Save it as PNG.",
  };

  async function bitmapOf(source) {
    /* As the course reads files: turned as EXIF says, colours as they are stored. */
    const options = { imageOrientation: "from-image", colorSpaceConversion: "none" };
    if (!(source instanceof Blob)) { return createImageBitmap(source); }
    const name = source.name ? `“${source.name}”` : "What you pasted";
    if (source.size === 0) { throw new Problem(`${name} is empty: 0 bytes.`); }
    if (source.size > LARGEST_FILE) {
      throw new Problem(`${name} has ${Math.round(source.size / 1e6)} MB, too much for a page. Save it smaller.`);
    }
    let kind;
    try {
      kind = await kindOf(source);
    } catch (error) {
      throw new Problem(`${name} could not be read. Is it a folder, or was it moved?`);
    }
    try {
      return await createImageBitmap(source, options);
    } catch (error) {
      throw new Problem(`${name} ${WHY[kind] || `begins as a ${kind} file, but the browser cannot read it: ` +
        "it is damaged or cut short, or too large. Copy it again, or open it in another program and save it anew."}`);
    }
  }

  /* {rgba, side, width, height, reduced}; throws a Problem. */
  async function squareOf(source) {
    const bitmap = await bitmapOf(source);
    const { width, height } = bitmap;
    const cut = Math.min(width, height);
    const side = Math.min(cut, LARGEST_SIDE);
    try {
      const canvas = document.createElement("canvas");
      canvas.width = canvas.height = side;
      const context = canvas.getContext("2d", { willReadFrequently: true });
      context.fillStyle = "white"; // behind what is transparent
      context.fillRect(0, 0, side, side);
      context.imageSmoothingQuality = "high";
      const left = Math.floor((width - cut) / 2), top = Math.floor((height - cut) / 2);
      context.drawImage(bitmap, left, top, cut, cut, 0, 0, side, side);
      const rgba = context.getImageData(0, 0, side, side).data;
      return { rgba, side, width, height, reduced: side < cut };
    } catch (error) {
      throw new Problem(`The image has ${width} × ${height} pixels, more than this browser can hold. Save it smaller.`);
    } finally {
      bitmap.close();
    }
  }

  tlBrowser.Problem = Problem;
  tlBrowser.squareOf = squareOf;
})();

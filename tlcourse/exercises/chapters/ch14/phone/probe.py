"""Six small files: upright and turned JPEGs, a grey and a transparent PNG, in an order of the seed's."""

from __future__ import annotations

import io
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from tlcourse.exercises.engine import plain_array, shuffled, words

KINDS = ("wide", "tall", "grey", "transparent", "turned", "turned")
TURNS = {3: 2, 6: 1, 8: 3}
"""EXIF's number for how the camera was held, and how many quarter turns to the left its file is stored."""


def inputs(rng: np.random.Generator) -> dict[str, Any]:
    """``files``: of each its kind, its name, four colours in the middle, one at the ends, and its sides."""
    orientations = shuffled(rng, list(TURNS))
    files = []
    for kind, name in zip(shuffled(rng, KINDS), words(rng, len(KINDS)), strict=True):
        short = int(rng.integers(40, 60))
        files.append(
            {
                "kind": kind,
                "name": name,
                "colours": _colours(rng),
                "short": short,
                "long": short + 2 * int(rng.integers(14, 22)),
                "tall": bool(kind == "tall" or (kind != "wide" and rng.random() < 0.5)),
                "orientation": int(orientations.pop()) if kind == "turned" else 1,
                "clear": int(rng.integers(4)),  # which quarter one can see through
            }
        )
    return {"files": files, "size": int(rng.integers(28, 38))}


def _colours(rng: np.random.Generator) -> np.ndarray:
    """Five colours, uint8 (5, 3), none like another, and none black or white."""
    steps = np.array([40, 85, 130, 175, 220])
    return np.stack([rng.permutation(steps) for _ in range(3)], axis=1).astype("uint8")


def upright(file: dict[str, Any]) -> np.ndarray:
    """What the file shows, uint8 (height, width, 4): a square of four colours between two ends."""
    short, length = file["short"], file["long"]
    pixels = np.full((short, length, 4), 255, "uint8")
    colours = np.asarray(file["colours"])
    pixels[..., :3] = colours[4]
    begin, half = (length - short) // 2, short // 2
    for number in range(4):
        rows = slice(0, half) if number < 2 else slice(half, short)
        columns = slice(begin, begin + half) if number % 2 == 0 else slice(begin + half, begin + short)
        pixels[rows, columns, :3] = colours[number]
        if file["kind"] == "transparent" and number == file["clear"]:
            pixels[rows, columns] = 0  # black, and not to be seen
    if file["kind"] == "grey":
        pixels[..., :3] = pixels[..., :1]
    return pixels.transpose(1, 0, 2) if file["tall"] else pixels


def stored(file: dict[str, Any]) -> np.ndarray:
    """The pixels as they lie in the file."""
    return np.rot90(upright(file), TURNS.get(file["orientation"], 0))


def sent(inputs: dict[str, Any]) -> dict[str, Any]:
    """The files' bytes, and which format each has."""
    from PIL import Image

    files = []
    for file in inputs["files"]:
        pixels, kept = np.ascontiguousarray(stored(file)), io.BytesIO()
        if file["kind"] == "transparent":
            Image.fromarray(pixels, "RGBA").save(kept, "PNG")
        elif file["kind"] == "grey":
            Image.fromarray(np.ascontiguousarray(pixels[..., 0])).save(kept, "PNG")
        else:
            exif = Image.Exif()
            exif[0x0112] = file["orientation"]
            image = Image.fromarray(np.ascontiguousarray(pixels[..., :3]))
            image.save(kept, "JPEG", quality=95, subsampling=0, exif=exif)
        end = "png" if file["kind"] in ("grey", "transparent") else "jpg"
        files.append({"name": f"{file['name']}.{end}", "bytes": np.frombuffer(kept.getvalue(), np.uint8)})
    return {"files": files, "size": inputs["size"]}


def probe(answer: Any, inputs: dict[str, Any], framework: str) -> dict[str, Any]:
    """``images``: what came back for each file; ``channels``: which axis the framework has for them."""
    images = []
    with tempfile.TemporaryDirectory(prefix="tlcourse-") as folder:
        for file in inputs["files"]:
            path = Path(folder, file["name"])
            path.write_bytes(np.asarray(file["bytes"], np.uint8).tobytes())
            images.append(plain_array(answer(str(path), inputs["size"])))
    return {"images": images, "channels": 0 if framework == "torch" else 2}

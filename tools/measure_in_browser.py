"""Measure what the page "A network in your browser" says of its network, and write it for the page.

    python tools/measure_in_browser.py            # tlcourse/authoring/in_browser/measured.json

The file beside PyTorch, on all photographs of the course; the same with 8 bits a weight; and the time that
one image takes in PyTorch with one thread, and in Chromium. Needs the site (`make book`) and a Chromium.
Two minutes.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np
import onnxruntime
import torch

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests"))

from browser import chromium, serve  # noqa: E402

from tlcourse import data, models  # noqa: E402
from tlcourse.authoring.in_browser import PAGE, rounding  # noqa: E402
from tlcourse.authoring.in_browser._torch import exported  # noqa: E402
from tlcourse.authoring.in_browser.network import network_file  # noqa: E402
from tlcourse.authoring.in_browser.page import MEASURED  # noqa: E402
from tlcourse.frameworks import tune_allocator  # noqa: E402
from tlcourse.models.loaded import predict_logits  # noqa: E402
from tlcourse.probabilities import softmax  # noqa: E402

TIMED = 40  # of which the quickest counts: what else the machine does only adds to it


def probabilities(file: bytes, images: np.ndarray) -> np.ndarray:
    """What a file of the network gives, image by image."""
    session = session_of(file)
    return np.concatenate([session.run(None, {"image": image[None]})[0] for image in images])


def session_of(file: bytes) -> onnxruntime.InferenceSession:
    """A file of the network in ONNX Runtime, with one thread."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    return onnxruntime.InferenceSession(file, options, providers=["CPUExecutionProvider"])


def quickest(run: Callable[[np.ndarray], object], images: np.ndarray) -> float:
    """Milliseconds that the quickest of some images takes."""
    times = []
    for image in images[:TIMED]:
        began = time.perf_counter()
        run(image[None])
        times.append(1000 * (time.perf_counter() - began))
    return min(times)


def in_browser(site: Path) -> float:
    """Milliseconds that the network takes for an image in Chromium, the quickest of some."""
    times = []
    with serve(site) as base, chromium() as browser:
        page = browser.new_page()
        page.goto(f"{base}/{PAGE}.html")
        for at in range(TIMED):
            page.evaluate("delete tlBrowser.answer")
            page.locator(".tl-live__example").nth(at % 4).click()
            page.wait_for_function("tlBrowser.answer")
            times.append(page.evaluate("tlBrowser.answer.networkMs"))
    return float(min(times))


def main() -> None:
    """Measure, print and write."""
    tune_allocator("torch")
    torch.set_num_threads(1)
    images = data.photos(size=224).images
    model = models.load("efficientnet_lite0", framework="torch").cpu()
    wanted = softmax(predict_logits(model, images, 32).astype(np.float64))
    found = probabilities(network_file().read_bytes(), images)
    with patch.object(rounding, "bits_for", lambda weights: 8):
        eight = probabilities(rounding.rounded(exported()).SerializeToString(), images)
    session = session_of(network_file().read_bytes())
    best = wanted.argmax(axis=1)
    figures: dict[str, Any] = {
        "photographs": len(images),
        "same": int((found.argmax(axis=1) == best).sum()),
        "largest": float(np.ceil(1000 * np.abs(found - wanted).max()) / 1000),
        "eight_bits_same": int((eight.argmax(axis=1) == best).sum()),
        "browser_ms": round(in_browser(ROOT / "_build" / "site")),
        "onnx_ms": round(quickest(lambda batch: session.run(None, {"image": batch}), images)),
        "torch_ms": round(quickest(lambda batch: predict_logits(model, batch, 1), images)),
    }
    text = json.dumps(figures, indent=2) + "\n"
    MEASURED.write_text(text, encoding="utf-8")
    print(text, end="")


if __name__ == "__main__":
    main()

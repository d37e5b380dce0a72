"""Measure what the page "A network in your browser" says of its network, and write it for the page.

    python tools/measure_in_browser.py            # tlcourse/authoring/in_browser/measured.json

The file beside PyTorch, on all photographs of the course; the same with 8 bits a weight; and the time that
one image takes in PyTorch with one thread, and in Chromium. Needs the site (`make book`), a Chromium, and a
machine that has nothing else to do. Two minutes.
"""

from __future__ import annotations

import json
import sys
import time
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
from tlcourse.models.loaded import predict_logits  # noqa: E402
from tlcourse.probabilities import softmax  # noqa: E402

TIMED = 20


def probabilities(file: bytes, images: np.ndarray) -> np.ndarray:
    """What a file of the network gives, image by image."""
    session = onnxruntime.InferenceSession(file, providers=["CPUExecutionProvider"])
    return np.concatenate([session.run(None, {"image": image[None]})[0] for image in images])


def in_browser(site: Path) -> float:
    """Milliseconds that the network takes for an image in Chromium, the median of some."""
    times = []
    with serve(site) as base, chromium() as browser:
        page = browser.new_page()
        page.goto(f"{base}/{PAGE}.html")
        for at in range(TIMED):
            page.evaluate("delete tlBrowser.answer")
            page.locator(".tl-live__example").nth(at % 4).click()
            page.wait_for_function("tlBrowser.answer")
            times.append(page.evaluate("tlBrowser.answer.networkMs"))
    return float(np.median(times))


def main() -> None:
    """Measure, print and write."""
    torch.set_num_threads(1)
    images = data.photos(size=224).images
    model = models.load("efficientnet_lite0", framework="torch").cpu()
    wanted = softmax(predict_logits(model, images, 32).astype(np.float64))
    found = probabilities(network_file().read_bytes(), images)
    with patch.object(rounding, "bits_for", lambda weights: 8):
        eight = probabilities(rounding.rounded(exported()).SerializeToString(), images)
    times = []
    for image in images[:TIMED]:
        began = time.perf_counter()
        predict_logits(model, image[None], 1)
        times.append(1000 * (time.perf_counter() - began))
    best = wanted.argmax(axis=1)
    figures: dict[str, Any] = {
        "photographs": len(images),
        "same": int((found.argmax(axis=1) == best).sum()),
        "largest": float(np.ceil(1000 * np.abs(found - wanted).max()) / 1000),
        "eight_bits_same": int((eight.argmax(axis=1) == best).sum()),
        "browser_ms": round(in_browser(ROOT / "_build" / "site")),
        "torch_ms": round(float(np.median(times))),
    }
    text = json.dumps(figures, indent=2) + "\n"
    MEASURED.write_text(text, encoding="utf-8")
    print(text, end="")


if __name__ == "__main__":
    main()

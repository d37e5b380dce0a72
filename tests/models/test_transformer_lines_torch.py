"""Chapter 2's lines for the features of a vision transformer, on tiny checkpoints of the same format."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

ROOT = Path(__file__).resolve().parents[2]
CHAPTER = ROOT / "book" / "chapters" / "02-choose-a-pretrained-model.md"
SIZE, WIDTH = 28, 24
SMALL = {"hidden_size": WIDTH, "num_hidden_layers": 2, "num_attention_heads": 2, "image_size": SIZE}


def lines() -> str:
    """The block of code on the page."""
    blocks = re.findall(r"(?ms)^```python\n(.*?)^```", CHAPTER.read_text(encoding="utf-8"))
    return next(block for block in blocks if "AutoImageProcessor" in block)


def dinov2() -> Any:
    from transformers import BitImageProcessor, Dinov2Config, Dinov2Model

    size = {"height": SIZE, "width": SIZE}
    processor = BitImageProcessor(size={"shortest_edge": SIZE}, crop_size=size)
    return Dinov2Model(Dinov2Config(patch_size=14, **SMALL)), processor


def vit() -> Any:
    from transformers import ViTConfig, ViTImageProcessor, ViTModel

    processor = ViTImageProcessor(size={"height": SIZE, "width": SIZE})
    return ViTModel(ViTConfig(patch_size=14, intermediate_size=48, **SMALL)), processor


@pytest.mark.parametrize("make", [dinov2, vit])
def test_the_lines_run_where_the_weights_are(make: Callable[[], Any], tmp_path: Path) -> None:
    model, processor = make()
    folder = tmp_path / "checkpoint"
    model.save_pretrained(folder)
    processor.save_pretrained(folder)
    pixels = np.random.default_rng(0).integers(0, 256, (50, 40, 3), dtype=np.uint8)
    Image.fromarray(pixels).save(tmp_path / "my_photograph.jpg")
    code, count = re.subn(r'(?m)^name = "[^"]+"', f"name = {str(folder)!r}", lines())
    assert count == 1
    names: dict[str, Any] = {}
    with contextlib.chdir(tmp_path):
        exec(code, names)
    assert names["features"].shape == (1, WIDTH)
    assert names["features"].isfinite().all()


def test_clips_image_side_is_named_as_the_library_has_it() -> None:
    import transformers

    text = CHAPTER.read_text(encoding="utf-8")
    assert "`CLIPVisionModel`" in text
    assert hasattr(transformers, "CLIPVisionModel")

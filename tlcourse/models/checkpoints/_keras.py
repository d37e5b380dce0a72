"""The published weights as Keras reads them: the whole network in one file."""

from __future__ import annotations

import tempfile
from pathlib import Path

from tlcourse.models.loading import load

__all__ = ["SUFFIX", "written"]

SUFFIX = ".keras"


def written(name: str) -> bytes:
    """What is in the file: the network for images of its card's size, of Keras's own layers only."""
    with tempfile.TemporaryDirectory(prefix="tlcourse-") as place:
        file = Path(place, f"{name}{SUFFIX}")
        load(name, "keras", input_size=224).save(file)
        return file.read_bytes()

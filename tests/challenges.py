"""Small challenges for the tests: real image files, and predictions as text."""

from __future__ import annotations

import csv
import hashlib
import io
import os
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from PIL import Image
from rich.console import Console

from tlcourse.grading.challenge.bars import Bars
from tlcourse.grading.challenge.command import grade_challenge
from tlcourse.grading.challenge.judged import Judged
from tlcourse.grading.challenge.settings import Challenge, Rules, labels_text

__all__ = [
    "CLASSES",
    "a_challenge",
    "an_image",
    "challenge_of",
    "classes_of",
    "grade",
    "put",
    "rows_of",
    "save",
    "table",
    "wrong",
]

CLASSES = ("cat", "dog", "Élan")


def an_image(seed: int, width: int = 96, height: int = 72) -> Image.Image:
    """Soft blobs of colour, different for each seed: nothing alike, and enough in it to be told apart."""
    small = np.random.default_rng(seed).integers(0, 256, (6, 8, 3)).astype(np.uint8)
    return Image.fromarray(small).resize((width, height), Image.Resampling.BICUBIC)


def save(path: Path, image: Image.Image, **how: object) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    image.save(path, **how)  # type: ignore[arg-type]
    return path


def classes_of(folder: Path, counts: Mapping[str, int]) -> Path:
    """A folder of images: a sub-folder for each class, none like another."""
    seed = 1000
    for name, count in counts.items():
        for number in range(count):
            save(folder / name / f"{name}_{number:03d}.png", an_image(seed))
            seed += 1
    return folder


def a_challenge(
    folder: Path,
    labels: Sequence[str],
    *,
    bars: Sequence[str] = ("0.5=5", "0.8=10"),
    between: str = "steps",
    groups: Sequence[str] | None = None,
    **more: object,
) -> Path:
    """A challenge's private folder with these labels, of the images t000.jpg, t001.jpg, ..."""
    rows = [
        (f"t{number:03d}.jpg", label, groups[number] if groups else "") for number, label in enumerate(labels)
    ]
    text = labels_text(rows, groups is not None)
    about: dict = {
        "title": "The challenge",
        "metric": "accuracy",
        "bars": Bars.parse(bars, between),
        "tries": 3,
        "classes": CLASSES,
        "largest": "cat",
        "test_set": hashlib.sha256(text.encode()).hexdigest()[:24],
        "labels": hashlib.sha256(text.encode()).hexdigest(),
        "secret": "5e",
        "seed": 0,
        "size": 256,
    } | more
    folder.mkdir(parents=True)
    (folder / "labels.csv").write_text(text)
    (folder / "challenge.json").write_text(Rules(**about).model_dump_json())
    return folder


def table(labels: Sequence[str]) -> str:
    """Predictions as they should be."""
    lines = [f"t{number:03d}.jpg,{label}" for number, label in enumerate(labels)]
    return "\n".join(["file,label", *lines]) + "\n"


def wrong(labels: Sequence[str], count: int, begin: int = 0) -> list[str]:
    """The labels with so many of them wrong, from one place on."""
    other = {"cat": "dog", "dog": "Élan", "Élan": "cat"}
    return [other[each] if begin <= place < begin + count else each for place, each in enumerate(labels)]


def put(path: Path, content: str | bytes, age: float = 0.0) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    os.utime(path, (1.7e9 - age, 1.7e9 - age))
    return path


def grade(place: Path, private: Path, out: Path, **more: object) -> tuple[Judged, str]:
    """What came out, and what was printed."""
    printed = io.StringIO()
    console = Console(file=printed, width=1000)
    return grade_challenge(place, private, out, console=console, **more), printed.getvalue()  # type: ignore[arg-type]


def rows_of(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig"), newline="")))


def challenge_of(
    labels: Sequence[str], metric: str = "accuracy", groups: Sequence[int] | None = None
) -> Challenge:
    """A challenge in memory."""
    rules = Rules(
        title="x",
        metric=metric,  # type: ignore[arg-type]
        bars=Bars.parse(["0.8=10"]),
        tries=3,
        classes=CLASSES,
        largest="cat",
        test_set="x",
        labels="",
        secret="5e",
        seed=0,
        size=64,
    )
    numbers = np.array([CLASSES.index(each) for each in labels])
    files = tuple(f"t{number:03d}.jpg" for number in range(len(labels)))
    return Challenge(rules, files, numbers, None if groups is None else np.array(groups))

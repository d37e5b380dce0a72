"""The project's scripts, run as a learner runs them: each in its own process, on a folder of image files."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np

PROJECT = Path(__file__).resolve().parents[2] / "project"
CLASSES = ("rust", "sea")
SIZES = [(300, 200), (240, 240), (90, 130), (640, 480), (225, 500)]
EACH = {"train": 5, "val": 2, "test": 2}


def photographs(folder: Path) -> Path:
    """A reader's folder: two classes in three splits, files of several sizes, and one of them grey."""
    from PIL import Image

    rng = np.random.default_rng(0)
    for split, each in EACH.items():
        for name, colour in zip(CLASSES, ((170, 90, 40), (30, 90, 160)), strict=True):
            (folder / split / name).mkdir(parents=True)
            for number in range(each):
                width, height = SIZES[number % len(SIZES)]
                noise = rng.integers(-30, 30, (height, width, 3))
                image = Image.fromarray(np.clip(np.array(colour) + noise, 0, 255).astype(np.uint8))
                image.save(folder / split / name / f"{number}{('.jpg', '.png')[number % 2]}")
    grey = np.full((300, 300), 70, np.uint8) + rng.integers(0, 40, (300, 300)).astype(np.uint8)
    Image.fromarray(grey).save(folder / "grey.png")
    return folder


def run(framework: str, where: Path, *arguments: object) -> str:
    """What ``python solar_….py …`` prints, called in the folder ``where``; its error is the test's."""
    command = [sys.executable, PROJECT / f"solar_{framework}.py", *arguments]
    done = subprocess.run(
        [str(part) for part in command],
        cwd=where,
        env={name: value for name, value in os.environ.items() if name != "PYTHONPATH"},
        capture_output=True,
        text=True,
        timeout=1200,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def shares(printed: str) -> dict[str, float]:
    """What a prediction printed: class to its share."""
    rows = [line.split(maxsplit=1) for line in printed.splitlines() if line[:2] in ("0.", "1.")]
    return {name: float(share) for share, name in rows}


def lines_for_later(framework: str) -> dict[str, str]:
    """The page's table "One line each": what it is for to the line of code."""
    page = PROJECT.parent / "book" / "your-own-pictures.md"
    table = (
        page.read_text(encoding="utf-8")
        .rpartition(f":::{{div}} tl-only-{framework}\n")[2]
        .partition(":::")[0]
    )
    rows = [row.split("|") for row in table.splitlines() if "`" in row]
    return {row[1].strip(): row[2].split("`")[1] for row in rows}


def blocks(heading: str) -> list[str]:
    """The page's blocks of Python in the section with this heading."""
    page = (PROJECT.parent / "book" / "your-own-pictures.md").read_text(encoding="utf-8")
    section = page.partition(f"{heading}")[2].partition("\n## ")[0]
    return re.findall(r"```python\n(.*?)```", section, re.DOTALL)

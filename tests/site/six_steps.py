"""The code on the page "The six steps on one sheet", as the scripts that a reader would copy from it."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
from commit import FRAMEWORKS, one_of

PAGE = Path(__file__).resolve().parents[2] / "book" / "six-steps.md"
LABELS = {"torch": "PyTorch", "keras": "Keras"}
LATER = "## Use it later"
SIZES = [(300, 200), (240, 240), (90, 130), (640, 480), (225, 500)]
_BLOCK = re.compile(
    r"^:::\{div\} tl-only-(\w+)\n```\{code-block\} python\n:caption: (\w+)\n\n(.*?)^```\n", re.M | re.S
)

RUNS = ("the course's pictures", "a reader's own")


def run_of(framework: str) -> str:
    """Which of `RUNS` a framework makes in this run of the tests; the other one makes the other."""
    return one_of(RUNS, FRAMEWORKS.index(framework))


def text() -> str:
    return PAGE.read_text(encoding="utf-8")


def _blocks(part: str, framework: str) -> list[str]:
    found = [(of, caption, code) for of, caption, code in _BLOCK.findall(part)]
    assert all(caption == LABELS[of] for of, caption, _ in found)
    return [code for of, _, code in found if of == framework]


def blocks(framework: str) -> list[str]:
    """The code of one framework, a block for each step."""
    return _blocks(text().partition(LATER)[0], framework)


def later(framework: str) -> str:
    """The code that uses what the last step saved."""
    (code,) = _blocks(text().partition(LATER)[2], framework)
    return code


def own(code: str, folder: Path) -> str:
    """The script for a reader's own pictures, with the lines that the sheet gives for them."""
    code, count = re.subn(r"^(\w+) = .*\n# yours: (\1 = .*)$", r"\2", code, flags=re.M)
    assert count == 2
    assert code.count('"my_pictures"') == 1
    return code.replace('"my_pictures"', repr(str(folder)))


def run(framework: str, folder: Path | None = None) -> dict[str, Any]:
    """Run the blocks one after the other, here; gives the names that they leave."""
    left: dict[str, Any] = {"__name__": "six_steps"}
    code = "\n".join(blocks(framework))
    if folder is not None:
        code = own(code, folder)
    exec(compile(code, f"six-steps ({framework})", "exec"), left)
    return left


def photographs(folder: Path, each: int = 12) -> Path:
    """A reader's folder: two classes, files of several kinds and sizes, and what Jupyter leaves in it."""
    from PIL import Image

    rng = np.random.default_rng(0)
    for name, colour in (("rust", (170, 90, 40)), ("sea", (30, 90, 160))):
        (folder / name / ".ipynb_checkpoints").mkdir(parents=True)
        for number in range(each):
            width, height = SIZES[number % len(SIZES)]
            noise = rng.integers(-30, 30, (height, width, 3))
            image = Image.fromarray(np.clip(np.array(colour) + noise, 0, 255).astype(np.uint8))
            ending = (".jpg", ".png", ".webp")[number % 3]
            image.save(folder / name / f"{number}{ending}")
            image.save(folder / name / ".ipynb_checkpoints" / f"{number}-checkpoint{ending}")
    return folder


def in_new_process(code: str, folder: Path) -> str:
    """Run a script in a process of its own, in the folder where the sheet saved its files."""
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=folder, capture_output=True, text=True, timeout=1200
    )
    assert done.returncode == 0, done.stderr
    return done.stdout

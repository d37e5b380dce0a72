"""The code on the page "The six steps on one sheet", and the scripts from which it is shortened."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "book" / "six-steps.md"
LABELS = {"torch": "PyTorch", "keras": "Keras"}
_BLOCK = re.compile(
    r"^:::\{div\} tl-only-(\w+)\n```\{code-block\} python\n:caption: (\w+)\n\n(.*?)^```\n", re.M | re.S
)


def text() -> str:
    return PAGE.read_text(encoding="utf-8")


def script(framework: str) -> str:
    """The project's script, whose heart the sheet shows."""
    return (ROOT / "project" / f"solar_{framework}.py").read_text(encoding="utf-8")


def blocks(framework: str) -> list[str]:
    """The code of one framework, a block for each step."""
    found = _BLOCK.findall(text())
    assert all(caption == LABELS[of] for of, caption, _ in found)
    return [code for of, _, code in found if of == framework]

"""The code on the page "The six steps on one sheet", as the scripts that a reader would copy from it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

PAGE = Path(__file__).resolve().parents[2] / "book" / "six-steps.md"
LABELS = {"torch": "PyTorch", "keras": "Keras"}
_BLOCK = re.compile(
    r"^:::\{div\} tl-only-(\w+)\n```\{code-block\} python\n:caption: (\w+)\n\n(.*?)^```\n:::$", re.M | re.S
)


def text() -> str:
    return PAGE.read_text(encoding="utf-8")


def blocks(framework: str) -> list[str]:
    """The code of one framework, a block for each step."""
    found = [(of, caption, code) for of, caption, code in _BLOCK.findall(text())]
    assert all(caption == LABELS[of] for of, caption, _ in found)
    return [code for of, _, code in found if of == framework]


def run(framework: str) -> dict[str, Any]:
    """Run the blocks one after the other, here; gives the names that they leave."""
    left: dict[str, Any] = {"__name__": "six_steps"}
    code = "\n".join(blocks(framework))
    exec(compile(code, f"six-steps ({framework})", "exec"), left)
    return left

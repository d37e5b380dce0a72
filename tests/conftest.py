"""Which test files one process may collect.

TensorFlow and triton (which torchvision, timm and torch's optimizers load) cannot share a process, so a
test file's name says where it belongs: ``test_*_torch.py``, ``test_*_keras.py``, ``test_*_browser.py``; all
others run in a process that imports no framework. ``TLCOURSE_TEST`` picks the set; ``make test`` runs all.
"""

from __future__ import annotations

import os
from pathlib import Path

KINDS = ("torch", "keras", "browser")
CHOSEN = os.environ.get("TLCOURSE_TEST", "plain")
if CHOSEN not in (*KINDS, "plain"):
    raise SystemExit(f"TLCOURSE_TEST is {CHOSEN!r}; it must be one of plain, {', '.join(KINDS)}.")


def kind_of(path: Path) -> str:
    """The process a test file belongs to: torch, keras, browser or plain."""
    return next((kind for kind in KINDS if path.stem.endswith(f"_{kind}")), "plain")


def pytest_ignore_collect(collection_path: Path, config: object) -> bool | None:
    if collection_path.suffix == ".py" and collection_path.name.startswith("test_"):
        return True if kind_of(collection_path) != CHOSEN else None
    return None


def pytest_report_header(config: object) -> str:
    return f"tlcourse: the {CHOSEN} tests (TLCOURSE_TEST={CHOSEN}; `make test` runs every kind)"

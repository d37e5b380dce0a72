"""Which test files one process may collect.

TensorFlow and triton (which torchvision, timm and torch's optimizers load) cannot share a process, so a
test file's name says where it belongs: ``test_*_torch.py``, ``test_*_keras.py``, ``test_*_browser.py``; all
others run in a process that imports no framework. ``TLCOURSE_TEST`` picks the set; ``make test`` runs all.

A slow test of what rarely changes is marked ``turns(of, *folders)``: `make test` runs it where one of the
folders changed lately, and else once in so many commits. By hand it always runs.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from commit import waits

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


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if "TLCOURSE_TURN" not in os.environ:
        return
    now: list[pytest.Item] = []
    waiting: list[pytest.Item] = []
    for item in items:
        mark = item.get_closest_marker("turns")
        waits_now = mark is not None and waits(item.nodeid, mark.args[0], mark.args[1:])
        (waiting if waits_now else now).append(item)
    config.hook.pytest_deselected(items=waiting)
    items[:] = now


def pytest_report_header(config: object) -> str:
    return f"tlcourse: the {CHOSEN} tests (TLCOURSE_TEST={CHOSEN}; `make test` runs every kind)"

"""What every learner's notebook ends with."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import tlcourse
from tlcourse.files import course_root

ROOT = course_root(Path(tlcourse.__file__).parent)
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*/*.ipynb"))


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_below_the_last_exercise_a_learner_sees_how_far_they_got(path: Path) -> None:
    cells = [c for c in json.loads(path.read_text(encoding="utf-8"))["cells"] if c["cell_type"] == "code"]
    checks = [number for number, cell in enumerate(cells) if cell["id"].endswith("-check")]
    shown = [number for number, cell in enumerate(cells) if "".join(cell["source"]).strip() == "progress()"]
    assert len(shown) == 1
    assert shown[0] > max(checks)

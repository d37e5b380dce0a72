"""The hash of a row: what makes it stale, and what does not."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest

from tlcourse.sweeps import Sweep, SweepError, get, names
from tlcourse.sweeps.engine.hashing import code_of, row_hash

ROW = """
import sys, zlib
from functools import cache, partial, reduce as fold

import numpy as np

from tlcourse.sweeps.engine.spec import Settings, Sweep

from . import tools
from .numbers import FACTOR as TIMES
from .tools import Counter

OTHER = 3


def row(framework, seed):
    "What a row does."
    from .late import last

    settings: Settings = {}
    seed = partial(int)(seed)
    return {"y": np.float64(TIMES) * tools.double(seed) + Counter().count(last(seed))}  # a sum


def grid():
    return [{"seed": seed} for seed in range(OTHER)]
"""
TOOLS = """
from .numbers import STEP

UNUSED = 1


def double(x):
    return _twice(x)


def _twice(x):
    return 2 * x + STEP


def halve(x):
    return x / 2


class Counter:
    "Counts."

    def count(self, x):
        return x + 1
"""
NUMBERS = "FACTOR = 2.0\nSTEP = 0.5\nNOBODYS = 7\n"
LATE = """
from tlcourse.errors import CourseError, SettingError


def last(x):
    from tlcourse import data
    from tlcourse.training.schedules import cosine, warmup_cosine
    from itertools import chain, product

    chain()
    return x - 1 if data and cosine and warmup_cosine else CourseError("", "")
"""
FILES = {"row": ROW, "tools": TOOLS, "numbers": NUMBERS, "late": LATE}
_numbers = itertools.count()


@pytest.fixture
def code(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """The code of the row of a package with these files, a few of them changed."""
    monkeypatch.syspath_prepend(str(tmp_path))

    def make(**changed: str) -> str:
        package = f"followed_{next(_numbers)}"  # modules are read once
        (tmp_path / package).mkdir()
        (tmp_path / package / "__init__.py").touch()
        for name, text in {**FILES, **changed}.items():
            (tmp_path / package / f"{name}.py").write_text(text)
        return code_of(f"{package}.row:row")

    return make


def test_it_holds_what_the_function_uses_in_other_modules(code):
    text = code()
    for used in ("FACTOR = 2.0", "STEP = 0.5", "def double", "def _twice", "class Counter", "def last"):
        assert text.count(used) == 1, used
    for unused in ("OTHER", "grid", "UNUSED", "halve", "NOBODYS", "Settings, Sweep", "What a row", "# a sum"):
        assert unused not in text, unused


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("row", "seed) +", "seed) -"),
        ("numbers", "2.0", "3.0"),
        ("numbers", "0.5", "0.25"),
        ("tools", "2 * x", "3 * x"),
        ("tools", "return x + 1", "return x + 2"),
        ("late", "x - 1", "x - 2"),
        ("late", "cosine, warmup_cosine", "cosine, linear as warmup_cosine"),
        ("late", "import CourseError,", "import DeviceError as CourseError,"),
        ("row", "import numpy as np", "import numpy.ma as np"),
        ("row", "cache, partial,", "cache, wraps as partial,"),
        ("row", "from functools", "from otherwise"),
        ("late", "from itertools import chain, product", "from itertools import cycle as chain"),
    ],
)
def test_a_change_of_what_it_uses_makes_it_stale(code, name: str, old: str, new: str):
    assert old in FILES[name]
    assert code(**{name: FILES[name].replace(old, new)}) != code()


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("row", "OTHER = 3", "OTHER = 4"),
        ("row", "What a row does.", "Says more."),
        ("row", "import Settings, Sweep", "import Settings"),
        ("numbers", "NOBODYS = 7", "NOBODYS = 8"),
        ("tools", "x / 2", "x / 3"),
        ("tools", '"Counts."', '"Counts up."'),
        ("late", "def last", "# why\ndef last"),
        ("late", "tlcourse.training.schedules", "tlcourse.recipes"),  # moved, and sorted anew
        ("late", "    from tlcourse import data\n", "    from tlcourse import data  # noqa\n"),
        ("late", "tlcourse.errors", "tlcourse.faults"),
        ("row", "import sys, zlib", "import bisect"),
        ("row", "cache, partial, reduce as fold", "partial"),
        ("late", "CourseError, SettingError", "CourseError"),
        ("late", "chain, product", "chain"),
    ],
)
def test_a_change_of_anything_else_does_not(code, name: str, old: str, new: str):
    assert old in FILES[name]
    assert code(**{name: FILES[name].replace(old, new)}) == code()


def test_nor_does_the_order_of_the_imports(code):
    line = "    from tlcourse import data\n"
    later = LATE.replace(line, "").replace("warmup_cosine\n", "warmup_cosine\n" + line, 1)
    assert later.index(line) > later.index("schedules")
    assert code(late=later) == code()


def test_moving_a_function_to_another_module_does_not(code):
    moved = TOOLS.replace("\n\ndef double", "\n\ndef unused", 1).replace("from .numbers import STEP\n", "")
    tools = (
        "from .more import double\n" + moved[: moved.index("def _twice")] + TOOLS[TOOLS.index("def halve") :]
    )
    more = "from .numbers import STEP\n\n\n" + TOOLS[TOOLS.index("def double") : TOOLS.index("def halve")]
    assert sorted(code(tools=tools, more=more).splitlines()) == sorted(code().splitlines())


def test_a_module_that_is_handed_on_counts_as_a_whole(code):
    text = code(row=ROW.replace("tools.double(seed)", "len(vars(tools))"))
    assert "def halve" in text
    assert "UNUSED" in text


def test_what_is_not_there(tmp_path: Path):
    with pytest.raises(SweepError, match="not there"):
        code_of("no_such_module:row")


def test_settings_and_what_is_given_are_part_of_it(toy: Sweep):
    first, second = toy.settings()[:2]
    assert row_hash(toy, first) != row_hash(toy, second)
    assert len(row_hash(toy, first)) == 10

    def given(rate: float) -> Sweep:
        only_b = lambda settings: {"rate": rate} if settings["kind"] == "b" else {}  # noqa: E731
        return Sweep("toy", toy.run, toy.grid, toy.metrics, toy.frameworks, given=only_b)

    for settings in toy.settings():
        same = settings["kind"] == "a"
        assert (row_hash(given(0.1), settings) == row_hash(given(0.2), settings)) is same
        assert (row_hash(given(0.1), settings) == row_hash(toy, settings)) is same


def test_no_row_of_the_course_looks_up_a_chosen_rate_by_itself():
    """Its hash would not know the rate: it comes with the settings, or is given."""
    for name in names():
        assert "chosen_rates" not in code_of(get(name).run), name
        assert "best_rates" not in code_of(get(name).run), name


def test_rows_that_train_are_stale_when_the_trainer_changes():
    for name in ("freeze-or-tune", "solar-training-controls", "transferability"):
        assert "class Trainer" in code_of(get(name).run), name
    assert "def balanced" in code_of(get("encoders").run)  # of another topic
    assert "class Trainer" not in code_of(get("task-head").run)

"""An exercise that trains: no data to look its images up in, and a limit in processor time."""

from __future__ import annotations

from typing import Any

import pytest
from forgeries import LOOK_UP
from sandbox_checks import show_no_framework

from tlcourse import packs
from tlcourse.data import brain, prepared
from tlcourse.data.withheld import LOADERS, places
from tlcourse.exercises import Job, get
from tlcourse.exercises.engine import Predicted
from tlcourse.grading.sandbox import jail
from tlcourse.grading.sandbox import sandbox as module
from tlcourse.grading.sandbox.attacks import ATTACK
from tlcourse.grading.sandbox.availability import available
from tlcourse.grading.sandbox.errors import SandboxUnavailableError
from tlcourse.grading.sandbox.limits import Limits
from tlcourse.grading.sandbox.plan import data_places
from tlcourse.grading.sandbox.proof import PROTECTIONS
from tlcourse.grading.sandbox.sandbox import Sandbox
from tlcourse.packs import cached

pytestmark = pytest.mark.skipif(available()[0] is None, reason=f"no jail on this machine: {available()[1]}")

LOOK = """
import importlib, os

def size(path):
    if os.path.isdir(path):
        return len(os.listdir(path))
    return os.path.getsize(path) if os.path.isfile(path) else 0

def attack(inputs):
    could = {"places": [path for path in inputs["places"] if size(path)], "loaders": [], "words": []}
    for name in inputs["loaders"]:
        module, _, function = name.rpartition(".")
        try:
            getattr(importlib.import_module(module), function)(*inputs["arguments"].get(function, []))
            could["loaders"].append(function)
        except BaseException as error:
            could["words"].append(type(error).__name__)
    from tlcourse.models import weights
    could["weights"] = len(weights.imagenet_arrays())
    return could
"""
WORK = "def attack(inputs):\n    while True:\n        pass\n"
SLEEP = "import time\ndef attack(inputs):\n    time.sleep(1.5)\n    return 'rested'\n"


@pytest.fixture(scope="module")
def sandbox():
    with pytest.MonkeyPatch.context() as patch:
        show_no_framework(patch)
        with Sandbox("torch", "00", limits=Limits(exercise_seconds=60.0)) as made:
            yield made


def looked(sandbox: Sandbox, *, trains: bool) -> dict:
    # Fetched data are never in the jail.
    loaders = [name for name in LOADERS if ".fetched." not in name]
    inputs = {"places": data_places(), "loaders": loaders, "arguments": {"rated_text": ["movies"]}}
    seen = sandbox.run(Job(ATTACK, LOOK, inputs), 60, trains=trains)
    assert seen.kind == "ok", seen
    return seen.data["could"]


@pytest.mark.turns(3, "tlcourse/exercises/engine", "tlcourse/grading", "tests/grading")
def test_the_courses_data_are_out_of_sight(sandbox):
    found = looked(sandbox, trains=True)
    assert found["places"] == []
    assert found["loaders"] == []
    assert found["weights"] > 100, "weights are no labels"
    assert PROTECTIONS["data"] in sandbox.protections


@pytest.mark.turns(3, "tlcourse/exercises/engine", "tlcourse/grading", "tests/grading")
def test_other_answers_read_them_and_so_does_the_attack_that_looks_for_them(sandbox):
    found = looked(sandbox, trains=False)
    # What is kept in the user's cache no jail shows, unless the cache lies among Python's own folders.
    in_cache = (prepared.place(), cached.place(packs.pack(brain.PACK)))
    assert set(found["places"]) >= {str(path) for path in places() if path not in in_cache}
    assert set(found["loaders"]) >= {"photos", "three_styles", "fashion_mnist", "rated_text", "digits"}


@pytest.mark.turns(3, "tlcourse/exercises/engine", "tlcourse/grading", "tests/grading")
def test_a_jail_that_shows_them_grades_nobody(monkeypatch):
    monkeypatch.setattr(jail, "data_places", lambda: data_places()[1:])
    with (
        Sandbox("torch", "00") as leaking,
        pytest.raises(SandboxUnavailableError, match="answer that trains"),
    ):
        leaking.run(Job(ATTACK, SLEEP, {}), 5)


@pytest.mark.turns(3, "tlcourse/exercises/engine", "tlcourse/grading", "tests/grading")
def test_its_limit_is_processor_time(sandbox):
    worked = sandbox.run(Job(ATTACK, WORK, {}), 1.0, trains=True)
    assert worked.kind == "timeout"
    assert "1 s of processor time" in worked.problem
    rested = sandbox.run(Job(ATTACK, SLEEP, {}), 1.0, trains=True)
    assert rested.data == {"could": "rested"}, "time asleep is not processor time"
    assert sandbox._jail.used < 1.0


@pytest.mark.turns(3, "tlcourse/exercises/engine", "tlcourse/grading", "tests/grading")
def test_time_at_rest_is_bounded_as_well(sandbox, monkeypatch):
    monkeypatch.setattr(jail, "WALL", 2.0)
    assert sandbox.run(Job(ATTACK, SLEEP, {}), 0.4, trains=True).kind == "timeout"


@pytest.mark.turns(3, "tlcourse/exercises/engine", "tlcourse/grading", "tests/grading")
def test_what_a_submission_has_left_counts_processor_time_of_those_that_train(sandbox, monkeypatch):
    """Two answers that rest for longer than the submission has, and one that works for as long."""

    class Trains:
        trains = 1.0

    monkeypatch.setattr(module, "get", lambda name: Trains)
    monkeypatch.setattr(sandbox, "limits", Limits(training_seconds=2.0, submission_seconds=2.0))
    jobs = [Job(ATTACK, source, {}) for source in (SLEEP, SLEEP, WORK, SLEEP)]
    kinds = [seen.kind for seen in sandbox.observe(jobs)]
    assert kinds == ["ok", "ok", "timeout", "timeout"]


@pytest.mark.turns(3, "tlcourse/exercises/engine", "tlcourse/grading", "tests/grading")
def test_where_the_files_are_in_sight_the_new_images_can_be_looked_up():
    """So the forgery in `forgeries` would earn all points, were it not for the jail."""
    exercise = get("ch01-beat-pixels")
    inputs = exercise.draw(3)
    names: dict[str, Any] = {}
    exec(LOOK_UP, names)
    found = names["look_up"](inputs["images"], inputs["labels"], inputs["new_images"])
    assert Predicted(found, inputs["new_labels"]).share == 1.0
    assert "new_labels" not in exercise.sent(inputs)

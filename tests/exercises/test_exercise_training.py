"""An exercise that trains: announced, shown a bar, limited in processor time, without the course's data."""

from __future__ import annotations

import time

import numpy as np
import pytest

from tlcourse import data
from tlcourse.data.rated import _table
from tlcourse.data.withheld import LOADERS, places
from tlcourse.errors import DataError
from tlcourse.exercises import State, check, judge_observation, load_answer, observe_in_process
from tlcourse.exercises.engine import (
    Exercise,
    Predicted,
    always,
    notebook,
    patience,
    plain,
    read,
    registry,
    right,
    total,
    wrong,
)
from tlcourse.exercises.engine.loading import run_answer
from tlcourse.exercises.engine.model import WrongAnswerError
from tlcourse.exercises.engine.withheld import data_withheld


def _inputs(rng):
    centres = 4 * rng.normal(size=(3, 8))
    labels, new_labels = rng.integers(0, 3, 30), rng.integers(0, 3, 40)
    near = [centres[one] + rng.normal(size=(len(one), 8)) for one in (labels, new_labels)]
    return {"rows": near[0], "labels": labels, "new_rows": near[1], "new_labels": new_labels}


def _judge(observed, inputs):
    table = (
        right(lambda seen: seen.share > 0.8, "{shown} are right.", 2),
        wrong(always, "{shown} are right, and a head gets more.", "too few"),
    )
    return total(read(table, Predicted(observed["predicted"], inputs["new_labels"])))


HEAD = Exercise(
    id="ch94-head",
    title="A head",
    points=2,
    answer="train_head",
    inputs=_inputs,
    probe=lambda answer, given, framework: {
        "predicted": plain(answer(given["rows"], given["labels"], given["new_rows"]))
    },
    judge=_judge,
    hints=("The nearest mean will do.", "Take the mean of each class."),
    misconceptions=(),
    sent=lambda inputs: {name: value for name, value in inputs.items() if name != "new_labels"},
    trains=3.0,
)


@pytest.fixture(autouse=True)
def known(monkeypatch):
    monkeypatch.setattr(registry, "get", lambda name: HEAD)


def nearest_mean(rows, labels, new_rows):
    means = np.stack([rows[labels == one].mean(axis=0) for one in range(3)])
    return np.linalg.norm(new_rows[:, None] - means, axis=2).argmin(axis=1)


# --- what a learner sees


def test_it_is_announced_before_it_starts(capsys):
    said = []

    def answer(*given):
        said.append(capsys.readouterr().out)
        return nearest_mean(*given)

    assert check(HEAD.id, answer).state is State.PASS
    assert "This check trains a network: about 3 seconds" in said[0]


def test_a_blank_is_not_announced(capsys):
    def train_head(rows, labels, new_rows): ...

    assert check(HEAD.id, train_head).state is State.NOT_ATTEMPTED
    assert capsys.readouterr().out == ""


def test_the_bar_follows_processor_time_and_ends_at_what_was_said(monkeypatch):
    class Bar:
        n, shown = 0.0, []

        def update(self, more):
            self.n += more
            self.shown.append(self.n)

        def __enter__(self):
            return self

        def __exit__(self, *_):
            pass

    bar = Bar()
    monkeypatch.setattr(patience, "_bar", lambda about: bar)
    monkeypatch.setattr(patience, "_LOOK", 0.05)
    with patience.announced(0.4) as waiting:
        time.sleep(0.3)
        assert bar.n < 0.3, "rest is no work"
        until = time.process_time() + 0.8
        while time.process_time() < until:
            pass
    assert not waiting.over
    assert len(bar.shown) > 3
    assert bar.n == pytest.approx(0.4)


def test_a_slow_answer_is_not_called_slow():
    report = judge_observation(
        HEAD, observed(lambda *given: (time.sleep(2.1), nearest_mean(*given))[1]), drawn()
    )
    assert report.seconds > 2
    assert "quicker way" not in str(report)


# --- its limit


def test_it_is_stopped_by_processor_time(monkeypatch):
    def endless(rows, labels, new_rows):
        while True:
            pass

    monkeypatch.setattr(notebook, "TRAINING_SECONDS", 0.5)
    report = check(HEAD.id, endless)
    assert report.state is State.ERROR
    assert "still running after 0 s of processor time" in str(report)
    assert "fewer steps" in str(report)


def test_rest_does_not_count_until_it_is_far_too_long(monkeypatch):
    def rests(*given):
        time.sleep(1.0)
        return nearest_mean(*given)

    monkeypatch.setattr(notebook, "TRAINING_SECONDS", 0.5)
    assert check(HEAD.id, rests).state is State.PASS
    monkeypatch.setattr(patience, "WALL", 1.0)
    assert check(HEAD.id, rests).state is State.ERROR


# --- the course's data


def drawn():
    return HEAD.draw()


def observed(answer):
    return observe_in_process(HEAD, answer, HEAD.sent(drawn()), "plain")


def test_the_judges_part_stays_with_the_judge():
    given = []
    observed(lambda *args: given.extend(args))
    assert len(given) == 3
    assert "new_labels" not in HEAD.sent(drawn())


def test_the_course_s_data_are_withheld_while_it_runs_and_back_afterwards():
    def looks(rows, labels, new_rows):
        data.photos(size=16)

    seen = observed(looks)
    assert seen.kind == "error"
    assert "tlcourse.data.photos.photos" in seen.problem
    assert "what your function is given" in seen.advice
    assert len(data.photos(size=16)) == 216


def test_by_whatever_name_it_was_imported():
    loader = data.three_styles

    def looks(rows, labels, new_rows):
        try:
            return loader("noto").labels
        except Exception:
            return new_rows

    assert observed(looks).kind == "error", "no answer can take the refusal for an exception of its own"


def test_what_an_answer_leans_on_and_could_not_run_is_told():
    setup = "from tlcourse import data\nphotos = data.photos()\nn = 3\n"
    source = "def train_head(rows, labels, new_rows):\n    return len(photos.class_names) + 0 * labels[:n]\n"
    with data_withheld(HEAD, "plain"):
        loaded = run_answer(HEAD, source, setup)
    assert "`photos = data.photos()`" in loaded.note
    assert "did not run" in loaded.note
    assert loaded.answer.__globals__["n"] == 3


def test_only_of_exercises_that_train():
    from dataclasses import replace

    other = replace(HEAD, trains=0.0)
    answer, _ = load_answer(
        other, "from tlcourse import data\ntrain_head = lambda *a: [len(data.photos(16))]"
    )
    assert observe_in_process(other, answer, other.sent(drawn()), "plain").data == {"predicted": [216]}


def test_every_data_set_of_the_course_is_withheld():
    named = {f"{function.__module__}.{function.__name__}" for function in data._loaders().values()}
    others = {"tlcourse.data.rated.rated_text"} | {
        f"tlcourse.data.speech.{n}" for n in ("spoken_digits", "voices")
    }
    assert named | others == set(LOADERS)


def test_what_is_kept_of_solar_cells_is_withheld_too(tmp_path, monkeypatch):
    monkeypatch.setenv("TLCOURSE_DATA", str(tmp_path))
    assert tmp_path / "prepared" not in places()
    data.solar_cells(size=1)
    (kept,) = (tmp_path / "prepared").iterdir()
    assert kept.parent in places()


def test_places_hold_what_the_loaders_read(monkeypatch):
    """With those files gone, no loader finds anything."""
    from pathlib import Path

    gone = places()
    true = Path.read_bytes

    def read_bytes(path):
        if any(path == place or place in path.parents for place in gone):
            raise FileNotFoundError(path)
        return true(path)

    monkeypatch.setattr(Path, "read_bytes", read_bytes)
    _table.cache_clear()  # what another test has read
    for load in (
        data.photos,
        data.three_styles,
        data.fashion_mnist,
        data.digits,
        data.textile,
        data.solar_cells,
    ):
        with pytest.raises(DataError, match="missing"):
            load()
    with pytest.raises(DataError, match="missing"):
        data.rated_text("movies")


# --- predictions


@pytest.mark.parametrize("value", [[0, 2, 1, 1], np.array([[0], [2], [1], [1]]), (0.0, 2.0, 1.0, 1.0)])
def test_predictions_are_read_in_any_form(value):
    seen = Predicted(value, np.array([0, 2, 1, 0]))
    assert (seen.hits, seen.n, seen.share, seen.constant) == (3, 4, 0.75, None)


def test_of_predictions_it_is_told_what_is_odd():
    labels = np.array([0, 1, 2, 2])
    assert Predicted([1, 1, 1, 1], labels).constant == 1
    mixed_up = Predicted([2, 0, 1, 1], labels)
    assert (mixed_up.share, mixed_up.renamed) == (0.0, 1.0)


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (np.zeros((4, 3)), "a score for each class"),
        ([0, 1, 2], "there are 4 images"),
        (["a", "b", "c", "d"], "are text"),
        ([[0, 1], [2]], "different lengths"),
        ([0, 1, 2, float("nan")], "hold nan"),
        ([0, 1, 2, 0.5], "hold 0.5"),
        ([0, 1, 2, -1], "hold -1"),
        (7, "not a list of numbers"),
        (None, "not a list of numbers"),
    ],
)
def test_what_is_no_prediction_is_told(value, words):
    with pytest.raises(WrongAnswerError, match=words):
        Predicted(value, np.array([0, 1, 2, 2]))

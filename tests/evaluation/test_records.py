"""Records and cards: whole, repeatable, never written over."""

from __future__ import annotations

import json

import numpy as np
import pytest

from tlcourse.data import digits
from tlcourse.errors import CourseError
from tlcourse.evaluation import model_card, record_run

WORDS = {
    "name": "digits-10",
    "intended": "reading digits",
    "limits": "letters",
    "licence": "BSD",
    "base": "none",
}


def made():
    return record_run(
        {"lr": 1e-3, "sizes": [8, 16]}, {"val": digits().split("val")}, {"accuracy": np.float32(0.5)}
    )


def test_equal_runs_have_equal_records():
    assert made().json() == made().json()
    found = json.loads(made().json())
    assert found["results"] == {"accuracy": 0.5}
    assert found["data"]["val"]["images"] == 269
    assert "numpy" in found["versions"]


def test_other_images_have_another_hash():
    part = digits().split("val")
    one, other = (record_run({}, {"d": d}, {}).data["d"]["sha256"] for d in (part, part.subset(range(268))))
    assert one != other


def test_a_record_is_never_written_over(tmp_path):
    path = made().save(tmp_path / "run.json")
    before = path.read_text()
    with pytest.raises(CourseError, match=r"run\.json already"):
        made().save(path)
    assert path.read_text() == before


@pytest.mark.parametrize(
    ("settings", "results"),
    [
        ({"x": object()}, {}),
        ({"x": float("nan")}, {}),
        ({}, {"a": float("inf")}),
        ({}, {"a": "good"}),
        ({}, {"a": True}),
    ],
)
def test_what_is_no_plain_value(settings, results):
    with pytest.raises(CourseError):
        record_run(settings, {}, results)


def test_a_card_says_everything():
    card = model_card(made(), **WORDS)
    for text in (
        "# digits-10",
        "reading digits",
        "**Not for:** letters",
        "| accuracy | 0.500 |",
        "269",
        "lr = 0.001",
    ):
        assert text in card


@pytest.mark.parametrize("empty", ["name", "intended", "limits", "licence", "base"])
def test_a_card_without_limits_is_refused(empty):
    with pytest.raises(CourseError, match=empty):
        model_card(made(), **{**WORDS, empty: " "})

"""What gives a right answer away, and what does not."""

from types import SimpleNamespace

import exercise_cases
import numpy as np
import pytest
from leaks import leaked

SEEN = {"loss": np.array([[0.61234567, -2.5], [1e-5, 300.0]]), "names": ["a", "0.777"], "yes": True}


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("the loss is 0.612, as it should be", {"0.612"}),
        ("it is 0.6123.", {"0.6123"}),
        ("-0.612", {"0.612"}),  # a dash is no minus
        ("1.00e-05 apart", set()),
        ("a loss of 0.613", set()),  # another number
        ("0.61 and 2.5 and 300", set()),  # too short to tell
        ("10.612 and 0.6129", set()),  # the end and the beginning of others
        ("0.777", set()),  # text
        ("", set()),
    ],
)
def test_a_number_of_the_right_answer_in_a_message(text, shown):
    assert leaked(text, SEEN, {}) == shown


def test_what_the_learner_or_the_inputs_have_is_theirs():
    assert leaked("0.612", SEEN, [np.array([0.61249])]) == set()
    assert leaked("0.612", SEEN, [0.7, {"x": (0.6116, 3)}]) == set()
    assert leaked("0.612", SEEN, [0.7]) == {"0.612"}


def test_it_finds_one_number_among_a_million():
    many = np.random.default_rng(0).normal(size=1_000_000)
    assert leaked(f"it is {many[77]:.6g}", many, [many[:10]]) == {f"{many[77]:.6g}"}


@pytest.mark.parametrize(
    ("given_on", "chance"), [((), True), ((0,), True), ((0, 1), True), ((0, 1, 2), False)]
)
def test_what_a_message_shows_on_every_draw_is_no_chance(given_on, chance, monkeypatch):
    """A judge that shows a number of the right answer on these of three further draws."""
    right, own = {"score": 0.61234}, {"score": 0.25}
    asked = []

    def outcome(exercise, source, framework, seed):
        if source == "solution":
            return right, None
        asked.append(seed)
        message = "0.612" if len(asked) - 1 in given_on else "wrong"
        return own, SimpleNamespace(messages=[message])

    monkeypatch.setattr(exercise_cases, "outcome", outcome)
    monkeypatch.setattr(exercise_cases, "answer_source", lambda exercise, name, framework: name)
    exercise = SimpleNamespace(draw=lambda seed: {})
    assert exercise_cases.by_chance(exercise, "wrong", "torch") is chance
    assert len(set(asked)) == min(len(given_on) + 1, 3)

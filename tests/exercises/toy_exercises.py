"""Two small exercises for the engine's own tests; a worker loads them with ``--module toy_exercises``."""

from __future__ import annotations

import numpy as np

from tlcourse.exercises.engine import (
    Exercise,
    Misconception,
    array,
    close,
    finding,
    number,
    plain,
    score,
    show,
)

WRONG = tuple(Misconception(f"wrong {i}", "def mean(x):\n    return 1", "Your mean") for i in range(3))


def _judge(observed, inputs):
    got = number(observed["value"], "the mean")
    right = close(got, inputs["x"].mean(), 1e-9)
    return score((2, finding(right, "The mean is right.", f"Your mean is {show(got)}.", "another mean")))


MEAN = Exercise(
    id="ch90-mean",
    title="The mean",
    points=2,
    answer="mean",
    inputs=lambda rng: {"x": rng.normal(size=5), "n": 5},
    probe=lambda answer, inputs, framework: {"value": plain(answer(inputs["x"]))},
    judge=_judge,
    hints=("Add them up.", "Divide by how many there are.", "`x.sum() / len(x)`"),
    misconceptions=WRONG,
)


def _judge_table(observed, inputs):
    table = array(observed["value"], "the table", (2, None))
    first = finding(table.shape[1] == 3, "Three columns.", "Not three columns.")
    second = finding(close(table, np.ones((2, 3))), "All ones.", "Not all ones.")
    return score((1, first), (1, second))


TABLE = Exercise(
    id="ch91-table",
    title='A table <of> ones & "more"',
    points=2,
    answer="table",
    inputs=lambda rng: {"seed": int(rng.integers(100))},
    # Not through `plain`: the engine must cope with a probe that hands back whatever it was given.
    probe=lambda answer, inputs, framework: {"value": answer() if callable(answer) else answer},
    judge=_judge_table,
    hints=("One.",),
    misconceptions=WRONG,
)

EXERCISES = (MEAN, TABLE)

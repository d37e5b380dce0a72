"""Wrong answers that nobody listed as a misconception get less than full marks on every seed, not on most.

A rule that comes near the right one ("kept" where most seeds win, an ending taken off letter by letter) must
be told from it by the inputs of each draw. Only answers that need no framework, so in this process.
"""

import functools
import os

import numpy as np
import pytest
from commit import REPEAT, SECRET_SEED
from exercise_cases import setup
from other_cases import ids, other

from tlcourse.exercises import judge_observation, load_answer, observe_in_process

# The exercises that need no framework.
PLAIN = ("ch07-decide", "ch07-leaked", "ch08-analogy", "ch08-files")
SEEDS = int(os.environ.get("TLCOURSE_WRONG_SEEDS", "6"))
SLOW = {"ch07-decide": 2}  # answers that draw a great deal
FRAMEWORKS = ("torch", "timm", "keras", "tensorflow", "tlcourse")


def _cases():
    return [
        case
        for case in other("WRONG", "torch")
        if case[0].id in PLAIN
        and not any(f"import {name}" in case[2] or f"from {name}" in case[2] for name in FRAMEWORKS)
    ]


@functools.cache
def _drawn(exercise, seed):
    return exercise.draw(seed)


CASES = _cases()


@pytest.mark.parametrize(("exercise", "title", "source"), CASES, ids=ids(CASES))
def test_a_wrong_answer_is_wrong_on_every_seed(exercise, title, source):
    lines = setup(exercise, "torch").splitlines()
    above = "\n".join(line for line in lines if not any(name in line for name in FRAMEWORKS))
    answer, failed = load_answer(exercise, source, above)
    assert failed is None, failed
    for seed in np.random.default_rng(SECRET_SEED).integers(2**31, size=SLOW.get(exercise.id, SEEDS)):
        inputs = _drawn(exercise, int(seed))
        # No framework is loaded here, and the package's own halves for one are not wanted.
        seen = observe_in_process(exercise, answer, exercise.sent(inputs), "plain")
        report = judge_observation(exercise, seen, inputs)
        assert report.points < exercise.points, f"{exercise.id}, {title}, seed {seed} {REPEAT}:\n{report}"

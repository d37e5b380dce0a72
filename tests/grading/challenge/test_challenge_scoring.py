"""Scores, intervals, ranks and points, against numbers worked out by hand."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from challenges import CLASSES, challenge_of, wrong

from tlcourse.errors import SettingError
from tlcourse.evaluation import bootstrap_interval, paired_bootstrap
from tlcourse.grading.challenge.alike import same_mistakes
from tlcourse.grading.challenge.bars import Bars, percent
from tlcourse.grading.challenge.scoring import _ranks, board_of, exact_score

LABELS = ["cat"] * 60 + ["dog"] * 30 + ["Élan"] * 10


def numbers(labels) -> np.ndarray:
    return np.array([CLASSES.index(each) for each in labels])


def test_scores_by_hand():
    predicted = numbers(wrong(LABELS, 15, begin=85))  # five dogs and all ten of the third class
    assert exact_score(predicted, challenge_of(LABELS)) == Fraction(85, 100)
    balanced = exact_score(predicted, challenge_of(LABELS, "balanced-accuracy"))
    assert balanced == (Fraction(60, 60) + Fraction(25, 30) + Fraction(0, 10)) / 3
    always = numbers(["cat"] * 100)
    assert exact_score(always, challenge_of(LABELS, "balanced-accuracy")) == Fraction(1, 3)


def test_the_interval_is_the_courses_bootstrap():
    predicted = numbers(wrong(LABELS, 20))
    ours = board_of(predicted[None], challenge_of(LABELS)).intervals[0]
    known = bootstrap_interval(predicted == numbers(LABELS))
    assert ours.value == known.value == 0.8
    assert ours.low == pytest.approx(known.low, abs=0.011)
    assert ours.high == pytest.approx(known.high, abs=0.011)


def test_within_classes_the_interval_of_a_small_class_is_what_counts():
    predicted = numbers(wrong(LABELS, 5, begin=95))  # half of the smallest class
    plain = board_of(predicted[None], challenge_of(LABELS)).intervals[0]
    balanced = board_of(predicted[None], challenge_of(LABELS, "balanced-accuracy")).intervals[0]
    # The binomial spread of 5 of 10, divided by the three classes.
    assert balanced.high - balanced.low == pytest.approx(2 * 1.96 * (0.25 / 10) ** 0.5 / 3, rel=0.2)
    assert balanced.high - balanced.low > 2 * (plain.high - plain.low)


def test_groups_are_drawn_whole():
    labels = ["cat"] * 100
    groups = [number // 10 for number in range(100)]
    predicted = numbers(wrong(labels, 20))  # two of ten groups are all wrong
    alone = board_of(predicted[None], challenge_of(labels)).intervals[0]
    grouped = board_of(predicted[None], challenge_of(labels, groups=groups)).intervals[0]
    assert grouped.high - grouped.low > 2 * (alone.high - alone.low)
    balanced = board_of(predicted[None], challenge_of(labels, "balanced-accuracy", groups)).intervals[0]
    assert balanced[:3] == pytest.approx(grouped[:3])


def test_ranks_by_hand():
    # Four resamples of four students: the second is above the first in one of them, the third never.
    drawn = np.array([[0.9, 0.8, 0.5, 0.5], [0.8, 0.9, 0.5, 0.4], [0.9, 0.8, 0.6, 0.6], [0.9, 0.8, 0.5, 0.4]])
    scores = [Fraction(each) for each in (0.88, 0.82, 0.52, 0.48)]
    assert _ranks(scores, drawn) == (1, 1, 3, 3)
    # The order in which they are given does not matter.
    assert _ranks([scores[2], scores[0], scores[3], scores[1]], drawn[:, [2, 0, 3, 1]]) == (3, 1, 3, 1)


def test_a_new_rank_is_clear_from_the_best_of_the_rank_above_not_from_the_next():
    labels = ["cat"] * 200
    rows = np.stack([numbers(wrong(labels, count)) for count in (20, 23, 26, 29, 60)])
    challenge = challenge_of(labels)
    # Each has the mistakes of the one above and three more: by hand, 3 differences among 200 images are none
    # in 5 % of the resamples (exp(-3)), and 6 in 0.25 %.
    assert board_of(rows, challenge).ranks == (1, 1, 3, 3, 5)
    right = rows == challenge.labels
    for above, below, clear in ((0, 1, False), (0, 2, True), (2, 3, False), (2, 4, True)):
        assert (paired_bootstrap(right[below], right[above]).low > 0) == clear


def test_equal_files_share_a_rank():
    rows = np.stack([numbers(LABELS)] * 3)
    board = board_of(rows, challenge_of(LABELS))
    assert board.ranks == (1, 1, 1)
    assert board.intervals[0][:3] == (1, 1, 1)


def test_points_at_the_bars():
    steps = Bars.parse(["0.70=6", "85%=10"])
    hundredths = [Fraction(each, 1000) for each in (0, 699, 700, 701, 849, 850, 1000)]
    assert [steps.points(each) for each in hundredths] == [0, 0, 6, 6, 6, 10, 10]
    linear = Bars.parse(["0.70=6,0.85=10"], "linear")
    assert [linear.points(Fraction(each, 100)) for each in (69, 70, 73, 85, 99)] == [0, 6, 6.8, 10, 10]
    assert linear.points(Fraction(739, 1000)) == linear.points(
        Fraction(73, 100)
    )  # what is shown is what counts


def test_a_bar_is_reached_by_the_fraction_and_not_by_a_rounded_float():
    assert percent(Fraction(29, 50)) == 58  # 100 * 0.58 is 57.99999999999999
    assert percent(Fraction(1, 3) + Fraction(1, 3) + Fraction(1, 3)) == 100


@pytest.mark.parametrize(
    ("bars", "between"),
    [
        ([], "steps"),
        (["0.8"], "steps"),
        (["1.2=3"], "steps"),
        (["101%=3"], "steps"),
        (["0.805=3"], "steps"),
        (["0.8=0"], "steps"),
        (["0.8=2.5"], "steps"),
        (["0.8=5", "0.9=4"], "steps"),
        (["0.8=5", "80%=4"], "steps"),
        (["0.8=nan"], "steps"),
        (["0.8=5"], "linear"),
        (["0.8=5"], "curved"),
    ],
)
def test_bars_that_are_none(bars, between):
    with pytest.raises(SettingError):
        Bars.parse(bars, between)


def test_the_same_mistakes_are_told_and_the_same_truth_is_not():
    labels = numbers(LABELS)
    one = numbers(wrong(LABELS, 30))
    copied = one.copy()
    copied[99] = 0
    other = numbers(wrong(LABELS, 30, begin=40))
    assert len(same_mistakes({"ada": one, "bob": copied}, labels)) == 1
    assert same_mistakes({"ada": one, "bob": other}, labels) == []
    assert same_mistakes({"ada": labels, "bob": numbers(wrong(LABELS, 3))}, labels) == []

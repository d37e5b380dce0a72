"""n different rows of every class; the same for the same seed; others for another."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np

from tlcourse.exercises.engine import Verdict, always, array, read, right, show, stopped, total, wrong

LABELS = "labels instead of rows"


class Draw:
    """What the answer gave for one seed."""

    def __init__(self, value: Any, inputs: dict[str, Any]) -> None:
        self.value, self.labels, self.n = value, inputs["labels"], inputs["n"]
        self.size, self.n_classes = len(self.labels), int(self.labels.max()) + 1
        self.last = self.size - 1

    @cached_property
    def returned(self) -> str:
        return show(self.value)

    @cached_property
    def is_nested(self) -> bool:
        parts = self.value if isinstance(self.value, list | tuple) else ()
        return any(np.ndim(part) for part in parts) or np.ndim(self.value) > 1

    @cached_property
    def numbers(self) -> np.ndarray:
        return array(self.value, "the drawn rows", (None,))

    @cached_property
    def outside(self) -> int | None:
        outside = self.numbers[(self.numbers < 0) | (self.numbers >= self.size)]
        return int(outside[0]) if len(outside) else None

    @cached_property
    def rows(self) -> np.ndarray:
        return self.numbers.astype(np.int64)

    @cached_property
    def n_rows(self) -> int:
        return len(self.rows)

    @cached_property
    def n_different(self) -> int:
        return len(np.unique(self.rows))

    @cached_property
    def are_labels(self) -> bool:
        return self.is_as_long_as_it_should and set(self.rows.tolist()) <= set(range(self.n_classes))

    @cached_property
    def is_as_long_as_it_should(self) -> bool:
        return self.n_rows == self.n * self.n_classes

    @cached_property
    def labels_shown(self) -> str:
        return show(self.rows.tolist())

    @cached_property
    def counts(self) -> np.ndarray:
        return np.bincount(self.labels[self.rows], minlength=self.n_classes)

    @cached_property
    def held(self) -> str:
        return f"For n = {self.n}, your rows hold {show(self.counts.tolist())} examples of the classes"

    @cached_property
    def of_each(self) -> int:
        return int(self.counts[0])

    @cached_property
    def start(self) -> str:
        return show(self.rows[:4].tolist())

    def is_like(self, other: Draw) -> bool:
        return np.array_equal(np.sort(self.rows), np.sort(other.rows))


class Pair:
    """Two draws, and the seeds that they were made with."""

    def __init__(self, first: Draw, second: Draw, first_seed: int, second_seed: int) -> None:
        self.first, self.second, self.first_seed, self.second_seed = first, second, first_seed, second_seed
        self.alike = first.is_like(second)
        self.start, self.other_start = first.start, second.start


UNUSABLE = (
    wrong(
        lambda draw: draw.is_nested,
        "You returned a list of rows for each class. One flat list of row numbers is asked for: join them.",
        "not flat",
    ),
    wrong(
        lambda draw: not np.array_equal(draw.numbers, np.round(draw.numbers)),
        "Row numbers are whole; you returned {returned}.",
        "not row numbers",
    ),
    wrong(
        lambda draw: draw.outside is not None,
        "You returned row {outside}, and the rows are numbered from 0 to {last}.",
        "not row numbers",
    ),
)
EMPTY = (wrong(lambda draw: draw.n_rows == 0, "You returned no rows at all.", "no rows"),)
FAIR = (
    wrong(
        lambda draw: draw.are_labels,
        "You returned {labels_shown}: these are labels. Return the numbers of the rows instead, so that"
        " `labels[rows]` gives the labels.",
        LABELS,
    ),
    wrong(
        lambda draw: draw.n_different < draw.n_rows,
        "Of the {n_rows} rows that you returned only {n_different} are different: the same picture was drawn"
        " more than once. Draw without replacement.",
        "draws with replacement",
    ),
    wrong(
        lambda draw: 0 in draw.counts and set(draw.counts.tolist()) == {0, draw.n},
        "{held}: one class or more is left out. Does the loop go through all of them, and does `return` come"
        " after it?",
        "a class left out",
    ),
    wrong(
        lambda draw: len(set(draw.counts.tolist())) > 1,
        "{held}: the draw was made from all rows together. Draw from each class apart.",
        "draws from all rows together",
    ),
    wrong(
        lambda draw: draw.of_each != draw.n,
        "For n = {n}, your rows hold {of_each} of each class.",
        "wrong number per class",
    ),
    right(always, "{n} different rows of every class."),
)
REPEATS = (
    wrong(
        lambda pair: not pair.alike,
        "Two calls with seed {first_seed} gave different rows ({start}, then {other_start}, at the start)."
        " The numbers come from a generator that does not know the seed.",
        "ignores the seed",
    ),
    right(always, "The same seed gives the same rows."),
)
VARIES = (
    wrong(
        lambda pair: pair.first_seed != pair.second_seed and pair.alike,
        "Seeds {first_seed} and {second_seed} gave the same rows, {other_start} at the start. Nothing is"
        " drawn by chance, so repeating the experiment with other seeds would tell you nothing.",
        "same rows for every seed",
    ),
    right(always, "Another seed gives other rows."),
)


def judge(observed: dict[str, Any], inputs: dict[str, Any]) -> Verdict:
    """A point each for a fair draw, the same again, and another for another seed."""
    seeds = inputs["seeds"]
    draws = [Draw(value, inputs) for value in observed["draws"]]
    if (verdict := stopped(UNUSABLE, draws) or stopped(EMPTY, draws)) is not None:
        return verdict
    fair = read(FAIR, draws)
    # Without rows that could be a draw, "the same twice" is worth nothing.
    if not all(draw.is_as_long_as_it_should for draw in draws) or fair[1].misconception == LABELS:
        return total(fair)
    firsts = [seeds.index(seed) for seed in seeds]
    same = [Pair(draws[a], draw, seeds[a], seed) for a, draw, seed in zip(firsts, draws, seeds, strict=True)]
    other = [Pair(draws[0], draw, seeds[0], seed) for draw, seed in zip(draws, seeds, strict=True)]
    repeats, varies = read(REPEATS, same), read(VARIES, other)
    if not fair[1].passed and not (repeats[1].passed and varies[1].passed):
        # Neither asks for the classes: one list of rows for all calls is always the same.
        return total(*((0.0, one) for _, one in (fair, repeats, varies) if not one.passed))
    return total(fair, repeats) if not repeats[1].passed else total(fair, repeats, varies)

"""Two points for the right rows in the right order, and one for the right rows."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np

from tlcourse.exercises.engine import (
    Verdict,
    always,
    read,
    read_array,
    right,
    show,
    stopped,
    tiny,
    total,
    wrong,
)

from .probe import CLASSES, ranked, shares


class Found:
    """The rows that came back for one network."""

    def __init__(self, seen: dict[str, Any], case: dict[str, Any]) -> None:
        self.whole, self.n = read_array(seen["found"], "`worst`"), case["n"]
        first = tiny.initial(case["blocks"], case["width"], CLASSES, case["seed"])
        after = {name: np.asarray(value) for name, value in seen["after"].items()}
        self.moved = tiny.moved(first, after)
        p = shares(tiny.logits(first, case["blocks"], case["images"]))
        self.lists = ranked(p, case["labels"], self.n)
        self.mistakes = {int(row) for row in np.flatnonzero(p.argmax(1) != case["labels"])}

    @property
    def shape(self) -> tuple[int, ...]:
        return self.whole.shape

    @cached_property
    def got(self) -> list[int]:
        return [int(row) for row in self.whole.reshape(-1)]

    @cached_property
    def yours(self) -> str:
        return f"For the {self.n} most confident mistakes you give {show(self.got)}"

    def is_list(self, name: str) -> bool:
        """Whether these are the rows of a list, in whatever order."""
        return set(self.got) == set(self.lists[name])

    @cached_property
    def hits(self) -> list[int]:
        """Rows that were classified rightly."""
        return [row for row in self.got if row not in self.mistakes]

    @cached_property
    def example(self) -> int:
        return self.hits[0]


UNUSABLE = (
    wrong(
        lambda found: found.shape not in ((found.n,), (found.n, 1), (1, found.n)),
        "You were asked for {n} row numbers, and give an array of shape {shape}.",
    ),
    wrong(
        lambda found: not np.array_equal(found.whole, np.rint(found.whole)),
        "Row numbers are whole numbers: 0 is the first image. Yours are not.",
        "confidences in place of rows",
    ),
)
ROWS = (
    wrong(
        lambda found: any(name.endswith((".mean", ".variance")) for name in found.moved),
        "{yours}, and BatchNorm's running statistics have moved: the network was in training mode, where each"
        " pass gives other numbers. Look at it in evaluation mode.",
        "in training mode",
    ),
    right(
        lambda found: found.got == found.lists["right"], "The most confident mistakes, the worst first.", 2
    ),
    wrong(
        lambda found: found.is_list("right"),
        "{yours}. These are the rows, in another order: the most confident mistake comes first.",
        "another order",
        1,
    ),
    wrong(
        lambda found: found.is_list("least confident"),
        "{yours}. Those are the mistakes about which the network is least confident: it nearly had them"
        " right. The others say more.",
        "the least confident",
    ),
    wrong(
        lambda found: found.is_list("true class"),
        "{yours}. You sort by the probability of the true class. It was asked how sure the network is of the"
        " class that it names.",
        "sorted by the true class",
    ),
    wrong(
        lambda found: found.is_list("in the order of the images"),
        "{yours}. Those are the first mistakes, in the order of the images. Sort them by confidence.",
        "not sorted",
    ),
    wrong(
        lambda found: found.hits,
        "{yours}. Row {example} is no mistake: there the largest output is at the label. Keep the rows where"
        " it is not.",
        "right ones among them",
    ),
    wrong(
        always,
        "{yours}. Among the mistakes take those with the highest probability of the class that the network"
        " names.",
        "other mistakes",
    ),
)


def judge(observed: dict[str, Any], inputs: dict[str, Any]) -> Verdict:
    """Right for every network."""
    pairs = zip(observed["cases"], inputs["cases"], strict=True)
    cases = [Found(seen, case) for seen, case in pairs]
    return stopped(UNUSABLE, cases) or total(read(ROWS, cases))

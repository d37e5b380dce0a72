"""Two points if in every split the modules on both sides are found, and no others."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from tlcourse.exercises.engine import Verdict, WrongAnswerError, always, read, right, show, total, wrong


def module(path: str) -> str:
    """``"train/defective/0012-cell0003.png"`` -> ``"0012"``."""
    return path.split("/")[-1].split("-")[0]


class Split:
    """The names that came back for one split."""

    def __init__(self, got: Any, split: dict[str, list[str]]) -> None:
        if not isinstance(got, list):
            raise WrongAnswerError(f"`leaked` should give a list or a set of names; yours gave {got}.")
        self.got = set(got)
        self.train, self.test = ({module(path) for path in split[side]} for side in ("train", "test"))
        self.both = self.train & self.test
        self.files = {path.split("/")[-1] for side in split.values() for path in side}

    @cached_property
    def yours(self) -> str:
        return f"You give {show(sorted(self.got)[:6])}"

    @property
    def as_numbers(self) -> bool:
        """Whether modules are given as numbers, which loses the zeros in front."""
        return bool(self.got) and {name.zfill(4) for name in self.got} == self.both


SPLITS = (
    right(lambda split: split.got == split.both, "The modules on both sides are found.", 2),
    right(lambda split: split.as_numbers, "The modules on both sides are found.", 2),
    wrong(
        lambda split: not split.got,
        "You find nothing, and a module is on both sides. No *file* is: other cells of the same module were"
        " trained on, and they look alike. Compare modules.",
        "compares files",
    ),
    wrong(
        lambda split: split.got <= {"defective", "functional"},
        "{yours}. Those are classes. A class on both sides is as it should be; a module is not.",
        "compares classes",
    ),
    wrong(
        lambda split: all(name.startswith("cell") for name in split.got),
        "{yours}. Those are cells, counted within their module: every module has such a cell.",
        "compares cells",
    ),
    wrong(
        lambda split: {module(name) for name in split.got} == split.both,
        "{yours}. Those are files. Give the modules, the digits before the dash.",
        "files",
    ),
    wrong(
        lambda split: split.got == split.train | split.test,
        "{yours}. Those are the modules of both sides taken together. Which are in the one and in the other?",
        "all of them",
    ),
    wrong(
        lambda split: split.got == split.train or split.got == split.test,
        "{yours}. Those are all modules of one side. Only those count that the other has too.",
        "one side",
    ),
    wrong(
        lambda split: split.got <= split.train | split.test and split.got > split.both,
        "{yours}. Not all of them are on both sides. Compare whole numbers of modules: one that is a part of"
        " another is another module.",
        "a number inside another",
    ),
    wrong(always, "{yours}. A module leaks if cells of it are in training and in test.", "other modules"),
)


def judge(observed: dict[str, Any], inputs: dict[str, Any]) -> Verdict:
    """Right for every split."""
    pairs = zip(observed["found"], inputs["splits"], strict=True)
    return total(read(SPLITS, [Split(got, split) for got, split in pairs]))

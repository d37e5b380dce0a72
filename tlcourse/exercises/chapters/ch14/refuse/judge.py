"""A point for the classes, one for where there is no answer."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np

from tlcourse.exercises.engine import Verdict, always, read, read_array, right, stopped, total, wrong

from .probe import CLASSES, NEW, answers


class Answered:
    """What was said of the new images, beside every way to get there."""

    def __init__(self, observed: dict[str, Any], inputs: dict[str, Any]) -> None:
        self.got = read_array(observed["classes"], "`classes_or_nothing`")
        self.ways = answers(inputs)
        self.best = self.ways["right"]
        self.shape, self.n, self.percent = self.got.shape, NEW, f"{inputs['keep']:.0%}"

    def is_way(self, name: str) -> bool:
        """Up to one image: a wrong way's limit may lie where the draw kept nothing away from it."""
        return int((self.got != self.ways[name]).sum()) <= 1

    @cached_property
    def refused(self) -> int:
        return int((self.got == -1).sum())

    @cached_property
    def known(self) -> bool:
        return bool(np.isin(self.got, range(-1, CLASSES)).all())

    @cached_property
    def classes_right(self) -> bool:
        """Whether the classes are the network's wherever there is one."""
        said = self.got != -1
        return np.array_equal(self.got[said], self.ways["answers everything"][said])

    @cached_property
    def limit_right(self) -> bool:
        return np.array_equal(self.got == -1, self.best == -1)


UNUSABLE = (
    wrong(
        lambda case: case.shape != (NEW,),
        "For {n} new images you give an array of shape {shape}. One number for each is needed: a class,"
        " or -1.",
        "not one number for each",
    ),
    wrong(lambda case: case.refused == case.n, "You refuse every image."),
    wrong(lambda case: not case.known, "Your numbers are not classes from 0 to 3, or -1.", "no classes"),
)
CLASS = (
    right(lambda case: case.classes_right, "Where you answer, it is the network's class."),
    wrong(
        always,
        "Where you answer, it is often not the class that the network finds likeliest. Is it in evaluation"
        " mode? Otherwise dropout and the batch's statistics change its answers.",
        "training mode",
    ),
)
LIMIT = (
    right(lambda case: case.limit_right, "The right images have no answer."),
    wrong(
        lambda case: case.refused == 0,
        "Every image gets an answer, also those on which the network is least sure.",
        "answers everything",
    ),
    wrong(
        lambda case: case.is_way("the sure ones refused"),
        "You refuse {refused} of {n}: those about which the network is sure.",
        "the sure ones refused",
    ),
    wrong(
        lambda case: case.is_way("limit from the new images"),
        "You refuse {refused} of {n}: the least sure of the new images. So some are always refused, however"
        " good they are, and strangers get an answer if there are many. Take the limit from validation"
        " images.",
        "limit from the new images",
    ),
    wrong(
        lambda case: case.is_way("the share taken for the limit"),
        "You refuse {refused} of {n}, with the share itself as the limit. {percent} of the validation images"
        " are to get an answer; which probability is that?",
        "the share taken for the limit",
    ),
    wrong(
        always,
        "You refuse {refused} of {n}, and not the right ones. Sort the highest probabilities of the"
        " validation images: {percent} of them are to be at or above the limit.",
    ),
)


def judge(observed: dict[str, Any], inputs: dict[str, Any]) -> Verdict:
    """The second point only with the first."""
    case = Answered(observed, inputs)
    if (verdict := stopped(UNUSABLE, case)) is not None:
        return verdict
    classes = read(CLASS, case)
    return total(classes, read(LIMIT, case)) if classes[0] else total(classes)

"""Make a challenge of a folder of images: read, group, divide, check; then everything is written at once."""

from __future__ import annotations

import hashlib
import secrets
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from tlcourse.checks import whole
from tlcourse.errors import DataError, SettingError, UnknownNameError
from tlcourse.grading.challenge.bars import Bars, percent
from tlcourse.grading.challenge.copies import near_copies
from tlcourse.grading.challenge.dividing import Divided, divide
from tlcourse.grading.challenge.giveaways import giveaways
from tlcourse.grading.challenge.grouping import groups_by_prefix, groups_by_table
from tlcourse.grading.challenge.pictures import Picture, Read, read_pictures
from tlcourse.grading.challenge.scoring import exact_score
from tlcourse.grading.challenge.settings import METRICS, Challenge, Rules, name_test_set
from tlcourse.grading.challenge.writing import SAMPLE, Made, Plan, write_challenge

__all__ = ["Options", "make_challenge"]

_FEW = 100


@dataclass(frozen=True)
class Options:
    """What an instructor chooses.

    Attributes
    ----------
    title : str
        Of the challenge; the folder's name by default.
    metric : {"accuracy", "balanced-accuracy"}
    test_share : float
        Of each class.
    bars : tuple of str
        As `Bars.parse` takes them.
    between : {"steps", "linear"}
    tries : int
    seed : int
        Of the border between training and test. The names of the files are random in every run.
    size : int
        Pixels a side of the published images.
    groups : pathlib.Path, optional
        A table of groups.
    group_prefix : str, optional
        What ends the group's part of the images' names.
    near_copies : bool
        Whether to look for them.
    """

    title: str = ""
    metric: str = "accuracy"
    test_share: float = 0.3
    bars: tuple[str, ...] = ("0.80=10",)
    between: str = "steps"
    tries: int = 3
    seed: int = 0
    size: int = 256
    groups: Path | None = None
    group_prefix: str | None = None
    near_copies: bool = True


def make_challenge(
    folder: Path, out: Path, options: Options, progress: Callable[[int, int], object] | None = None
) -> Made:
    """Divide a folder of images, and write ``out/published`` and ``out/private``.

    The published files are named at random, in no order, and have one size, one format and one date. Which
    is which is in ``private`` only: ``labels.csv``, the rules, and ``origin.csv`` with the old names.

    Parameters
    ----------
    folder : pathlib.Path
        One sub-folder for each class.
    out : pathlib.Path
        A new folder, neither in the folder of images nor in what is published of another challenge.
    options : Options
    progress : callable, optional
        Called with the number of images read, and that of all.

    Raises
    ------
    DataError
        If the images cannot be divided, or `out` cannot be used. Nothing is left of `out` then.
    SettingError
        For an option that cannot be used, such as a bar that the largest class alone reaches.
    """
    bars = _checked(options)
    _check_place(folder, out)
    read = read_pictures(folder, options.size, progress)
    _check_classes(read)
    groups = _groups(read.pictures, options)
    copies = near_copies(read.pictures) if options.near_copies else []
    labels = [each.label for each in read.pictures]
    divided = divide(labels, options.test_share, options.seed, groups, copies)
    plan = Plan(read, divided, _named(read.pictures, divided), tuple(copies), groups)
    made = Made(
        _rules(folder, plan, bars, options),
        Counter(each.label for each in plan.training.values()),
        Counter(each.label for each in plan.testing.values()),
        tuple(_remarks(plan)),
    )
    write_challenge(out, plan, made)
    return made


def _checked(options: Options) -> Bars:
    if options.metric not in METRICS:
        raise UnknownNameError("metric", options.metric, METRICS)
    if not 0 < options.test_share < 1:
        raise SettingError(
            f"--test-share is {options.test_share}.", "Give a number between 0 and 1, such as 0.3."
        )
    if options.groups is not None and options.group_prefix is not None:
        raise SettingError("There are both --groups and --group-prefix.", "Give one of them.")
    whole("--tries", options.tries, 1, 1000)
    whole("--size", options.size, 32, 2048)
    whole("--seed", options.seed, 0)
    return Bars.parse(options.bars, options.between)


def _check_place(folder: Path, out: Path) -> None:
    """`out` is new, and nothing private gets into what is given to students."""
    if out.exists() or out.is_symlink():
        raise DataError(
            f"{out} exists already.",
            "Give a new folder: a challenge that students have is never overwritten.",
        )
    inside, images = out.resolve(), folder.resolve()
    if images == inside or images in inside.parents:
        raise DataError(
            f"{out} lies in the folder of images.",
            f"Give a folder outside it, such as {images.name}-challenge.",
        )
    for above in inside.parents:
        if (above / SAMPLE).exists() and (above / "test").is_dir():
            raise DataError(
                f"{out} lies in {above}, which is the published part of a challenge: the labels would be "
                "published with it.",
                "Give a folder outside it.",
            )


def _check_classes(read: Read) -> None:
    there = Counter(each.label for each in read.pictures)
    for name in read.classes:
        if not there[name]:
            of_class = [each for each in read.left_out if each.inside.split("/")[0] == name]
            why = (
                f" (the first of {len(of_class)}: {of_class[0].inside}, {of_class[0].reason})"
                if of_class
                else ""
            )
            raise DataError(
                f"The class {name!r} has no image that can be used{why}.",
                "Put images into its folder as JPEG or PNG, or delete the folder.",
            )


def _groups(pictures: Sequence[Picture], options: Options) -> list[str] | None:
    if options.groups is not None:
        return groups_by_table(pictures, options.groups)
    if options.group_prefix is not None:
        return groups_by_prefix(pictures, options.group_prefix)
    return None


def _named(pictures: Sequence[Picture], divided: Divided) -> tuple[str, ...]:
    """A random name for each image. Not from the seed: whoever guessed it could work out the order."""
    names: set[str] = set()
    while len(names) < len(pictures):
        names.add(f"{secrets.token_hex(5)}.jpg")
    shuffled = list(names)
    secrets.SystemRandom().shuffle(shuffled)
    return tuple(
        name if test else f"train/{each.label}/{name}"
        for each, name, test in zip(pictures, shuffled, divided.test, strict=True)
    )


def _rules(folder: Path, plan: Plan, bars: Bars, options: Options) -> Rules:
    training = Counter(each.label for each in plan.training.values())
    largest = min(training, key=lambda name: (-training[name], name))
    rules = Rules(
        title=options.title.strip() or f"Challenge {folder.resolve().name}",
        metric=options.metric,  # type: ignore[arg-type]
        bars=bars,
        tries=options.tries,
        classes=plan.read.classes,
        largest=largest,
        test_set=name_test_set([(name, each.encoded) for name, each in plan.testing.items()]),
        labels=hashlib.sha256(plan.labels_text.encode()).hexdigest(),
        secret=secrets.token_hex(16),
        seed=options.seed,
        size=options.size,
    )
    _check_bars(rules, plan)
    return rules


def _check_bars(rules: Rules, plan: Plan) -> None:
    """The baseline must not earn points."""
    number_of = {name: number for number, name in enumerate(rules.classes)}
    labels = np.array([number_of[each.label] for each in plan.testing.values()], np.int64)
    always = np.full(len(labels), number_of[rules.largest])
    score = exact_score(always, Challenge(rules, tuple(plan.testing), labels, None))
    if rules.bars.points(score) > 0:
        raise SettingError(
            f"Points begin at {rules.bars.lowest} %, and whoever always says {rules.largest!r} has a "
            f"{rules.measure} of {percent(score)} %.",
            f"Let the first bar with points be clearly above {percent(score)} %, or give --metric "
            "balanced-accuracy.",
        )


def _remarks(plan: Plan) -> Iterator[str]:
    read, testing = plan.read, len(plan.testing)
    if read.left_out:
        first = read.left_out[0]
        yield (
            f"{_counted(len(read.left_out), 'file was', 'files were')} left out, for example {first.inside}: "
            f"{first.reason}. All are in private/left_out.csv."
        )
    if plan.copies:
        yield (
            f"{_counted(len(plan.copies), 'pair', 'pairs')} of near copies: each pair is on one side of the "
            "border. They are listed in private/near_copies.csv."
        )
    clashes = [(a, b) for a, b in plan.copied if a.label != b.label]
    if clashes:
        a, b = clashes[0]
        yield (
            f"{_counted(len(clashes), 'pair of near copies is', 'pairs of near copies are')} in two classes, "
            f"for example {a.inside} and {b.inside}. Please look which label is right."
        )
    if plan.groups is not None:
        yield f"There are {len(set(plan.groups))} groups, and none of them is on both sides."
    if testing <= _FEW:
        yield (
            f"There are only {testing} test images, so an interval is wide (about ±"
            f"{100 * 1.96 * 0.4 / testing**0.5:.0f} points at 80 %), and one image changes the score that "
            "students see. 200 or more are better."
        )
    yield from giveaways(read.pictures)


def _counted(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"

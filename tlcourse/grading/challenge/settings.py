"""What is kept in private about a challenge: its rules, and the labels."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
import numpy.typing as npt
from pydantic import BaseModel, ConfigDict, ValidationError

from tlcourse.errors import DataError
from tlcourse.grading.challenge.bars import Bars
from tlcourse.grading.challenge.csv_text import read_table
from tlcourse.grading.model import NotGradedError
from tlcourse.grading.words import clean

__all__ = [
    "LABELS",
    "METRICS",
    "SETTINGS",
    "Challenge",
    "Rules",
    "labels_text",
    "load_challenge",
    "name_test_set",
]

LABELS, SETTINGS = "labels.csv", "challenge.json"
METRICS = {"accuracy": "accuracy", "balanced-accuracy": "balanced accuracy"}
_GIVE = "Give the folder `private` that `tlcourse challenge make` wrote, or the labels.csv in it."


class Rules(BaseModel):
    """How a challenge is graded.

    Attributes
    ----------
    title : str
    metric : {"accuracy", "balanced-accuracy"}
        The share of images that are right; or the mean over the classes of that share.
    bars : Bars
    tries : int
        How many files of predictions of one student are scored.
    classes : tuple of str
    largest : str
        The largest class of the training part: the baseline says it of every image.
    test_set : str
        A hash of the names and contents of the test images: what the challenge is known by.
    labels : str
        SHA-256 of ``labels.csv`` as it was written.
    secret : str
        From it come the names on the board.
    seed, size : int
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: str
    metric: Literal["accuracy", "balanced-accuracy"]
    bars: Bars
    tries: int
    classes: tuple[str, ...]
    largest: str
    test_set: str
    labels: str
    secret: str
    seed: int
    size: int

    @property
    def measure(self) -> str:
        """The metric in words."""
        return METRICS[self.metric]


@dataclass(frozen=True, eq=False)
class Challenge:
    """A challenge as its instructor has it.

    Attributes
    ----------
    rules : Rules
    files : tuple of N str
        Names of the test images.
    labels : int array (N,)
        The class's number in ``rules.classes``.
    groups : int array (N,), or None
        Images of one group are drawn together in the bootstrap.
    changed : bool
        Whether ``labels.csv`` is another than the one that was written.
    """

    rules: Rules
    files: tuple[str, ...]
    labels: npt.NDArray[np.int64]
    groups: npt.NDArray[np.int64] | None
    changed: bool = False


def name_test_set(images: Sequence[tuple[str, bytes]]) -> str:
    """What a challenge is known by: a hash of its test images."""
    whole = hashlib.sha256()
    for name, data in sorted(images):
        whole.update(f"{name} {hashlib.sha256(data).hexdigest()}\n".encode())
    return whole.hexdigest()[:24]


def labels_text(rows: Sequence[tuple[str, str, str]], grouped: bool) -> str:
    """The text of ``labels.csv``: file, label and, where groups were given, group."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["file", "label", "group"] if grouped else ["file", "label"])
    writer.writerows(sorted(row if grouped else row[:2] for row in rows))
    return out.getvalue()


def load_challenge(place: Path) -> Challenge:
    """Read the rules and labels of a challenge.

    Parameters
    ----------
    place : pathlib.Path
        The folder ``private``, or the ``labels.csv`` in it.

    Raises
    ------
    DataError
        If a file is missing or damaged, or a label is none of the classes; the message names the line.
    """
    folder = place if place.is_dir() else place.parent
    if place.is_dir() and not (place / LABELS).exists() and (place / "private" / LABELS).exists():
        folder = place / "private"
    labels = folder / LABELS if place.is_dir() else place
    content, settings = _content(labels), _content(folder / SETTINGS)
    try:
        rules = Rules.model_validate(json.loads(settings))
    except (ValueError, ValidationError, UnicodeDecodeError, RecursionError):
        raise DataError(
            f"{folder / SETTINGS} is damaged, or of another version of the course.", "Restore it from a copy."
        ) from None
    files, numbers, groups = _labels(labels, content, rules.classes)
    changed = hashlib.sha256(content).hexdigest() != rules.labels
    return Challenge(rules, files, numbers, groups, changed)


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise DataError(f"{path} cannot be read ({error.strerror}).", _GIVE) from None


def _labels(
    path: Path, content: bytes, classes: Sequence[str]
) -> tuple[tuple[str, ...], npt.NDArray[np.int64], npt.NDArray[np.int64] | None]:
    try:
        table = read_table(content, ("file", "label", "group"))
    except NotGradedError as problem:
        raise DataError(f"{path} cannot be read: {problem.reason}.", "Restore it from a copy.") from None
    columns = [name.strip().lower() for name in table.header]
    if columns not in (["file", "label"], ["file", "label", "group"]):
        raise DataError(f"{path} has the columns {', '.join(columns)}, not file and label.", _GIVE)
    number_of = {name: number for number, name in enumerate(classes)}
    seen: dict[str, int] = {}
    labels, groups = [], []
    for line, cells in table.rows:
        if len(cells) != len(columns) or cells[1].strip() not in number_of or cells[0].strip() in seen:
            raise DataError(
                f"Line {line} of {path} is not a new file with one of the classes: "
                f"{clean(','.join(cells), 100)}.",
                f"Correct it. The classes are: {', '.join(classes[:12])}.",
            )
        seen[cells[0].strip()] = line
        labels.append(number_of[cells[1].strip()])
        groups += [cells[2].strip()] if len(columns) > 2 else []
    if len(seen) < 2:
        raise DataError(f"{path} has fewer than two images.", _GIVE)
    group_of = np.unique(groups, return_inverse=True)[1].astype(np.int64) if groups else None
    return tuple(seen), np.array(labels, np.int64), group_of

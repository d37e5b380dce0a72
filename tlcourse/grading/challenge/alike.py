"""Which files are too much alike, or too good? Only told to the instructor: no mark depends on it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations

import numpy as np
import numpy.typing as npt

from tlcourse.grading.challenge.tries import Try

__all__ = ["same_files", "same_mistakes", "too_good"]

_FEW_MISTAKES = 10


def same_files(tries: Mapping[str, Sequence[Try]]) -> list[str]:
    """Predictions that several students handed in, in any of their tries.

    Returns
    -------
    list of str
        A sentence for each; whether the files are the same, byte for byte, or differ in form only.
    """
    by_digest: dict[str, list[Try]] = {}
    for of_student in tries.values():
        for each in of_student:
            by_digest.setdefault(each.digest, []).append(each)
    lines = []
    for same in by_digest.values():
        students = sorted({each.student for each in same})
        if len(students) > 1:
            one_file = len({each.file_digest for each in same}) == 1
            how = (
                "the same file, byte for byte"
                if one_file
                else "the same predictions in files of different form"
            )
            files = ", ".join(f"{each.student} (try {each.number}, {each.shown})" for each in same)
            lines.append(f"{_listed(students)} handed in {how}: {files}")
    return sorted(lines)


def same_mistakes(predicted: Mapping[str, npt.NDArray[np.int64]], labels: npt.NDArray[np.int64]) -> list[str]:
    """Students whose files differ a little, and who make the same mistakes.

    Two models that were trained apart may agree on what is right. Hardly ever do they agree on nine of ten
    mistakes, each with the same wrong class.

    Parameters
    ----------
    predicted : mapping of str to int array (N,)
        What counts of each student.
    labels : int array (N,)
    """
    lines = []
    for (one, a), (other, b) in combinations(sorted(predicted.items()), 2):
        either = (a != labels) | (b != labels)
        shared = int((either & (a == b)).sum())
        if (a != b).any() and either.sum() >= _FEW_MISTAKES and shared >= 0.9 * either.sum():
            constant = any(len(np.unique(each)) == 1 for each in (a, b))
            if not constant:
                lines.append(
                    f"{one} and {other} make nearly the same mistakes: of the {int(either.sum())} images "
                    f"that one of them has wrong, {shared} got the same wrong class from both"
                )
    return lines


def too_good(predicted: Mapping[str, npt.NDArray[np.int64]], labels: npt.NDArray[np.int64]) -> list[str]:
    """Students who have every image right."""
    return [
        f"{student} has every test image right: please ask how"
        for student, each in sorted(predicted.items())
        if (each == labels).all()
    ]


def _listed(names: Sequence[str]) -> str:
    return f"{', '.join(names[:-1])} and {names[-1]}" if len(names) > 1 else names[0]

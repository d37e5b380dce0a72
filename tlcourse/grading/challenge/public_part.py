"""The test images whose score is told while a challenge runs: a part of them that nobody can name."""

from __future__ import annotations

import hmac
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from tlcourse.grading.challenge.settings import Challenge

__all__ = ["public_part"]


def public_part(challenge: Challenge, share: float) -> tuple[Challenge, npt.NDArray[np.int64]]:
    """A share of each class's test images, the same in every run, as a challenge of its own.

    Images of one group and class stay together. Which ones are taken follows from the challenge's secret.

    Parameters
    ----------
    challenge : Challenge
    share : float
        Above 0, and at most 1: then it is the whole challenge.

    Returns
    -------
    part : Challenge
    places : int array (M,)
        Where its images are among all of them.
    """
    places: list[int] = []
    for label in np.unique(challenge.labels):
        of = np.flatnonzero(challenge.labels == label)
        units = _units(challenge, of)
        ordered = sorted(units, key=lambda unit: _draw(challenge.rules.secret, unit))
        taken = 0
        for unit in ordered:
            if taken >= share * len(of) - 1e-9:
                break
            places += units[unit]
            taken += len(units[unit])
    where = np.array(sorted(places), np.int64)
    groups = challenge.groups
    part = replace(
        challenge,
        files=tuple(challenge.files[place] for place in where),
        labels=challenge.labels[where],
        groups=None if groups is None else np.unique(groups[where], return_inverse=True)[1].astype(np.int64),
    )
    return part, where


def _units(challenge: Challenge, of: npt.NDArray[np.int64]) -> dict[str, list[int]]:
    """What is taken together: the images of a group, or one image."""
    units: dict[str, list[int]] = {}
    for place in map(int, of):
        # The first file of a group stands for it: numbers of groups are no names.
        first = place
        if challenge.groups is not None:
            first = int(np.argmax(challenge.groups == challenge.groups[place]))
        units.setdefault(challenge.files[first], []).append(place)
    return units


def _draw(secret: str, name: str) -> bytes:
    return hmac.digest(secret.encode(), f"public {name}".encode(), "sha256")

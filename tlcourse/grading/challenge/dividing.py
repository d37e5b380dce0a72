"""The border between training and test: what belongs together stays on one side of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tlcourse.errors import DataError

__all__ = ["Divided", "divide"]

_DRAWS = 64


@dataclass(frozen=True, eq=False)
class Divided:
    """Which images are for testing.

    Attributes
    ----------
    test : bool array (N,)
    together : int array (N,)
        The number of the set that stays on one side, for each image.
    """

    test: npt.NDArray[np.bool_]
    together: npt.NDArray[np.int64]


def divide(
    labels: Sequence[str],
    share: float,
    seed: int,
    groups: Sequence[str] | None = None,
    copies: Sequence[tuple[int, int]] = (),
) -> Divided:
    """Divide images so that each class has about the same share in the test part.

    Sets of images are dealt out from the largest to the smallest, in a random order among equals, and a set
    goes to the test part if that brings the classes nearer to their shares. The best of 64 draws is taken.

    Parameters
    ----------
    labels : sequence of N str
    share : float
        Of the images of each class; at least one image of a class is on each side.
    seed : int
    groups : sequence of N str, optional
        A group is never divided.
    copies : sequence of (int, int)
        Pairs of images that stay together.

    Raises
    ------
    DataError
        If a class cannot be on both sides.
    """
    names, label_of = np.unique(np.asarray(labels), return_inverse=True)
    together = _together(len(labels), groups, copies)
    sets = np.zeros((int(together.max()) + 1, len(names)), np.int64)
    np.add.at(sets, (together, label_of), 1)
    total = sets.sum(axis=0)
    _check(names.tolist(), sets, total)
    wanted = np.clip(np.rint(share * total), 1, total - 1)
    rng = np.random.default_rng(seed)
    best: tuple[float, npt.NDArray[np.bool_]] | None = None
    for _ in range(_DRAWS):
        chosen = _deal(sets, wanted, rng)
        count = sets[chosen].sum(axis=0)
        cost = float((((count - wanted) / total) ** 2).sum())
        if ((count > 0) & (count < total)).all() and (best is None or cost < best[0]):
            best = cost, chosen
    if best is None:
        raise DataError(
            "No border was found that has each class on both sides and divides no group.",
            "Give more groups with images of several classes, smaller groups, or another --seed.",
        )
    return Divided(best[1][together], together)


def _together(
    n: int, groups: Sequence[str] | None, copies: Sequence[tuple[int, int]]
) -> npt.NDArray[np.int64]:
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import connected_components

    links = list(copies)
    first: dict[str, int] = {}
    for place, group in enumerate(groups or ()):
        links.append((first.setdefault(group, place), place))
    rows, columns = zip(*links, strict=True) if links else ((), ())
    graph = coo_matrix((np.ones(len(links)), (rows, columns)), shape=(n, n))
    return connected_components(graph, directed=False)[1].astype(np.int64)


def _check(names: Sequence[str], sets: npt.NDArray[np.int64], total: npt.NDArray[np.int64]) -> None:
    """Each class needs two sets, one for each side."""
    for label, name in enumerate(names):
        if total[label] < 2:
            raise DataError(
                f"The class {name!r} has {total[label]} image that can be used, and needs one for "
                "training and one for testing.",
                "Add images, or take the class's folder away.",
            )
        if (sets[:, label] > 0).sum() < 2:
            raise DataError(
                f"All {total[label]} images of the class {name!r} belong together (one group, or near "
                "copies of one another), so the class cannot be on both sides.",
                "Add images of another group, or, if they are not really alike, give --ignore-near-copies.",
            )


def _deal(
    sets: npt.NDArray[np.int64], wanted: npt.NDArray[np.float64], rng: np.random.Generator
) -> npt.NDArray[np.bool_]:
    """Which sets are for testing: bool (sets,)."""
    order = rng.permutation(len(sets))
    order = order[np.argsort(-sets[order].sum(axis=1), kind="stable")]
    chosen = np.zeros(len(sets), bool)
    short = wanted.astype(np.float64).copy()
    for place in order:
        after = short - sets[place]
        if (after**2).sum() < (short**2).sum():
            chosen[place] = True
            short = after
    return chosen

"""The one place that decides which example comes when, for both frameworks."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from tlcourse.checks import whole

__all__ = ["batches", "epoch_order"]


def epoch_order(count: int, shuffle: bool, seed: int, epoch: int) -> npt.NDArray[np.int64]:
    """The order of ``count`` rows in one epoch.

    Parameters
    ----------
    count : int
        Number of rows.
    shuffle : bool
        Without it the order is 0, 1, 2, ...
    seed, epoch : int
        Together they fix the permutation: every epoch has another one, and epoch 3 is the same in every run
        and in every framework.

    Examples
    --------
    >>> epoch_order(5, shuffle=False, seed=0, epoch=0)
    array([0, 1, 2, 3, 4])
    >>> bool((epoch_order(5, True, 0, 0) == epoch_order(5, True, 0, 0)).all())
    True
    """
    if not shuffle:
        return np.arange(count, dtype=np.int64)
    return np.random.default_rng([seed, epoch]).permutation(count).astype(np.int64)


def batches(count: int, batch_size: int, shuffle: bool, seed: int, epoch: int) -> list[npt.NDArray[np.int64]]:
    """The rows of each batch of one epoch; the last batch may be smaller.

    Raises
    ------
    SettingError
        When ``batch_size`` is less than 1.

    Examples
    --------
    >>> [len(rows) for rows in batches(10, 4, shuffle=True, seed=0, epoch=2)]
    [4, 4, 2]
    """
    batch_size = whole("The batch size", batch_size, 1)
    order = epoch_order(count, shuffle, seed, epoch)
    return [order[start : start + batch_size] for start in range(0, count, batch_size)]

"""The pictures that a model was surest of and got wrong."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from tlcourse.errors import ShapeError

from ._inputs import names_of, scored

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["error_gallery"]


def error_gallery(
    images: Any,
    labels: Any,
    probabilities: Any,
    class_names: Sequence[str] | None = None,
    *,
    count: int = 12,
    columns: int = 6,
    ax: Axes | None = None,
) -> Axes:
    """The images that the model was surest of and got wrong.

    Parameters
    ----------
    images : uint8 array (N, H, W, 3)
    labels : int array (N,)
    probabilities : float array (N, C)
    class_names : sequence of C names, optional
    count, columns : int
        How many images, and how many in a row.

    Returns
    -------
    Axes
        With ``tl_alt`` and a ``tl_table`` of row, true, predicted and both classes' probabilities. Without
        any error: an empty picture that says so.

    Raises
    ------
    ShapeError
        As `report`; also for images of another number.

    Examples
    --------
    >>> p = np.array([[0.9, 0.1], [0.8, 0.2]])
    >>> ax = error_gallery(np.zeros((2, 8, 8, 3), np.uint8), [0, 1], p, ["cat", "dog"])
    >>> ax.tl_alt
    '1 of 2 images are wrong; the 1 most confident: dog taken for cat (0.80).'
    """
    import pandas as pd

    from tlcourse import plots

    true, chances = scored(labels, probabilities)
    names = names_of(class_names, chances.shape[1])
    pictures = np.asarray(images)
    if len(pictures) != len(true):
        raise ShapeError(
            f"There are {len(pictures)} images and {len(true)} labels.", "Pass both for the same images."
        )
    guess = chances.argmax(axis=1)
    wrong = np.flatnonzero(guess != true)
    # A stable sort, so that ties come in the order of the data.
    worst = wrong[np.argsort(-chances[wrong, guess[wrong]], kind="stable")][:count]
    table = pd.DataFrame(
        {
            "row": worst,
            "true": [names[true[i]] for i in worst],
            "predicted": [names[guess[i]] for i in worst],
            "probability of predicted": chances[worst, guess[worst]],
            "probability of true": chances[worst, true[worst]],
        }
    )
    if not len(worst):
        blank = np.full((1, 8, 8, 3), 255, np.uint8)
        ax = plots.image_grid(blank, ["no errors"], ax=ax)
        ax.tl_alt = f"No errors among {len(true)} images."  # type: ignore[attr-defined]
    else:
        shown = [f"{names[guess[i]]} {chances[i, guess[i]]:.2f}\ntrue: {names[true[i]]}" for i in worst]
        ax = plots.image_grid(pictures[worst], shown, columns=columns, ax=ax)
        told = "; ".join(
            f"{names[true[i]]} taken for {names[guess[i]]} ({chances[i, guess[i]]:.2f})" for i in worst
        )
        ax.tl_alt = (  # type: ignore[attr-defined]
            f"{len(wrong)} of {len(true)} images are wrong; the {len(worst)} most confident: {told}."
        )
    ax.tl_table = table  # type: ignore[attr-defined]
    return ax

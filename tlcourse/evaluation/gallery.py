"""The images that a model was surest of and got wrong."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from tlcourse.errors import ShapeError
from tlcourse.evaluation._inputs import names_of, scored

if TYPE_CHECKING:
    import pandas as pd
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
        With ``tl_alt`` and a ``tl_table`` of row, true, predicted and both classes' probabilities. If
        there is no error, a blank image that says so.

    Raises
    ------
    ShapeError
        As `report`; also if the numbers of images and labels differ.

    Examples
    --------
    >>> p = np.array([[0.9, 0.1], [0.8, 0.2]])
    >>> ax = error_gallery(np.zeros((2, 8, 8, 3), np.uint8), [0, 1], p, ["cat", "dog"])
    >>> ax.tl_alt
    '1 of 2 images are wrong; the 1 most confident: dog taken for cat (0.80).'
    """
    import pandas as pd

    true, scores = scored(labels, probabilities)
    names = names_of(class_names, scores.shape[1])
    images = np.asarray(images)
    if len(images) != len(true):
        raise ShapeError(
            f"There are {len(images)} images and {len(true)} labels.", "Pass both for the same images."
        )
    predicted = scores.argmax(axis=1)
    wrong = np.flatnonzero(predicted != true)
    # A stable sort, so that ties come in the order of the data.
    worst = wrong[np.argsort(-scores[wrong, predicted[wrong]], kind="stable")][:count]
    table = pd.DataFrame(
        {
            "row": worst,
            "true": [names[label] for label in true[worst]],
            "predicted": [names[label] for label in predicted[worst]],
            "probability of predicted": scores[worst, predicted[worst]],
            "probability of true": scores[worst, true[worst]],
        }
    )
    ax = _drawn(images[worst], table, columns, ax)
    ax.tl_alt = _described(table, len(wrong), len(true))  # type: ignore[attr-defined]
    ax.tl_table = table  # type: ignore[attr-defined]
    return ax


def _drawn(images: np.ndarray, table: pd.DataFrame, columns: int, ax: Axes | None) -> Axes:
    """The images with what was predicted and what is true; without any, one blank image that says so."""
    from tlcourse import plots

    if table.empty:
        return plots.image_grid(np.full((1, 8, 8, 3), 255, np.uint8), ["no errors"], ax=ax)
    captions = [
        f"{predicted} {probability:.2f}\ntrue: {true}"
        for true, predicted, probability in zip(*_columns(table), strict=True)
    ]
    return plots.image_grid(images, captions, columns=columns, ax=ax)


def _described(table: pd.DataFrame, errors: int, images: int) -> str:
    if table.empty:
        return f"No errors among {images} images."
    confusions = "; ".join(
        f"{true} taken for {predicted} ({probability:.2f})"
        for true, predicted, probability in zip(*_columns(table), strict=True)
    )
    return f"{errors} of {images} images are wrong; the {len(table)} most confident: {confusions}."


def _columns(table: pd.DataFrame) -> list[pd.Series]:
    return [table[name] for name in ("true", "predicted", "probability of predicted")]

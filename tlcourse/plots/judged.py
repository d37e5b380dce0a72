"""What a classifier got right: confusion and reliability."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from typing import TYPE_CHECKING, Any

import numpy as np

from tlcourse.errors import ShapeError, UnknownNameError
from tlcourse.plots.base import COLOURS, axes, finish, styled

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

__all__ = ["confusion", "reliability"]


@styled
def confusion(
    matrix: Any, class_names: Sequence[str], *, title: str = "Confusion matrix", ax: Axes | None = None
) -> Axes:
    """A confusion matrix, rows the true classes and columns the predicted ones, the counts written in.

    Parameters
    ----------
    matrix : int array (C, C)
        As ``evaluation.confusion`` gives.
    class_names : sequence of C names

    Returns
    -------
    Axes
        Each row's shade is its share of that true class. ``tl_alt`` names the commonest confusion.

    Raises
    ------
    ShapeError
        If the matrix is not square or the names do not fit it.

    Examples
    --------
    >>> print(confusion([[8, 2], [1, 9]], ["cat", "dog"]).tl_alt)
    Confusion matrix: 17 of 20 images are right. Most often confused: cat taken for dog, 2 times.
    """
    import pandas as pd

    counts = np.asarray(matrix)
    if counts.ndim != 2 or counts.shape[0] != counts.shape[1] or len(class_names) != len(counts):
        raise ShapeError(
            f"The confusion matrix has shape {counts.shape} and there are {len(class_names)} class names.",
            "Pass a (C, C) matrix, as evaluation.confusion gives, and C names.",
        )
    side = max(3.8, 0.55 * len(counts) + 2.2)
    ax = axes(ax, side + 0.6, side)
    share = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    ax.imshow(share, cmap="Blues", vmin=0, vmax=1)
    for i, j in product(range(len(counts)), repeat=2):
        if counts[i, j]:
            ink = "white" if share[i, j] > 0.55 else "black"
            ax.text(j, i, f"{counts[i, j]:g}", ha="center", va="center", color=ink, fontsize=10)
    ax.set_xticks(range(len(counts)), list(class_names), rotation=45, ha="right", rotation_mode="anchor")
    ax.set_yticks(range(len(counts)), list(class_names))
    ax.set_xlabel("predicted")
    ax.set_ylabel("true")
    ax.set_title(title)
    ax.grid(visible=False)
    off = counts - np.diag(np.diag(counts))
    i, j = np.unravel_index(off.argmax(), off.shape)
    worst = (
        f" Most often confused: {class_names[i]} taken for {class_names[j]}, {off[i, j]:g} times."
        if off.max() > 0
        else " No class is confused with another."
    )
    alt = f"{title}: {np.trace(counts):g} of {counts.sum():g} images are right.{worst}"
    index = pd.Index(list(class_names), name="true")
    return finish(ax, alt, pd.DataFrame(counts, index=index, columns=list(class_names)))


@styled
def reliability(table: pd.DataFrame, *, title: str = "Reliability", ax: Axes | None = None) -> Axes:
    """How often the model is right against how sure it says it is.

    Parameters
    ----------
    table : DataFrame
        As ``evaluation.reliability`` gives: columns confidence, accuracy, count; one row per bin.

    Returns
    -------
    Axes
        Points below the diagonal: overconfident. The bigger the point, the more images in its bin.

    Raises
    ------
    UnknownNameError
        For a missing column.

    Source: Guo et al., On Calibration of Modern Neural Networks, 2017, figure 1.

    Examples
    --------
    >>> import pandas as pd
    >>> t = pd.DataFrame({"confidence": [0.55, 0.95], "accuracy": [0.5, 0.8], "count": [10, 30]})
    >>> reliability(t).tl_alt
    'Reliability: 40 images in 2 bins; on average 85% sure and 73% right, which is overconfident.'
    """
    for column in ("confidence", "accuracy", "count"):
        if column not in table.columns:
            raise UnknownNameError("column in the table", column, map(str, table.columns))
    full = table[table["count"] > 0]
    ax = axes(ax, 4.8, 4.4)
    ax.plot([0, 1], [0, 1], ":", color="#444444", linewidth=1.2)
    ax.annotate("as sure as right", (0.03, 0.06), rotation=45, fontsize=10, color="#444444")
    weight = full["count"] / full["count"].sum()
    ax.plot(full["confidence"], full["accuracy"], "-", color=COLOURS[0], linewidth=1.5)
    ax.scatter(full["confidence"], full["accuracy"], s=40 + 400 * weight, color=COLOURS[0], zorder=3)
    ax.set_xlim(0, 1.02)
    ax.set_ylim(0, 1.02)
    ax.set_xlabel("confidence (the largest probability)")
    ax.set_ylabel("accuracy")
    ax.set_title(title)
    sure, right = float((full["confidence"] * weight).sum()), float((full["accuracy"] * weight).sum())
    gap = sure - right
    word = "overconfident" if gap > 0.02 else "underconfident" if gap < -0.02 else "well calibrated"
    alt = (
        f"{title}: {full['count'].sum()} images in {len(full)} bins; on average {sure:.0%} sure and "
        f"{right:.0%} right, which is {word}."
    )
    return finish(ax, alt, table)

"""Pictures in a grid."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from tlcourse.errors import ShapeError
from tlcourse.plots.base import (
    axes,
    finish,
    styled,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes


@styled
def image_grid(
    images: Any,
    labels: Sequence[str] | None = None,
    *,
    columns: int = 6,
    title: str | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Pictures side by side, each with its label below.

    Parameters
    ----------
    images : Dataset, uint8 array (N, H, W, 3), or a list of (H, W, 3) arrays of any sizes
    labels : sequence of N str, optional
        For a Dataset, the names of the classes if None.
    columns : int
        Pictures in a row.

    Returns
    -------
    Axes
        ``tl_table`` lists the labels.

    Raises
    ------
    ShapeError
        For no images, other shapes or dtypes, or labels of another number.

    Examples
    --------
    >>> image_grid(np.zeros((2, 4, 4, 3), np.uint8), ["cat", "dog"]).tl_alt
    '2 pictures: cat, dog.'
    """
    import pandas as pd
    from PIL import Image

    if hasattr(images, "class_names"):
        labels = labels or [images.class_names[label] for label in images.labels]
        images = images.images
    pictures = [np.asarray(i) for i in images]
    if not pictures or any(p.ndim != 3 or p.shape[2] != 3 or p.dtype != np.uint8 for p in pictures):
        found = f"{pictures[0].dtype} {pictures[0].shape}" if pictures else "none"
        raise ShapeError(
            f"Pictures are uint8 arrays (H, W, 3); found {found}.", "Pass RGB images with values 0 to 255."
        )
    if labels is not None and len(labels) != len(pictures):
        raise ShapeError(
            f"There are {len(pictures)} pictures and {len(labels)} labels.", "Give each picture one label."
        )
    columns = max(1, min(columns, len(pictures)))
    rows = -(-len(pictures) // columns)
    lines = max((label.count("\n") + 1 for label in labels), default=0) if labels is not None else 0
    below = 0.24 * lines
    ax = axes(ax, 1.35 * columns, (1.3 + below) * rows + (0.35 if title else 0))
    ax.set_axis_off()
    pitch = 1 + below / 1.3
    for k, picture in enumerate(pictures):
        row, column = divmod(k, columns)
        top, left = row * pitch, float(column)
        height, width = picture.shape[:2]
        # Pillow's resampling for thumbnails; small pictures keep their pixels.
        if max(height, width) > 160:
            small = Image.fromarray(picture)
            small.thumbnail((160, 160))
            picture = np.asarray(small)
        ratio = width / height
        half_w, half_h = 0.46 * min(1, ratio), 0.46 * min(1, 1 / ratio)
        where = (left + 0.5 - half_w, left + 0.5 + half_w, top + 0.5 + half_h, top + 0.5 - half_h)
        ax.imshow(picture, extent=where, interpolation="nearest", aspect="equal")
        if labels is not None:
            ax.text(left + 0.5, top + 0.99, labels[k], ha="center", va="top", fontsize=10)
    ax.set_xlim(0, columns)
    ax.set_ylim(rows * pitch, 0)
    if title:
        ax.set_title(title)
    names = [str(v).replace("\n", ", ") for v in labels] if labels is not None else []
    plural = "picture" if len(pictures) == 1 else "pictures"
    head = f"{title}: {len(pictures)} {plural}" if title else f"{len(pictures)} {plural}"
    alt = f"{head}: {', '.join(names)}." if names else f"{head}."
    table = pd.DataFrame({"label": names or [""] * len(pictures)}, index=range(1, len(pictures) + 1))
    return finish(ax, alt, table.rename_axis("picture"))

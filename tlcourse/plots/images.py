"""Images in a grid."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from tlcourse.errors import ShapeError
from tlcourse.plots.base import axes, finish, styled

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["image_grid"]

#: Larger images are shrunk to this many pixels a side: the grid shows no more, and the page stays small.
THUMBNAIL = 160


@styled
def image_grid(
    images: Any,
    labels: Sequence[str] | None = None,
    *,
    columns: int = 6,
    title: str | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Images side by side, each with its label below.

    Parameters
    ----------
    images : Dataset, uint8 array (N, H, W, 3), or a list of (H, W, 3) arrays of any sizes
    labels : sequence of N str, optional
        For a Dataset, the names of the classes if None.
    columns : int
        Images in a row.

    Returns
    -------
    Axes
        With ``tl_alt`` and ``tl_table`` (the labels).

    Raises
    ------
    ShapeError
        If there are no images, if one is not uint8 RGB, or if the number of labels differs.

    Examples
    --------
    >>> image_grid(np.zeros((2, 4, 4, 3), np.uint8), ["cat", "dog"]).tl_alt
    '2 images: cat, dog.'
    """
    import pandas as pd

    if hasattr(images, "class_names"):
        labels = labels or [images.class_names[label] for label in images.labels]
        images = images.images
    images = [np.asarray(image) for image in images]
    _check(images, labels)
    columns = max(1, min(columns, len(images)))
    rows = -(-len(images) // columns)
    lines = max((label.count("\n") + 1 for label in labels), default=0) if labels is not None else 0
    below = 0.24 * lines  # inches for the label
    ax = axes(ax, 1.35 * columns, (1.3 + below) * rows + (0.35 if title else 0))
    ax.tl_images = True  # not inverted on a dark page
    ax.set_axis_off()
    pitch = 1 + below / 1.3  # from one row to the next, in widths of a cell
    for number, image in enumerate(images):
        row, column = divmod(number, columns)
        _draw(ax, image, left=float(column), top=row * pitch)
        if labels is not None:
            ax.text(column + 0.5, row * pitch + 0.99, labels[number], ha="center", va="top", fontsize=10)
    ax.set_xlim(0, columns)
    ax.set_ylim(rows * pitch, 0)
    if title:
        ax.set_title(title)
    names = [str(label).replace("\n", ", ") for label in labels] if labels is not None else []
    count = f"{len(images)} image{'s' * (len(images) != 1)}"
    heading = f"{title}: {count}" if title else count
    alt = f"{heading}: {', '.join(names)}." if names else f"{heading}."
    table = pd.DataFrame({"label": names or [""] * len(images)}, index=range(1, len(images) + 1))
    return finish(ax, alt, table.rename_axis("image"))


def _check(images: Sequence[np.ndarray], labels: Sequence[str] | None) -> None:
    if not images or any(
        image.ndim != 3 or image.shape[2] != 3 or image.dtype != np.uint8 for image in images
    ):
        first = f"the first is {images[0].dtype} {images[0].shape}" if images else "there are none"
        raise ShapeError(
            f"Images are uint8 arrays (H, W, 3); {first}.", "Pass RGB images with values 0 to 255."
        )
    if labels is not None and len(labels) != len(images):
        raise ShapeError(
            f"There are {len(images)} images and {len(labels)} labels.", "Give each image one label."
        )


def _draw(ax: Axes, image: np.ndarray, left: float, top: float) -> None:
    """One image in the middle of its cell, in its own proportions."""
    from PIL import Image

    height, width = image.shape[:2]
    # Pillow's resampling for thumbnails; small images keep their pixels.
    if max(height, width) > THUMBNAIL:
        thumbnail = Image.fromarray(image)
        thumbnail.thumbnail((THUMBNAIL, THUMBNAIL))
        image = np.asarray(thumbnail)
    half_width, half_height = 0.46 * min(1, width / height), 0.46 * min(1, height / width)
    x, y = left + 0.5, top + 0.5
    extent = (x - half_width, x + half_width, y + half_height, y - half_height)
    ax.imshow(image, extent=extent, interpolation="nearest", aspect="equal")

"""Draw the landing page's picture: the same emoji in the three styles of the course's own data set.

    python tools/landing_picture.py        # writes book/_static/three-styles.png

Nothing in it is random, so the file changes only when the data do.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image

from tlcourse import data

TARGET = Path(__file__).resolve().parents[1] / "book" / "_static" / "three-styles.png"
STYLES = ("fluent", "noto", "twemoji")
CLASSES = ("mammal", "building", "clothing", "ground transport", "prepared food", "face", "tool")
TILE, GAP = 112, 14


def montage() -> Image.Image:
    """One row for each style, one column for each class: the class's first picture that all styles have."""
    sets = [data.three_styles(style) for style in STYLES]
    common = set(sets[0].ids).intersection(*(one.ids for one in sets[1:]))
    columns = []
    for name in CLASSES:
        first = sets[0]
        label = first.class_names.index(name)
        columns.append(
            [i for i, own in zip(first.ids, first.labels, strict=True) if own == label and i in common]
        )
    size = (GAP + len(CLASSES) * (TILE + GAP), GAP + len(STYLES) * (TILE + GAP))
    sheet = Image.new("RGB", size, "white")
    for row, one in enumerate(sets):
        where = {key: at for at, key in enumerate(one.ids)}
        for column, keys in enumerate(columns):
            picture = Image.fromarray(np.asarray(one.images[where[keys[len(keys) // 3]]]))
            at = (GAP + column * (TILE + GAP), GAP + row * (TILE + GAP))
            sheet.paste(picture.resize((TILE, TILE), Image.Resampling.LANCZOS), at)
    return sheet


def main() -> None:
    """Write the picture with 256 colours, which is enough for it and a quarter of the size."""
    montage().quantize(256, dither=Image.Dither.NONE).save(TARGET, optimize=True)
    print(f"{TARGET}: {TARGET.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    main()

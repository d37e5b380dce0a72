"""Draw the landing page's image: the same emoji in the three styles of the course's own data set.

    python tools/landing_image.py        # writes book/_static/three-styles.png

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
    """One row for each style, one column for each class: an image of the class that all styles have."""
    styles = [data.three_styles(style) for style in STYLES]
    shared = set(styles[0].ids).intersection(*(style.ids for style in styles[1:]))
    size = (GAP + len(CLASSES) * (TILE + GAP), GAP + len(STYLES) * (TILE + GAP))
    sheet = Image.new("RGB", size, "white")
    for column, name in enumerate(CLASSES):
        label = styles[0].class_names.index(name)
        pairs = zip(styles[0].ids, styles[0].labels, strict=True)
        ids = [emoji for emoji, own in pairs if own == label and emoji in shared]
        chosen = ids[len(ids) // 3]
        for row, style in enumerate(styles):
            image = Image.fromarray(np.asarray(style.images[list(style.ids).index(chosen)]))
            corner = (GAP + column * (TILE + GAP), GAP + row * (TILE + GAP))
            sheet.paste(image.resize((TILE, TILE), Image.Resampling.LANCZOS), corner)
    return sheet


def main() -> None:
    """Write the image with 256 colours, which is enough for it and a quarter of the size."""
    montage().quantize(256, dither=Image.Dither.NONE).save(TARGET, optimize=True)
    print(f"{TARGET}: {TARGET.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    main()

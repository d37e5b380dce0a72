"""The data sets that the course carries: Three Styles and a subset of Fashion-MNIST."""

from __future__ import annotations

import io
import json
import zipfile

import numpy as np

from tlcourse.data.dataset import Dataset
from tlcourse.data.decoding import decode
from tlcourse.data.files import bundled
from tlcourse.data.rows import SPLITS
from tlcourse.errors import DataError, UnknownNameError

__all__ = ["STYLES", "fashion_mnist", "three_styles"]

# style -> (file extension, licence, source)
_STYLES = {
    "fluent": (
        "webp",
        "MIT",
        "Fluent 3D emoji by Microsoft, from the npm package @lobehub/fluent-emoji-3d 1.1.0; 128 px",
    ),
    "noto": (
        "png",
        "Apache-2.0",
        "Noto emoji by Google, from the npm package emoji-datasource-google 16.0.0; 64 px",
    ),
    "twemoji": (
        "png",
        "CC-BY-4.0",
        "Twemoji by Twitter and contributors, from the npm package emoji-datasource-twitter 16.0.0; 64 px",
    ),
}
STYLES = tuple(_STYLES)

FASHION_CLASSES = (
    "T-shirt/top",
    "Trouser",
    "Pullover",
    "Dress",
    "Coat",
    "Sandal",
    "Shirt",
    "Sneaker",
    "Bag",
    "Ankle boot",
)


def three_styles(style: str = "fluent", min_per_class: int = 25) -> Dataset:
    """Three Styles: emoji in classes, each drawn three ways.

    The same emoji, with the same labels and the same splits, in three drawing styles: Fluent 3D (shaded, the
    nearest to photographs), Noto and Twemoji (flat). Train in one style and test in another, and only the
    style has changed; and since an emoji is in the same split in every style, a test image was never trained
    on in a different style. The rows of the three styles correspond: row 17 is the same emoji in each.

    Classes are Unicode's subgroups, untouched (hence a traffic light in "ground transport"):

    ==================== ===== ===== === ====
    class                  all train val test
    ==================== ===== ===== === ====
    face                   107    67  10   30
    mammal                  66    26  10   30
    ground transport        50    20   8   22
    clothing                47    20   7   20
    sky and weather         47    20   7   20
    prepared food           34    20   4   10
    building                27    20   2    5
    sport                   27    20   2    5
    tool                    25    20   2    3
    bird                    21    13   2    6
    drink                   20    12   2    6
    fruit                   19    11   2    6
    marine animal           17    10   2    5
    vegetable               17    10   2    5
    bug                     16    10   2    4
    sweet                   14     8   2    4
    musical instrument      11     7   2    2
    ==================== ===== ===== === ====

    Test classes differ in size: besides accuracy, look at the mean of the classes' recalls.

    Parameters
    ----------
    style : {"fluent", "noto", "twemoji"}
    min_per_class : int
        Keep the classes with at least so many emoji. 25 keeps nine, each with at least 20 for training; 0
        keeps all seventeen.

    Returns
    -------
    Dataset
        Images 128x128 (fluent) or 64x64 (noto, twemoji).

    Raises
    ------
    UnknownNameError
        If the style is not one of these.
    DataError
        When a file is missing or damaged, or no class is large enough.

    Examples
    --------
    >>> three_styles("noto")
    Dataset three-styles/noto: 430 images 64x64 in 9 classes; train 233, val 52, test 145
    >>> three_styles("noto").ids[:2] == three_styles("fluent").ids[:2]
    True
    """
    if style not in _STYLES:
        raise UnknownNameError("style", style, STYLES)
    extension, licence, source = _STYLES[style]
    manifest = json.loads(bundled("three_styles.json"))
    rows = manifest["emoji"]
    sizes = {name: sum(row["class"] == name for row in rows) for name in manifest["classes"]}
    names = tuple(name for name in manifest["classes"] if sizes[name] >= min_per_class)
    if not names:
        raise DataError(
            f"No class of Three Styles has {min_per_class} emoji.",
            f"The largest has {max(sizes.values())}; ask for fewer.",
        )
    rows = [row for row in rows if row["class"] in names]
    with zipfile.ZipFile(io.BytesIO(bundled(f"three_styles_{style}.zip"))) as archive:
        images = [
            decode(archive.read(f"{row['code']}.{extension}"), f"{row['name']} of {style}") for row in rows
        ]
    return Dataset(
        name=f"three-styles/{style}",
        images=np.stack(images),
        labels=np.array([names.index(row["class"]) for row in rows], dtype=np.int64),
        class_names=names,
        splits={
            split: np.array(
                [number for number, row in enumerate(rows) if row["split"] == split], dtype=np.int64
            )
            for split in SPLITS
        },
        licence=licence,
        source=source,
        ids=tuple(f"{row['code']} {row['name']}" for row in rows),
    )


def fashion_mnist() -> Dataset:
    """A subset of Fashion-MNIST: 200 images per class for training, 50 for validation, 100 for testing.

    Grey images of clothes, 28x28, as RGB with three equal channels. Training and validation rows were drawn
    from the published training set, test rows from the published test set. Xiao, Rasul and Vollgraf 2017,
    "Fashion-MNIST: a Novel Image Dataset for Benchmarking Machine Learning Algorithms", arXiv:1708.07747.

    Raises
    ------
    DataError
        When the file is missing or damaged.

    Examples
    --------
    >>> fashion_mnist()
    Dataset fashion-mnist: 3500 images 28x28 in 10 classes; train 2000, val 500, test 1000
    """
    with np.load(io.BytesIO(bundled("fashion_mnist.npz"))) as arrays:
        parts = {
            split: {key: arrays[f"{split}_{key}"] for key in ("images", "labels", "rows")} for split in SPLITS
        }
    grey = np.concatenate([parts[split]["images"] for split in SPLITS])
    ends = np.cumsum([0] + [len(parts[split]["labels"]) for split in SPLITS])
    return Dataset(
        name="fashion-mnist",
        images=np.repeat(grey[..., None], 3, axis=-1),
        labels=np.concatenate([parts[split]["labels"] for split in SPLITS]).astype(np.int64),
        class_names=FASHION_CLASSES,
        splits={split: np.arange(ends[number], ends[number + 1]) for number, split in enumerate(SPLITS)},
        licence="MIT",
        source="a subset of Fashion-MNIST by Zalando Research, github.com/zalandoresearch/fashion-mnist",
        ids=tuple(
            f"{'test' if split == 'test' else 'train'}-{row}"
            for split in SPLITS
            for row in parts[split]["rows"]
        ),
    )

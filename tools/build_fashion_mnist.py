"""Build the subset of Fashion-MNIST that the package carries.

Usage::

    python tools/build_fashion_mnist.py FOLDER

FOLDER holds the four ``*-ubyte.gz`` files, either as published (github.com/zalandoresearch/fashion-mnist) or
as Debian's package ``dataset-fashion-mnist`` installs them in ``/usr/share/datasets/fashion-mnist``. Both are
checked against the published MD5 sums. Debian strips the name and the time from the gzip header, which
changes the sum of the file but not its contents; the script puts back the name and the time of the published
files, so that the published sum decides in either case.

Writes ``tlcourse/data/bundled/fashion_mnist.npz``: per class 200 images for training and 50 for validation,
drawn with a fixed seed from the published training set, and 100 for testing from the published test set.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import struct
import sys
from pathlib import Path

import numpy as np
from bundle import arguments, record_sums

# name -> (published MD5 of NAME.gz, modification time in its gzip header)
PUBLISHED = {
    "train-images-idx3-ubyte": ("8d4fb7e6c68d591d4c3dfef9ec88bf0d", 1504176606),
    "train-labels-idx1-ubyte": ("25c81989df183df01b3e8a0aad5dffbe", 1504176606),
    "t10k-images-idx3-ubyte": ("bef4ecab320f06d8554ea6380940ec79", 1504176627),
    "t10k-labels-idx1-ubyte": ("bb300cfdad3c16e7a12a480ee83cd310", 1504176627),
}
PER_CLASS = {"train": 200, "val": 50, "test": 100}
SEED = 1708
GZIP_HEADER = struct.Struct("<2sBBLBB")


def as_published(name: str, data: bytes) -> bytes:
    """The .gz file with the header it was published with."""
    magic, method, flags, _, _, system = GZIP_HEADER.unpack_from(data)
    if flags == 0:  # no file name in the header: Debian's copy
        head = GZIP_HEADER.pack(magic, method, 8, PUBLISHED[name][1], 0, system)
        return head + name.encode() + b"\0" + data[GZIP_HEADER.size :]
    return data


def read(folder: Path, name: str) -> np.ndarray:
    """One idx file, checked against its published sum."""
    path = folder / f"{name}.gz"
    if not path.exists():
        sys.exit(f"{path} is missing.")
    data = as_published(name, path.read_bytes())
    digest = hashlib.md5(data).hexdigest()
    if digest != PUBLISHED[name][0]:
        sys.exit(f"{path} has MD5 {digest}, the published file {PUBLISHED[name][0]}. Fetch it again.")
    raw = gzip.decompress(data)
    dimensions = raw[3]
    shape = struct.unpack_from(f">{dimensions}I", raw, 4)
    return np.frombuffer(raw, np.uint8, offset=4 + 4 * dimensions).reshape(shape)


def main() -> None:
    given = arguments(__doc__, "folder", "the folder with the four .gz files")
    train_images = read(given.folder, "train-images-idx3-ubyte")
    train_labels = read(given.folder, "train-labels-idx1-ubyte")
    test_images = read(given.folder, "t10k-images-idx3-ubyte")
    test_labels = read(given.folder, "t10k-labels-idx1-ubyte")

    rng = np.random.default_rng(SEED)
    rows: dict[str, list[np.ndarray]] = {"train": [], "val": [], "test": []}
    for label in range(10):
        drawn = rng.permutation(np.flatnonzero(train_labels == label))
        rows["train"].append(drawn[: PER_CLASS["train"]])
        rows["val"].append(drawn[PER_CLASS["train"] : PER_CLASS["train"] + PER_CLASS["val"]])
        rows["test"].append(rng.permutation(np.flatnonzero(test_labels == label))[: PER_CLASS["test"]])
    arrays = {}
    for split, parts in rows.items():
        # In the published order, not sorted by class.
        index = np.sort(np.concatenate(parts))
        images, labels = (test_images, test_labels) if split == "test" else (train_images, train_labels)
        arrays[f"{split}_images"] = images[index]
        arrays[f"{split}_labels"] = labels[index]
        arrays[f"{split}_rows"] = index.astype(np.int32)
    # np.savez_compressed writes no times, so its bytes depend on the arrays and the zlib version only.
    buffer = io.BytesIO()
    np.savez_compressed(buffer, **arrays)
    given.out.mkdir(parents=True, exist_ok=True)
    path = given.out / "fashion_mnist.npz"
    path.write_bytes(buffer.getvalue())
    record_sums(given.out, [path.name])
    print(f"{path.name}: {path.stat().st_size / 1e6:.2f} MB")


if __name__ == "__main__":
    main()

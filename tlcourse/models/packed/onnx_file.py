"""The weights in an ONNX file, read without ONNX's own package.

An ONNX file is one message of Protocol Buffers, a list of (number of the field, value); of its graph only the
initializers are read, the constants that a network computes with. Nothing in the file is run.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

__all__ = ["initializers"]

# Numbers of fields in onnx.proto: ModelProto.graph, GraphProto.initializer, and of TensorProto the rest.
_GRAPH, _INITIALIZER = 7, 5
_DIMS, _TYPE, _NAME, _RAW = 1, 2, 8, 9
_FLOAT = 1
_VARINT, _LONG, _BYTES, _SHORT = 0, 1, 2, 5  # how a value is stored


def _varint(data: memoryview, at: int) -> tuple[int, int]:
    """A whole number in groups of seven bits, and where it ends."""
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            return value, at


def _fields(data: memoryview) -> Iterator[tuple[int, int | memoryview]]:
    """Every field of a message: its number, and its value."""
    at = 0
    while at < len(data):
        key, at = _varint(data, at)
        kind = key & 7
        if kind == _VARINT:
            value, at = _varint(data, at)
            yield key >> 3, value
            continue
        if kind == _BYTES:
            size, at = _varint(data, at)
        elif kind in (_LONG, _SHORT):
            size = 8 if kind == _LONG else 4
        else:
            raise ValueError(f"a value of kind {kind}")
        if at + size > len(data):
            raise ValueError("it ends in the middle of a value")
        yield key >> 3, data[at : at + size]
        at += size


def _sizes(value: int | memoryview) -> list[int]:
    """The sides of a tensor: one, or several packed together."""
    if isinstance(value, int):
        return [value]
    sides, at = [], 0
    while at < len(value):
        side, at = _varint(value, at)
        sides.append(side)
    return sides


def initializers(data: bytes) -> dict[str, np.ndarray]:
    """The float32 constants of an ONNX file by name, in the file's order.

    Raises
    ------
    ValueError
        If it is not an ONNX file, or a part of it is missing.

    Examples
    --------
    >>> tensor = b"\\x08\\x02\\x10\\x01" + b"\\x42\\x01w" + b"\\x4a\\x08" + np.float32([1, 2]).tobytes()
    >>> graph = b"\\x2a" + bytes([len(tensor)]) + tensor
    >>> initializers(b"\\x3a" + bytes([len(graph)]) + graph)
    {'w': array([1., 2.], dtype=float32)}
    """
    found: dict[str, np.ndarray] = {}
    try:
        for number, graph in _fields(memoryview(data)):
            if number != _GRAPH or isinstance(graph, int):
                continue
            for inner, tensor in _fields(graph):
                if inner == _INITIALIZER and not isinstance(tensor, int):
                    name, array = _tensor(tensor)
                    if array is not None:
                        found[name] = array
    except IndexError:
        raise ValueError("it ends in the middle of a number") from None
    if not found:
        raise ValueError("there are no float32 constants in it")
    return found


def _tensor(data: memoryview) -> tuple[str, np.ndarray | None]:
    """A tensor's name and values; None if they are not float32 bytes."""
    sides: list[int] = []
    name, kind, raw = "", 0, None
    for number, value in _fields(data):
        if number == _DIMS:
            sides += _sizes(value)
        elif number == _TYPE and isinstance(value, int):
            kind = value
        elif number == _NAME and not isinstance(value, int):
            name = bytes(value).decode("utf-8")
        elif number == _RAW and not isinstance(value, int):
            raw = value
    if kind != _FLOAT or raw is None:
        return name, None
    if len(raw) != 4 * math.prod(sides):
        raise ValueError(f"{name} has {len(raw)} bytes for a shape of {tuple(sides)}")
    return name, np.frombuffer(raw, "<f4").reshape(sides)

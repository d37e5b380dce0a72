"""Plain data: the only thing that may leave a process which ran a learner's code.

A learner's function can return anything: a generator, a tensor on a GPU, an object whose ``__eq__`` is always
true. Nothing of that reaches a judge. `plain` turns what it can into numbers, text, lists, dicts and NumPy
arrays, by looking at exact types only (an object can lie about ``isinstance`` and ``==``, not about
``type``), and refuses the rest. `to_json` and `from_json` carry plain data between processes without
pickle.
"""

from __future__ import annotations

import base64
import json
import math
from typing import Any

import numpy as np

__all__ = ["LIMITS", "NotPlainError", "from_json", "plain", "to_json"]

# Far above what an exercise needs, far below what hurts the process that judges.
LIMITS = {"array_bytes": 32_000_000, "items": 200_000, "text": 100_000, "depth": 20, "line": 128_000_000}

_NUMPY_SCALARS = frozenset(np.sctypeDict.values()) - {np.object_, np.void}
_KINDS = "biufU"  # bool, signed, unsigned, float, text; no objects, no records, no raw bytes


class NotPlainError(Exception):
    """A value that a judge will not look at. The message is for the learner."""


def _type_name(value: object) -> str:
    kind = type(value)
    name = type.__getattribute__(kind, "__qualname__")
    module = kind.__dict__.get("__module__", "")
    root = module.split(".")[0] if type(module) is str else ""
    return name if root in ("builtins", "__main__", "") else f"{root}.{name}"


def _roots(value: object) -> set[str]:
    """The top-level packages that the classes of a value come from: ``{"torch", "builtins"}``."""
    modules = [kind.__dict__.get("__module__", "") for kind in type(value).__mro__]
    return {module.split(".")[0] for module in modules if type(module) is str}


class _Budget:
    def __init__(self) -> None:
        self.items = LIMITS["items"]
        self.bytes = LIMITS["array_bytes"]
        self.text = LIMITS["text"]

    def spend(self, kind: str, amount: int) -> None:
        left = getattr(self, kind) - amount
        setattr(self, kind, left)
        if left < 0:
            words = {
                "items": "more items than a check reads",
                "bytes": "an array too large to check",
                "text": "too much text",
            }
            raise NotPlainError(f"it holds {words[kind]}")


def plain(value: Any) -> Any:
    """Turn a value into plain data, a copy that shares nothing with the learner's objects.

    Parameters
    ----------
    value : object
        Numbers, text, None, lists, tuples, dicts, sets; NumPy scalars and arrays (bool, integer, float,
        text); PyTorch and TensorFlow tensors and Keras variables on any device (a tensor with no axes
        becomes a number); pandas Series and DataFrames (their values).

    Returns
    -------
    object
        None, bool, int, float, str, list, tuple, dict, or numpy.ndarray of kind b, i, u, f or U. Sets
        become sorted lists where they can be sorted.

    Raises
    ------
    NotPlainError
        For anything else, too deep, too large; the message says what it was, in words for a learner.

    Examples
    --------
    >>> plain({"share": np.float32(0.5), "rows": (1, 2)})
    {'share': 0.5, 'rows': (1, 2)}
    >>> plain(n for n in range(3))
    Traceback (most recent call last):
    ...
    tlcourse.exercises.engine.plain.NotPlainError: it is a generator
    """
    return _plain(value, _Budget(), 0)


def _plain(value: Any, budget: _Budget, depth: int) -> Any:
    budget.spend("items", 1)
    if depth > LIMITS["depth"]:
        raise NotPlainError("it is nested too deeply")
    kind = type(value)
    if value is None or kind is bool or kind is float:
        return value
    if kind is int:
        if value.bit_length() > 64:
            raise NotPlainError("it holds an integer of more than 64 bits")
        return value
    if kind is str:
        budget.spend("text", len(value))
        return value
    if kind is list:
        return [_plain(item, budget, depth + 1) for item in value]
    if kind is tuple:
        return tuple(_plain(item, budget, depth + 1) for item in value)
    if kind is dict:
        return {_key(key, budget): _plain(item, budget, depth + 1) for key, item in value.items()}
    if kind in (set, frozenset):
        items = [_plain(item, budget, depth + 1) for item in value]
        try:
            return sorted(items)
        except TypeError:
            return items
    if kind in _NUMPY_SCALARS:
        return _plain(value.item(), budget, depth)
    if kind is np.ndarray:
        return _array(value, budget)
    mro = kind.__mro__
    if np.ndarray in mro:  # a subclass may override anything; look at the memory, not at its methods
        if np.ma.MaskedArray in mro:
            raise NotPlainError("it is a masked array")
        return _array(np.ndarray.view(value, np.ndarray), budget)
    # Named tuples, counters, ordered dicts, IntEnum: keep the contents, drop the class.
    if tuple in mro:
        return tuple(_plain(item, budget, depth + 1) for item in tuple.__iter__(value))
    if list in mro:
        return [_plain(item, budget, depth + 1) for item in list.__iter__(value)]
    if dict in mro:
        return {_key(key, budget): _plain(item, budget, depth + 1) for key, item in dict.items(value)}
    if str in mro:
        return _plain(str.__getitem__(value, slice(None)), budget, depth)
    if float in mro:
        return float.__add__(value, 0.0)
    if int in mro:
        return _plain(int.__add__(value, 0), budget, depth)
    return _foreign(value, budget, depth)


def _key(key: Any, budget: _Budget) -> Any:
    key = _plain(key, budget, LIMITS["depth"] - 1)
    if key is not None and type(key) not in (bool, int, float, str):
        raise NotPlainError("it is a dict whose keys are not numbers or text")
    return key


def _array(value: np.ndarray, budget: _Budget) -> Any:
    if value.dtype.kind not in _KINDS or (value.dtype.itemsize > 8 and value.dtype.kind != "U"):
        raise NotPlainError(f"it is an array of dtype {value.dtype}")
    budget.spend("bytes", value.nbytes)
    return np.array(value, dtype=value.dtype.newbyteorder("="), copy=True, order="C")


def _foreign(value: Any, budget: _Budget, depth: int) -> Any:
    """Tensors and tables, by the names of the packages their classes come from: nothing is imported here."""
    roots = _roots(value)
    try:
        if "torch" in roots and hasattr(value, "detach"):
            value = value.detach().cpu()
            value = (value.float() if "bfloat16" in str(value.dtype) else value).numpy()
        elif "pandas" in roots and hasattr(value, "to_numpy"):
            value = value.to_numpy()
            if value.dtype.kind == "O":
                return _plain(value.tolist(), budget, depth + 1)
        elif roots & {"tensorflow", "keras"} and hasattr(value, "numpy"):
            value = value.numpy()
        elif roots & {"tensorflow", "keras"} and hasattr(value, "value"):
            value = np.asarray(value.value)
        else:
            raise NotPlainError(f"it is a {_type_name(value)}")
    except NotPlainError:
        raise
    except Exception as error:
        raise NotPlainError(f"it is a {_type_name(value)} that cannot be turned into numbers") from error
    if type(value) is np.ndarray and value.ndim == 0:
        value = value[()]
    if type(value) is np.ndarray or type(value) in _NUMPY_SCALARS:
        return _plain(value, budget, depth)
    raise NotPlainError(f"it is a {_type_name(value)}")


def to_json(value: Any) -> str:
    """Write plain data as one line of JSON; arrays as dtype, shape and base64 bytes (never pickle).

    Raises
    ------
    NotPlainError
        If the value is not plain data.

    Examples
    --------
    >>> to_json({"n": 3, "pair": (1, float("nan"))})
    '{"d": [["n", 3], ["pair", {"t": [1, {"f": "nan"}]}]]}'
    """
    # An encoder of its own: the module's is an object that an answer can change.
    return json.JSONEncoder().encode(_encode(plain(value)))


def _encode(value: Any) -> Any:
    if isinstance(value, float) and not math.isfinite(value):
        return {"f": repr(value)}
    if isinstance(value, np.ndarray):
        data = base64.b64encode(value.tobytes()).decode()
        return {"a": [value.dtype.str, list(value.shape), data]}
    if isinstance(value, tuple):
        return {"t": [_encode(item) for item in value]}
    if isinstance(value, list):
        return [_encode(item) for item in value]
    if isinstance(value, dict):
        return {"d": [[_encode(key), _encode(item)] for key, item in value.items()]}
    return value


def from_json(text: str) -> Any:
    """Read what `to_json` wrote, trusting nothing in it.

    Raises
    ------
    NotPlainError
        If the text is not what `to_json` writes, or is too large.

    Examples
    --------
    >>> from_json(to_json({"x": np.arange(3, dtype=np.float32)}))
    {'x': array([0., 1., 2.], dtype=float32)}
    """
    if len(text) > LIMITS["line"]:
        raise NotPlainError("it is too large")
    try:
        return plain(_decode(json.JSONDecoder().decode(text)))
    except NotPlainError:
        raise
    except (ValueError, TypeError, KeyError, RecursionError, MemoryError) as error:
        raise NotPlainError("it is not plain data") from error


def _decode(value: Any) -> Any:
    if isinstance(value, list):
        return [_decode(item) for item in value]
    if not isinstance(value, dict):
        return value
    if len(value) != 1:
        raise NotPlainError("it is not plain data")
    tag, body = next(iter(value.items()))
    if tag == "f" and body in ("nan", "inf", "-inf"):
        return float(body)
    if tag == "t" and isinstance(body, list):
        return tuple(_decode(item) for item in body)
    if tag == "d" and isinstance(body, list):
        return {_decode(key): _decode(item) for key, item in body}
    if tag == "a":
        name, shape, data = body
        dtype = np.dtype(str(name))
        if dtype.kind not in _KINDS:
            raise NotPlainError(f"it is an array of dtype {dtype}")
        raw = base64.b64decode(data, validate=True)
        if not isinstance(shape, list) or any(type(n) is not int or n < 0 for n in shape):  # reshape takes -1
            raise NotPlainError("it is not plain data")
        return np.frombuffer(raw, dtype=dtype).reshape(shape).copy()
    raise NotPlainError("it is not plain data")

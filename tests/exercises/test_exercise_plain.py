"""Plain data there and back, and text that no `to_json` wrote."""

from __future__ import annotations

import base64
import collections
import json

import numpy as np
import pandas as pd
import pytest

from tlcourse.exercises.engine.plain import NotPlainError, from_json, plain, to_json


@pytest.mark.parametrize(
    "value",
    [
        None,
        True,
        3,
        -(2**63),
        0.1,
        float("inf"),
        "text ✓",
        "\ud800",
        [1, [2, (3,)]],
        {1: "a", None: 2, 0.5: 3, "d": {}},
        {"a": [1]},
        {"t": 1},
        {"f": "nan"},
        (),
        [],
    ],
)
def test_there_and_back(value):
    again = from_json(to_json(value))
    assert again == value
    assert type(again) is type(value)


@pytest.mark.parametrize("dtype", ["bool", "int8", "uint8", "int64", "float16", "float32", "float64", "U5"])
@pytest.mark.parametrize("shape", [(), (0,), (3,), (2, 3)])
def test_arrays_there_and_back(dtype, shape):
    value = np.ones(shape, dtype)
    again = from_json(to_json({"x": value}))["x"]
    assert np.array_equal(again, value)
    assert again.dtype == value.dtype
    assert again.shape == shape


def test_nan_comes_back_as_nan():
    assert np.isnan(from_json(to_json(float("nan"))))


def test_a_copy_is_made():
    value = np.zeros(3)
    copy = plain({"x": value})
    value[:] = 1
    assert not copy["x"].any()


def test_lenient_kinds():
    point = collections.namedtuple("point", "x y")(1, 2)
    assert plain(point) == (1, 2)
    assert type(plain(point)) is tuple
    assert plain(collections.Counter("aab")) == {"a": 2, "b": 1}
    assert plain({3, 1, 2}) == [1, 2, 3]
    assert plain(np.int64(3)) == 3
    assert plain(pd.Series([1.0, 2.0])).tolist() == [1.0, 2.0]
    assert list(plain(pd.Series(["a", "b"]))) == ["a", "b"]
    assert plain(np.float32(0.5)) == 0.5
    assert plain(np.ones(3)[::-1]).flags["C_CONTIGUOUS"]


def encoded(dtype, shape, raw=b"\0" * 8):
    return json.dumps({"a": [dtype, shape, base64.b64encode(raw).decode()]})


@pytest.mark.parametrize(
    "text",
    [
        "",
        "nothing",
        "{",
        '{"x": 1}',
        '{"d": 3}',
        '{"d": [[1]]}',
        '{"d": [[{"l": 1}, 2]]}',
        '{"t": 3}',
        '{"f": "1"}',
        '{"a": []}',
        '{"a": ["<f8", [1], "!!"]}',
        '{"a": 3}',
        '{"d": [], "t": []}',
        "1" * 500,
        "[" * 100_000,
        encoded("O", [1]),
        encoded("<f8", [10**9]),
        encoded("<f8", [-5]),
        encoded("<f8", [0.5]),
        encoded("<f8", "1"),
        encoded("V8", [1]),
        encoded("<c8", [1]),
        encoded("<M8[s]", [1]),
        encoded("f8,f8", [1]),
        encoded("nonsense", [1]),
    ],
    ids=lambda text: text[:24],
)
def test_other_text_is_refused(text):
    with pytest.raises(NotPlainError):
        from_json(text)


def test_a_line_beyond_the_limit_is_refused(monkeypatch):
    from tlcourse.exercises.engine.plain import LIMITS

    monkeypatch.setitem(LIMITS, "line", 10)
    with pytest.raises(NotPlainError, match="too large"):
        from_json(to_json("x" * 20))

"""What an answer changes in a library is put back, with versions of dictionaries and without."""

from __future__ import annotations

import ctypes
import json
import math
import sys
import threading
import types
from json.decoder import JSONDecoder

import pytest

from tlcourse.grading.sandbox import untouched
from tlcourse.grading.sandbox.untouched import has_versions, remember

CHANGES = {
    "another value": lambda: setattr(json, "dumps", print),
    "a value that is equal": lambda: setattr(math, "tau", float(repr(math.tau))),
    "a name less": lambda: delattr(json, "loads"),
    "a name taken away and given again": lambda: (delattr(json, "loads"), setattr(json, "loads", print)),
    "many at once": lambda: vars(json).update(dumps=print, loads=print),
    "by an operator": lambda: vars(json).__ior__({"dumps": print}),
    "popped": lambda: vars(json).pop("dumps"),
    "the last one popped, and one more": lambda: (vars(math).popitem(), setattr(math, "tau", 6)),
    "cleared": lambda: [vars(math).pop(name) for name in [*vars(math)] if not name.startswith("__")],
    "by code": lambda: exec("dumps = print", vars(json)),
    "a method": lambda: setattr(JSONDecoder, "decode", print),
    "a method less": lambda: delattr(JSONDecoder, "decode"),
    "a method by the type's own way": lambda: type.__setattr__(JSONDecoder, "decode", print),
}


def _state():
    return [{name: id(value) for name, value in vars(each).items()} for each in (json, math, JSONDecoder)]


def _put_back(owner: types.ModuleType, entries: dict) -> None:
    """Whatever happened: the tests after this one need the libraries."""
    vars(owner).clear()
    vars(owner).update(entries)


@pytest.fixture
def libraries():
    before = [(each, dict(vars(each))) for each in (json, math)]
    decode = JSONDecoder.decode
    yield
    for owner, entries in before:
        _put_back(owner, entries)
    JSONDecoder.decode = decode


@pytest.mark.parametrize("versions", [True, False])
@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_what_was_changed_is_put_back_each_time(change, versions, libraries, monkeypatch):
    if versions and not has_versions():
        pytest.skip("this Python has no versions of dictionaries")
    monkeypatch.setattr(untouched, "has_versions", lambda: versions)
    before = _state()
    restore, _ = remember()
    for _ in range(3):  # the second time a version is another one than at the first
        change()
        assert _state() != before
        restore()
        assert _state() == before
        restore()
        assert _state() == before


def test_names_that_are_new_stay_and_hide_nothing(libraries):
    restore, _ = remember()
    json.new = 1
    restore()
    json.newer, json.dumps = 2, print
    restore()
    assert (json.new, json.newer) == (1, 2)
    assert json.dumps is not print


def test_who_changes_how_versions_are_read_hides_nothing(libraries):
    restore, _ = remember()
    real, dumps = ctypes.c_uint64, json.dumps
    ctypes.c_uint64.value = property(lambda self: 0)
    try:
        ctypes.c_uint64 = None
        json.dumps = print
        restore()
        assert json.dumps is dumps
    finally:
        ctypes.c_uint64 = real
        del ctypes.c_uint64.value


def test_what_a_thread_changes_all_the_time_is_put_back_when_it_has_ended(libraries):
    restore, _ = remember()
    dumps, ended = json.dumps, threading.Event()

    def change() -> None:
        while not ended.is_set():
            json.dumps = print

    thread = threading.Thread(target=change)
    thread.start()
    try:
        for _ in range(200):
            restore()
    finally:
        ended.set()
        thread.join()
    restore()
    assert json.dumps is dumps


@pytest.mark.skipif(sys.implementation.name != "cpython", reason="CPython's own")
def test_versions_are_used_where_they_are():
    """Python 3.11 and 3.12 have them: without them an answer takes half as long again."""
    assert has_versions() or sys.version_info >= (3, 13)


def test_where_a_version_stays_the_same_nothing_relies_on_it(monkeypatch):
    constant = ctypes.c_uint64(7)
    monkeypatch.setattr(untouched, "_version", lambda owner: constant)
    assert not has_versions()

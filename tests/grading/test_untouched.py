"""What an answer changes in a library is put back, where one can peek at it and where one compares."""

from __future__ import annotations

import abc
import ctypes
import functools
import gc
import json
import math
import sys
import threading
import types
from json.decoder import JSONDecoder
from typing import Any

import pytest

from tlcourse.grading.sandbox import peeking, untouched
from tlcourse.grading.sandbox.peeking import has_contents, has_versions
from tlcourse.grading.sandbox.untouched import FIELDS, remember

TOY = "tlcourse.toy_library"
SOURCE = """
import abc, functools

def decorated(function):
    @functools.wraps(function)
    def call(*args, **settings):
        return function(*args, **settings)
    del call.__wrapped__
    return call

@decorated
@decorated
def measure(value, *, factor=2):
    return value * factor

def scale(value, *, factor=2, options={}):
    return value * factor

class Base:
    def name(self):
        return "base"

class Layer(Base):
    pass

class Abstract(abc.ABC):
    size = 3
"""


@pytest.fixture(autouse=True)
def few(monkeypatch):
    """Not all libraries of this process: to remember them takes a second."""
    monkeypatch.setattr(untouched, "_WHOLE", (TOY,))
    monkeypatch.setattr(untouched, "_ALSO", ("json", "json.decoder", "math"))


@pytest.fixture
def toy(monkeypatch):
    """A library of the course's, as far as its name says."""
    module = types.ModuleType(TOY)
    exec(SOURCE, vars(module))
    monkeypatch.setitem(sys.modules, TOY, module)
    return module


@pytest.fixture
def libraries():
    before = [(each, dict(vars(each))) for each in (json, math)]
    decode = JSONDecoder.decode
    yield
    for owner, entries in before:  # whatever happened: the tests after this one need them
        vars(owner).clear()
        vars(owner).update(entries)
    JSONDecoder.decode = decode


@pytest.fixture
def watch():
    """The hook of `audit` in short: what is set is said to whom it may concern."""
    suspects: list[Any] = []
    active = [True]

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        if active and event == "object.__setattr__" and arguments[1] in FIELDS:
            for suspect in suspects:
                suspect(arguments[0])

    sys.addaudithook(hook)
    yield suspects.append
    active.clear()


@pytest.fixture(params=[True, False], ids=["peeking", "comparing"])
def peek(request, monkeypatch):
    for name in ("has_versions", "has_contents"):
        if request.param and not getattr(peeking, name)():
            pytest.skip("nothing to peek at in this Python")
        monkeypatch.setattr(untouched, name, lambda: request.param)


NAMES = {
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


@pytest.mark.parametrize("change", NAMES.values(), ids=NAMES)
def test_names_are_put_back_each_time(change, peek, libraries):
    before = _state()
    restore = remember().restore
    for _ in range(3):  # the second time a version is another one than at the first
        change()
        assert _state() != before
        restore()
        assert _state() == before
        restore()
        assert _state() == before


def _cell(function: Any, depth: int) -> Any:
    """The cell in which a function decorated so often holds what it calls."""
    for _ in range(depth):
        function = function.__closure__[0].cell_contents
    return function.__closure__[0]


class Lying(types.ModuleType):
    measure = property(lambda self: lambda value: "a lie", lambda self, value: None)

    def __setattr__(self, name, value):
        pass


class OtherBase:
    def name(self):
        return "a lie"


class OtherMeta(abc.ABCMeta):
    size = property(lambda self: "a lie", lambda self, value: None)


def _lie(value, *, factor=2):
    return "a lie"


WAYS = {
    "a module's class": lambda toy: setattr(toy, "__class__", Lying),
    "a class's bases": lambda toy: setattr(toy.Layer, "__bases__", (OtherBase,)),
    "a class's class": lambda toy: setattr(toy.Abstract, "__class__", OtherMeta),
    "code": lambda toy: setattr(toy.scale, "__code__", _lie.__code__),
    "the code of a decorated one": lambda toy: setattr(
        _cell(toy.measure, 1).cell_contents, "__code__", _lie.__code__
    ),
    "what a decorated one calls": lambda toy: setattr(_cell(toy.measure, 0), "cell_contents", _lie),
    "what the one within calls": lambda toy: setattr(_cell(toy.measure, 1), "cell_contents", _lie),
    "a cell emptied": lambda toy: delattr(_cell(toy.measure, 0), "cell_contents"),
    "a default by keyword": lambda toy: toy.scale.__kwdefaults__.update(factor=9),
    "a default by keyword less": lambda toy: toy.scale.__kwdefaults__.pop("factor"),
    "all of them": lambda toy: setattr(toy.scale, "__kwdefaults__", {"factor": 9}),
}


def _told(toy) -> list[Any]:
    found: list[Any] = []
    for ask in (
        lambda: toy.measure(3),
        lambda: toy.scale(3),
        lambda: toy.Layer().name(),
        lambda: toy.Abstract.size,
        lambda: (type(toy), type(toy.Abstract)),
    ):
        try:
            found.append(ask())
        except (TypeError, NameError) as error:
            found.append(type(error))
    return found


@pytest.mark.parametrize("change", WAYS.values(), ids=WAYS)
def test_other_ways_into_a_library_are_closed_each_time(change, peek, toy, watch):
    before = _told(toy)
    assert before == [6, 6, "base", 3, (types.ModuleType, abc.ABCMeta)]
    restore, suspect, _ = remember()
    watch(suspect)
    for _ in range(3):
        change(toy)
        assert _told(toy) != before
        restore()
        assert _told(toy) == before
        restore()
        assert _told(toy) == before


def test_what_a_function_keeps_for_itself_is_its_own(toy):
    """A counter or a cache in a closure is no code: to put it back would break what it is for."""

    def counter():
        count, kept = 0, {}

        def step():
            nonlocal count
            count += 1
            kept[count] = True
            return count, len(kept)

        return step

    toy.step = counter()
    restore = remember().restore
    told = []
    for _ in range(3):
        told.append(toy.step())
        restore()
    assert told == [(1, 1), (2, 2), (3, 3)]


def test_what_the_course_sets_before_an_answer_is_kept(peek, toy):
    """The framework that `start` chooses, say: names of a module and of classes."""
    toy.chosen = None
    restore, _, accept = remember()
    toy.chosen, toy.Layer.size, toy.Base.name = "torch", 1, _lie
    accept()
    for _ in range(3):
        restore()
        assert (toy.chosen, toy.Base.name) == ("torch", _lie)
        toy.chosen, toy.Base.name = "keras", OtherBase.name
        restore()
        assert (toy.chosen, toy.Base.name) == ("torch", _lie)


def test_names_that_are_new_stay_and_hide_nothing(libraries):
    restore = remember().restore
    json.new = 1
    restore()
    json.newer, json.dumps = 2, print
    restore()
    assert (json.new, json.newer) == (1, 2)
    assert json.dumps is not print


def test_a_function_that_the_collector_of_garbage_calls_is_taken_off():
    called: list[str] = []

    def own(phase, info):
        called.append("own")

    gc.callbacks.append(own)
    try:
        restore = remember().restore
        gc.callbacks.insert(0, lambda phase, info: called.append("an answer's"))
        restore()
        gc.collect()
        assert set(called) == {"own"}
    finally:
        gc.callbacks.remove(own)


def test_who_changes_how_versions_are_read_hides_nothing(libraries):
    restore = remember().restore
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
    restore = remember().restore
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
def test_there_is_something_to_peek_at():
    """Python 3.11 and 3.12 have versions: without them an answer takes half as long again."""
    assert has_contents()
    assert has_versions() or sys.version_info >= (3, 13)


def test_where_the_numbers_stay_the_same_nothing_relies_on_them(monkeypatch):
    constant = ctypes.c_uint64(7)
    for name in ("version_of", "content_of"):
        monkeypatch.setattr(peeking, name, functools.partial(lambda number, of: number, constant))
    assert not has_versions()
    assert not has_contents()

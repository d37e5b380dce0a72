"""The package's own functions as answers: by machine, by hand, and how they are hidden.

Shared by the torch and the keras test process. By machine: every function of the package that can take an
exercise's arguments is tried as its answer, and none earns more than the blank. Where one does, it is the
exercise's solution and belongs into its ``solved_by``. By hand: `own_work_answers`.
"""

from __future__ import annotations

import builtins
import contextlib
import functools
import importlib
import inspect
import io
import itertools
import os
import pkgutil
import re
import resource
import signal
import sys
import time
import types
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from attack_cases import kept
from commit import (
    EVERYTHING,
    FRAMEWORKS,
    REPEAT,
    SECRET_SEED,
    just_changed_exercise,
    one_of,
    rarely,
    whose_turn,
)
from exercise_cases import (
    answer_source,
    exercises,
    in_both,
    number_of,
    setup,
    started,
    whose,
)
from own_work_answers import WRAPPERS

import tlcourse
from tlcourse.exercises import Exercise, Report, State, judge_observation, load_answer, observe_in_process
from tlcourse.exercises.engine.own_work import OwnWorkError, functions, hidden, hidden_in, place_of

SECONDS = float(os.environ.get("TLCOURSE_OWN_WORK_SECONDS", "0.5"))  # of a processor, each time
CALL = 0.5  # seconds for one call
ROOM = 2**31  # bytes that the search may take: a seed must not become the length of an array

# What draws figures, downloads, writes files, starts processes or sets the process up is no answer.
LEFT_OUT = (
    "tlcourse.authoring",
    "tlcourse.claims",
    "tlcourse.commands",
    "tlcourse.data.download",
    "tlcourse.data.fetched",
    "tlcourse.data.image_files",
    "tlcourse.devices",
    "tlcourse.evaluation.records",
    "tlcourse.exercises",
    "tlcourse.frameworks",
    "tlcourse.grading",
    "tlcourse.language.checkpoints",
    "tlcourse.models.checkpoints",
    "tlcourse.models.published",
    "tlcourse.plots",
    "tlcourse.sweeps.engine",
    "tlcourse.widgets",
)
NOT_CALLED = {
    "tlcourse.language.encoder.load_encoder",
    "tlcourse.language.generator.load_gpt",
    "tlcourse.language.tokenizer.load_tokenizer",
    "tlcourse.models.costs.main",
    "tlcourse.models.costs.measure",
    "tlcourse.models.loading.load",
    # It calls what it is handed, as `map` does: with a backbone it gives what `backbone(images)` gives.
    "tlcourse.training.batches.as_batch",
}
LATE_IMPORTS = (
    "pandas",
    "scipy.optimize",
    "scipy.stats",
    "sklearn.metrics",
    "matplotlib.pyplot",
    "PIL.Image",
)


class _Late(BaseException):
    """A call took too long."""


@contextlib.contextmanager
def at_most(seconds: float) -> Iterator[None]:
    """Stop what runs longer, where Python gets to it."""

    def late(*_: Any) -> None:
        raise _Late

    old = signal.signal(signal.SIGALRM, late)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, old)


@contextlib.contextmanager
def little_room() -> Iterator[None]:
    """Let an array of the length of a seed fail, and not the machine."""
    old = resource.getrlimit(resource.RLIMIT_AS)
    used = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (used + ROOM, old[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, old)


@contextlib.contextmanager
def no_file_by_number() -> Iterator[None]:
    """A number among the arguments is no file of this process, to be opened and closed."""
    real = builtins.open

    def opened(file: Any, *args: Any, **kwargs: Any) -> Any:
        if not isinstance(file, str | bytes | os.PathLike):
            raise TypeError(f"{file!r} is no path")
        return real(file, *args, **kwargs)

    builtins.open = io.open = opened
    try:
        yield
    finally:
        builtins.open = io.open = real


@contextlib.contextmanager
def one_framework(framework: str) -> Iterator[None]:
    """Imports of the other framework fail: one process cannot hold both, and half of one breaks it later."""
    other = {"torch": "tensorflow", "keras": "torch"}[framework]
    with pytest.MonkeyPatch.context() as patch:
        if other not in sys.modules:
            patch.setitem(sys.modules, other, None)
        yield


# --- what the package has -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Own:
    """Something of the package that can be called: a function, a class, a method."""

    name: str
    function: Callable[..., Any]
    of: type | None = None  # the class whose objects have it

    @functools.cached_property
    def parameters(self) -> tuple[inspect.Parameter, ...] | None:
        try:
            found = tuple(inspect.signature(self.function).parameters.values())
        except (TypeError, ValueError):
            return None
        return found[1:] if self.of is not None else found

    def given(self, names: tuple[str, ...]) -> int:
        """How many of an answer's arguments it calls by the same name."""
        return len({p.name for p in self.parameters or ()} & set(names))


@functools.cache
def start_what_functions_load(framework: str) -> None:
    """Load, before time and memory are limited, what functions of the package load when they are called.

    Stopped half way, an import leaves a library that no later test can use, and TensorFlow's start of its
    runtime, threads and compiler ends the process.
    """
    for name in LATE_IMPORTS:
        importlib.import_module(name)
    if framework == "torch":
        assert importlib.import_module("transformers").GPT2LMHeadModel
        return
    import keras

    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
    model.compile(optimizer="adam", loss="mse")
    model.fit(np.zeros((2, 1)), np.zeros((2, 1)), verbose=0)
    model.predict(np.zeros((2, 1)), verbose=0)


@functools.cache
def everything(framework: str) -> tuple[Own, ...]:
    """All functions, classes and methods of the package, private ones too, but for the other framework's."""
    found: list[Own] = []
    other = {"torch": "_keras", "keras": "_torch"}[framework]
    modules = [info.name for info in pkgutil.walk_packages(tlcourse.__path__, "tlcourse.")]
    assert not set(LEFT_OUT) - set(modules), "left out, and not there"
    for path in modules:
        if path.endswith((".__main__", other)):  # a program runs where it is imported
            continue
        if any(f"{path}.".startswith(f"{left_out}.") for left_out in LEFT_OUT):
            continue
        module = importlib.import_module(path)
        for name, value in vars(module).items():
            if getattr(value, "__module__", None) != path or not callable(value):
                continue
            full = f"{path}.{name}"
            if name.endswith(other) or full in NOT_CALLED or not isinstance(value, type | types.FunctionType):
                continue
            found.append(Own(full, value))
            if not isinstance(value, type):
                continue
            for part, inner in vars(value).items():
                if part.startswith("__") and part not in ("__call__", "__iter__"):
                    continue
                if isinstance(inner, types.FunctionType):
                    found.append(Own(f"{full}.{part}", inner, value))
                elif isinstance(inner, classmethod | staticmethod):
                    found.append(Own(f"{full}.{part}", getattr(value, part)))
    return tuple(found)


def orders(count: int) -> list[tuple[int, ...]]:
    """Which arguments are handed on, and in which order: of up to three any; of more at least all but two."""
    if count <= 3:
        return [some for size in range(count, 0, -1) for some in itertools.permutations(range(count), size)]
    sizes = range(count, max(count - 3, 0), -1)
    return [some for size in sizes for some in itertools.combinations(range(count), size)]


def fits(own: Own, positional: int, names: tuple[str, ...]) -> list[str] | None:
    """The arguments that it takes by keyword, if it takes so many by position; None if it does not."""
    if own.parameters is None:
        return None
    by_place = [p for p in own.parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    needed = sum(p.default is p.empty for p in by_place)
    most = 99 if any(p.kind is p.VAR_POSITIONAL for p in own.parameters) else len(by_place)
    only = [p for p in own.parameters if p.kind is p.KEYWORD_ONLY]
    if not needed <= positional <= most or any(p.default is p.empty and p.name not in names for p in only):
        return None
    return [p.name for p in only if p.name in names]


def ways(own: Own, names: tuple[str, ...]) -> Iterator[Callable[..., Any]]:
    """The answers that hand their arguments on to it, in one way or another."""
    for order in orders(len(names)):
        if own.of is None:
            keywords = fits(own, len(order), names)
            if keywords is not None:
                yield _calling(lambda _, own=own: own.function, order, (), keywords, names)
            continue
        made = Own(own.name, own.of)
        for cut in range(len(order)):
            keywords = fits(own, len(order) - cut, names)
            starts = fits(made, cut, names)
            if keywords is not None and starts is not None:

                def bound(first: list[Any], own: Own = own) -> Callable[..., Any]:
                    assert own.of is not None
                    return getattr(own.of(*first), own.name.rpartition(".")[2])

                yield _calling(bound, order[cut:], order[:cut], keywords, names)


def _calling(get: Any, order: Any, first: Any, keywords: list[str], names: tuple[str, ...]) -> Any:
    def calling(*args: Any, **kwargs: Any) -> Any:
        args = (*args, *(kwargs[name] for name in names[len(args) :] if name in kwargs))
        call = get([args[i] for i in first])
        value = call(*(args[i] for i in order), **{name: args[names.index(name)] for name in keywords})
        return list(value) if isinstance(value, types.GeneratorType) else value

    return calling


PICKS: dict[str, Callable[[Any], Any]] = {
    "what it gives": lambda value: value,
    "the first of what it gives": lambda value: value[0],
    "the first of the first of what it gives": lambda value: value[0][0],
    "the firsts of what it gives": lambda value: [each[0] for each in value],
    "all but the first of what it gives": lambda value: value[1:],
}


# --- by machine ---------------------------------------------------------------------------------------------


def outcome(exercise: Exercise, answer: Any, framework: str, seed: int = SECRET_SEED) -> Report:
    inputs = exercise.draw(seed)
    seen = observe_in_process(exercise, answer, exercise.sent(inputs), framework)
    return judge_observation(exercise, seen, inputs)


def a_call(exercise: Exercise, framework: str, rng: np.random.Generator) -> tuple[Any, ...]:
    """The arguments of one call of the right answer that returned."""
    answer, failed = load_answer(
        exercise, answer_source(exercise, "solution", framework), setup(exercise, framework)
    )
    assert failed is None, failed
    calls: list[tuple[Any, ...]] = []

    def noting(*args: Any, **kwargs: Any) -> Any:
        given = tuple(kept(one) for one in (*args, *kwargs.values()))
        value = answer(*args, **kwargs)
        calls.append(given)
        return value

    noting.__signature__ = inspect.signature(answer)  # type: ignore[attr-defined]
    report = outcome(exercise, noting, framework)
    assert report.points == exercise.points, f"the right answer {REPEAT}:\n{report}"
    return calls[int(rng.integers(len(calls)))]


def solvers(exercise: Exercise, framework: str, seconds: float = SECONDS) -> list[str]:
    """What of the package earns more than the blank as this exercise's answer, in words."""
    started(framework)
    rng = np.random.default_rng([SECRET_SEED, len(exercise.id)])
    call = a_call(exercise, framework, rng)
    names = tuple(
        inspect.signature(
            load_answer(exercise, answer_source(exercise, "solution", framework), setup(exercise, framework))[
                0
            ]
        ).parameters
    )
    start_what_functions_load(framework)
    owns = everything(framework)
    # Those that name their arguments as the answer does come first, whatever the seed.
    order = sorted(rng.permutation(len(owns)), key=lambda i: -owns[i].given(names))
    begun, found, seen = time.process_time(), [], set()
    hiding = hidden_in(exercise.chapter)
    with (
        warnings.catch_warnings(),
        little_room(),
        no_file_by_number(),
        one_framework(framework),
        np.errstate(all="ignore"),
    ):
        warnings.simplefilter("ignore")
        for own in (owns[i] for i in order):
            for way in ways(own, names):
                if time.process_time() - begun > seconds:
                    return found
                try:
                    quiet = (
                        contextlib.redirect_stdout(io.StringIO()),
                        contextlib.redirect_stderr(io.StringIO()),
                    )
                    with hidden(hiding, framework), at_most(CALL), quiet[0], quiet[1]:
                        value = way(*(kept(one) for one in call))
                        told = repr(value)
                except BaseException as error:
                    if isinstance(error, KeyboardInterrupt):
                        raise
                    continue
                if value is None and exercise.returns:
                    continue
                for words, pick in PICKS.items():
                    with contextlib.suppress(Exception):
                        given = (words, told if value is not None else own.name)
                        if given in seen or (pick(value) is None and exercise.returns):
                            continue
                        seen.add(given)
                        answer = _picking(way, pick, names)
                        points = _earned(exercise, framework, answer)
                        if points > 0 and not by_chance(exercise, framework, answer):
                            found.append(f"{own.name}: {words} earns {points:g} of {exercise.points}")
    return found


def _picking(way: Callable[..., Any], pick: Callable[[Any], Any], names: tuple[str, ...]) -> Any:
    def answer(*args: Any, **kwargs: Any) -> Any:
        with at_most(CALL):
            return pick(way(*args, **kwargs))

    answer.__signature__ = inspect.Signature(  # type: ignore[attr-defined]
        [inspect.Parameter(name, inspect.Parameter.POSITIONAL_OR_KEYWORD) for name in names]
    )
    return answer


def _earned(exercise: Exercise, framework: str, answer: Any, seed: int = SECRET_SEED) -> float:
    try:
        return outcome(exercise, answer, framework, seed).points
    except _Late:
        return 0.0


def by_chance(exercise: Exercise, framework: str, answer: Any) -> bool:
    """Whether an answer that earned something earns nothing on each of three other draws.

    Some thousand functions give some ten thousand numbers, and one of them may lie where a right answer does
    on one secret seed. What solves an exercise, or a part of it, does so on most draws.
    """
    return not any(
        _earned(exercise, framework, answer, (SECRET_SEED + number) % 2**31) for number in range(1, 4)
    )


def searched(framework: str) -> list[Exercise]:
    """The exercises for which a framework searches in this run: of those in both, each is one's turn."""
    return [exercise for exercise in exercises(framework) if whose(exercise, framework)]


def check_nothing_of_the_package_is_the_answer(exercise: Exercise, framework: str, folder: Path) -> None:
    with contextlib.chdir(folder):
        found = solvers(exercise, framework)
    assert not found, (
        f"{exercise.id} {REPEAT}: the package's own function is its answer. Name it in `solved_by`, where it"
        " is defined:\n" + "\n".join(found)
    )


KNOWN = (
    ("ch02-rank", "tlcourse.transferability.rank_correlation"),
    ("ch09-search", "tlcourse.language.search.search"),
)


def known(framework: str) -> list[tuple[str, str]]:
    """Exercises whose answer the search must find: some of them here, the others in the other framework."""
    return [case for number, case in enumerate(KNOWN) if whose_turn(number) == framework]


def check_the_search_finds(framework: str, exercise: str, name: str, monkeypatch: Any, folder: Path) -> None:
    """With nothing hidden the search finds what is named: it would find what is not."""
    from tlcourse.exercises import get
    from tlcourse.exercises.engine import observe

    module = importlib.import_module(__name__)
    for place in (observe, module):
        monkeypatch.setattr(place, "hidden_in", lambda chapter: ())
    with contextlib.chdir(folder):
        found = solvers(get(exercise), framework, seconds=20)
    assert any(line.startswith(f"{name}: ") for line in found), found


# --- by hand ------------------------------------------------------------------------------------------------


def wrappers(framework: str) -> list[tuple[Exercise, str, str]]:
    found = []
    for exercise in exercises(framework):
        for title, source in WRAPPERS.get(exercise.id, []):
            text = source if isinstance(source, str) else source.get(framework)
            if text is not None:
                found.append((exercise, title, text))
    return found


def wrapped(framework: str) -> list[tuple[Exercise, str, str]]:
    """The wrappers that a framework tries in this run: of those that both have, each is one's turn.

    One in two waits for another commit, unless its exercise was just changed.
    """
    found, both = [], in_both(wrappers)
    for exercise, title, source in wrappers(framework):
        of = FRAMEWORKS if (exercise.id, title) in both else (framework,)
        turns = of if just_changed_exercise(exercise) else rarely(of, "nobody")
        if one_of(turns, number_of(exercise, title)) == framework:
            found.append((exercise, title, source))
    return found


def check_every_name_is_asked_for(framework: str) -> None:
    """Each exercise that names something has answers here that call it, in one framework at least."""
    for exercise in exercises(framework):
        named = functions(exercise.solved_by, framework)
        # LoRA's own is for encoders: no line makes an answer of it.
        if named and exercise.id != "ch09-lora":
            assert exercise.id in WRAPPERS, f"{exercise.id}: write an answer that calls {', '.join(named)}"


def check_wrapper(exercise: Exercise, source: str, framework: str, monkeypatch: Any) -> None:
    """It refuses while the answer runs; with the package whole it earns something."""
    from tlcourse.exercises.engine import observe

    started(framework)
    for whole in (False, True):
        if whole:
            monkeypatch.setattr(observe, "hidden_in", lambda chapter: ())
        answer, failed = load_answer(exercise, source, setup(exercise, framework))
        assert failed is None, failed
        inputs = exercise.draw()
        seen = observe_in_process(exercise, answer, exercise.sent(inputs), framework)
        report = judge_observation(exercise, seen, inputs)
        if whole:
            assert report.points > 0, f"this is no answer, so nothing need be named for it:\n{report}"
        else:
            assert report.state is State.ERROR, report
            assert "Write it yourself" in str(report), report
            assert report.points == 0, report


# --- how they are hidden ------------------------------------------------------------------------------------


def chapters() -> list[str]:
    return sorted({exercise.chapter for exercise in exercises("torch")})


def check_hidden_puts_everything_back(framework: str) -> None:
    """Each function refuses inside and is the old one afterwards, closures and generators included."""
    for chapter in chapters():
        there = functions(hidden_in(chapter), framework)
        assert there, chapter
        before = {name: function.__code__ for name, function in there.items()}
        for raising in (False, True):
            with contextlib.suppress(ZeroDivisionError), hidden(hidden_in(chapter), framework):
                for name, function in there.items():
                    with pytest.raises(OwnWorkError, match=f"`{re.escape(name)}`"):
                        function()
                if raising:
                    raise ZeroDivisionError
            assert {name: function.__code__ for name, function in there.items()} == before
    assert any(code.co_freevars for code in _all_codes(framework)), "no closure was among them"


def _all_codes(framework: str) -> list[types.CodeType]:
    return [
        function.__code__
        for chapter in chapters()
        for function in functions(hidden_in(chapter), framework).values()
    ]


def check_where_they_are_defined(framework: str) -> None:
    """Every name is found in the file that it says, and its functions were written there."""
    for exercise in exercises(framework):
        for name in exercise.solved_by:
            module, own = place_of(name)
            assert name == f"{module}.{own}"
        for name, function in functions(exercise.solved_by, framework).items():
            assert f"{function.__module__}.{function.__qualname__}" == name, exercise.id


# --- in the jail --------------------------------------------------------------------------------------------

# Ways round the function's name, before the answer: the module read anew, and its file run by hand.
ROUND = {
    "reload": "import importlib\nm = importlib.reload(importlib.import_module('{module}'))\n",
    "the file": (
        "import importlib, types\nfile = importlib.import_module('{module}').__file__\n"
        "m = types.ModuleType('{module}')\nm.__file__ = file\nexec(open(file).read(), vars(m))\n"
    ),
}


def check_the_jail(framework: str, chapter: str) -> None:
    """In the sandbox as in a notebook, and there no way round it; the right answers of the chapter pass."""
    from tlcourse.exercises import Job
    from tlcourse.grading.sandbox.sandbox import Sandbox

    cases = [case for case in wrappers(framework) if case[0].chapter == chapter]
    right = [
        (exercise, "the solution", answer_source(exercise, "solution", framework))
        for exercise in exercises(framework)
        if exercise.chapter == chapter
    ]
    for exercise in {case[0] for case in cases}:
        name = next(iter(functions(exercise.solved_by, framework)))
        module, own = place_of(name)
        for title, start in ROUND.items():
            call = f"\n\ndef {exercise.answer}(*args):\n    return m.{own}(*args)\n"
            cases.append((exercise, title, start.format(module=module) + call))
    with Sandbox(framework, chapter) as sandbox:
        for some, full in ((cases, False), (right, True)):
            inputs = [exercise.draw(SECRET_SEED) for exercise, _, _ in some]
            jobs = [
                Job(exercise.id, source, exercise.sent(given), setup(exercise, framework))
                for (exercise, _, source), given in zip(some, inputs, strict=True)
            ]
            seen = [sandbox.observe([job])[0] for job in jobs]
            for (exercise, title, _), given, observed in zip(some, inputs, seen, strict=True):
                report = judge_observation(exercise, observed, given)
                told = f"{exercise.id}, {title} {REPEAT}: {observed}\n{report}"
                if full:
                    assert report.state is State.PASS, told
                else:
                    assert report.state is State.ERROR, told
                    assert "Write it yourself" in str(report), told


def jailed_chapters(framework: str) -> list[str]:
    """One chapter with every commit, and none when it is the other framework's turn: a jail takes seconds."""
    if EVERYTHING:
        return chapters()
    turn, chapter = one_of([(one, chapter) for chapter in chapters() for one in FRAMEWORKS], 0)
    return [chapter] if turn == framework else []

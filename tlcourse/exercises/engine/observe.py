"""Run a learner's answer through a probe, and come back with plain data or with the reason why not.

The same code runs in a notebook's process (`check`) and in the grader's worker
(`tlcourse.exercises.engine.runner`), so a verdict cannot depend on where the answer ran.
"""

from __future__ import annotations

import ast
import contextlib
import copy
import dis
import functools
import inspect
import io
import linecache
import os
import random
import sys
import time
import traceback
import types
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from .cells import Stop, as_main, namespace, run_cell, run_setup
from .model import PUBLIC_SEED, Exercise, Observation
from .own_work import OwnWorkError, hidden, hidden_in
from .plain import NotPlainError, from_json, to_json

__all__ = [
    "MISSING",
    "Loaded",
    "imports_of",
    "load_answer",
    "observe_in_process",
    "random_state_kept",
    "run_answer",
    "stopped",
]

MISSING: Any = object()  # "the name was never defined": None is a possible answer, this is not
_OURS = str(Path(__file__).parents[2])
_SOURCE_NAME = "<answer to {}>"  # the file name of an answer that came as text


class _NotAttempted(BaseException):
    """The answer returned Ellipsis: a stub. BaseException, so that a probe's own handlers let it pass."""


class _LearnerError(BaseException):
    """Carries what the learner's code raised past everything in the probe."""

    def __init__(self, error: BaseException) -> None:
        self.error = error


class _Tail(io.TextIOBase):
    """Takes what is printed, and keeps the first 2,000 characters."""

    def __init__(self) -> None:
        self.text = ""

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        if len(self.text) < 2000:
            self.text = (self.text + str(text))[:2000]
        return len(text)


def observe_in_process(
    exercise: Exercise,
    answer: Any,
    inputs: dict[str, Any],
    framework: str,
    *,
    seed: int = PUBLIC_SEED,
    after_call: Callable[[], object] | None = None,
) -> Observation:
    """Run the probe on an answer in this process.

    Parameters
    ----------
    exercise : Exercise
    answer : object
        What the learner defined; `MISSING` if nothing.
    inputs : dict
        From ``exercise.draw(seed)``. The probe gets a copy: a learner that changes its inputs changes only
        that.
    framework : str
        "torch" or "keras".
    seed : int
        Seeds numpy, random and the framework while the probe runs, so that a check says the same twice.
    after_call : callable, optional
        Called each time that the answer, a function, has returned or raised, before the probe goes on.

    Returns
    -------
    Observation
        Never raises because of the learner's code: SystemExit and KeyboardInterrupt are reported too.
    """
    if not_attempted(answer):
        return Observation("not_attempted")
    printed = _Tail()
    given = copy.deepcopy(inputs)
    calls: list[Any] = []
    start = time.perf_counter()
    result: Any = None
    outcome: Observation | None = None
    with (
        random_state_kept(seed),
        hidden(hidden_in(exercise.chapter), framework),
        contextlib.redirect_stdout(printed),
        contextlib.redirect_stderr(printed),
    ):
        try:
            # Through JSON here as well, so that a judge sees the same types as the grader's judge.
            result = from_json(to_json(exercise.probe(_watched(answer, calls, after_call), given, framework)))
        except _NotAttempted:
            outcome = Observation("not_attempted")
        except _LearnerError as caught:
            outcome = learner_error(answer, caught.error)
        except NotPlainError as error:
            outcome = _unusable(exercise, f"{exercise.answer} gave something a check cannot read: {error}.")
        except BaseException as error:  # the probe could not use what it was given; or a bare answer raised
            outcome = _probe_failed(exercise, answer, error, calls)
    seconds = time.perf_counter() - start
    if outcome is None and not isinstance(result, dict):
        outcome = _unusable(exercise, "The probe of this exercise did not return a dict.")
    outcome = outcome or Observation("ok", result)
    nothing = exercise.returns and calls and all(value is None for value in calls)
    if nothing and outcome.kind in ("ok", "unusable"):
        outcome = _nothing(exercise, bool(printed.text.strip()))
    return replace(outcome, printed=printed.text, seconds=seconds)


def _watched(answer: Any, calls: list[Any], after_call: Callable[[], object] | None = None) -> Any:
    """A function that notes what the answer returned, and tells its exceptions from the probe's."""
    if not callable(answer):
        return answer
    # Classes and objects that can be called too: what they do between two calls is the answer's doing.
    updated = functools.WRAPPER_UPDATES if isinstance(answer, types.FunctionType) else ()
    if after_call is not None:
        answer = _followed(answer, after_call)

    @functools.wraps(answer, updated=updated)
    def watched(*args: Any, **kwargs: Any) -> Any:
        try:
            value = answer(*args, **kwargs)
        except _NotAttempted:
            raise
        except BaseException as error:
            raise _LearnerError(error) from error
        if value is Ellipsis:
            raise _NotAttempted
        calls.append(value)
        return value

    return watched


def _followed(answer: Any, after_call: Callable[[], object]) -> Any:
    def followed(*args: Any, **kwargs: Any) -> Any:
        try:
            return answer(*args, **kwargs)
        finally:
            after_call()

    # No __wrapped__: a probe that unwraps the answer must end here.
    for name in ("__name__", "__qualname__", "__doc__"):
        with contextlib.suppress(AttributeError, TypeError):
            setattr(followed, name, getattr(answer, name))
    with contextlib.suppress(TypeError, ValueError):
        followed.__signature__ = inspect.signature(answer)  # type: ignore[attr-defined]
    return followed


# --- not attempted ------------------------------------------------------------------------------------------


def not_attempted(answer: Any) -> bool:
    """Whether an answer is a blank stub: missing, ``...``, or a function with nothing in its body.

    Examples
    --------
    >>> def stub(x):
    ...     "Return the double of x."
    ...     ...
    >>> not_attempted(stub), not_attempted(...), not_attempted(lambda x: 2 * x)
    (True, True, False)
    """
    if answer is MISSING or answer is Ellipsis:
        return True
    if type(answer) is types.FunctionType:
        return _empty_body(answer)
    return False


def _empty_body(function: types.FunctionType) -> bool:
    # Bytecode, because the source may be out of reach; a docstring, `...` and `pass` leave nothing in it.
    quiet = {"RESUME", "NOP", "LOAD_CONST", "RETURN_CONST", "RETURN_VALUE", "POP_TOP", "CACHE"}
    code = function.__code__
    if any(step.opname not in quiet for step in dis.get_instructions(code)):
        return False
    returned = [
        step.argval for step in dis.get_instructions(code) if step.opname in ("LOAD_CONST", "RETURN_CONST")
    ]
    return all(value is None or value is Ellipsis for value in returned)


# --- errors in words ----------------------------------------------------------------------------------------

_ADVICE = {
    KeyboardInterrupt: "You stopped it, or it stopped itself. If it ran for long, look for an endless loop.",
    SystemExit: "An answer should return its value; it must not end the program.",
    RecursionError: "The function calls itself without ever reaching an end.",
    ModuleNotFoundError: "Check the spelling in the import, and that the first cell of the notebook ran.",
    NameError: "Check the spelling, and that the cell which defines this name has run.",
    IndexError: "An index goes past the end. Print the length or the shape just before this line.",
    KeyError: "The dict has no such key. Print its `keys()` just before this line.",
    AttributeError: "This kind of value has no such attribute. Print its `type(...)` just before this line.",
    ZeroDivisionError: "Something that you divide by is zero. Print it just before this line.",
    TypeError: "A value is of another type than this line needs. Print its `type(...)` just before it.",
    ValueError: "A value or a shape does not fit. Print the shapes of the arrays just before this line.",
    RuntimeError: "Print the shapes and dtypes of what goes into this line.",
    MemoryError: "It asked for more memory than there is. Look for an array much larger than its inputs.",
    AssertionError: "An assertion in your code does not hold for these inputs.",
    NotImplementedError: "Replace the line that raises by your own code.",
}


def _words(error: BaseException) -> str:
    try:
        message = str(error)
    except BaseException:  # an exception class of the learner's own may do anything in __str__
        message = ""
    name = type(error).__name__
    message = " ".join(message.split())
    return name if not message else f"{name}: {message[:300]}{'…' if len(message) > 300 else ''}"


def _frames(error: BaseException, answer: Any) -> list[tuple[int, str]]:
    """The (line, text) of every step of the traceback that is in the learner's own code, outermost first."""
    code = getattr(inspect.unwrap(answer) if callable(answer) else answer, "__code__", None)
    own = getattr(code, "co_filename", None)
    steps = []
    for frame, line in traceback.walk_tb(error.__traceback__):
        file = frame.f_code.co_filename
        in_cell = "ipykernel_" in file or file.startswith(("<ipython-input", "<answer to"))
        if (file == own or in_cell) and not file.startswith(_OURS + os.sep):
            steps.append((line, linecache.getline(file, line).strip()))
    return steps


def learner_error(answer: Any, error: BaseException) -> Observation:
    """An exception that the learner's code raised, told with the line of their code and what to try."""
    name = getattr(answer, "__name__", None)
    who = f"`{name}`" if isinstance(name, str) else "Your code"
    if isinstance(error, OwnWorkError):
        return Observation("error", problem=error.problem, advice=error.fix)
    steps = _frames(error, answer)
    advice = next((text for kind, text in _ADVICE.items() if type(error) is kind), None)
    advice = advice or next((text for kind, text in _ADVICE.items() if isinstance(error, kind)), None)
    if isinstance(error, SyntaxError):
        text = (error.text or "").strip()
        return Observation(
            "error",
            problem=f"Python cannot read your code: {type(error).__name__}: {error.msg}, on line "
            f"{error.lineno}" + (f": `{text}`" if text else "."),
            advice="Look for a missing bracket, quote or colon on that line or the one above.",
        )
    if not steps:
        return Observation(
            "error",
            problem=f"{who} could not be called as the exercise says: {_words(error)}",
            advice="Keep the `def` line as it was given: the same arguments in the same order.",
        )
    line, text = steps[-1]
    where = f" on line {line}" + (f": `{text}`" if text else "")
    return Observation(
        "error",
        problem=f"{who} raised {_words(error)}{where}",
        advice=advice
        or "Call the function yourself in a new cell, with small inputs, and look at what happens.",
    )


def timed_out(seconds: float, seen: Observation | None = None) -> Observation:
    """What to say of code that was stopped because it did not end; ``seen`` is what was noted until then."""
    return Observation(
        "timeout",
        problem=f"Your code was still running after {seconds:.0f} s and was stopped.",
        advice="Look for a loop that never ends.",
        printed=seen.printed if seen is not None else "",
        seconds=seen.seconds if seen is not None else seconds,
    )


def _nothing(exercise: Exercise, printed: bool) -> Observation:
    """An answer that gave None every time, where a value is asked for."""
    name = exercise.answer
    if printed:
        problem = (
            f"`{name}` printed something and returned nothing (None). What is printed is for the eye: code"
            " that calls a function gets only what it returns."
        )
        advice = "Put `return` before the result, in place of `print`."
    else:
        problem = f"`{name}` returned nothing (None), as a function does that ends without a `return`."
        advice = "End it with `return` and the value that the exercise asks for."
    return Observation("nothing", problem=problem, advice=advice)


def _returned(calls: list[Any]) -> str:
    if not calls:
        return ""
    value = calls[-1]
    if value is None:
        return " It returned None: is there a `return` at the end?"
    return f" It returned a value of type `{type(value).__name__}`."


def _unusable(exercise: Exercise, problem: str) -> Observation:
    advice = "Return plain numbers, text, lists, dicts or arrays, as the exercise says."
    return Observation("unusable", problem=problem, advice=advice)


def _probe_failed(exercise: Exercise, answer: Any, error: BaseException, calls: list[Any]) -> Observation:
    # What the answer gave leads to the course's own function; or an answer that is no plain function (a
    # class, a model) raised in its own code.
    if isinstance(error, OwnWorkError) or _frames(error, answer):
        return learner_error(answer, error)
    return Observation(
        "unusable",
        problem=f"The check could not use `{exercise.answer}`: {_words(error)}.{_returned(calls)}",
        advice="Compare what you return with what the exercise asks for: its type, its shape, its order.",
    )


# --- answers that come as source text -----------------------------------------------------------------------


def imports_of(sources: Iterable[str]) -> str:
    """The import statements of some cells, without anything else of them.

    An answer may lean on names that earlier cells import. Running only these lines gives it the names without
    the cost of the cells' experiments.

    Examples
    --------
    >>> print(imports_of(["import numpy as np\\nx = np.zeros(3)", "def f():\\n    import os", "%time f()"]))
    import numpy as np
    """
    found: dict[str, None] = {}
    for source in sources:
        try:
            body = ast.parse(source).body
        except SyntaxError:  # a cell with a magic, or broken: none of its lines can be trusted
            continue
        lines = (ast.unparse(node) for node in body if isinstance(node, ast.Import | ast.ImportFrom))
        found.update(dict.fromkeys(lines))
    return "\n".join(found)


@dataclass(frozen=True)
class Loaded:
    """An answer out of its cell.

    Attributes
    ----------
    answer : object
        `MISSING` where the cell does not define it.
    failed : Observation or None
        Why there is no answer; None where there is one, or where nothing was attempted.
    note : str
        What went wrong in the cell without costing the answer.
    """

    answer: Any
    failed: Observation | None = None
    note: str = ""


def load_answer(exercise: Exercise, source: str, setup: str = "") -> tuple[Any, Observation | None]:
    """`run_answer` without its note: the answer or `MISSING`, and None or why the cell did not define it."""
    loaded = run_answer(exercise, source, setup)
    return loaded.answer, loaded.failed


def run_answer(exercise: Exercise, source: str, setup: str = "", *, main: bool = False) -> Loaded:
    """Run an answer's cell as Jupyter would, in a fresh namespace, and pick the answer out of it.

    Parameters
    ----------
    exercise : Exercise
    source : str
        The answer cell. ``setup`` (statements of other cells that it may lean on) runs before it, in the same
        namespace; what stops in there costs nothing by itself.
    main : bool
        Let the namespace be that of ``__main__``, for a process that only observes.

    Returns
    -------
    Loaded
        A definition stands where something below it stopped, as in a notebook.
    """
    names = as_main(namespace()) if main else namespace()
    printed = _Tail()
    with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed):
        above = run_setup(setup, names)
        before = names.get(exercise.answer, MISSING)
        ran = run_cell(source, names, _SOURCE_NAME.format(exercise.id), exercise.answer, above.flags)
    answer = names.get(exercise.answer, MISSING)
    stop = ran.stop or (ran.passed[0] if ran.passed else None)
    if answer is MISSING or (stop is not None and answer is before):
        return Loaded(MISSING, None if stop is None else stopped(exercise.answer, stop, printed.text))
    notes = [
        f"A line above that your answer leans on ran too long, and was stopped: `{late.text[:200]}`."
        for late in above.passed
    ]
    if stop is not None:
        where = f"line {stop.line}" + (f" (`{stop.text[:200]}`)" if stop.text else "")
        what = "What stands above it counts." if ran.stop else "The cell went on without it."
        notes.append(f"Your cell stopped on {where}: {_words(stop.error)}. {what}")
    return Loaded(answer, note=" ".join(notes))


def stopped(name: str, stop: Stop, printed: str = "") -> Observation:
    """What to say of a cell that stopped before it defined the answer."""
    if isinstance(stop.error, SyntaxError):
        return replace(learner_error(None, stop.error), printed=printed)
    where = f"line {stop.line}" + (f": `{stop.text[:200]}`" if stop.text else "")
    return Observation(
        "error",
        problem=f"Your cell stopped before `{name}` was defined. It raised {_words(stop.error)} on {where}",
        advice="Python runs a cell from the top and stops at the first error. Mend or remove that line.",
        printed=printed,
    )


# --- random state -------------------------------------------------------------------------------------------


@contextlib.contextmanager
def random_state_kept(seed: int) -> Iterator[None]:
    """Seed every generator for the length of a check, then put their states back.

    A check must say the same whenever it is run, and must not change what the cells after it draw. Only
    frameworks that are already loaded are touched.
    """
    restore: list[Callable[[], Any]] = []
    state = random.getstate()
    legacy = np.random.get_state()
    restore.append(lambda: random.setstate(state))
    restore.append(lambda: np.random.set_state(legacy))
    random.seed(seed)
    np.random.seed(seed % 2**32)
    if "torch" in sys.modules:
        restore += _keep_torch(sys.modules["torch"], seed)
    if "tensorflow" in sys.modules and "keras" in sys.modules:
        restore += _keep_keras(seed)
    try:
        yield
    finally:
        for put_back in restore:
            with contextlib.suppress(Exception):
                put_back()


def _keep_torch(torch: Any, seed: int) -> list[Callable[[], Any]]:
    if not hasattr(torch, "get_rng_state"):  # half imported
        return []
    state = torch.get_rng_state()
    restore: list[Callable[[], Any]] = [lambda: torch.set_rng_state(state)]
    if torch.cuda.is_available() and torch.cuda.is_initialized():
        states = torch.cuda.get_rng_state_all()
        restore.append(lambda: torch.cuda.set_rng_state_all(states))
    torch.manual_seed(seed)
    return restore


def _keep_keras(seed: int) -> list[Callable[[], Any]]:
    restore: list[Callable[[], Any]] = []
    # TensorFlow and Keras have no public way to read their global generators; where a version hides them
    # elsewhere, the check still runs and only the cells after it see other numbers.
    with contextlib.suppress(Exception):
        from tensorflow.python.eager import context

        eager = context.context()
        old_seed, old_rng = eager._seed, copy.deepcopy(getattr(eager, "_rng", None))

        def put_back() -> None:
            eager._seed = old_seed
            if old_rng is not None:
                eager._rng = old_rng

        restore.append(put_back)
    with contextlib.suppress(Exception):
        from keras.src.backend.common import global_state
        from keras.src.random.seed_generator import GLOBAL_SEED_GENERATOR

        generator = global_state.get_global_attribute(GLOBAL_SEED_GENERATOR)
        value = None if generator is None else np.asarray(generator.state.value).copy()
        old_keras_seed = global_state.get_global_attribute("global_random_seed")

        def put_keras_back() -> None:
            global_state.set_global_attribute(GLOBAL_SEED_GENERATOR, generator)
            if old_keras_seed is not None:
                global_state.set_global_attribute("global_random_seed", old_keras_seed)
            if generator is not None:
                generator.state.assign(value)

        restore.append(put_keras_back)
    with contextlib.suppress(Exception):
        import keras

        keras.utils.set_random_seed(seed % 2**32)
    return restore

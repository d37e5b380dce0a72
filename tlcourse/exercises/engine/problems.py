"""What went wrong with an answer, in words: an `Observation` with a problem and what to try."""

from __future__ import annotations

import inspect
import linecache
import os
import traceback
from dataclasses import replace
from pathlib import Path
from typing import Any

from tlcourse.exercises.engine.cells import Stop
from tlcourse.exercises.engine.model import Exercise, Observation
from tlcourse.exercises.engine.own_work import OwnWorkError

__all__ = [
    "SOURCE_NAME",
    "in_words",
    "learner_error",
    "nothing_returned",
    "probe_failed",
    "stopped",
    "timed_out",
    "unusable",
]

_OURS = str(Path(__file__).parents[2])
SOURCE_NAME = "<answer to {}>"  # the file name of an answer that came as text
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


def learner_error(answer: Any, error: BaseException) -> Observation:
    """What the learner's code raised, with the line of their code and what to try."""
    if isinstance(error, OwnWorkError):
        return Observation("error", problem=error.problem, advice=error.fix)
    if isinstance(error, SyntaxError):
        return _unreadable(error)
    name = getattr(answer, "__name__", None)
    who = f"`{name}`" if isinstance(name, str) else "Your code"
    steps = _frames(error, answer)
    if not steps:
        return Observation(
            "error",
            problem=f"{who} could not be called as the exercise says: {in_words(error)}",
            advice="Keep the `def` line as it was given: the same arguments in the same order.",
        )
    line, text = steps[-1]
    where = f" on line {line}" + (f": `{text}`" if text else "")
    return Observation("error", problem=f"{who} raised {in_words(error)}{where}", advice=_advice(error))


def _unreadable(error: SyntaxError) -> Observation:
    text = (error.text or "").strip()
    return Observation(
        "error",
        problem=f"Python cannot read your code: {type(error).__name__}: {error.msg}, on line "
        f"{error.lineno}" + (f": `{text}`" if text else "."),
        advice="Look for a missing bracket, quote or colon on that line or the one above.",
    )


def _advice(error: BaseException) -> str:
    exact = (text for kind, text in _ADVICE.items() if type(error) is kind)
    related = (text for kind, text in _ADVICE.items() if isinstance(error, kind))
    return next(exact, None) or next(
        related, "Call the function yourself in a new cell, with small inputs, and look at what happens."
    )


def stopped(name: str, stop: Stop, printed: str = "") -> Observation:
    """What to say of a cell that stopped before it defined the answer."""
    if isinstance(stop.error, SyntaxError):
        return replace(learner_error(None, stop.error), printed=printed)
    where = f"line {stop.line}" + (f": `{stop.text[:200]}`" if stop.text else "")
    return Observation(
        "error",
        problem=f"Your cell stopped before `{name}` was defined. It raised {in_words(stop.error)} on {where}",
        advice="Python runs a cell from the top and stops at the first error. Mend or remove that line.",
        printed=printed,
    )


def timed_out(seconds: float, seen: Observation | None = None, *, trains: bool = False) -> Observation:
    """Code that was stopped because it did not end; ``seen`` is what was observed until then.

    Of an answer that ``trains`` the seconds are the processor's.
    """
    kind, advice = "", "Look for a loop that never ends."
    if trains:
        kind = " of processor time"
        advice = "Train for fewer steps, or compute the features once and not in every step."
    return Observation(
        "timeout",
        problem=f"Your code was still running after {seconds:.0f} s{kind} and was stopped.",
        advice=advice,
        printed=seen.printed if seen is not None else "",
        seconds=seen.seconds if seen is not None else seconds,
    )


def nothing_returned(exercise: Exercise, printed: bool) -> Observation:
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


def unusable(exercise: Exercise, problem: str) -> Observation:
    advice = "Return plain numbers, text, lists, dicts or arrays, as the exercise says."
    return Observation("unusable", problem=problem, advice=advice)


def probe_failed(exercise: Exercise, answer: Any, error: BaseException, calls: list[Any]) -> Observation:
    # What the answer gave calls the course's own function; or an answer that is not a plain function (a
    # class, a model) raised in its own code.
    if isinstance(error, OwnWorkError) or _frames(error, answer):
        return learner_error(answer, error)
    return Observation(
        "unusable",
        problem=f"The check could not use `{exercise.answer}`: {in_words(error)}.{_returned(calls)}",
        advice="Compare what you return with what the exercise asks for: its type, its shape, its order.",
    )


def in_words(error: BaseException) -> str:
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


def _returned(calls: list[Any]) -> str:
    if not calls:
        return ""
    value = calls[-1]
    if value is None:
        return " It returned None: is there a `return` at the end?"
    return f" It returned a value of type `{type(value).__name__}`."

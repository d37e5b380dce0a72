"""An answer in a Python file, checked without a notebook: ``tlcourse check``."""

from __future__ import annotations

import codecs
import io
import sys
import tokenize
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tlcourse.errors import CourseError

__all__ = ["check_file", "python_source"]


def check_file(exercise: str, file: Path, framework: str, echo: Callable[[str], object] = print) -> bool:
    """Run a file as a notebook's cell would be, and check the answer that it defines.

    Parameters
    ----------
    exercise : str
        The exercise's id.
    file : Path
        The Python file.
    framework : str
        ``"torch"`` or ``"keras"``.
    echo : callable, optional
        Gets the report, and a note if the file stopped after it had defined the answer.

    Returns
    -------
    bool
        Whether the answer got all points.

    Raises
    ------
    CourseError
        If there is no such exercise, or the file cannot be read, or stops before it defines the answer, or
        does not define it.
    """
    import tlcourse
    from tlcourse.exercises import check, get
    from tlcourse.exercises.engine.cells import namespace, run_cell

    asked = get(exercise)
    source = python_source(file)
    tlcourse.start(asked.chapter, framework=framework)
    streams = sys.stdout, sys.stderr
    # As in a notebook's cell: what was defined before the file stopped is there.
    names = namespace() | {"__name__": "answer", "__file__": str(file)}
    try:
        ran = run_cell(source, names, str(file))
    finally:
        sys.stdout, sys.stderr = streams  # a file may redirect them, and the verdict is still to be shown
    stop = ran.stop or next(iter(ran.passed), None)
    if stop is not None and isinstance(stop.error, KeyboardInterrupt):
        raise stop.error
    if stop is not None and asked.answer not in names:
        raise CourseError(f"{file} {_where(stop)}.", "Make the file run on its own first.")
    if asked.answer not in names:
        raise CourseError(
            f"{file} does not define {asked.answer}, which {exercise} asks for.",
            f"Define it at the top level of the file, under the name {asked.answer}.",
        )
    report = check(exercise, names[asked.answer])
    sys.stdout, sys.stderr = streams
    echo(str(report))
    if stop is not None:
        echo(f"Note: {file} {_where(stop)}. What it had defined by then was checked.")
    return report.points >= asked.points


def _where(stop: Any) -> str:
    """Where a file stopped, and why, on one line."""
    if isinstance(stop.error, SyntaxError):
        return f"is not Python that can be read: line {stop.line}, {stop.error.msg}"
    message = " ".join(" ".join(map(str, stop.error.args)).split())[:300].rstrip(".")
    message = "" if message == "None" else message  # sys.exit() without a status
    return f"stops in line {stop.line} with {type(stop.error).__name__}{f': {message}' if message else ''}"


LARGEST = 2_000_000
UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def python_source(file: Path) -> str:
    """The text of a Python file, decoded as Python itself would (PEP 263), or as UTF-16 by its mark.

    Raises
    ------
    CourseError
        If there is no such file, or it is not a text that Python could run.
    """
    give = "Give the path of a Python file with your answer in it."
    if file.is_dir():
        raise CourseError(f"{file} is a folder.", give)
    if not file.is_file():
        raise CourseError(f"There is no file {file}.", give)
    try:
        large = file.stat().st_size > LARGEST
        data = b"" if large else file.read_bytes()
    except OSError as error:
        raise CourseError(
            f"{file} cannot be read: {error.strerror or error}.", "Check its permissions."
        ) from None
    if large:
        raise CourseError(f"{file} is larger than {LARGEST / 1e6:.0f} MB, so it is not an answer.", give)
    if file.suffix.lower() == ".ipynb" or data.lstrip().startswith(b'{"cells"'):
        raise CourseError(
            f"{file} is a notebook, and this command reads Python files.",
            "Open it and run the cell below your answer, or copy your answer into a .py file.",
        )
    again = "Save the file again as UTF-8: every editor can, often under Save As or Encoding."
    try:
        if data.startswith(UTF16) and not data.startswith(codecs.BOM_UTF32_LE):
            text = data.decode("utf-16")
        else:
            encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
            text = data.decode(encoding)
    except (SyntaxError, LookupError) as error:
        raise CourseError(f"Python cannot tell the encoding of {file}: {error}.", again) from None
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise CourseError(
            f"{file} is not {error.encoding.upper()} text: line {line} holds the byte "
            f"0x{data[error.start]:02x}, so Python cannot read it.",
            again,
        ) from None
    if "\0" in text:
        raise CourseError(f"{file} holds null bytes, so it is not a text that Python can read.", again)
    if not text.strip():
        raise CourseError(f"{file} is empty.", "Write your answer into it, save it, and check again.")
    return text.replace("\r\n", "\n").replace("\r", "\n")

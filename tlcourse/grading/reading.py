"""Open what a student handed in: any file gets either a notebook or one clear reason why not."""

from __future__ import annotations

import errno
import json
import os
import re
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tlcourse.exercises.engine.registry import chapter_number
from tlcourse.grading.model import NotGradedError
from tlcourse.grading.record import grade_id_of
from tlcourse.notebook_format import nbformat

__all__ = [
    "LARGEST",
    "NOTEBOOKS",
    "Notebook",
    "OtherNotebookError",
    "Wanted",
    "chapters_named",
    "read_bytes",
    "read_notebook",
]

LARGEST = 30_000_000
"""Bytes. A chapter's notebook with all its pictures has one or two million."""
MOST_CELLS, MOST_SOURCE = 2_000, 1_000_000
"""Cells, and characters in all of them. A chapter has 60 cells with 40,000 characters."""


@dataclass(frozen=True)
class Wanted:
    """The kind of file that students hand in.

    Attributes
    ----------
    ending : str
        Of its name, in small letters, with the dot.
    what : str
        What a message calls it: "the notebook".
    largest : int
        Bytes; a larger file is not read.
    smaller : str
        What to do about a larger file.
    """

    ending: str
    what: str
    largest: int
    smaller: str

    def too_large(self, size: int) -> NotGradedError | None:
        """Why a file of so many bytes is not read; None if it is."""
        if size <= self.largest:
            return None
        return NotGradedError(
            f"the file has {size / 1e6:.0f} MB, and {self.largest / 1e6:.0f} MB are allowed", self.smaller
        )


NOTEBOOKS = Wanted(
    ".ipynb",
    "the notebook",
    LARGEST,
    "Ask for the notebook without its outputs (Edit, Clear Outputs of All Cells).",
)
_PYTHON = ("python", "python3", "ipython", "")


class OtherNotebookError(NotGradedError):
    """A notebook, but not the one to grade: of another chapter or framework, or the course's own solution."""


@dataclass(frozen=True)
class Notebook:
    """A student's notebook, taken apart; nothing in it is trusted.

    Attributes
    ----------
    cells : tuple of dict
        ``cell_type``, ``source`` (str), ``metadata`` (dict) and ``id`` (str or None).
    framework : {"torch", "keras"}
    notes : tuple of str
        What the instructor may want to know about the file.
    solved : bool
        Its metadata says that it is one of the course's notebooks of solutions.
    """

    cells: tuple[dict[str, Any], ...]
    framework: str
    notes: tuple[str, ...] = ()
    solved: bool = False


def read_bytes(path: Path, wanted: Wanted = NOTEBOOKS) -> bytes:
    """A regular file's bytes: no link is followed, no device is opened, no giant is read.

    Raises
    ------
    NotGradedError
        If it is a link, a device or a giant, or if it is empty or cannot be read.
    """
    try:
        # O_NONBLOCK: opening a pipe must not wait for somebody to write into it.
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        if error.errno == errno.ELOOP or path.is_symlink():
            raise NotGradedError(
                "the file is a symbolic link", f"Ask for {wanted.what} itself: links are never followed."
            ) from None
        if error.errno in (errno.EACCES, errno.EPERM):
            raise NotGradedError("the file may not be read", "Give yourself permission to read it.") from None
        raise NotGradedError(f"the file cannot be opened ({error.strerror})", "Is it still there?") from None
    with os.fdopen(descriptor, "rb") as file:
        about = os.fstat(file.fileno())
        if not stat.S_ISREG(about.st_mode):
            raise NotGradedError("it is not a file", f"Ask for {wanted.what} as a file.")
        if problem := wanted.too_large(about.st_size):
            raise problem
        try:
            content = file.read(wanted.largest + 1)
        except OSError as error:
            raise NotGradedError(f"the file cannot be read ({error.strerror})") from None
    if not content.strip():
        raise NotGradedError("the file is empty", "Ask the student to hand it in again.")
    return content


def _text(content: bytes) -> tuple[str, tuple[str, ...]]:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\x00" in content[:4]:
        raise NotGradedError(
            "the file is in UTF-16 or UTF-32, and notebooks are in UTF-8",
            "Ask the student to save it again in JupyterLab, not in an editor.",
        )
    notes = ("the file began with a byte-order mark",) if content.startswith(b"\xef\xbb\xbf") else ()
    try:
        return content.decode("utf-8-sig"), notes
    except UnicodeDecodeError:
        raise NotGradedError(
            "the file is not text in UTF-8", "Is it a notebook? Ask the student to hand it in again."
        ) from None


def _parsed(text: str) -> dict[str, Any]:
    try:
        notebook = json.loads(text)
    except RecursionError:
        raise NotGradedError("the file is nested too deeply to be a notebook") from None
    except ValueError as error:
        where = f" (line {error.lineno})" if isinstance(error, json.JSONDecodeError) else ""
        raise NotGradedError(
            f"the file is not JSON{where}, so it is not a notebook",
            "It may have been cut off or edited by hand. Ask the student to hand it in again.",
        ) from None
    if not isinstance(notebook, dict) or not ("cells" in notebook or "worksheets" in notebook):
        raise NotGradedError(
            "the file is JSON, but not a notebook", "Did the student hand in the wrong file?"
        )
    return notebook


def _version_4(notebook: dict[str, Any]) -> tuple[dict[str, Any], tuple[str, ...]]:
    major = notebook.get("nbformat", 4)
    if isinstance(major, bool) or not isinstance(major, int):
        major = 4 if "cells" in notebook else 3
    if major > 4:
        raise NotGradedError(
            f"the notebook has format {major}, and 4 is the newest that can be read",
            "Update nbformat, or ask for the notebook saved by JupyterLab 4.",
        )
    if major == 4 and isinstance(notebook.get("cells"), list):
        return notebook, ()
    try:
        return dict(nbformat.convert(nbformat.from_dict(notebook), 4)), (
            f"the notebook had the old format {major} and was converted",
        )
    except Exception:
        raise NotGradedError(
            f"the notebook has the old format {major} and cannot be converted",
            "Ask the student to open and save it in JupyterLab.",
        ) from None


def _check_size(raw: list[Any]) -> None:
    """Refuse what would take minutes to read; the bounds are many times what anybody writes."""
    if len(raw) > MOST_CELLS:
        raise NotGradedError(
            f"the notebook has {len(raw):,} cells, and {MOST_CELLS:,} are allowed",
            "Ask the student for the notebook without those that do not belong to the exercises.",
        )
    sources = [cell.get("source") for cell in raw if isinstance(cell, dict)]
    size = sum(
        len(source)
        if isinstance(source, str)
        else sum(len(part) for part in source if isinstance(part, str))
        if isinstance(source, list)
        else 0
        for source in sources
    )
    if size > MOST_SOURCE:
        raise NotGradedError(
            f"the notebook's cells hold {size:,} characters, and {MOST_SOURCE:,} are allowed",
            "Ask the student for the notebook without data or outputs pasted into its cells.",
        )


def _cell(raw: Any) -> dict[str, Any] | None:
    if not isinstance(raw, dict):
        return None
    source = raw.get("source", "")
    if isinstance(source, list):
        source = "".join(part for part in source if isinstance(part, str))
    metadata = raw.get("metadata")
    own_id = raw.get("id")
    return {
        "cell_type": raw.get("cell_type") if raw.get("cell_type") in ("code", "markdown", "raw") else "raw",
        # A lone surrogate cannot be written anywhere again.
        "source": source.encode("utf-8", "replace").decode() if isinstance(source, str) else "",
        "metadata": metadata if isinstance(metadata, dict) else {},
        "id": own_id if isinstance(own_id, str) else None,
    }


def _metadata(notebook: dict[str, Any], key: str) -> dict[str, Any]:
    metadata = notebook.get("metadata")
    part = metadata.get(key) if isinstance(metadata, dict) else None
    return part if isinstance(part, dict) else {}


def _check_language(notebook: dict[str, Any]) -> None:
    spec, language = _metadata(notebook, "kernelspec"), _metadata(notebook, "language_info")
    names = [language.get("name"), spec.get("language")]
    named = next((name for name in names if isinstance(name, str) and name), "")
    if named.lower() not in _PYTHON:
        raise NotGradedError(
            f"the notebook's kernel is for {named[:40]}, not for Python",
            "Ask the student to choose the Python kernel and hand it in again.",
        )


def _chapters(notebook: dict[str, Any], cells: tuple[dict[str, Any], ...], shown: str) -> list[str]:
    """The chapters that a notebook may be of, the surest sign first."""
    ids = [grade_id_of(cell) or "" for cell in cells] + [cell["id"] or "" for cell in cells]
    by_id = [match[1] for name in ids if (match := re.match(r"ch(\d\d)-", name))]
    by_check = re.findall(r"""check\(\s*["']ch(\d\d)-""", "\n".join(cell["source"] for cell in cells))
    stated = _metadata(notebook, "tlcourse").get("chapter")
    by_name = chapters_named(shown.rpartition("/")[2])
    by_metadata = [stated[:2]] if isinstance(stated, str) and stated[:2].isdigit() else []
    return [*by_id, *by_check, *by_metadata, *by_name]


def chapters_named(file: str) -> list[str]:
    """The chapters that a file's name speaks of, two digits each: ``02-choose-a-pretrained-model.ipynb``."""
    return re.findall(r"(?<!\d)(\d\d)-[a-z]", file)


def _framework(notebook: dict[str, Any], cells: tuple[dict[str, Any], ...], shown: str) -> str | None:
    stated = _metadata(notebook, "tlcourse").get("framework")
    if stated in ("torch", "keras"):
        return str(stated)
    code = "\n".join(cell["source"] for cell in cells if cell["cell_type"] == "code")
    match = re.search(r"""framework\s*=\s*["'](torch|keras)["']""", code)
    if match:
        return match[1]
    imported = set(re.findall(r"^\s*(?:import|from)\s+(torch|keras|tensorflow)\b", code, re.MULTILINE))
    sides = {"keras" if name == "tensorflow" else name for name in imported}
    sides = sides or {part for part in re.split(r"\W+", shown.lower()) if part in ("torch", "keras")}
    return sides.pop() if len(sides) == 1 else None


def read_notebook(content: bytes, chapter: str, framework: str = "auto", shown: str = "") -> Notebook:
    """Take a submission apart.

    Parameters
    ----------
    content : bytes
        From `read_bytes`.
    chapter : str
        The chapter that is graded.
    framework : {"torch", "keras", "auto"}
        "auto": what the notebook says, imports, or lies in.
    shown : str
        The file's name, for a notebook that says nothing else of its chapter.

    Raises
    ------
    NotGradedError
        If it is not a notebook, or none of Python; the reason says what it is.
    OtherNotebookError
        If it is of another chapter or framework.
    """
    text, notes = _text(content)
    raw_notebook, converted = _version_4(_parsed(text))
    _check_size(raw_notebook["cells"])
    cells = tuple(cell for raw in raw_notebook["cells"] if (cell := _cell(raw)) is not None)
    _check_language(raw_notebook)
    if not any(cell["source"].strip() for cell in cells):
        raise NotGradedError("the notebook has no cells with anything in them", "Did the student save it?")
    wanted = chapter_number(chapter)
    chapters = _chapters(raw_notebook, cells, shown)
    if chapters and wanted not in chapters:
        raise OtherNotebookError(
            f"the notebook is of chapter {chapters[0]}, not of chapter {wanted}",
            "Ask the student for the right one.",
        )
    side = _framework(raw_notebook, cells, shown) or (framework if framework != "auto" else None)
    if side is None:
        raise NotGradedError(
            "it is not clear whether the notebook is for PyTorch or for Keras",
            "Grade it again with --framework torch or --framework keras.",
        )
    if framework not in ("auto", side):
        raise OtherNotebookError(
            f"the notebook is for {side}, and --framework {framework} was asked for",
            "Grade with --framework auto, or ask the student for the other notebook.",
        )
    solved = _metadata(raw_notebook, "tlcourse").get("flavour") == "solution"
    return Notebook(cells, side, (*notes, *converted), solved)

"""The process in which notebooks are taken apart: ``python -m tlcourse.grading.reader_child``, for `Reader`.

It has limits on time and memory, and can write no file. A request is a line of JSON, and so is the reply.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tlcourse.grading.course_solutions import without_solutions
from tlcourse.grading.guard import rebuild
from tlcourse.grading.model import NotGradedError
from tlcourse.grading.reading import Notebook, OtherNotebookError, read_notebook
from tlcourse.grading.record import grade_id_of, load_record

__all__ = ["MOST_NOTES", "OUT_OF_MEMORY", "main"]

OUT_OF_MEMORY = 77
"""The status with which the process ends when its memory is used up."""
MOST_NOTES = 40
_MEMORY = 1024 * 2**20
"""Bytes of address space on top of what the process has when it is ready."""


def _read(content: bytes, shown: str, about: Mapping[str, Any]) -> dict[str, Any]:
    """A notebook as plain data: its answers, or the reason why there are none.

    A notebook for the other framework gives both: whether anything was written in it matters all the same.
    """
    root, chapter, framework = Path(about["root"]), about["chapter"], about["framework"]
    refusal: dict[str, Any] = {}
    try:
        try:
            notebook = read_notebook(content, chapter, framework, shown)
        except OtherNotebookError as other:
            refusal = _refusal(other)
            notebook = read_notebook(content, chapter, "auto", shown)
        return refusal | _taken_apart(notebook, root, chapter)
    except NotGradedError as problem:
        return refusal or _refusal(problem)


def _refusal(problem: NotGradedError) -> dict[str, Any]:
    other = isinstance(problem, OtherNotebookError)
    return {"reason": problem.reason, "advice": problem.advice, "other": other}


def _taken_apart(notebook: Notebook, root: Path, chapter: str) -> dict[str, Any]:
    record = load_record(root, chapter, notebook.framework)
    notebook, solutions = without_solutions(notebook, record, root)
    rebuilt = rebuild(notebook, record)
    notes = [f"the answer to {name} is the course's own solution, and was left out" for name in solutions]
    stubs = {exercise.id: record.stub(exercise.id) for exercise in record.exercises}
    return {
        "framework": rebuilt.framework,
        "answers": {answer.exercise_id: answer.to_plain() for answer in rebuilt.answers},
        "cells": {
            name: cell.source
            for cell in rebuilt.notebook.cells
            if (name := grade_id_of(cell)) in stubs and cell.source != stubs[name]
        },
        "notes": [*notes, *rebuilt.notes][:MOST_NOTES],
    }


def _limit(kind: int, wanted: int) -> None:
    import resource

    hard = resource.getrlimit(kind)[1]
    resource.setrlimit(kind, (wanted if hard == resource.RLIM_INFINITY else min(wanted, hard), hard))


def _used_address_space() -> int:
    try:
        with open("/proc/self/statm") as file:
            return int(file.read().split()[0]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        return 4096 * 2**20


def _set_limits() -> None:
    import resource

    _limit(resource.RLIMIT_AS, _used_address_space() + _MEMORY)
    _limit(resource.RLIMIT_FSIZE, 0)
    _limit(resource.RLIMIT_CORE, 0)
    _limit(resource.RLIMIT_NOFILE, 64)


def _allow_seconds(seconds: int) -> None:
    """Give the process so much processor time from now on."""
    import resource

    spent = resource.getrusage(resource.RUSAGE_SELF)
    _limit(resource.RLIMIT_CPU, int(spent.ru_utime + spent.ru_stime) + 1 + seconds)


def main() -> None:
    """Answer requests until there are no more."""
    about = json.loads(sys.argv[1])
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a warning prints is no reply
    _set_limits()
    out.write(b'"ready"\n')
    out.flush()
    for line in sys.stdin.buffer:
        request = json.loads(line)
        _allow_seconds(about["seconds"])
        try:
            content = os.pread(about["shared"], request["size"], 0)
            reply = _read(content, request["shown"], about)
        except MemoryError:
            os._exit(OUT_OF_MEMORY)  # who knows what is left half done
        except Exception as error:
            reply = {
                "reason": f"the notebook cannot be taken apart ({type(error).__name__})",
                "advice": "Look at it by hand.",
            }
        out.write(json.dumps(reply).encode("utf-8") + b"\n")
        out.flush()


if __name__ == "__main__":
    main()

"""Runs a solution notebook in a fresh kernel, and cleans what it gave so that it can be committed."""

from __future__ import annotations

import json
import logging
import os
import re
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat

from tlcourse.authoring.compile import LANGUAGE
from tlcourse.authoring.kernel import READ_FROM, READ_TO
from tlcourse.authoring.serialize import dumps
from tlcourse.authoring.source import Chapter, python_of
from tlcourse.claims import collect
from tlcourse.errors import CourseError

__all__ = ["Execution", "ExecutionError", "execute"]

CELL_TIMEOUT = 600
WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"
ADDRESS = re.compile(r"\b0x[0-9a-fA-F]{6,16}\b")
KERNEL_FILE = re.compile(r"(?:[\w./\\:~-]*[/\\])?ipykernel_\d+[/\\]\d+\.py")
COLOUR = re.compile(r"\x1b\[[0-9;]*m")


class ExecutionError(CourseError):
    """A solution notebook did not run, or gave something that cannot be committed."""


@dataclass(frozen=True)
class Execution:
    """What running a notebook gave.

    Attributes
    ----------
    notebook : nbformat.NotebookNode
        With cleaned outputs.
    claims : dict
        Recorded claims by name.
    seconds : float
        Wall time of all cells, without the start of the kernel.
    cell_seconds : dict of str to float
        The same by cell id.
    reads : list of str
        What of the package it read, relative to its folder: files, and folders listed (``/`` at the end).
    """

    notebook: nbformat.NotebookNode
    claims: dict[str, dict[str, Any]]
    seconds: float
    cell_seconds: dict[str, float]
    reads: list[str]


# ----------------------------------------------------------------------------------------------- kernel


def on_gpu() -> bool:
    """Whether the author asked for another device than the CPU, by TLCOURSE_DEVICE."""
    return os.environ.get("TLCOURSE_DEVICE", "cpu").lower() not in ("", "cpu")


def _manager() -> Any:
    """A kernel of this very Python, whatever kernels are (or are not) installed on the machine."""
    from jupyter_client.kernelspec import KernelSpec
    from jupyter_client.manager import AsyncKernelManager

    class ThisPython(AsyncKernelManager):
        @property
        def kernel_spec(self) -> KernelSpec:
            return KernelSpec(
                argv=[sys.executable, "-m", "tlcourse.authoring.kernel", "-f", "{connection_file}"],
                display_name="Python 3",
                language="python",
            )

    return ThisPython()


def execute(
    notebook: nbformat.NotebookNode,
    chapter: Chapter,
    framework: str,
    *,
    package: Path,
    timeout: int = CELL_TIMEOUT,
    forbidden: Mapping[str, str] | None = None,
    failed_to: Path | None = None,
) -> Execution:
    """Run a compiled solution from top to bottom.

    Parameters
    ----------
    notebook : nbformat.NotebookNode
        Left as it is; the result has a copy.
    chapter : Chapter
        To say on which line of the source a cell that failed stands.
    package : Path
        Folder of the package that the notebook should run on.
    timeout : int
        Seconds that one cell may take.
    forbidden : mapping, optional
        Texts that no output may hold, with what they are (paths of this machine).
    failed_to : Path, optional
        Where to leave the notebook, as far as it came, if it fails.

    Raises
    ------
    ExecutionError
        If a cell raises, takes too long or kills the kernel; or if an output holds a forbidden text.
    """
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

    running = nbformat.from_dict(json.loads(json.dumps(notebook)))
    began: dict[int, float] = {}
    seconds: dict[str, float] = {}

    def start(cell: Any, cell_index: int) -> None:
        began[cell_index] = time.perf_counter()

    def done(cell: Any, cell_index: int, execute_reply: Any) -> None:
        seconds[cell["id"]] = time.perf_counter() - began[cell_index]

    environment = {
        key: value for key, value in os.environ.items() if key not in ("MPLBACKEND", "TLCOURSE_CLAIMS")
    }
    environment["TLCOURSE_EXECUTING"] = "1"
    # What is committed, times included, is for two CPU cores, whatever else the author's machine has.
    environment.setdefault("TLCOURSE_DEVICE", "cpu")
    environment.setdefault("TLCOURSE_THREADS", "2")
    environment["PYTHONHASHSEED"] = "0"
    with tempfile.TemporaryDirectory(prefix="tlcourse-") as scratch:
        client = NotebookClient(
            running,
            km=_manager(),
            timeout=timeout,
            record_timing=False,
            store_widget_state=False,
            resources={"metadata": {"path": scratch}},
            on_cell_execute=start,
            on_cell_executed=done,
        )
        # The kernel's own log (not the cells' stderr, which comes as output) is for nobody, unless it dies.
        log = Path(scratch) / ".kernel.log"
        read = Path(scratch) / ".read"
        environment |= {READ_FROM: str(package), READ_TO: str(read)}
        # jupyter_client warns, after every run, of a context that it leaves to the garbage collector.
        logging.getLogger("traitlets").setLevel(logging.ERROR)
        try:
            with log.open("wb") as stderr:
                client.execute(env=environment, stderr=stderr)
        except (CellExecutionError, CellTimeoutError, DeadKernelError) as error:
            raise _failure(error, running, chapter, framework, began, timeout, failed_to, log) from None
        reads = sorted(read.read_text(encoding="utf-8").split("\n")[:-1])
        for cell in running.cells:
            if cell.cell_type == "code":
                cell.outputs = [
                    kept for output in cell.outputs if (kept := _clean(output, scratch)) is not None
                ]
                cell.metadata.pop("execution", None)
    running.metadata["language_info"] = nbformat.from_dict(LANGUAGE)
    running.metadata.pop("widgets", None)
    _refuse_paths(running, chapter, framework, forbidden or {})
    return Execution(
        running,
        collect(running.cells),
        round(sum(seconds.values()), 1),
        {cell_id: round(value, 2) for cell_id, value in seconds.items()},
        reads,
    )


def _failure(
    error: Exception,
    notebook: Any,
    chapter: Chapter,
    framework: str,
    began: Mapping[int, float],
    timeout: int,
    failed_to: Path | None,
    log: Path,
) -> ExecutionError:
    index = max(began, default=0)
    cell = notebook.cells[index]
    origin = next((item for item in chapter.cells if item.id == cell["id"]), None)
    where = f"book/chapters/{chapter.path.name}" + (f":{origin.line}" if origin else "")
    kind = type(error).__name__
    failed = next((output for output in cell.get("outputs", []) if output.output_type == "error"), None)
    if kind == "CellTimeoutError":
        problem, tail = f"took more than {timeout} s", ""
    elif failed is not None:
        problem = f"raised {failed.ename}: {str(failed.evalue).splitlines()[0] if failed.evalue else ''}"
        trace = [COLOUR.sub("", row) for part in failed.traceback for row in part.split("\n")]
        arrows = [int(found[1]) for row in trace if (found := re.match(r"^-+>\s*(\d+)", row))]
        lines = python_of(cell["source"]).split("\n")
        if origin and arrows and arrows[0] <= len(lines):
            where = f"book/chapters/{chapter.path.name}:{origin.line + arrows[0] - 1}"
        tail = "\n" + "\n".join("    " + row for row in trace[-12:])
    else:
        problem = "killed the kernel (out of memory, or two frameworks in one process?)"
        last = [row for row in log.read_text(encoding="utf-8", errors="replace").splitlines() if row.strip()][
            -8:
        ]
        tail = "".join(f"\n    {row}" for row in last if "IPKernelApp" not in row)
    left = ""
    if failed_to is not None:
        failed_to.parent.mkdir(parents=True, exist_ok=True)
        failed_to.write_text(dumps(notebook), encoding="utf-8")
        left = f" The notebook as far as it came is {failed_to.name} in _build/failed."
    return ExecutionError(
        f"{where}: {chapter.name} ({framework}): the cell {cell['id']!r} {problem}{tail}",
        f"Mend the cell or the package, then build again; the old solution is untouched.{left}",
    )


# ---------------------------------------------------------------------------------------------- outputs


def _clean(output: Any, scratch: str) -> Any | None:
    """An output without what differs from run to run; None if nothing is left of it."""
    if output.output_type == "stream":
        output.text = _tidy(_overwritten(output.text), scratch)
        return output if output.text.strip() else None
    if "data" in output:
        had_view = output.data.pop(WIDGET_VIEW, None) is not None
        # A widget's view is nothing without its kernel: what stays is the static picture beside it, if any.
        if had_view and not set(output.data) - {"text/plain"}:
            return None
        for kind, value in output.data.items():
            if kind.startswith("text/") and isinstance(value, str):
                output.data[kind] = _tidy(value, scratch)
    if output.output_type == "error":
        output.traceback = [_tidy(row, scratch) for row in output.traceback]
    return output


def _overwritten(text: str) -> str:
    """What a terminal would show in the end: a carriage return starts its line again."""
    return "\n".join(row.rstrip("\r").rsplit("\r", 1)[-1] for row in text.split("\n"))


def _tidy(text: str, scratch: str) -> str:
    text = KERNEL_FILE.sub("<cell>", text)
    text = text.replace(scratch, ".")
    return ADDRESS.sub("0x…", text)


def machine_paths(root: Path) -> dict[str, str]:
    """Texts that tell on the machine that executed a notebook, with what they are."""
    found = {str(root.resolve()): "the course's folder", sys.prefix: "the folder of the environment"}
    home = str(Path.home())
    if len(home) > 1:
        found[home + os.sep] = "the home folder"
    return found


def _refuse_paths(notebook: Any, chapter: Chapter, framework: str, forbidden: Mapping[str, str]) -> None:
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            text = json.dumps(output, ensure_ascii=False)
            for path, what in forbidden.items():
                if path in text:
                    at = text.index(path)
                    origin = next((item.line for item in chapter.cells if item.id == cell["id"]), None)
                    where = f"book/chapters/{chapter.path.name}" + (f":{origin}" if origin else "")
                    raise ExecutionError(
                        f"{where}: {chapter.name} ({framework}): an output of the cell {cell['id']!r} shows "
                        f"{what} of this machine: …{text[max(0, at - 60) : at + len(path) + 40]}…",
                        "Print names instead of paths, or silence the warning that shows it; "
                        "what is committed must read the same everywhere.",
                    )

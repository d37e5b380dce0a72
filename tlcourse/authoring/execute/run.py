"""Runs a solution from top to bottom in a fresh kernel."""

from __future__ import annotations

import json
import logging
import os
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tlcourse.authoring.compile import LANGUAGE
from tlcourse.authoring.execute import meter as metering
from tlcourse.authoring.execute.failure import explain, keep_failed
from tlcourse.authoring.execute.meter import CellLimits, CellMeter
from tlcourse.authoring.execute.outputs import clean
from tlcourse.authoring.execute.paths import refuse_paths
from tlcourse.authoring.kernel import READ_FROM, READ_TO
from tlcourse.authoring.source import Chapter
from tlcourse.claims import collect
from tlcourse.notebook_format import nbformat

__all__ = ["Execution", "execute", "on_gpu"]


@dataclass(frozen=True)
class Execution:
    """What running a notebook gave. No time includes the start of the kernel.

    Attributes
    ----------
    notebook : nbformat.NotebookNode
        With cleaned outputs.
    claims : dict
        Recorded claims by name.
    wall_seconds : float
        Of all cells, by the clock.
    processor_seconds : float
        Of all cells, in the kernel and its children.
    cell_processor_seconds : dict of str to float
        The same by cell id.
    reads : list of str
        What of the package it read, relative to its folder: files, and folders listed (``/`` at the end).
    """

    notebook: nbformat.NotebookNode
    claims: dict[str, dict[str, Any]]
    wall_seconds: float
    processor_seconds: float
    cell_processor_seconds: dict[str, float]
    reads: list[str]


def on_gpu() -> bool:
    """Whether the author asked for another device than the CPU, by TLCOURSE_DEVICE."""
    return os.environ.get("TLCOURSE_DEVICE", "cpu").lower() not in ("", "cpu")


def execute(
    notebook: nbformat.NotebookNode,
    chapter: Chapter,
    framework: str,
    *,
    package: Path,
    limits: CellLimits | None = None,
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
    limits : CellLimits, optional
        What one cell may take; `CELL_LIMITS` by default.
    forbidden : mapping, optional
        Texts that no output may hold, with what they are (paths of this machine).
    failed_to : Path, optional
        Where to leave the notebook, as far as it came, if it fails.

    Raises
    ------
    ExecutionError
        If a cell raises, takes too long or kills the kernel; or if an output holds a forbidden text.
    """
    running = nbformat.from_dict(json.loads(json.dumps(notebook)))
    limits = limits or metering.CELL_LIMITS
    with tempfile.TemporaryDirectory(prefix="tlcourse-") as scratch:
        meter = _run(running, chapter, framework, package, limits, failed_to, Path(scratch))
        reads = sorted((Path(scratch) / _READS).read_text(encoding="utf-8").split("\n")[:-1])
        clean(running, scratch)
    running.metadata["language_info"] = nbformat.from_dict(LANGUAGE)
    refuse_paths(running, chapter, framework, forbidden or {})
    return Execution(
        running,
        collect(running.cells),
        round(meter.wall_seconds, 1),
        round(sum(meter.processor_seconds.values()), 1),
        {cell_id: round(seconds, 2) for cell_id, seconds in meter.processor_seconds.items()},
        reads,
    )


_READS = ".reads"  # in the scratch folder, beside the kernel's log


def _run(
    running: nbformat.NotebookNode,
    chapter: Chapter,
    framework: str,
    package: Path,
    limits: CellLimits,
    failed_to: Path | None,
    scratch: Path,
) -> CellMeter:
    """Execute a notebook in place; what its cells took."""
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

    manager = _kernel_manager()
    meter = CellMeter(manager, limits.processor)
    client = NotebookClient(
        running,
        km=manager,
        timeout=limits.wall,
        record_timing=False,
        store_widget_state=False,
        resources={"metadata": {"path": str(scratch)}},
        on_cell_execute=meter.started,
        on_cell_executed=meter.finished,
    )
    # The kernel's own log (not the cells' stderr, which comes as output) is for nobody, unless it dies.
    log = scratch / ".kernel.log"
    # jupyter_client warns, after every run, of a context that it leaves to the garbage collector.
    logging.getLogger("traitlets").setLevel(logging.ERROR)
    try:
        with log.open("wb") as stderr, meter:
            # nbclient ends a kernel only if it made the kernel's manager itself, or is asked to.
            client.execute(env=_environment(package, scratch / _READS), stderr=stderr, cleanup_kc=True)
    except (CellExecutionError, CellTimeoutError, DeadKernelError) as error:
        note = keep_failed(running, failed_to) if failed_to else ""
        raise explain(
            error, running, chapter, framework, meter=meter, limits=limits, log=log, note=note
        ) from None
    return meter


def _kernel_manager() -> Any:
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


def _environment(package: Path, reads: Path) -> dict[str, str]:
    """The variables of the kernel's environment: what is committed does not depend on the author's own."""
    environment = {
        key: value for key, value in os.environ.items() if key not in ("MPLBACKEND", "TLCOURSE_CLAIMS")
    }
    # What is committed, times included, is for two CPU cores, whatever else the author's machine has.
    environment.setdefault("TLCOURSE_DEVICE", "cpu")
    environment.setdefault("TLCOURSE_THREADS", "2")
    return environment | {
        "TLCOURSE_EXECUTING": "1",
        "PYTHONHASHSEED": "0",
        READ_FROM: str(package),
        READ_TO: str(reads),
    }

"""One row, run here: used by the worker processes and by the live row of a notebook alike."""

from __future__ import annotations

import math
import os
import platform
import time
from collections.abc import Mapping
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from tlcourse.sweeps.engine.hashing import row_hash
from tlcourse.sweeps.engine.spec import Sweep, SweepError
from tlcourse.sweeps.engine.store import Row

__all__ = ["machine", "run_row", "versions"]

_PACKAGES = {
    "torch": ("torch", "timm"),
    "keras": ("keras", "tensorflow-cpu", "tensorflow"),
    "plain": ("scikit-learn",),
}


@cache
def machine() -> str:
    """The processor's name and the number of cores that this process may use; never the machine's name.

    Examples
    --------
    >>> machine().endswith(("core", "cores"))
    True
    """
    name = ""
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as file:
            name = next(
                (line.partition(":")[2].strip() for line in file if line.startswith("model name")), ""
            )
    except OSError:
        pass
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    name = " ".join((name or platform.processor() or platform.machine()).split())
    return f"{name}, {cores} core{'' if cores == 1 else 's'}"


@cache
def versions(framework: str) -> str:
    """The versions that a row depends on, such as ``"tlcourse 0.1.0, python 3.11, torch 2.14.1"``."""
    installed = [f"python {platform.python_version()}"]
    for package in ("tlcourse", "numpy", *_PACKAGES.get(framework, ())):
        try:
            installed.append(f"{package} {version(package)}")
        except PackageNotFoundError:
            continue
    return ", ".join(installed)


def run_row(sweep: Sweep, settings: Mapping[str, Any], framework: str) -> Row:
    """Run one row in this process, whose framework must be started.

    Raises
    ------
    SweepError
        If the function gives other metrics than the sweep names, or one that is not a finite number.
    """
    function = sweep.function()
    if framework != "plain":
        from tlcourse import frameworks

        # Before each row, so that a row does not depend on the rows that ran before it in a warm process.
        frameworks.seed_everything(int(settings["seed"]))
    wall, cpu = time.perf_counter(), time.process_time()
    metrics = function(framework, **settings, **sweep.given(dict(settings)))
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    if set(metrics) != set(sweep.metrics):
        raise SweepError(
            f"{sweep.run} gave {', '.join(sorted(metrics))}; "
            f"the sweep {sweep.name!r} names {', '.join(sorted(sweep.metrics))}.",
            "Make the two agree.",
        )
    row: Row = {**settings, "framework": framework}
    for name in sweep.metrics:
        row[name] = float(metrics[name])
        if not math.isfinite(row[name]):
            raise SweepError(
                f"{sweep.run} gave {name} = {row[name]} for {dict(settings)}.",
                "A run that diverges still has an accuracy: return that, or look for the division by zero.",
            )
    return {
        **row,
        "cpu_seconds": cpu,
        "seconds": wall,
        "code": row_hash(sweep, settings),
        "versions": versions(framework),
        "machine": machine(),
    }

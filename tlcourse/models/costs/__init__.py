"""What a network costs: numbers, multiply-adds, bytes on disk, time for an image, memory.

Parameters, multiply-adds and bytes are facts of the architecture. Time and memory are of this machine, and
worth something only in a process that does nothing else: :func:`measure` starts one.

``python -m tlcourse.models.costs resnet50 torch`` prints them as a line of JSON.
"""

from __future__ import annotations

import ctypes
import gc
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from tlcourse.checks import whole
from tlcourse.errors import CourseError
from tlcourse.frameworks import FRAMEWORKS, resolve_framework, side
from tlcourse.models.cards import card
from tlcourse.models.layers import count
from tlcourse.models.loaded import name_of
from tlcourse.models.loading import load

__all__ = [
    "file_bytes",
    "latency",
    "main",
    "measure",
    "multiply_adds",
    "parameters",
    "parameters_by_block",
]

REPEATS = 20
WARM_UP = 3


def _size_of(model: Any, size: int | None) -> int:
    if size is None:
        name = name_of(model)
        size = card(name).input_size if name else 224
    return whole("The image size", size, 1)


def parameters(model: Any) -> int:
    """How many numbers training can set, frozen ones included; BatchNorm's statistics are not counted.

    Parameters
    ----------
    model : torch.nn.Module or keras.Model

    Returns
    -------
    int
    """
    return sum(parameters_by_block(model).values())


def parameters_by_block(model: Any) -> dict[str, int]:
    """The parameters of each group of layers, from input to output.

    Parameters
    ----------
    model : torch.nn.Module or keras.Model

    Returns
    -------
    dict of group name to number
        Groups as in :func:`tlcourse.freezing.layer_groups`.
    """
    return {name: total for name, _, total in count(model)}


def multiply_adds(model: Any, size: int | None = None) -> int:
    """Multiplications, each with its addition, in the convolutions and dense layers for one image.

    Often called MACs, and in some papers FLOPs, though a multiply-add is two of these. Activations, BatchNorm
    and pooling are left out, as in the papers: they are some percent of the work.

    Parameters
    ----------
    model : torch.nn.Module or keras.Model
    size : int, optional
        Side of the image in pixels. Default: what the model's card says, or 224.

    Returns
    -------
    int

    Raises
    ------
    SettingError
        For an impossible size.
    """
    size = _size_of(model, size)
    return int(side(__name__, model).multiply_adds(model, size))


def file_bytes(model: Any) -> int:
    """What the model takes on disk: .safetensors in PyTorch, .weights.h5 in Keras.

    Parameters
    ----------
    model : torch.nn.Module or keras.Model

    Returns
    -------
    int
        Bytes, of a file written to a temporary folder and removed.
    """
    with TemporaryDirectory() as folder:
        return Path(side(__name__, model).save(model, folder)).stat().st_size


def latency(model: Any, size: int | None = None, repeats: int = REPEATS) -> float:
    """How long one image takes, in inference mode, in milliseconds: the median after a warm-up.

    Parameters
    ----------
    model : torch.nn.Module or keras.Model
        In Keras the compiled prediction (``predict_on_batch``) is timed, as in ``model.predict``.
    size : int, optional
        Side of the image in pixels. Default: what the model's card says, or 224.
    repeats : int
        Images that are timed, one by one.

    Returns
    -------
    float

    Raises
    ------
    SettingError
        For an impossible size or number of repeats.
    """
    return _timed(model, size, repeats)[0]


def _timed(model: Any, size: int | None, repeats: int) -> tuple[float, float]:
    """Median milliseconds on the clock, and mean milliseconds of processor time, for one image."""
    repeats = whole("repeats", repeats, 1)
    predict: Callable[[], Any]
    with side(__name__, model).predictor(model, _size_of(model, size)) as predict:
        for _ in range(WARM_UP):
            predict()
        clock = []
        cpu = time.process_time()
        for _ in range(repeats):
            started = time.perf_counter()
            predict()
            clock.append(time.perf_counter() - started)
        cpu = time.process_time() - cpu
    return float(np.median(clock)) * 1e3, cpu / repeats * 1e3


# --------------------------------------------------------------------------- in a process of its own


def measure(
    name: str,
    framework: str | None = None,
    *,
    size: int | None = None,
    repeats: int = REPEATS,
    threads: int = 1,
) -> dict[str, float]:
    """The costs of an architecture, measured in a fresh process with random weights and the published head.

    Random weights cost what trained ones cost.

    Parameters
    ----------
    name : str
        A model's name; see :func:`tlcourse.models.cards`.
    framework : {"torch", "keras"}, optional
        Default: the one :func:`tlcourse.start` chose.
    size : int, optional
        Side of the image in pixels. Default: what the card says.
    repeats : int
        Images that are timed.
    threads : int
        Of the framework.

    Returns
    -------
    dict
        ``parameters``; ``multiply_adds`` for one image; ``file_bytes``; ``latency_ms`` (median time for an
        image); ``cpu_ms`` (processor time for an image, of all threads); ``peak_mb``: the peak resident
        memory, in units of 1,000,000 bytes, while the process holds the model and predicts, over what it had
        after importing the framework. What drawing the random weights took meanwhile is given back before;
        where the system cannot tell the two apart (not Linux), it counts.

    Raises
    ------
    UnknownNameError
        For an unknown model or framework.
    ShapeError
        For a size that the model cannot take.
    CourseError
        If the process fails; it says how.
    """
    from tlcourse.models.images import check_size

    framework = resolve_framework(framework)
    side = card(name).input_size if size is None else size
    check_size(name, side, side)
    job = {"name": name, "framework": framework, "size": side, "repeats": repeats}
    number = str(threads)
    limits = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "TF_NUM_INTRAOP_THREADS", "TLCOURSE_THREADS")
    env = {**os.environ, **dict.fromkeys(limits, number), "TF_NUM_INTEROP_THREADS": "1"}
    env["TLCOURSE_DEVICE"] = "cpu"
    env["PYTHONPATH"] = os.pathsep.join([str(Path(__file__).parents[3]), os.environ.get("PYTHONPATH", "")])
    done = subprocess.run(
        [sys.executable, "-m", "tlcourse.models.costs", json.dumps(job)],
        env=env,
        capture_output=True,
        text=True,
        check=False,
    )
    lines = done.stdout.strip().splitlines()
    if done.returncode or not lines:
        reason = done.stderr.strip().splitlines()[-1:] or [f"exit status {done.returncode}"]
        raise CourseError(
            f"The costs of {name} in {framework} could not be measured: {reason[0]}.",
            "If it ran out of memory, close other programs, or take a smaller architecture.",
        )
    costs: dict[str, float] = json.loads(lines[-1])
    return costs


def _resident() -> int:
    """Resident memory of this process in bytes, now (Linux), or its peak so far (elsewhere)."""
    try:
        with open("/proc/self/statm", encoding="ascii") as file:
            return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        return _peak()


def _peak() -> int:
    """Peak resident memory of this process in bytes."""
    try:
        with open("/proc/self/status", encoding="ascii") as file:
            line = next(line for line in file if line.startswith("VmHWM"))
        return int(line.split()[1]) * 1024
    except (OSError, StopIteration):
        import resource

        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return peak if sys.platform == "darwin" else peak * 1024


def _forget_peak() -> None:
    """Give freed memory back to the system, and begin the peak anew, where the system can."""
    gc.collect()
    try:
        ctypes.CDLL(None).malloc_trim(0)
        with open("/proc/self/clear_refs", "w", encoding="ascii") as file:
            file.write("5")
    except (OSError, AttributeError, TypeError):
        pass


def _here(name: str, framework: str, size: int, repeats: int) -> dict[str, float]:
    """The measurement itself, in this process."""
    side(__name__, framework).import_all()
    before = _resident()
    model = load(name, framework, weights=None, num_classes=0 if card(name).headless else None, seed=0)
    _forget_peak()
    clock, cpu = _timed(model, size, repeats)
    peak = _peak() - before
    return {
        "parameters": parameters(model),
        "multiply_adds": multiply_adds(model, size),
        "file_bytes": file_bytes(model),
        "latency_ms": clock,
        "cpu_ms": cpu,
        "peak_mb": peak / 1e6,
    }


def main(arguments: list[str]) -> None:
    """Measure here: NAME FRAMEWORK, or a job in JSON, as :func:`measure` gives it."""
    job: dict[str, Any]
    if len(arguments) == 2 and arguments[1] in FRAMEWORKS:
        job = {"name": arguments[0], "framework": arguments[1], "repeats": REPEATS}
        job["size"] = card(arguments[0]).input_size
    elif len(arguments) == 1:
        job = json.loads(arguments[0])
    else:
        raise SystemExit("usage: python -m tlcourse.models.costs NAME {torch,keras}")
    print(json.dumps(_here(**job)))

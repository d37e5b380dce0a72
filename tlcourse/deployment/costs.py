"""What a file costs: bytes, milliseconds and memory, in a fresh process that holds nothing else."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from tlcourse.checks import whole
from tlcourse.deployment.running import Runtime
from tlcourse.errors import CourseError

__all__ = ["Costs", "main", "measure"]

WARM_UP = 5
REPEATS = 40


class Costs(NamedTuple):
    """What one file costs.

    Attributes
    ----------
    file_bytes : int
        Of the file.
    ms : float
        Milliseconds on the clock for one image: the median.
    ms_low, ms_high : float
        The quartiles: half of the images took between the two.
    cpu_ms : float
        Milliseconds of processor time for one image, of all threads together: the mean. On a busy machine it
        says more than the clock.
    memory_mb : float
        The highest resident memory while the file is read and run, over what the process held with Python,
        NumPy and the runtime loaded and no file read. Units of 1,000,000 bytes.
    """

    file_bytes: int
    ms: float
    ms_low: float
    ms_high: float
    cpu_ms: float
    memory_mb: float


def measure(
    file: str | Path | bytes, images: npt.NDArray[Any], *, threads: int = 1, repeats: int = REPEATS
) -> Costs:
    """Run a file on one image after the other in a fresh process, and tell what that took.

    Parameters
    ----------
    file : str, Path or bytes
        An .onnx or .tflite file, or what is in it.
    images : array (N, ...)
        What the file takes; they come in turn.
    threads : int
        Of the runtime.
    repeats : int
        How many images are timed, after 5 that are not.

    Returns
    -------
    Costs
        Memory is read from ``/proc`` (Linux); elsewhere it is NaN.

    Raises
    ------
    CourseError
        If the process fails; it says how.
    """
    job: dict[str, Any] = {"threads": whole("threads", threads, 1), "repeats": whole("repeats", repeats, 2)}
    env = {**os.environ, "OMP_NUM_THREADS": str(threads)}
    env["PYTHONPATH"] = os.pathsep.join([str(Path(__file__).parents[2]), os.environ.get("PYTHONPATH", "")])
    with tempfile.TemporaryDirectory() as folder:
        network, array = Path(folder, "network"), Path(folder, "images.npy")
        network.write_bytes(file if isinstance(file, bytes) else Path(file).read_bytes())
        np.save(array, np.asarray(images))
        job |= {"file": str(network), "images": str(array)}
        done = subprocess.run(
            [sys.executable, "-m", "tlcourse.deployment.costs", json.dumps(job)],
            env=env,
            capture_output=True,
            text=True,
            check=False,
        )
    lines = done.stdout.strip().splitlines()
    if done.returncode or not lines:
        reason = done.stderr.strip().splitlines()[-1:] or [f"exit status {done.returncode}"]
        raise CourseError(
            f"The file could not be measured: {reason[0]}.", "Try it with tlcourse.deployment.Runtime first."
        )
    return Costs(**json.loads(lines[-1]))


def _memory(field: str) -> float:
    """A line of this process's memory in units of 1,000,000 bytes: VmRSS now, VmHWM at its highest."""
    try:
        with open("/proc/self/status", encoding="ascii") as file:
            line = next(line for line in file if line.startswith(field))
    except (OSError, StopIteration):
        return float("nan")
    return int(line.split()[1]) * 1024 / 1e6


def _here(file: str, images: str, threads: int, repeats: int) -> Costs:
    size = Path(file).stat().st_size
    with open(file, "rb") as head:
        litert = head.read(8)[4:] == b"TFL3"
    array = np.load(images)
    if litert:
        import ai_edge_litert.interpreter  # noqa: F401
    else:
        import onnxruntime  # noqa: F401
    empty = _memory("VmRSS")
    run = Runtime(file, threads)
    ones = [array[row % len(array)][None] for row in range(WARM_UP + repeats)]
    for one in ones[:WARM_UP]:
        run(one)
    clock, cpu = [], time.process_time()
    for one in ones[WARM_UP:]:
        began = time.perf_counter()
        run(one)
        clock.append(1000 * (time.perf_counter() - began))
    cpu = 1000 * (time.process_time() - cpu) / repeats
    low, middle, high = np.percentile(clock, [25, 50, 75]).tolist()
    return Costs(size, middle, low, high, cpu, _memory("VmHWM") - empty)


def main(arguments: list[str]) -> None:
    """Measure here: a job in JSON, as :func:`measure` gives it."""
    print(json.dumps(_here(**json.loads(arguments[0]))._asdict()))


if __name__ == "__main__":
    main(sys.argv[1:])

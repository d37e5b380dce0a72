"""``tlcourse bench``: how long things take on this machine, beside the budgets that the course set itself.

Printed, never asserted: a shared or slow machine is not a defect of the course. Each row is printed when it
is there, with the time that the rest will take, and whoever stops it keeps the rows so far.
"""

from __future__ import annotations

import functools
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from tlcourse.frameworks import FRAMEWORKS

__all__ = [
    "Timing",
    "allocator_rates",
    "check_seconds",
    "fit_ratio",
    "import_seconds",
    "notebook_seconds",
    "run_bench",
    "time_left",
    "timings",
]

_RATE = """
import sys, time
import numpy as np
import tlcourse
tlcourse.start("bench", framework=sys.argv[1])
from tlcourse import models, training
backbone = models.load("efficientnet_lite0", num_classes=0, input_size=128)
batch = np.zeros((128, 128, 128, 3), np.uint8)
training.cache_features(backbone, batch, batch_size=32, progress=False)
began = time.perf_counter()
rounds = 0
while time.perf_counter() - began < 4:
    training.cache_features(backbone, batch, batch_size=32, progress=False)
    rounds += 1
print(128 * rounds / (time.perf_counter() - began))
"""

_FIT = """
import sys, time
import numpy as np
import tlcourse
framework = sys.argv[1]
tlcourse.start("bench", framework=framework)
from tlcourse import models, training
steps, batch, size = 20, 16, 64
model = models.load("efficientnet_lite0", num_classes=10, input_size=size)
rng = np.random.default_rng(0)
images = rng.integers(0, 256, (steps * batch, size, size, 3), dtype=np.uint8)
labels = rng.integers(0, 10, len(images))
x = models.preprocess(images)

def ours():
    training.fit(model, (images, labels), steps=steps, batch_size=batch, lr=1e-4, progress=False)

if framework == "torch":
    import torch

    def own():
        model.train()
        optimizer = torch.optim.Adam(model.parameters(), lr=1e-4)
        y = torch.from_numpy(labels)
        for at in range(0, len(y), batch):
            optimizer.zero_grad()
            torch.nn.functional.cross_entropy(model(x[at:at + batch]), y[at:at + batch]).backward()
            optimizer.step()
        model.eval()
else:
    import keras

    other = models.load("efficientnet_lite0", num_classes=10, input_size=size)
    other.compile("adam", keras.losses.SparseCategoricalCrossentropy(from_logits=True), metrics=["accuracy"])

    def own():
        other.fit(x, labels, batch_size=batch, epochs=1, verbose=0)

spent = {ours: [], own: []}
for turn in range(4):
    for fit in (ours, own):
        began = time.process_time()
        fit()
        if turn:  # the first of each traces its graph and warms up
            spent[fit].append(time.process_time() - began)
print(min(spent[ours]) / min(spent[own]), min(spent[own]))
"""

_CHECKS = """
import sys, time
from pathlib import Path
import tlcourse
from tlcourse.authoring.source import python_of, read_chapter, solutions
from tlcourse.exercises import check, get, imports_of, load_answer
framework = sys.argv[1]
tlcourse.start("bench", framework=framework)
for path in map(Path, sys.argv[2:]):
    cells = read_chapter(path, validate=False).of(framework)
    # An answer may use what any cell of its chapter imports.
    imports = imports_of(python_of(cell.source) for cell in cells if cell.kind == "code")
    for name, (solution, _) in solutions(path, framework).items():
        exercise = get(name)
        answer, failed = load_answer(exercise, solution, imports)
        assert failed is None, failed
        began = time.process_time()
        report = check(name, answer)
        spent = time.process_time() - began
        assert report.points == exercise.points, str(report)
        print(f"\x1e{name} {spent}", flush=True)
"""


def import_seconds(repeats: int = 5) -> float:
    """The median seconds of ``import tlcourse`` in a fresh process, less the interpreter's own start."""

    def once(code: str) -> float:
        began = time.perf_counter()
        subprocess.run([sys.executable, "-c", code], check=True)
        return time.perf_counter() - began

    bare = statistics.median(once("pass") for _ in range(repeats))
    return max(0.0, statistics.median(once("import tlcourse") for _ in range(repeats)) - bare)


def allocator_rates(framework: str) -> tuple[float, float]:
    """Features of EfficientNet-Lite0 at 128 px, images per second: without and with the allocator setting.

    See :func:`tlcourse.frameworks.tune_allocator`.
    """

    def rate(**setting: str) -> float:
        env = {**os.environ, **setting}
        run = subprocess.run(
            [sys.executable, "-c", _RATE, framework], capture_output=True, text=True, check=True, env=env
        )
        return float(run.stdout.split()[-1])

    return rate(TLCOURSE_ALLOCATOR="default"), rate()


def fit_ratio(framework: str) -> tuple[float, float]:
    """What `tlcourse.training.fit` takes beside the framework's own loop, on a model that was fitted before.

    Both train EfficientNet-Lite0 at 64 px for 20 steps of 16, by turns; the first turn of each is left out.

    Parameters
    ----------
    framework : {"torch", "keras"}
        PyTorch's own is a loop of forward, loss, backward and step, Keras's is ``model.fit``.

    Returns
    -------
    ratio : float
        Of the processor time of the quickest turns. 1.05 is five per cent more.
    seconds : float
        Processor seconds of the framework's own.
    """
    run = subprocess.run([sys.executable, "-c", _FIT, framework], capture_output=True, text=True, check=True)
    ratio, seconds = map(float, run.stdout.split()[-2:])
    return ratio, seconds


def check_seconds(chapters: Sequence[Path], framework: str) -> Iterator[tuple[str, float]]:
    """Processor seconds of one ``check()`` of each solution in these chapters, as soon as it is done.

    Yields
    ------
    (str, float)
        The exercise's id, and the seconds.

    Raises
    ------
    subprocess.CalledProcessError
        If a solution does not get full marks, after what was timed before it.
    """
    command = [sys.executable, "-c", _CHECKS, framework, *map(str, chapters)]
    env = {**os.environ, "TLCOURSE_EXECUTING": "1"}
    with tempfile.TemporaryFile("w+") as complaints:
        with subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=complaints, text=True, env=env
        ) as process:
            assert process.stdout is not None
            try:
                for line in process.stdout:  # between the rows a check prints its report
                    _, mark, row = line.rpartition("\x1e")
                    if mark:
                        name, seconds = row.split()
                        yield name, float(seconds)
                process.wait()
            finally:
                process.kill()  # whoever stops reading stops it
        if process.returncode:
            complaints.seek(0)
            raise subprocess.CalledProcessError(process.returncode, command, stderr=complaints.read())


def notebook_seconds(path: Path) -> float:
    """Execute a notebook in a fresh kernel, without writing it, and return the seconds it took."""
    from nbclient import NotebookClient

    from tlcourse.notebook_format import nbformat

    notebook = nbformat.read(path, as_version=4)
    began = time.perf_counter()
    NotebookClient(
        notebook, timeout=600, kernel_name="python3", resources={"metadata": {"path": str(path.parent)}}
    ).execute()
    return time.perf_counter() - began


Row = tuple[str, str, str]  # what is timed, measured, budget


@dataclass(frozen=True)
class Timing:
    """Something that is timed: what it is called, how long it should take, and what gives its rows."""

    name: str
    expected: float  # seconds by the clock, on two cores
    rows: Callable[[], Iterable[Row]]


def time_left(expected: Sequence[float], done: int, seconds: float) -> float:
    """How long the rest will take, if it goes on as it went so far.

    Parameters
    ----------
    expected : sequence of float
        Seconds that each timing should take.
    done : int
        How many are done.
    seconds : float
        What those took.

    Examples
    --------
    >>> time_left([10.0, 20.0, 30.0], 1, 15.0)  # half as slow again as expected
    75.0
    >>> time_left([10.0, 20.0], 0, 0.0)
    30.0
    """
    pace = seconds / sum(expected[:done]) if done else 1.0
    return pace * sum(expected[done:])


def timings(root: Path) -> list[Timing]:
    """All that is timed, the quick things first.

    Parameters
    ----------
    root : Path
        The course's folder.
    """
    from tlcourse.authoring.source import chapter_paths, committed_claims

    chapters = chapter_paths(root)
    found = [Timing("import tlcourse", 3, _import_rows)]
    for framework in FRAMEWORKS:
        found.append(Timing(f"the allocator, {framework}", 25, functools.partial(_allocator_rows, framework)))
    for framework in FRAMEWORKS:
        found.append(Timing(f"training.fit, {framework}", 60, functools.partial(_fit_rows, framework)))
    for framework in FRAMEWORKS:
        for path in chapters:
            name = f"the checks of {path.stem}, {framework}"
            found.append(Timing(name, 15, functools.partial(_check_rows, path, framework)))
    for folder, budget in (("notebooks", "60 s"), ("solutions", "60 s typical, 120 s at most")):
        for framework in FRAMEWORKS:
            for path in chapters:
                spent = committed_claims(path, framework).seconds.get("processor") or 30.0
                notebook = root / folder / framework / f"{path.stem}.ipynb"
                name = f"{folder}/{framework}/{notebook.name}"
                rows = functools.partial(_notebook_rows, notebook, name, budget)
                found.append(Timing(name, float(spent), rows))
    return found


def _import_rows() -> Iterator[Row]:
    yield "import tlcourse", f"{import_seconds():.2f} s", "0.3 s"


def _allocator_rows(framework: str) -> Iterator[Row]:
    without, tuned = allocator_rates(framework)
    measured = f"{tuned:.0f} images/s tuned, {without:.0f} untuned (ratio {tuned / without:.1f})"
    yield f"features of EfficientNet-Lite0, 128 px, {framework}", measured, "-"


def _fit_rows(framework: str) -> Iterator[Row]:
    ratio, seconds = fit_ratio(framework)
    yield f"training.fit beside {framework}'s own loop ({seconds:.1f} CPU s)", f"{ratio:.2f}", "1.05"


def _check_rows(path: Path, framework: str) -> Iterator[Row]:
    from tlcourse.exercises import get

    for name, seconds in check_seconds([path], framework):
        budget = "10 s" if get(name).trains else "2 s"
        yield f"check {name}, {framework}", f"{seconds:.2f} s of processor time", budget


def _notebook_rows(path: Path, name: str, budget: str) -> Iterator[Row]:
    yield name, f"{notebook_seconds(path):.0f} s", budget


def run_bench(root: Path, chosen: Sequence[Timing] | None = None) -> bool:
    """Print every timing beside its budget, each when it is there.

    Parameters
    ----------
    root : Path
        The course's folder.
    chosen : sequence of Timing, optional
        In place of all.

    Returns
    -------
    bool
        Whether everything could be timed. What could not is said in its place, and the rest is timed.
    """
    from rich.console import Console

    console = Console(highlight=False, soft_wrap=True)
    all_of_it = timings(root) if chosen is None else list(chosen)
    expected = [timing.expected for timing in all_of_it]
    failed = 0
    began = time.perf_counter()
    console.print(f"{'what is timed':<64} {'measured':<44} budget", markup=False)
    for done, timing in enumerate(all_of_it):
        left = time_left(expected, done, time.perf_counter() - began)
        with console.status(f"{timing.name}; {_about(left)} left"):
            try:
                for what, measured, budget in timing.rows():
                    console.print(f"{what:<64} {measured:<44} {budget}", markup=False)
            except Exception as error:  # one that cannot be timed hides no other
                failed += 1
                console.print(f"{timing.name}: not timed, {_last_line(error)}", markup=False)
        if not console.is_terminal:
            left = time_left(expected, done + 1, time.perf_counter() - began)
            console.print(f"    ({_about(left)} left)", markup=False)
    console.print(f"{(time.perf_counter() - began) / 60:.0f} minutes in all.", markup=False)
    return failed == 0


def _about(seconds: float) -> str:
    return f"about {seconds / 60:.0f} min" if seconds >= 90 else f"about {max(seconds, 0):.0f} s"


def _last_line(error: Exception) -> str:
    text = (getattr(error, "stderr", None) or str(error)).strip()
    return text.splitlines()[-1] if text else type(error).__name__

"""``tlcourse bench``: how long things take on this machine, beside the budgets that the course set itself.

Printed, never asserted: a shared or slow machine is not a defect of the course.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

__all__ = ["allocator_rates", "check_seconds", "fit_ratio", "import_seconds", "notebook_seconds", "run_bench"]

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
import json, sys, time
from pathlib import Path
import tlcourse
from tlcourse.authoring.source import python_of, read_chapter, solutions
from tlcourse.exercises import check, get, imports_of, load_answer
framework = sys.argv[1]
tlcourse.start("bench", framework=framework)
times = {}
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
        times[name] = time.process_time() - began
        assert report.points == exercise.points, str(report)
print(json.dumps(times))
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


def check_seconds(chapters: Sequence[Path], framework: str) -> dict[str, float]:
    """Processor seconds of one ``check()`` of each solution in these chapters, by exercise id."""
    env = {**os.environ, "TLCOURSE_EXECUTING": "1"}
    run = subprocess.run(
        [sys.executable, "-c", _CHECKS, framework, *map(str, chapters)],
        capture_output=True,
        text=True,
        check=True,
        env=env,
    )
    seconds: dict[str, float] = json.loads(run.stdout.splitlines()[-1])
    return seconds


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


def run_bench(root: Path) -> None:
    """Print every timing beside its budget.

    Parameters
    ----------
    root : Path
        The course's folder.
    """
    from rich.console import Console
    from rich.table import Table

    from tlcourse.authoring.source import chapter_paths
    from tlcourse.exercises import get

    console = Console()
    table = Table("what is timed", "measured", "budget", show_lines=False)
    table.columns[0].overflow = "fold"

    console.print("Importing ...")
    table.add_row("import tlcourse", f"{import_seconds():.2f} s", "0.3 s")
    for framework in ("torch", "keras"):
        console.print(f"The allocator, {framework} ...")
        without, tuned = allocator_rates(framework)
        table.add_row(
            f"features of EfficientNet-Lite0, 128 px, {framework}",
            f"{tuned:.0f} images/s tuned, {without:.0f} untuned (ratio {tuned / without:.1f})",
            "-",
        )
    for framework in ("torch", "keras"):
        console.print(f"training.fit beside {framework}'s own ...")
        ratio, seconds = fit_ratio(framework)
        table.add_row(
            f"training.fit beside {framework}'s own loop ({seconds:.1f} CPU s)", f"{ratio:.2f}", "1.05"
        )
    for framework in ("torch", "keras"):
        console.print(f"Checks in {framework} ...")
        for name, seconds in check_seconds(chapter_paths(root), framework).items():
            budget = "10 s" if get(name).trains else "2 s"
            table.add_row(f"check {name}, {framework}", f"{seconds:.2f} s of processor time", budget)
    for folder, budget in (("notebooks", "60 s"), ("solutions", "60 s typical, 120 s at most")):
        for path in sorted((root / folder).glob("*/*.ipynb")):
            console.print(f"Running {path.relative_to(root)} ...")
            table.add_row(str(path.relative_to(root)), f"{notebook_seconds(path):.0f} s", budget)
    console.print(table)

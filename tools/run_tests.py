"""Run every check of the course and say how each went.

``make test`` and CI call this. A framework has its own process (see ``tests/conftest.py``). All steps run, so
that one failure does not hide another; the exit status is 1 if any of them failed. Where there are two cores,
two steps run side by side with one thread each, which is quicker than one after the other with two threads:
small batches do not keep two threads busy. What a step prints is shown when it is done. For each step you see
its processor seconds too, which, unlike its wall time, do not depend on what else the machine does.

    python tools/run_tests.py                 all that has its turn with this commit
    python tools/run_tests.py --jobs 1        one step after the other, each with all cores
    python tools/run_tests.py --only torch    the steps whose name contains "torch"
    python tools/run_tests.py --everything    all turns at once: some hours
    python tools/run_tests.py --list          the names of the steps
"""

from __future__ import annotations

import argparse
import contextlib
import os
import re
import subprocess
import sys
import tempfile
import threading
import time
import xml.etree.ElementTree as ET
import zlib
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from commit import just_changed  # noqa: E402

from tools.notebooks import BLANK, code_cells, write_together  # noqa: E402
from tools.processor_time import PROPERTY  # noqa: E402

REPORTS = ROOT / "_build" / "reports"
FRAMEWORKS = ("torch", "keras")
# The budgets of a notebook in seconds on two cores. A run fails beyond three times as many processor seconds:
# what two cores can spend in that time, and half as much again where other work slows them down.
BUDGET = {"notebooks": 60.0, "solutions": 120.0}
TIMES = 3
# Rows of the sweeps that are run again: at most so many of a table, and so many processor minutes in all,
# however many sweeps there are. One worker process a framework, one at a time: other steps run beside it.
SAMPLE = ("--sample", "2", "--minutes", "0.5", "--jobs", "1")
# What the wheel is made by, and by what a learner starts with it.
WHEEL = ("pyproject.toml", "tlcourse/commands", "tools/try_wheel.py")
LIGHTHOUSE = "tests/site/test_lighthouse_browser.py"
PY = sys.executable
# For steps side by side: two processes with two threads each on two cores run at a tenth of the speed.
ONE_THREAD = dict.fromkeys(
    (
        "TLCOURSE_THREADS",
        "OMP_NUM_THREADS",
        "OPENBLAS_NUM_THREADS",
        "TF_NUM_INTRAOP_THREADS",
        "TF_NUM_INTEROP_THREADS",
    ),
    "1",
)


@dataclass
class Step:
    """One command, its extra environment, what is made before it, and what is checked of its report after it.

    A step that ``needs`` another one, by its name, starts when that one is done, if it is run at all. A step
    that is ``last`` starts when all others are done, and has the machine to itself. One that ``waits`` has
    its turn with another commit: it is run where it is asked for by name, or with everything.
    """

    name: str
    command: list[str]
    env: dict[str, str] = field(default_factory=dict)
    before: Callable[[], object] | None = None
    after: Callable[[], str | None] | None = None
    report: Path | None = None
    needs: str = ""
    last: bool = False
    waits: bool = False


@dataclass
class Outcome:
    name: str
    ok: bool
    seconds: float
    processor: float = 0.0
    passed: int = 0
    failed: int = 0
    skipped: int = 0
    note: str = ""


def pytest_step(name: str, args: list[str], env: dict[str, str] | None = None, **more: object) -> Step:
    report = REPORTS / f"{re.sub(r'[^a-z0-9]+', '-', name)}.xml"
    command = [PY, "-m", "pytest", "-q", "-p", "tools.processor_time", f"--junitxml={report}", *args]
    return Step(name, command, env or {}, report=report, **more)  # type: ignore[arg-type]


def processor_seconds(case: ET.Element) -> float:
    """What `tools.processor_time` noted of a test."""
    properties = {item.get("name"): item.get("value", "") for item in case.iter("property")}
    return float(properties[PROPERTY])


def spent_by_notebook(report: Path, folder: Path) -> dict[tuple[str, str], float]:
    """(chapter, "solutions" or "notebooks") to the processor seconds of its cells in an nbval run.

    Parameters
    ----------
    report : Path
    folder : Path
        What was executed: notebooks that `tools.notebooks` wrote.
    """
    spent: dict[tuple[str, str], float] = {}
    cases = list(ET.parse(report).getroot().iter("testcase"))
    for path in sorted(folder.glob("*.ipynb")):
        chapter, _, only = path.stem.partition(".")
        ids = [cell["id"] for cell in code_cells(path)[1]]
        for case in cases:
            if not f".{case.get('classname')}".endswith(f".{path.name}"):
                continue
            number = int(case.get("name", "").rpartition(" ")[2])
            for part in [only] if only else parts_of(ids[number], ids):
                spent[chapter, part] = spent.get((chapter, part), 0.0) + processor_seconds(case)
    return spent


def parts_of(name: str, ids: Sequence[str]) -> list[str]:
    """Whether a cell belongs to the solution, to the learner's notebook, or to both."""
    if name.endswith(BLANK):
        return ["notebooks"]
    return ["solutions"] if f"{name}{BLANK}" in ids else ["solutions", "notebooks"]


def over_budget(report: Path, folder: Path) -> Callable[[], str | None]:
    """A check of the processor seconds that each notebook of a run took."""

    def check() -> str | None:
        spent = spent_by_notebook(report, folder)
        for (chapter, part), seconds in sorted(spent.items()):
            print(f"  {chapter} in {part}: {seconds:.0f} processor seconds (budget {BUDGET[part]:.0f} s)")
        slow = [
            f"{chapter} in {part}"
            for (chapter, part), seconds in spent.items()
            if seconds > TIMES * BUDGET[part]
        ]
        return f"over three times the budget: {', '.join(slow)}" if slow else None

    return check


def notebook_step(framework: str) -> Step:
    """Every solution and every learner's notebook; a chapter's two share what they have in common."""
    folder = ROOT / "_build" / "together" / framework
    step = pytest_step(
        f"notebooks: {framework}",
        # The limit is for a cell that hangs: what one may cost is the budget's business.
        ["--nbval-lax", "--nbval-current-env", "--nbval-cell-timeout=1800", str(folder)],
        {"TLCOURSE_EXECUTING": "1", "TLCOURSE_CLAIMS": str(ROOT / "book" / "claims")},
        before=lambda: write_together(ROOT, framework, folder),
    )
    assert step.report is not None
    step.after = over_budget(step.report, folder)
    return step


def git(*arguments: str) -> str:
    """What git prints about this checkout; nothing where it fails."""
    return subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True).stdout.strip()


def salt() -> str:
    """The commit, so that every commit re-runs another sample of the recorded rows."""
    return git("rev-parse", "HEAD") or "no-git"


def turn() -> str:
    """The number of commits, so that what takes turns by the commit misses none (``tests/commit.py``).

    Where the history is cut short every commit would be the first: there a number made of the commit's name.
    """
    whole = git("rev-parse", "--is-shallow-repository") == "false"
    return git("rev-list", "--count", "HEAD") if whole else str(zlib.crc32(salt().encode()))


def steps() -> list[Step]:
    """Every step: the quick ones, then the longest first, so that no long one is left over at the end."""
    tl = [PY, "-m", "tlcourse.commands.cli"]
    # The templates are scripts of a project of its own: its modules are found where it is written.
    doctest = [
        "--doctest-modules",
        "tlcourse",
        "--ignore=tlcourse/project/templates",
        "-p",
        "no:cacheprovider",
    ]
    quiet = {"MPLBACKEND": "agg"}
    # Secret for whoever writes an answer, known to whoever repeats a run: another seed for every commit.
    secret = os.environ.get("TLCOURSE_SECRET_SEED") or str(zlib.crc32(salt().encode()))
    by_commit = {"TLCOURSE_SECRET_SEED": secret, "TLCOURSE_TURN": os.environ.get("TLCOURSE_TURN") or turn()}
    site = ROOT / "_build" / "site"

    def unit_tests(kind: str) -> Step:
        return pytest_step(f"unit tests: {kind}", ["tests"], {"TLCOURSE_TEST": kind, **quiet, **by_commit})

    def browser(name: str, args: list[str], **more: object) -> Step:
        env = {"TLCOURSE_TEST": "browser", "TLCOURSE_SITE": str(site), **quiet, **by_commit}
        return pytest_step(name, args, env, **more)

    return [
        Step("lint", [PY, "-m", "ruff", "check", "."]),
        Step("format", [PY, "-m", "ruff", "format", "--check", "."]),
        Step("types", [PY, "-m", "mypy"]),
        Step("compile difference", [*tl, "build", "--check"]),
        Step("site", [*tl, "site"]),
        unit_tests("keras"),
        unit_tests("plain"),
        *(notebook_step(fw) for fw in reversed(FRAMEWORKS)),
        browser("browser", ["tests", f"--ignore={LIGHTHOUSE}"], needs="site"),
        unit_tests("torch"),
        pytest_step(
            "doctests: plain",
            [*doctest, "--ignore-glob=*_torch.py", "--ignore-glob=*_keras.py"],
            quiet,
        ),
        *(
            pytest_step(f"doctests: {fw}", ["--doctest-modules", *modules(fw)], quiet)
            for fw in FRAMEWORKS
            if modules(fw)
        ),
        Step("sample of the sweeps", [*tl, "results", "--check", *SAMPLE, "--salt", salt()]),
        *wheel_steps(by_commit["TLCOURSE_TURN"]),
        # It measures how quick the pages are: nothing else runs then.
        browser("lighthouse", [LIGHTHOUSE], last=True),
    ]


def wheel_steps(turn: str) -> list[Step]:
    """The wheel in an empty environment: a framework has its turn with every fourth commit.

    With every second one while what the wheel is made by changed lately.
    """
    of = 2 if any(just_changed(ROOT / path) for path in WHEEL) else 4
    return [
        Step(f"the wheel: {each}", [PY, "tools/try_wheel.py", each], waits=int(turn) % of != number)
        for number, each in enumerate(FRAMEWORKS)
    ]


def modules(framework: str) -> list[str]:
    """The modules of the package that import one framework, by their name."""
    return sorted(str(path.relative_to(ROOT)) for path in (ROOT / "tlcourse").rglob(f"*_{framework}.py"))


def counts(report: Path | None) -> tuple[int, int, int]:
    """Passed, failed and skipped tests of a JUnit report."""
    if report is None or not report.exists():
        return 0, 0, 0
    passed = failed = skipped = 0
    for case in ET.parse(report).getroot().iter("testcase"):
        kinds = {child.tag for child in case}
        if kinds & {"failure", "error"}:
            failed += 1
        elif "skipped" in kinds:
            skipped += 1
        else:
            passed += 1
    return passed, failed, skipped


_printing = threading.Lock()


def _heading(step: Step) -> str:
    return f"\n=== {step.name} " + "=" * max(3, 90 - len(step.name))


def run_command(command: Sequence[str], env: dict[str, str], output: IO[bytes] | None) -> tuple[int, float]:
    """Run a command.

    Returns
    -------
    status : int
        Its exit status.
    seconds : float
        Processor seconds of the command and of the children that it waited for; 0.0 on Windows.
    """
    error = None if output is None else subprocess.STDOUT
    process = subprocess.Popen(command, cwd=ROOT, env=env, stdout=output, stderr=error)
    if not hasattr(os, "wait4"):
        return process.wait(), 0.0
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    return process.returncode, used.ru_utime + used.ru_stime


def run(step: Step, beside: bool = False) -> Outcome:
    """Run a step; ``beside`` others, it gets one thread, and what it prints is kept until it is done."""
    if step.report is not None:
        step.report.unlink(missing_ok=True)
    env = {**os.environ, **(ONE_THREAD if beside else {}), **step.env}
    env.pop("PYTHONDONTWRITEBYTECODE", None)  # hundreds of processes would compile the package anew
    began = time.perf_counter()
    with _printing:
        print(f"--- {step.name}: started" if beside else _heading(step), flush=True)
    with tempfile.TemporaryFile() if beside else contextlib.nullcontext() as kept:
        try:
            if step.before is not None:
                step.before()
            status, processor = run_command(step.command, env, kept)
        except Exception as error:  # one step that cannot start hides no other
            print(f"{step.name} could not start: {error}", flush=True)
            status, processor = 1, 0.0
        text = ""
        if kept is not None:
            kept.seek(0)
            text = kept.read().decode(errors="replace")
    seconds = time.perf_counter() - began
    passed, failed, skipped = counts(step.report)
    note = "" if status == 0 else f"exit status {status}"
    if status == 0 and step.report is not None and passed + failed == 0:
        status, note = 1, "ran no test"
    with _printing:
        if beside:
            print(f"{_heading(step)}\n{text.rstrip()}", flush=True)
        if status == 0 and step.after is not None:
            problem = step.after()
            if problem:
                status, note = 1, problem
        if beside:
            print(f"--- {step.name}: {'ok' if status == 0 else 'FAILED'} after {seconds:.0f} s", flush=True)
    if step.report is None:  # a plain command counts as one check
        passed, failed = (1, 0) if status == 0 else (0, 1)
    elif status != 0 and failed == 0:
        failed = 1
    return Outcome(step.name, status == 0, seconds, processor, passed, failed, skipped, note)


def run_all(chosen: Sequence[Step], jobs: int) -> list[Outcome]:
    """Run steps, so many side by side; those that are ``last`` one by one, when the others are done.

    They start in their order, so what a step needs stands before it.
    """
    if jobs < 2 or len(chosen) < 2:
        return [run(step) for step in chosen]
    done = {step.name: threading.Event() for step in chosen}

    def run_beside(step: Step) -> Outcome:
        if step.needs in done:
            done[step.needs].wait()
        try:
            return run(step, beside=True)
        finally:
            done[step.name].set()

    with ThreadPoolExecutor(jobs) as pool:
        outcomes = list(pool.map(run_beside, [step for step in chosen if not step.last]))
    return outcomes + [run(step) for step in chosen if step.last]


def cores() -> int:
    """The cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def asked_for(step: Step, words: Sequence[str], everything: bool) -> bool:
    """Whether a step is run: those of which a word is in the name, or else all that have their turn."""
    return any(word in step.name for word in words) if words else everything or not step.waits


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--only", action="append", default=[], help="run the steps whose name contains this")
    parser.add_argument("--everything", action="store_true", help="also what waits for another commit")
    parser.add_argument("--list", action="store_true", help="print the steps and stop")
    parser.add_argument("--jobs", type=int, default=min(2, cores()), help="steps side by side")
    args = parser.parse_args()
    if args.everything:
        os.environ["TLCOURSE_EVERYTHING"] = "1"
    chosen = [step for step in steps() if asked_for(step, args.only, args.everything)]
    if args.list:
        print("\n".join(step.name for step in chosen))
        return 0
    if not chosen:
        print(f"No step's name contains {args.only}. See --list.", file=sys.stderr)
        return 2
    REPORTS.mkdir(parents=True, exist_ok=True)
    began = time.perf_counter()
    outcomes = run_all(chosen, args.jobs)
    print("\n=== summary " + "=" * 79)
    for outcome in outcomes:
        mark = "ok    " if outcome.ok else "FAILED"
        print(
            f"{mark} {outcome.name:<32} {outcome.seconds:7.0f} s "
            f"{outcome.processor:7.0f} s of processor time "
            f"{outcome.passed:5d} passed {outcome.failed:3d} failed "
            f"{outcome.skipped:3d} skipped  {outcome.note}"
        )
    processor = sum(outcome.processor for outcome in outcomes)
    print(
        f"In all: {(time.perf_counter() - began) / 60:.1f} minutes, {processor / 60:.1f} of processor time."
    )
    failed = sum(outcome.failed for outcome in outcomes)
    passed = sum(outcome.passed for outcome in outcomes)
    skipped = sum(outcome.skipped for outcome in outcomes)
    print(f"{passed} passed, {failed} failed, {skipped} skipped")
    return 1 if any(not outcome.ok for outcome in outcomes) else 0


if __name__ == "__main__":
    sys.exit(main())

"""No claim is read from a clock: a chapter's code is followed from the clocks to `record`."""

# Pieces of code are easier to compare on one line.
# ruff: noqa: E501

from __future__ import annotations

from pathlib import Path

import pytest

from tlcourse.authoring.source import SourceMistakes, chapter_paths, read_chapter
from tlcourse.authoring.source.cells import Cell
from tlcourse.authoring.source.clocks import check_clocks
from tlcourse.authoring.source.mistakes import Mistakes

ROOT = Path(__file__).parents[2]
IMPORTS = "import time\nimport numpy as np\nimport pandas as pd\nfrom tlcourse import sweeps, training\n"


def wrong(*cells: str) -> list[tuple[int | None, str, str]]:
    """The mistakes found in these cells, one after the other, the first at line 1."""
    mistakes = Mistakes(Path("book/chapters/00-a.md"))
    read = []
    line = 1
    for number, source in enumerate(cells):
        read.append(Cell("code", source, line, (), ("torch", "keras"), None, str(number)))
        line += source.count("\n") + 1
    check_clocks(read, mistakes)
    found = mistakes.error().mistakes if mistakes else ()
    return [(mistake.line, mistake.problem, mistake.fix) for mistake in found]


FROM_A_CLOCK = {
    "at once": 'record("a", time.time(), tolerance=1)',
    "a difference": 'begin = time.perf_counter()\nwork()\nrecord("a", time.perf_counter() - begin, tolerance=1)',
    "its own import": 'from time import process_time as now\nbegin = now()\nrecord("a", now() - begin, tolerance=1)',
    "nanoseconds": 'import time as t\nrecord("a", t.monotonic_ns() / 1e9, tolerance=1)',
    "timeit": 'import timeit\nrecord("a", min(timeit.repeat(work, number=3)), tolerance=1)',
    "a clock by another name": 'clock = time.perf_counter\nrecord("a", clock(), tolerance=1)',
    "a history": 'live = training.fit(model, few)\nrecord("a", live.seconds, tolerance=1)',
    "a ratio of histories": (
        "live = training.fit(model, few)\nhead = training.fit_head(table, labels, 3)\n"
        'record("a", live.seconds / (2 + head.cpu_seconds), tolerance=40, fmt=".0f")'
    ),
    "rounded, by keyword": 'took = round(float(time.time()), 1)\nrecord(name="a", value=took, tolerance=1)',
    "the spread alone": 'record("a", 0.5, n=5, spread=np.std([time.time(), time.time()]), tolerance=1)',
    "a function": (
        "def took(work):\n    begin = time.perf_counter()\n    work()\n    return time.perf_counter() - begin\n"
        'record("a", took(work), tolerance=1)'
    ),
    "the second of two": (
        "def learn():\n    begin = time.time()\n    return 0.5, time.time() - begin\n"
        'score, seconds = learn()\nrecord("a", seconds, tolerance=1)'
    ),
    "a function that is handed on": (
        'def took():\n    return time.time()\nrecord("a", np.mean(list(map(took, range(3)))), tolerance=1)'
    ),
    "a dictionary": 'took = {}\nfor name in "ab":\n    took[name] = time.time()\nrecord("a", took["a"], tolerance=1)',
    "a list": 'took = []\ntook.append(time.time())\nrecord("a", np.median(took), tolerance=1)',
    "a list outside a function": (
        'took = []\ndef go():\n    took.append(time.time())\ngo()\nrecord("a", took[0], tolerance=1)'
    ),
    "a column of rows": (
        "rows = []\nfor seed in range(3):\n    rows.append({'seed': seed, 'took': time.time()})\n"
        'record("a", pd.DataFrame(rows).took.mean(), tolerance=1)'
    ),
    "a comprehension": 'record("a", sum(time.time() for _ in range(3)), tolerance=1)',
    "an attribute": 'class Run: ...\nrun = Run()\nrun.took = time.time()\nrecord("a", run.took, tolerance=1)',
    "a sum over a loop": 'total = 0\nfor _ in range(3):\n    total += time.time()\nrecord("a", total, tolerance=1)',
    "from the last round": (
        "took = 0\nbest = 0\nfor _ in range(3):\n    best = took\n    took = time.time()\n"
        'record("a", best, tolerance=1)'
    ),
    "a verdict": (
        "fast = training.fit(model, few).seconds\n"
        'record("a", "faster" if fast < 1 else "slower", tolerance=None)'
    ),
    "a verdict in branches": (
        'verdict = "slower"\nif time.time() < 10:\n    verdict = "faster"\nrecord("a", verdict, tolerance=None)'
    ),
    "recorded by a decision": 'if time.time() < 10:\n    record("a", 1, tolerance=None)',
    "what was done in a time": (
        "end = time.time() + 3\nsteps = 0\nwhile time.time() < end:\n    steps += 1\n"
        'record("a", steps, tolerance=9)'
    ),
    "the one that was fastest": (
        'took = [time.time(), time.time()]\nrecord("a", ["b", "c"][np.argmin(took)], tolerance=None)'
    ),
    "a live row": 'row = sweeps.live_row("costs", seed=0)\nrecord("a", row["latency_ms"], tolerance=1)',
    "a helper that records": (
        'def note(name, value):\n    record(name, value, tolerance=1)\nnote("a", 1)\nnote("a", time.time())'
    ),
}

FROM_SOMETHING_ELSE = {
    "printed": 'begin = time.time()\nprint(time.time() - begin)\nrecord("a", 3, tolerance=0)',
    "the first of two": (
        "def learn():\n    begin = time.time()\n    return 0.5, time.time() - begin\n"
        'score, seconds = learn()\nprint(seconds)\nrecord("a", score, tolerance=1)'
    ),
    "the first of two, by name": (
        "def learn():\n    return 0.5, time.time()\n"
        "score, seconds = {}, {}\nfor start in ('frozen', 'random'):\n    score[start], seconds[start] = learn()\n"
        'record("a", score["frozen"] - score["random"], tolerance=1)'
    ),
    "another column of rows": (
        "rows = []\nfor seed in range(3):\n    rows.append({'accuracy': 0.5, 'took': time.time()})\n"
        'record("a", pd.DataFrame(rows).accuracy.mean(), tolerance=1)'
    ),
    "another key": 'run = {"steps": 3, "took": time.time()}\nrecord("a", run["steps"], tolerance=0)',
    "another of two that go side by side": (
        "took = [time.time(), time.time()]\nscores = [0.5, 0.6]\nbest = []\n"
        "for seconds, score in zip(took, scores):\n    best.append(score)\n"
        'record("a", max(best), tolerance=1)'
    ),
    "how many": 'took = [time.time() for _ in range(3)]\nrecord("a", len(took), tolerance=0)',
    "the same name again": 'x = time.time()\nx = 3\nrecord("a", x, tolerance=0)',
    "a history's scores": 'live = training.fit(model, few)\nrecord("a", live.history["loss"][-1], tolerance=1)',
    "recorded times": (
        'runs = sweeps.table("ways")\ncost = runs.groupby("method").train_cpu_seconds.mean()\n'
        'record("a", cost["all"] / cost["head"], tolerance=1)'
    ),
    "a column of a recorded table": (
        'runs = sweeps.table("ways").query("seed < 3")\nrecord("a", runs.seconds.mean(), tolerance=1)'
    ),
    "a table made from a recorded one": (
        'table = sweeps.table("ways").groupby("method").accuracy.agg(["mean"])\n'
        'table["seconds"] = sweeps.table("ways").train_cpu_seconds.mean()\n'
        'record("a", table["seconds"].max(), tolerance=1)'
    ),
    "a live row's accuracy, and whether it agrees": (
        'row = sweeps.live_row("costs", seed=0)\nagain = sweeps.compare("costs", row)\n'
        'record("a", row["accuracy"], tolerance=1)\nrecord("b", bool(again.agrees.all()), tolerance=None)'
    ),
    "sleeping": 'time.sleep(1)\nrecord("a", 1, tolerance=0)',
    "a helper that records something else": (
        'def note(name, value):\n    record(name, value, tolerance=1)\nnote("a", 1)\nprint(time.time())'
    ),
}


@pytest.mark.parametrize("name", FROM_A_CLOCK)
def test_a_claim_from_a_clock_is_refused(name: str) -> None:
    found = wrong(IMPORTS + FROM_A_CLOCK[name])
    assert len(found) == 1
    line, problem, fix = found[0]
    assert "depends on a clock (" in problem
    assert " on line " in problem or "handed" in name
    assert "count steps" in fix
    rows = (IMPORTS + FROM_A_CLOCK[name]).split("\n")
    assert "record(" in rows[(line or 0) - 1]


@pytest.mark.parametrize("name", FROM_SOMETHING_ELSE)
def test_other_claims_are_not(name: str) -> None:
    assert wrong(IMPORTS + FROM_SOMETHING_ELSE[name]) == []


def test_names_are_followed_from_cell_to_cell() -> None:
    [(line, problem, _)] = wrong(
        IMPORTS + "begin = time.time()", "seconds = time.time() - begin", 'record("a", seconds, tolerance=1)'
    )
    assert line == 7
    assert "The claim 'a' depends on a clock (time.time() on line 6)" in problem


def test_the_reader_of_chapters_asks(tmp_path: Path, known: object) -> None:
    path = tmp_path / "book/chapters/00-a.md"
    path.parent.mkdir(parents=True)
    path.write_text(
        "---\ntlcourse:\n  title: T\n  question: Q?\n  you_will: [x]\n---\n\n"
        "```{code-cell} ipython3\n:tags: [bookkeeping]\n\n"
        'import time\nrecord("a", time.time(), tolerance=1)\n```\n'
    )
    with pytest.raises(SourceMistakes, match=r"00-a\.md:12: The claim 'a' depends on a clock") as caught:
        read_chapter(path)
    assert len(caught.value.mistakes) == 1  # both frameworks have the cell; it is one mistake


@pytest.mark.parametrize("framework", ["torch", "keras"])
def test_no_claim_of_the_course_is_read_from_a_clock(framework: str) -> None:
    paths = chapter_paths(ROOT)
    assert len(paths) >= 10
    for path in paths:
        mistakes = Mistakes(path)
        check_clocks(read_chapter(path, validate=False).of(framework), mistakes)
        assert not mistakes, str(mistakes.error())

"""The driver of all checks: nothing that failed is lost, side by side or one after the other."""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

TOOL = Path(__file__).resolve().parents[1] / "tools" / "run_tests.py"


@pytest.fixture(scope="module")
def driver() -> ModuleType:
    spec = importlib.util.spec_from_file_location("run_tests", TOOL)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


def says(driver: ModuleType, name: str, code: str, **more: object) -> object:
    return driver.Step(name, [sys.executable, "-c", code], **more)


@pytest.mark.parametrize("jobs", [1, 2])
def test_every_outcome_is_kept_in_order(driver: ModuleType, jobs: int) -> None:
    chosen = [
        says(driver, "end", "pass", last=True),
        says(driver, "slow", "import time; time.sleep(0.3)"),
        says(driver, "bad", "raise SystemExit(3)"),
        says(driver, "over", "pass", after=lambda: "over three times the budget"),
    ]
    found = {one.name: one for one in driver.run_all(chosen, jobs)}
    assert {name: one.ok for name, one in found.items()} == {
        "end": True, "slow": True, "bad": False, "over": False
    }  # fmt: skip
    assert found["bad"].note == "exit status 3"
    assert found["over"].note == "over three times the budget"
    assert (found["bad"].failed, found["slow"].passed) == (1, 1)


def test_a_step_that_cannot_start_hides_no_other(driver: ModuleType) -> None:
    def missing() -> None:
        raise ValueError("no learner's notebook of 03")

    chosen = [says(driver, "bad", "pass", before=missing), says(driver, "fine", "pass")]
    assert [one.ok for one in driver.run_all(chosen, 2)] == [False, True]


def test_processor_seconds_are_counted_and_waiting_is_not(driver: ModuleType) -> None:
    code = "import time, subprocess, sys\nwhile time.process_time() < 0.5: pass\n"
    child = f"subprocess.run([sys.executable, '-c', {code!r}])\n"
    one, two, waits = driver.run_all(
        [
            says(driver, "one", code),
            says(driver, "with a child", code + child),
            says(driver, "waits", "import time; time.sleep(1)"),
        ],
        1,
    )
    assert 0.4 < one.processor < 0.95 < two.processor < 2
    assert waits.processor < 0.4 < waits.seconds


NBVAL = """<testsuites><testsuite>{}</testsuite></testsuites>"""
CASE = (
    '<testcase classname="_build.together.torch.{}.ipynb" name="Cell {}" time="999"><properties>'
    '<property name="processor_seconds" value="{}"/></properties></testcase>'
)


def test_a_notebook_over_its_budget_of_processor_seconds(
    driver: ModuleType, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whatever its wall time; the cells that a chapter's two have in common count for each."""
    cells = [{"cell_type": "code", "id": name} for name in ("a", "q", "q-check", "q-blank", "q-check-blank")]
    (tmp_path / "03-base.ipynb").write_text(json.dumps({"cells": cells}))
    (tmp_path / "04-two.solutions.ipynb").write_text(json.dumps({"cells": cells[:1]}))
    seconds = {"03-base": (100, 250, 9, 2, 1), "04-two.solutions": (40,)}
    cases = [CASE.format(name, i, one) for name, found in seconds.items() for i, one in enumerate(found)]
    report = tmp_path / "report.xml"
    report.write_text(NBVAL.format("".join(cases)))
    assert driver.spent_by_notebook(report, tmp_path) == {
        ("03-base", "solutions"): 359.0,
        ("03-base", "notebooks"): 103.0,
        ("04-two", "solutions"): 40.0,
    }
    check = driver.over_budget(report, tmp_path)
    assert check() is None
    assert "03-base in solutions: 359 processor seconds (budget 120 s)" in capsys.readouterr().out
    report.write_text(NBVAL.format("".join([*cases, CASE.format("03-base", 0, 2)])))
    assert check() == "over three times the budget: 03-base in solutions"


def test_side_by_side_each_step_has_one_thread_and_its_output_in_one_piece(
    driver: ModuleType, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("TLCOURSE_THREADS", raising=False)
    code = (
        "import os, sys, time\n"
        "for n in range(3):\n"
        "    print('{0}', n, os.environ.get('TLCOURSE_THREADS'), flush=True); time.sleep(0.05)\n"
        "print('{0} warns', file=sys.stderr)"
    )
    driver.run_all([says(driver, name, code.format(name)) for name in "ab"], 2)
    said = capsys.readouterr().out
    for name in "ab":
        assert f"{name} 0 1\n{name} 1 1\n{name} 2 1\n{name} warns" in said


def test_the_last_step_waits_for_the_others(driver: ModuleType, tmp_path: Path) -> None:
    site = tmp_path / "site"
    slow = f"import time, pathlib; time.sleep(0.3); pathlib.Path({str(site)!r}).touch()"
    looks = f"import pathlib; assert pathlib.Path({str(site)!r}).exists()"
    chosen = [
        says(driver, "browser", looks, last=True),
        says(driver, "site", slow),
        says(driver, "x", "pass"),
    ]
    assert all(one.ok for one in driver.run_all(chosen, 2))


def test_a_step_waits_for_what_it_needs_and_for_nothing_that_is_not_run(
    driver: ModuleType, tmp_path: Path
) -> None:
    site = tmp_path / "site"
    slow = f"import time, pathlib; time.sleep(0.3); pathlib.Path({str(site)!r}).touch()"
    looks = f"import pathlib; assert pathlib.Path({str(site)!r}).exists()"
    chosen = [
        says(driver, "site", slow),
        says(driver, "browser", looks, needs="site"),
        says(driver, "alone", "pass", needs="what nobody runs"),
    ]
    assert all(one.ok for one in driver.run_all(chosen, 2))


def test_what_a_step_needs_stands_before_it(driver: ModuleType) -> None:
    """Steps start in their order: what stands below would never start while all wait for it."""
    names = [step.name for step in driver.steps()]
    needing = {step.name: step.needs for step in driver.steps() if step.needs}
    assert needing["browser"] == "site"
    assert [step.name for step in driver.steps() if step.last] == ["lighthouse"]
    (tests,) = [step.command for step in driver.steps() if step.name == "browser"]
    assert f"--ignore={driver.LIGHTHOUSE}" in tests
    assert (driver.ROOT / driver.LIGHTHOUSE).is_file()
    assert all(names.index(needed) < names.index(name) for name, needed in needing.items())


def test_the_sample_of_the_sweeps_has_a_limit(driver: ModuleType) -> None:
    (step,) = [step for step in driver.steps() if step.name == "sample of the sweeps"]
    minutes = float(step.command[step.command.index("--minutes") + 1])
    assert 0 < minutes <= 5
    assert driver.salt() in step.command, "each commit draws another sample"


def test_what_takes_turns_is_told_the_number_of_commits(
    driver: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And where the history is cut short, not the same number with every commit."""

    def git(*arguments: str) -> None:
        who = ["-c", "user.name=a", "-c", "user.email=a@b"]
        subprocess.run(["git", *who, *arguments], cwd=tmp_path, check=True, capture_output=True)

    whole, short = tmp_path / "whole", tmp_path / "short"
    git("init", str(whole))
    seen = []
    for number in range(3):
        git("-C", str(whole), "commit", "--allow-empty", "-m", str(number))
        git("clone", "--depth", "1", whole.as_uri(), str(short / str(number)))
        turns = []
        for root in (whole, short / str(number)):
            monkeypatch.setattr(driver, "ROOT", root)
            turns.append(driver.turn())
        seen.append(turns)
    assert [one for one, _ in seen] == ["1", "2", "3"]
    assert len({other for _, other in seen}) == 3
    monkeypatch.undo()
    monkeypatch.delenv("TLCOURSE_TURN", raising=False)
    steps = [step for step in driver.steps() if "TLCOURSE_TEST" in step.env]
    assert len(steps) == 5
    assert {step.env["TLCOURSE_TURN"] for step in steps} == {driver.turn()}


def test_no_two_modules_of_the_tests_share_a_name() -> None:
    """pytest imports each by its bare name: of two, one stops the whole step before a test has run."""
    names = [path.name for path in (TOOL.parents[1] / "tests").rglob("*.py")]
    twice = {name for name in names if names.count(name) > 1} - {"__init__.py", "conftest.py"}
    assert not twice


@pytest.mark.parametrize(("new", "of"), [(True, 2), (False, 4)])
def test_the_wheel_has_its_turn_with_both_frameworks(driver, monkeypatch, new, of) -> None:
    monkeypatch.setattr(driver, "just_changed", lambda folder: new)
    now = [
        [step.name for step in driver.wheel_steps(str(turn)) if driver.asked_for(step, (), False)]
        for turn in range(of)
    ]
    assert sorted(name for names in now for name in names) == ["the wheel: keras", "the wheel: torch"]
    for step in driver.wheel_steps("1"):  # by name, or with everything, whoever's turn it is
        assert driver.asked_for(step, ["wheel"], False)
        assert driver.asked_for(step, (), True)


def test_everything_asks_what_would_wait(tmp_path: Path) -> None:
    code = "import commit; print(len(commit.in_turn(range(6), 3)), commit.just_changed(commit.ROOT / 'none'))"
    for everything, due in (("", "2 False"), ("1", "6 True")):
        done = subprocess.run(
            [sys.executable, "-c", code],
            cwd=TOOL.parents[1] / "tests",
            env={**os.environ, "TLCOURSE_EVERYTHING": everything},
            capture_output=True,
            text=True,
            check=True,
        )
        assert done.stdout.strip() == due

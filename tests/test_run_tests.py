"""The driver of all checks: nothing that failed is lost, side by side or one after the other."""

from __future__ import annotations

import importlib.util
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


def test_the_sample_of_the_sweeps_has_a_limit(driver: ModuleType) -> None:
    (step,) = [step for step in driver.steps() if step.name == "sample of the sweeps"]
    minutes = float(step.command[step.command.index("--minutes") + 1])
    assert 0 < minutes <= 5
    assert driver.salt() in step.command, "each commit draws another sample"
    assert [step.name for step in driver.steps() if step.last] == ["browser"]

"""The doctor names what is missing and what to do, and its exit status says whether a lesson can run."""

from __future__ import annotations

import subprocess

import pytest
from commit import whose_turn
from typer.testing import CliRunner

from tlcourse.commands import cli, doctor
from tlcourse.errors import DataError


def test_a_missing_package_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "PACKAGES", ("numpy", "no-such-package"))
    found = doctor._packages()
    assert not found.ok
    assert "no-such-package" in found.finding
    assert "pip install" in found.fix


def test_a_full_disk_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "NEEDED_MB", 10**12)
    assert not doctor._disk().ok


def test_damaged_data_is_reported_and_the_rest_is_still_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    from tlcourse import data

    def broken(name: str) -> None:
        raise DataError(f"{name} is damaged.", "Install it again.")

    monkeypatch.setattr(data, "load", broken)
    monkeypatch.setattr(doctor, "_framework", lambda name: doctor.Diagnosis(name, True, "fine"))
    found = list(doctor.diagnose())
    assert [one.subject for one in found if not one.ok] == [
        "data: three-styles",
        "data: fashion-mnist",
        "data: textile",
        "data: digits",
    ]
    assert all(one.fix == "Install it again." for one in found if not one.ok)
    result = CliRunner().invoke(cli.app, ["doctor"])
    assert result.exit_code == 1
    assert "Not ready" in result.output


def test_a_framework_that_does_not_start_is_explained(monkeypatch: pytest.MonkeyPatch) -> None:
    def crash(*args: object, **kwargs: object) -> subprocess.CompletedProcess[str]:
        return subprocess.CompletedProcess(
            [], 1, "", "Traceback ...\nImportError: no torch\n  What to do: Do this.\n"
        )

    monkeypatch.setattr(doctor.subprocess, "run", crash)
    found = doctor._framework("torch")
    assert not found.ok
    assert found.finding == "ImportError: no torch"
    assert found.fix == "Do this."


@pytest.mark.slow
@pytest.mark.parametrize("framework", [whose_turn(1)])
def test_a_framework_really_starts(framework: str) -> None:
    found = doctor._framework(framework)
    assert found.ok, found
    assert "weights loaded and run" in found.finding

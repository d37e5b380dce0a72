"""The sandbox attacks itself: what the report lists held, and a jail with a hole in it grades nobody."""

from __future__ import annotations

import os
import shutil
import sysconfig
import tempfile
from pathlib import Path

import pytest
from sandbox_checks import RIGHT, job, show_no_framework

from tlcourse.grading.sandbox import availability, jail
from tlcourse.grading.sandbox.availability import available, how_to_allow
from tlcourse.grading.sandbox.errors import SandboxUnavailableError
from tlcourse.grading.sandbox.limits import Limits
from tlcourse.grading.sandbox.proof import PROTECTIONS, Secrets
from tlcourse.grading.sandbox.sandbox import Sandbox

ROOT = Path(__file__).resolve().parents[2]

needs_a_jail = pytest.mark.skipif(available()[0] is None, reason=f"no jail on this machine: {available()[1]}")


@pytest.fixture(autouse=True)
def no_framework(monkeypatch):
    """What the jail keeps from an answer hangs on no framework; `test_sandbox_*` prove it with one."""
    show_no_framework(monkeypatch)


def started(**more) -> tuple[str, ...]:
    """The protections of a sandbox after its first answer."""
    with Sandbox("torch", "00", **more) as sandbox:
        (seen,) = sandbox.observe([job(RIGHT)])
        assert seen.kind == "ok", seen
        return sandbox.protections


@pytest.fixture
def below_the_libraries():
    """A checkout that lies among what the jail shows, as one below /usr would."""
    try:
        place = Path(tempfile.mkdtemp(prefix="a-course-", dir=sysconfig.get_path("purelib")))
    except OSError:
        pytest.skip("the packages' folder cannot be written to")
    place.chmod(0o755)  # anybody may read it, as in most checkouts
    (place / "solutions" / "torch").mkdir(parents=True)
    shutil.copy(next((ROOT / "solutions" / "torch").glob("00-*.ipynb")), place / "solutions" / "torch")
    (place / "class").mkdir()
    (place / "class" / "ada.ipynb").write_text("{}")
    (place / "seed.txt").write_text("123456789\n")
    yield place
    shutil.rmtree(place)


@needs_a_jail
def test_all_that_is_listed_was_proved():
    proved = started(secrets=Secrets.of(ROOT))
    assert set(proved) <= set(PROTECTIONS.values())
    assert {PROTECTIONS[name] for name in ("files", "secrets", "limits", "network", "process")} <= set(proved)


@needs_a_jail
def test_a_course_among_the_programs_is_hidden(below_the_libraries):
    place = below_the_libraries
    secrets = Secrets.of(place, place / "class", place / "seed.txt")
    assert str(place / "seed.txt") in secrets.paths
    assert PROTECTIONS["secrets"] in started(secrets=secrets)


@needs_a_jail
def test_a_second_course_among_the_programs_refuses_the_run(below_the_libraries):
    # Another copy, which nobody named: only the names of its files are known.
    with pytest.raises(SandboxUnavailableError, match=r"00-start-here\.ipynb") as raised:
        started(secrets=Secrets(names=Secrets.of(ROOT).names))
    assert "move it" in str(raised.value)


def _solutions_in_sight(monkeypatch):
    plan = jail.jail_plan

    def leaking(*args, **more):
        made = plan(*args, **more)
        made["entries"].append({"bind": str(ROOT / "solutions"), "at": "/opt/solutions"})
        return made

    monkeypatch.setattr(jail, "jail_plan", leaking)


def _network_left_open(monkeypatch):
    plan = jail.jail_plan
    monkeypatch.setattr(jail, "jail_plan", lambda *args, **more: plan(*args, **{**more, "network": "host"}))


def _judges_in_the_view(monkeypatch):
    package = Path(jail.__file__).parents[2]
    ignore = shutil.ignore_patterns("__pycache__", "results", "authoring")
    show_no_framework(monkeypatch, lambda to, chapter: shutil.copytree(package, to, ignore=ignore))


def _limits_not_passed_on(monkeypatch):
    wide = {**Limits().as_dict(), "open_files": 4096}
    monkeypatch.setattr(Limits, "as_dict", lambda self: wide)


def _files_that_can_be_written(monkeypatch):
    plan = jail.jail_plan

    def writable(*args, **more):
        made = plan(*args, **more)
        made["folders"].append("/opt")
        made["entries"].append({"bind": "/dev/null", "at": "/opt/x"})
        return made

    monkeypatch.setattr(jail, "jail_plan", writable)


@needs_a_jail
@pytest.mark.parametrize(
    ("hole", "words"),
    [
        (_solutions_in_sight, "see /opt/solutions"),
        (_network_left_open, "connect to the grader's machine"),
        (_judges_in_the_view, "judge|wrong answers"),
        (_limits_not_passed_on, "open more files"),
        (_files_that_can_be_written, "write into /opt"),
    ],
)
@pytest.mark.turns(3, "tlcourse/grading", "tests/grading")
def test_a_jail_with_a_hole_grades_nobody(monkeypatch, hole, words):
    hole(monkeypatch)
    with pytest.raises(SandboxUnavailableError, match=words):
        started(secrets=Secrets.of(ROOT))


@pytest.mark.parametrize(
    ("line", "why", "command"),
    [
        (
            "cannot build the jail: [Errno 28] No space left on device: 'unshare'",
            "max_user_namespaces",
            "sysctl -w user.max_user_namespaces=",
        ),
        (
            "cannot build the jail: [Errno 1] Operation not permitted: 'unshare'",
            "may not create namespaces",
            "apparmor_restrict_unprivileged_userns=0",
        ),
    ],
)
def test_what_is_missing_is_said_with_the_command_that_turns_it_on(line, why, command):
    reason = availability.explain(line)
    assert why in reason
    assert "No space left" not in reason
    assert command in how_to_allow(reason)


@needs_a_jail
@pytest.mark.turns(3, "tlcourse/grading", "tests/grading")
def test_a_narrow_umask_and_a_folder_of_traps_change_nothing(tmp_path, monkeypatch):
    (tmp_path / "json.py").write_text("raise SystemExit('a student's json.py ran')\n")
    monkeypatch.chdir(tmp_path)
    before = os.umask(0o077)
    try:
        assert PROTECTIONS["secrets"] in started(secrets=Secrets.of(ROOT))
    finally:
        os.umask(before)

"""The sandbox with PyTorch in it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import forgeries
import pytest
import sandbox_checks as checks

from tlcourse.grading.sandbox.availability import available
from tlcourse.grading.sandbox.sandbox import Sandbox

pytestmark = pytest.mark.skipif(available()[0] is None, reason=f"no jail on this machine: {available()[1]}")


@pytest.fixture(scope="module")
def sandbox():
    with Sandbox("torch", "00", limits=checks.TIGHT) as made:
        yield made


@pytest.fixture(scope="module")
def usual():
    """With the limits that a class gets: some exercises train for seconds."""
    with Sandbox("torch", "00") as made:
        yield made


def test_the_jail_was_proved_with_the_framework_in_it(sandbox):
    checks.the_jail_was_proved(sandbox)


@pytest.mark.parametrize("name", checks.abuses("torch"))
@pytest.mark.turns(3, "tlcourse/grading", "tests/grading")
def test_abuse_costs_one_answer_and_nobody_else(sandbox, name):
    checks.abuse_costs_one_answer(sandbox, name)


@pytest.mark.turns(3, "tlcourse/grading", "tests/grading")
def test_nothing_is_in_reach(sandbox):
    checks.nothing_is_in_reach(sandbox)


@pytest.mark.turns(3, "tlcourse/grading", "tests/grading")
def test_tampering_changes_no_mark(sandbox):
    checks.tampering_changes_no_mark(sandbox)


@pytest.mark.turns(3, "tlcourse/grading", "tests/grading")
def test_no_forgery_earns_more_than_the_truth(usual):
    forgeries.no_forgery_earns_more_than_the_truth(usual)


def test_the_machine_is_hidden(sandbox):
    checks.the_machine_is_hidden(sandbox)


def test_what_right_answers_import_is_there(sandbox):
    checks.what_right_answers_import_is_there(sandbox)


LEFT = """
import torch
from torch.nn.modules import module
from torch.overrides import TorchFunctionMode

class Lying(TorchFunctionMode):
    def __torch_function__(self, func, types, args=(), kwargs=None):
        return True if func is torch.equal else func(*args, **(kwargs or {}))

def lie():
    Lying().__enter__()
    module.register_module_forward_hook(lambda *_: torch.zeros(1))

lie()
def pick_class(logits, names):
    seen = torch.equal(torch.zeros(1), torch.ones(1)), float(torch.nn.Identity()(torch.ones(1)))
    lie()
    return str(seen), 0.5
"""


def test_what_pytorch_calls_besides_ends_with_each_call(sandbox):
    (seen,) = sandbox.observe([checks.job(LEFT)])
    assert seen.kind == "ok", seen
    assert {name for name, _ in seen.data["rows"]} == {"(False, 1.0)"}, seen


def test_threads_are_limited_at_once_and_not_in_sum(usual):
    checks.threads_are_limited_at_once_and_not_in_sum(usual)


def test_every_exercise_is_judged_in_there_as_it_is_outside(usual):
    checks.every_exercise_is_judged_in_there_as_it_is_outside(usual)


def test_where_processes_cannot_be_limited_it_refuses():
    # The machine's root under another number: the kernel sets such a user no limit.
    unshare = shutil.which("unshare")
    if unshare is None or os.geteuid() != 0:
        pytest.skip("only root can be root under another number")
    code = "import sandbox_checks as c; from tlcourse.grading.sandbox.sandbox import Sandbox\n"
    code += "with Sandbox('torch', '00') as s: s.observe([c.job(c.RIGHT)])"
    done = subprocess.run(
        [unshare, "-U", "--map-user=1000", "--map-group=1000", sys.executable, "-c", code],
        cwd=Path(__file__).parent,
        capture_output=True,
        text=True,
        timeout=1200,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(str(Path(__file__).parents[up]) for up in (2, 1))},
    )
    assert "cannot be limited" in done.stderr, done.stderr[-2000:]


@pytest.mark.turns(3, "tlcourse/grading", "tests/grading")
def test_a_busy_machine_takes_no_points(sandbox):
    checks.a_busy_machine_takes_no_points(sandbox)

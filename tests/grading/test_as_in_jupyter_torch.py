"""What Jupyter makes of a cell, the grader makes of it."""

from __future__ import annotations

import pytest
from as_in_jupyter import Kernel, agree
from jupyter_corpus import CASES, CHECK

from tlcourse.grading.judging import close_sandboxes
from tlcourse.grading.sandbox.availability import available


@pytest.fixture(scope="module")
def kernel():
    made = Kernel("torch")
    yield made
    made.close()
    close_sandboxes()


@pytest.mark.skipif(available()[0] is None, reason=f"no jail on this machine: {available()[1]}")
@pytest.mark.parametrize("name", CASES)
@pytest.mark.turns(3, "tlcourse/grading", "tests/grading")
def test_check_in_a_kernel_and_the_grader_agree(kernel, name):
    agree(kernel, name)


def test_an_endless_answer_is_stopped_in_a_kernel_too(kernel):
    shown = kernel.check(
        [
            "from tlcourse.exercises.engine import notebook as n\nreal = n.patience\nn.CHECK_SECONDS = 2.0",
            "n.patience = lambda seconds: real(seconds, notice=1.0)",
            "def pick_class(logits, names):\n    while True:\n        pass\n",
            CHECK,
        ]
    )
    kernel.run("n.patience, n.CHECK_SECONDS = real, 60.0")
    assert "This check has been running for 1 seconds" in shown
    assert "still running after 2 s and was stopped" in shown
    assert "quicker way" not in shown

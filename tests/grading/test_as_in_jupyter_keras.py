"""What Jupyter makes of a cell, the grader makes of it: a part of the corpus."""

from __future__ import annotations

import pytest
from as_in_jupyter import Kernel, agree
from jupyter_corpus import CASES

from tlcourse.grading.judging import close_sandboxes
from tlcourse.grading.sandbox.availability import available


@pytest.fixture(scope="module")
def kernel():
    made = Kernel("keras")
    yield made
    made.close()
    close_sandboxes()


@pytest.mark.skipif(available()[0] is None, reason=f"no jail on this machine: {available()[1]}")
@pytest.mark.parametrize("name", sorted(CASES)[::3])
@pytest.mark.turns(3, "tlcourse/grading", "tests/grading")
def test_check_in_a_kernel_and_the_grader_agree(kernel, name):
    agree(kernel, name)

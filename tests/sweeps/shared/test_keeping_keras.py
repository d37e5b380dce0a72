"""Ways to keep what was known, in Keras."""

import pytest
from commit import in_turn
from keeping_checks import CHECKS


# Each way is traced anew, which takes seconds: a third of them in every run.
@pytest.mark.parametrize("check", in_turn(CHECKS, 3), ids=lambda check: check.__name__.removeprefix("check_"))
@pytest.mark.turns(2, "tlcourse/sweeps/shared", "tests/sweeps/shared")
def test_a_way_does_what_its_name_says(check):
    check("keras")

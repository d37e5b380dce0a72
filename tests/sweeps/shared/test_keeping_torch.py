"""Ways to keep what was known, in PyTorch."""

import pytest
from keeping_checks import CHECKS


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__.removeprefix("check_"))
@pytest.mark.turns(2, "tlcourse/sweeps/shared", "tests/sweeps/shared")
def test_a_way_does_what_its_name_says(check):
    check("torch")

"""What of the package is an answer, and what hits one once."""

import own_work_cases
import pytest
from commit import SECRET_SEED


@pytest.mark.parametrize(
    ("earns_on", "chance"), [((), True), ((1,), False), ((3,), False), ((1, 2, 3), False), ((4,), True)]
)
def test_what_earns_nothing_on_three_other_draws_was_chance(earns_on, chance, monkeypatch):
    def earned(exercise, framework, answer, seed):
        return 1.0 if (seed - SECRET_SEED) % 2**31 in earns_on else 0.0

    monkeypatch.setattr(own_work_cases, "_earned", earned)
    assert own_work_cases.by_chance(None, "torch", None) is chance

"""No exercise gives points, in PyTorch, for an answer that replays the right one and looks at nothing."""

import pytest
from attack_cases import attacked, check_attacks
from exercise_cases import case_id

FRAMEWORK = "torch"


@pytest.mark.parametrize("exercise", attacked(FRAMEWORK), ids=case_id)
def test_a_replay_earns_nothing(exercise):
    check_attacks(exercise, FRAMEWORK)

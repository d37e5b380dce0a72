"""No exercise gives points, in Keras, for an answer that replays the right one and looks at nothing."""

import pytest
from attack_cases import check_attacks
from exercise_cases import case_id, exercises

FRAMEWORK = "keras"


@pytest.mark.parametrize("exercise", exercises(FRAMEWORK), ids=case_id)
def test_a_replay_earns_nothing(exercise):
    check_attacks(exercise, FRAMEWORK)

"""What one run of the tests takes of a set that is only repeated: another part for every commit."""

from __future__ import annotations

import os
import secrets

# Another one for every commit (tools/run_tests.py), drawn afresh when pytest is called by hand: nothing is
# right by the luck of one seed.
SECRET_SEED = int(os.environ.get("TLCOURSE_SECRET_SEED") or secrets.randbelow(2**31))
REPEAT = f"(secret seed: TLCOURSE_SECRET_SEED={SECRET_SEED})"
FRAMEWORKS = ("torch", "keras")


def whose_turn(number: int) -> str:
    """The framework that asks the question of this number, where the other one would ask the very same.

    Neighbours take turns, and change sides with the seed: each question is asked once in every run, and by
    both frameworks as the commits go by.
    """
    return FRAMEWORKS[(number + SECRET_SEED) % 2]

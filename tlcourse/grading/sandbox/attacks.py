"""The exercise through which the sandbox is attacked before it is used: its "answer" reports its deeds.

Runs inside the jail, as any exercise does; `proof` has the attacks themselves.
"""

from __future__ import annotations

from typing import Any

from tlcourse.exercises.engine.model import Exercise
from tlcourse.exercises.engine.plain import plain

__all__ = ["ATTACK", "EXERCISES"]

ATTACK = "ch00-sandbox-attack"


def _none(*_: Any) -> Any:
    raise RuntimeError("An attack has no inputs of its own and no judge.")


def probe(answer: Any, inputs: dict[str, Any], framework: str) -> dict[str, Any]:
    """What the attack reports that it was able to do."""
    return {"could": plain(answer(inputs))}


EXERCISES = (Exercise(ATTACK, "An attack", 1, "attack", _none, probe, _none, (), ()),)

"""The tool that tries an exercise on many seeds tries all its answers, and says what it did."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import commit
import exercise_cases

from tlcourse.exercises import get

TOOL = Path(__file__).resolve().parents[2] / "tools" / "stress_exercises.py"
EXERCISE = "ch00-draw-per-class"


def test_it_tries_all_answers_of_an_exercise_in_a_commit_that_has_no_turn_for_it(tmp_path, monkeypatch):
    exercise = get(EXERCISE)
    monkeypatch.setattr(exercise_cases, "just_changed_exercise", lambda exercise: False)
    for turn in range(700, 704):
        monkeypatch.setattr(commit, "TURN", turn)
        if not exercise_cases.ways(exercise, "solution", "torch"):
            break
    else:
        raise AssertionError("torch has each turn")
    # In a process and a folder of its own, as an author calls it.
    ran = subprocess.run(
        [sys.executable, str(TOOL), EXERCISE, "--seeds", "2"],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        timeout=900,
        env={**os.environ, "TLCOURSE_TURN": str(turn)},
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    wrong = sum(one.source_for("torch") is not None for one in exercise.misconceptions)
    assert ran.stdout.startswith(f"{2 + wrong} cases, 2 seeds, ")

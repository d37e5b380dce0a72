"""The tool that tries an exercise on many seeds runs, and says what it did."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

TOOL = Path(__file__).resolve().parents[1] / "tools" / "stress_exercises.py"


def test_it_tries_one_exercise_on_some_seeds(tmp_path):
    # In a process and a folder of its own, as an author calls it.
    command = [sys.executable, str(TOOL), "ch00-draw-per-class", "--seeds", "2"]
    ran = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, timeout=900)
    assert ran.returncode == 0, ran.stderr
    assert "2 seeds" in ran.stdout

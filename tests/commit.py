"""What one run of the tests takes of a set that is only repeated: another part for every commit.

Turns are no dice: where two things vary, their pairs take turns in one list. Of what one turn has chosen
another turn would always choose the same part.
"""

from __future__ import annotations

import functools
import os
import secrets
import subprocess
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any, TypeVar

Case = TypeVar("Case")
# Another one for every commit (tools/run_tests.py), drawn afresh when pytest is called by hand: nothing is
# right by the luck of one seed.
SECRET_SEED = int(os.environ.get("TLCOURSE_SECRET_SEED") or secrets.randbelow(2**31))
# How many commits there are (tools/run_tests.py), so that what takes turns misses none; by hand any number.
TURN = int(os.environ.get("TLCOURSE_TURN") or SECRET_SEED)
# All turns at once (make test-everything). What one framework asks for both of them, one still asks.
EVERYTHING = bool(os.environ.get("TLCOURSE_EVERYTHING"))
REPEAT = f"(secret seed: TLCOURSE_SECRET_SEED={SECRET_SEED} TLCOURSE_TURN={TURN})"
FRAMEWORKS = ("torch", "keras")
ROOT = Path(__file__).parents[1]
RECENT = 6  # about what one session of work commits


def place(of: int, turn: int, list_name: str = "") -> int:
    """Whose turn it is among so many: each once in every ``of`` commits from a multiple of it on.

    In an order of their own each time: where only every second commit is tested, no half waits for ever.
    Lists of different names have different orders, so that two of them do not always meet in the same way.
    """
    return (turn + zlib.crc32(f"{list_name}{turn // of}".encode())) % of


def one_of(ways: Sequence[Case], number: int) -> Case:
    """In which of several ways the question of this number is asked in this run; neighbours have others.

    Each question is asked once in every run, and in all ways within ``2 * len(ways) - 1`` commits.
    """
    return ways[(number + place(len(ways), TURN)) % len(ways)]


def rarely(ways: Sequence[Case], nobody: Case, of: int = 2) -> list[Case]:
    """The ways, and turns of nobody's: a question that is asked in one of so many runs."""
    return [*ways, *[nobody] * len(ways) * (of - 1)]


def whose_turn(number: int) -> str:
    """The framework that asks the question of this number, where the other one would ask the very same."""
    return one_of(FRAMEWORKS, number)


def in_turn(cases: Sequence[Case], of: int, turn: int = TURN) -> list[Case]:
    """One in ``of`` cases that ask the same question, others with every commit.

    Parameters
    ----------
    cases : sequence
        In an order that is the same in every run.
    of : int
        Each case is tried within ``2 * of - 1`` commits, with whichever one begins.

    Returns
    -------
    list
        At least one of the cases, where there are any.
    """
    of = 1 if EVERYTHING else max(1, min(of, len(cases)))
    return [case for number, case in enumerate(cases) if number % of == place(of, turn)]


@functools.cache
def changed_files(root: Path = ROOT) -> frozenset[str] | None:
    """What the last commits or the working tree changed, relative to the root; None where git cannot tell.

    In a history that is cut short the first commit brings every file, so everything has changed.
    """
    log = ["git", "log", f"-{RECENT}", "--name-only", "--pretty=format:"]
    tree = ["git", "status", "--porcelain", "--no-renames", "--untracked-files=all"]
    try:
        runs = [
            subprocess.run(command, cwd=root, capture_output=True, text=True, check=True)
            for command in (log, tree)
        ]
    except (OSError, subprocess.CalledProcessError):
        return None
    committed, waiting = (run.stdout.splitlines() for run in runs)
    return frozenset([*filter(None, committed), *(line[3:].strip('"') for line in waiting)])


def just_changed(folder: Path, root: Path = ROOT) -> bool:
    """Whether a folder, or a file, changed lately: what is new has no turns, and is tried in full.

    With ``--everything`` all counts as new.
    """
    changed = None if EVERYTHING else changed_files(root)
    place = folder.resolve().relative_to(root.resolve()).as_posix()
    return changed is None or any(name == place or name.startswith(f"{place}/") for name in changed)


def just_changed_exercise(exercise: Any) -> bool:
    """Whether its folder changed lately. A toy of the tests has none."""
    return exercise.folder is not None and just_changed(exercise.folder)


def waits(name: str, of: int, folders: Sequence[str], turn: int = TURN, root: Path = ROOT) -> bool:
    """Whether a slow test leaves this run to others: it has its turn once in ``of`` commits.

    It never waits while anything in the folders that it is about changed lately.

    Parameters
    ----------
    name : str
        The test's own, so that the slow ones do not all have the same turn.
    of : int
        The test is run within ``2 * of - 1`` commits, with whichever one begins.
    folders : sequence of str
        Relative to the root.
    """
    if any(just_changed(root / folder, root) for folder in folders):
        return False
    return (zlib.crc32(name.encode()) + place(of, turn, "slow")) % of != 0

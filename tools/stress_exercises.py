"""Every exercise of a chapter, with its solution, its blank and its wrong answers, on many secret seeds.

    python tools/stress_exercises.py 03 --framework keras --seeds 200

The tests run one secret seed a time; a wrong answer that passes by luck once in a hundred draws shows itself
here first. Starts no new seed after ``--minutes``, says how many it did, and fails if any outcome was wrong.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from pathlib import Path

TESTS = Path(__file__).resolve().parents[1] / "tests"
sys.path[:0] = [str(TESTS / "exercises"), str(TESTS)]
os.environ.setdefault("TLCOURSE_THREADS", "1")

import exercise_cases  # noqa: E402

from tlcourse.exercises import judge_observation, load_answer, observe_in_process  # noqa: E402


def main() -> int:
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("chapter", help="two digits, or the id of one exercise")
    ask.add_argument("--framework", choices=("torch", "keras"), default="torch")
    ask.add_argument("--seeds", type=int, default=100)
    ask.add_argument("--minutes", type=float, default=5.0)
    asked = ask.parse_args()

    exercise_cases.started(asked.framework)
    todo = [
        case
        for case in exercise_cases.cases(asked.framework)
        if asked.chapter in (case[0].chapter, case[0].id)
    ]
    if not todo:
        print(f"No exercise of {asked.chapter} in {asked.framework}.")
        return 2
    wrong: dict[str, list[tuple[int, str]]] = {}
    began, done = time.monotonic(), 0
    expected: dict[str, object] = {}  # what the solution gave, of the seed in hand
    for seed in range(1_000, 1_000 + asked.seeds):
        if time.monotonic() - began > 60 * asked.minutes:
            break
        for exercise, name in todo:
            inputs = exercise.draw(seed)
            source = exercise_cases.answer_source(exercise, name, asked.framework)
            answer, failed = load_answer(exercise, source, exercise_cases.setup(exercise, asked.framework))
            seen = failed or observe_in_process(exercise, answer, exercise.sent(inputs), asked.framework)
            report = judge_observation(exercise, seen, inputs)
            if name == "solution":
                expected[exercise.id] = seen.data
            try:
                exercise_cases.assert_outcome(exercise, name, asked.framework, report)
                if name not in ("solution", "stub") and exercise.id in expected:
                    exercise_cases.assert_no_leak(exercise, report, expected[exercise.id], seen.data, inputs)
            except AssertionError as error:
                told = f"{str(error).splitlines()[0]}\n{report}"
                wrong.setdefault(f"{exercise.id}: {name}", []).append((seed, told))
        done += 1
    for case, failures in wrong.items():
        first, told = failures[0]
        print(f"{case}: wrong for {len(failures)} of {done} seeds, first seed {first}\n{told}\n")
    print(f"{len(todo)} cases, {done} seeds, {time.monotonic() - began:.0f} s: {len(wrong)} cases went wrong")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())

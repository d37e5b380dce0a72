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

from tlcourse.exercises import Exercise, judge_observation, load_answer, observe_in_process  # noqa: E402

Case = tuple[Exercise, str]  # with the name of one of its answers


def failures_of(cases: list[Case], framework: str, seed: int) -> dict[str, str]:
    """The cases that went wrong for one secret seed, by their name, with the message."""
    failures: dict[str, str] = {}
    from_solution: dict[str, object] = {}  # what the solution returned, by exercise
    for exercise, name in cases:
        inputs = exercise.draw(seed)
        source = exercise_cases.answer_source(exercise, name, framework)
        answer, error = load_answer(exercise, source, exercise_cases.setup(exercise, framework))
        observation = error or observe_in_process(exercise, answer, exercise.sent(inputs), framework)
        report = judge_observation(exercise, observation, inputs)
        if name == "solution":
            from_solution[exercise.id] = observation.data
        try:
            exercise_cases.assert_outcome(exercise, name, framework, report)
            if name not in ("solution", "stub") and exercise.id in from_solution:
                expected = from_solution[exercise.id]
                exercise_cases.assert_no_leak(exercise, report, expected, observation.data, inputs)
        except AssertionError as problem:
            failures[f"{exercise.id}: {name}"] = f"{str(problem).splitlines()[0]}\n{report}"
    return failures


def main() -> int:
    """Run the chosen cases on one seed after the other; the exit status."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("chapter", help="two digits, or the id of one exercise")
    parser.add_argument("--framework", choices=("torch", "keras"), default="torch")
    parser.add_argument("--seeds", type=int, default=100)
    parser.add_argument("--minutes", type=float, default=5.0)
    options = parser.parse_args()

    exercise_cases.started(options.framework)
    cases = [
        (exercise, name)
        for exercise, name in exercise_cases.all_cases(options.framework)
        if options.chapter in (exercise.chapter, exercise.id)
    ]
    if not cases:
        print(f"No exercise of {options.chapter} in {options.framework}.")
        return 2
    failures: dict[str, list[tuple[int, str]]] = {}
    began, tried = time.monotonic(), 0
    for seed in range(1_000, 1_000 + options.seeds):
        if time.monotonic() - began > 60 * options.minutes:
            break
        for case, message in failures_of(cases, options.framework, seed).items():
            failures.setdefault(case, []).append((seed, message))
        tried += 1
    for case, wrong in failures.items():
        seed, message = wrong[0]
        print(f"{case}: wrong for {len(wrong)} of {tried} seeds, first seed {seed}\n{message}\n")
    seconds = time.monotonic() - began
    print(f"{len(cases)} cases, {tried} seeds, {seconds:.0f} s: {len(failures)} cases went wrong")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())

"""What single judges and draws must hold, where chance once found a way round them."""

from __future__ import annotations

import pytest

from tlcourse.exercises import get


@pytest.mark.parametrize("lucky", [0, 1])
def test_a_ratio_that_is_right_by_chance_in_one_of_two_cases_is_worth_nothing(lucky):
    exercise = get("ch01-label-ratio")
    inputs = exercise.draw(5)
    rising = [number for number, case in enumerate(inputs["cases"]) if case["kind"] == "rises"]
    cases = [[99.0, True] for _ in inputs["cases"]]
    case = inputs["cases"][rising[lucky]]
    # Read off the curve, but called a bound: half of it is right, in this case alone.
    sizes, curve, target = case["sizes"], case["random"], case["pretrained"][case["sizes"].index(case["n"])]
    k = next(k for k in range(3) if curve[k] < target <= curve[k + 1])
    needed = sizes[k] + (sizes[k + 1] - sizes[k]) * (target - curve[k]) / (curve[k + 1] - curve[k])
    cases[rising[lucky]] = [needed / case["n"], True]
    assert exercise.judge({"cases": cases}, inputs).points == 0


def test_in_no_draw_do_two_ways_to_stop_come_to_the_same():
    """Whoever is one epoch late on some seeds ended with the last epoch: like no stop at all."""
    from tlcourse.exercises.chapters.ch06.early_stop import judge

    exercise = get("ch06-early-stop")
    for seed in range(300):
        runs = [([float(v) for v in run["losses"]], run["patience"]) for run in exercise.draw(seed)["runs"]]
        ends = {
            "right": [judge._patient(*run) for run in runs],
            "never": [len(losses) for losses, _ in runs],
            "one early": [judge._patient(losses, patience - 1) for losses, patience in runs],
            "one late": [judge._patient(losses, patience + 1) for losses, patience in runs],
            "the one before": [judge._neighbours(*run) for run in runs],
            "upside down": [judge._upside_down(*run) for run in runs],
        }
        for name, epochs in ends.items():
            assert [other for other, them in ends.items() if them == epochs] == [name], seed

"""Sweeps that cost nothing, for the tests of the engine. ``TOY`` in the environment makes them misbehave."""

from __future__ import annotations

import os
import time

from tlcourse.sweeps.engine.spec import Sweep

FACTOR = 2.0
ROWS = 12


def _extra(row: str) -> float:
    """``TOY_DRIFT``, for every row or for the one that ``TOY_ODD`` names: its x, kind and seed."""
    return float(os.environ.get("TOY_DRIFT", "0")) if os.environ.get("TOY_ODD", row) == row else 0.0


def double(framework: str, x: int, kind: str, rate: float, seed: int) -> dict[str, float]:
    time.sleep(float(os.environ.get("TOY_SLEEP", "0")))
    print("noise on standard output must not reach the protocol")
    if os.environ.get("TOY_FAIL") == str(x):
        raise ValueError(f"x is {x}")
    if os.environ.get("TOY_DIE") == str(x):
        os._exit(7)
    return {"y": FACTOR * x + rate * seed + _extra(f"{x}{kind}{seed}"), "took": 0.0}


def again(framework: str, x: int, kind: str, seed: int, more: float) -> dict[str, float]:
    return {"y": 10.0 * x + more}


def chosen_grid() -> list[dict]:
    from tlcourse.sweeps.shared.rates import chosen_rates

    best = chosen_rates("toy", by=("kind",), metric="y", rate="x")
    return [{"x": best[kind,], "kind": kind, "seed": 0} for kind in "ab"]


def grid() -> list[dict]:
    return [
        {"x": x, "kind": kind, "rate": 0.1, "seed": seed}
        for x in (1, 2, 3)
        for kind in "ab"
        for seed in (0, 1)
    ]


SWEEPS = (
    Sweep(
        "toy",
        "toy_sweeps:double",
        grid,
        {"y": 0.05, "took": None},
        frameworks=("plain",),
        cost=lambda settings: settings["x"],
    ),
    Sweep("toy-more", "toy_sweeps:double", grid, {"y": 0.2, "took": None}, frameworks=("plain",)),
    Sweep(
        "toy-after",
        "toy_sweeps:again",
        chosen_grid,
        {"y": 0.05},
        frameworks=("plain",),
        given=lambda settings: {"more": 0.25},
        after=("toy",),
    ),
    Sweep("toy-both", "toy_sweeps:double", grid, {"y": 0.05, "took": None}),
)


def fill(name: str = "toy") -> None:
    """Complete the table of a toy sweep, each row run in this process: a worker's start costs more."""
    from tlcourse.sweeps.engine import store
    from tlcourse.sweeps.engine.registry import get
    from tlcourse.sweeps.engine.rows import run_row

    sweep = get(name)
    for settings in sweep.settings():
        store.append(sweep, run_row(sweep, settings, "plain"))


def run(**kw) -> tuple[bool, list[str]]:
    """Run the toy sweep; whether it was complete, and the lines that it printed."""
    from tlcourse.sweeps.engine.run import run_sweeps

    lines: list[str] = []
    return run_sweeps("toy", echo=lines.append, **kw), lines

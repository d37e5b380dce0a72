"""Sweeps that cost nothing, for the tests of the engine. ``TOY`` in the environment makes them misbehave."""

from __future__ import annotations

import os
import time

from tlcourse.sweeps.spec import Sweep

FACTOR = 2.0


def _extra() -> float:
    return float(os.environ.get("TOY_DRIFT", "0"))


def double(framework: str, x: int, kind: str, rate: float, seed: int) -> dict[str, float]:
    time.sleep(float(os.environ.get("TOY_SLEEP", "0")))
    print("noise on standard output must not reach the protocol")
    if os.environ.get("TOY_FAIL") == str(x):
        raise ValueError(f"x is {x}")
    if os.environ.get("TOY_DIE") == str(x):
        os._exit(7)
    return {"y": FACTOR * x + rate * seed + _extra(), "took": 0.0}


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
)

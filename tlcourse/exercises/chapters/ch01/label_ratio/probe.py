"""Two curves of accuracy against labels: the random start's rises, dips, or never gets there."""

from __future__ import annotations

from typing import Any

import numpy as np

from tlcourse.exercises.engine import one_line, plain, plain_items, plain_number, shuffled


def inputs(rng: np.random.Generator) -> dict[str, Any]:
    """``cases``: sizes, two curves, one of the sizes, and what kind of curve the random start's is."""

    def sizes() -> list[int]:
        found = [int(rng.integers(3, 9))]
        while len(found) < 4:
            found.append(round(found[-1] * float(rng.uniform(1.6, 2.7))))
        return found

    def rising(low: float, high: float) -> list[float]:
        steps = rng.uniform(0.6, 1.0, 3)
        return [
            round(float(v), 4)
            for v in low + (high - low) * np.concatenate([[0], np.cumsum(steps) / steps.sum()])
        ]

    cases = []
    at = [int(i) for i in rng.permutation(2)]  # where n is: at the smallest size and at another, always both
    # Two of each, and no size twice as large as another: a ratio that was right once fits no other seed.
    for kind in ("rises", "rises", "dips", "dips", "never", "never"):
        x = sizes()
        scratch = rising(float(rng.uniform(0.2, 0.3)), float(rng.uniform(0.6, 0.7)))
        if kind == "dips":
            # The curve reaches the target, falls back below it, and reaches it again later.
            scratch[2] = round((scratch[0] + scratch[1]) / 2 - 0.01, 4)
            scratch[3] = round(scratch[1] + 0.1, 4)
            k, low, high = 0, 0.7, 0.9
            target = scratch[0] + (scratch[1] - scratch[0]) * float(rng.uniform(low, high))
            n = 0
        elif kind == "never":
            n = int(rng.integers(0, 2))
            target = scratch[3] + float(rng.uniform(0.04, 0.1))
        else:
            n = at.pop()
            k = int(rng.integers(n + 1, 3))
            target = scratch[k] + (scratch[k + 1] - scratch[k]) * float(rng.uniform(0.25, 0.7))
        pretrained = [0.0] * 4
        for i in range(4):
            pretrained[i] = round(target + 0.03 * (i - n), 4)
        cases.append({"kind": kind, "sizes": x, "random": scratch, "pretrained": pretrained, "n": x[n]})
    return {"cases": shuffled(rng, cases)}


def probe(answer: Any, inputs: dict[str, Any], framework: str) -> dict[str, Any]:
    """``cases``: of each the ratio and the flag, or what came in their place, in words."""
    out: list[Any] = []
    for case in inputs["cases"]:
        result = answer(list(case["sizes"]), list(case["random"]), list(case["pretrained"]), case["n"])
        pair = plain_items(result, 2)
        if isinstance(pair, str):
            out.append(pair)
        else:
            flag = plain(pair[1])
            # 0 and 1 are False and True in Python; a tensor of one is one as well.
            yes_or_no = isinstance(flag, bool | int | float) and flag in (0, 1)
            out.append([plain_number(pair[0]), bool(flag) if yes_or_no else one_line(flag)])
    return {"cases": out}

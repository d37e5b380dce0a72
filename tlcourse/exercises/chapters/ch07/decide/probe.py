"""Changes to a model, judged on the same cells of several modules; some are to be kept and some are not."""

from __future__ import annotations

from typing import Any

import numpy as np

from tlcourse.exercises.engine import describe, shuffled

RESAMPLES = 4000
MANY, FEW = 20_000, 1000
"""Resamples of the judge's own, and for choosing the cases."""
KINDS = {
    "sure": (0.12, 0.14),
    "sure by cells only": (0.06, 0.2),
    "unsure": (0.015, 0.14),
    "worse": (-0.12, 0.14),
    "worse by cells only": (-0.06, 0.2),
}
"""What a change gains on average, and how far modules differ: what the cells of a module have in common makes
the interval by cells too narrow. "by cells only": the interval by cells leaves out zero, and that by modules
does not."""


def inputs(rng: np.random.Generator) -> dict[str, Any]:
    """``cases``: of each ``before`` and ``after``, int64 (N,), 1 where a cell is right, and ``modules`` (N,).

    ``calls`` has the order in which they are asked, one of them twice with the same seed, and once a model
    with itself.
    """
    cases = [_case(rng, kind) for kind in shuffled(rng, [*KINDS, "sure", "sure by cells only"])]
    calls = [["case", n] for n in range(len(cases))]
    calls += [["again", int(rng.integers(len(cases)))], ["same", int(rng.integers(len(cases)))]]
    return {"cases": cases, "calls": shuffled(rng, calls), "seed": int(rng.integers(1, 10_000))}


def _case(rng: np.random.Generator, kind: str) -> dict[str, Any]:
    middle, by_module = KINDS[kind]
    while True:
        count = int(rng.integers(16, 23))
        sizes = rng.integers(36, 48, count)
        names = rng.permutation(np.arange(1, 90))[:count]
        modules = np.repeat(names, sizes)
        effect = np.repeat(middle + rng.normal(0, by_module, count), sizes)
        before = (rng.random(len(modules)) < np.repeat(rng.uniform(0.6, 0.9, count), sizes)).astype("int64")
        draw = rng.random(len(modules))
        lost = (before == 1) & (draw < 0.05 + np.maximum(-effect, 0))
        won = (before == 0) & (draw < np.clip(0.15 + np.maximum(effect, 0) / 0.25, 0, 0.9))
        after = np.where(won, 1, np.where(lost, 0, before))
        order = rng.permutation(len(modules))
        case = {"before": before[order], "after": after[order], "modules": modules[order].astype("int64")}
        if _is(kind, case):
            return case


def _is(kind: str, case: dict[str, Any]) -> bool:
    """Whether each rule's verdict is far enough from its edge, and the kind is the one that is wanted."""
    rng = np.random.default_rng(0)
    d, cells = difference(case), by_cells(case, rng, FEW)
    if (d > 0) == kind.startswith("worse") or ("by cells" in kind and cells[0] < 0 < cells[1]):
        return False
    of = by_modules(case, rng, FEW)
    edge = 0.08 * (of[1] - of[0])
    if min(abs(of[0]), abs(of[1]), abs(cells[0]), abs(cells[1])) < edge or abs(d) < 0.004:
        return False
    wide = (of[1] - of[0]) / (cells[1] - cells[0])
    if wide < 1.35:
        return False
    loose = unpaired(case, rng, FEW)
    if abs((loose[1] - loose[0]) / (of[1] - of[0]) - 1) < 0.3:
        return False
    return {
        "sure": of[0] > 0,
        "sure by cells only": of[0] < 0 < cells[0],
        "unsure": d > 0 > of[0] and cells[0] < 0 < of[1],
        "worse": of[1] < 0,
        "worse by cells only": cells[1] < 0 < of[1],
    }[kind]


def difference(case: dict[str, Any]) -> float:
    """After minus before, over all cells."""
    return float(np.mean(case["after"] - case["before"]))


def sums(values: np.ndarray, modules: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """For each module the sum of its cells' values, and how many cells it has."""
    _, place = np.unique(modules, return_inverse=True)
    return np.bincount(place, values), np.bincount(place)


def _drawn(rng: np.random.Generator, total: np.ndarray, count: np.ndarray, many: int) -> np.ndarray:
    """The mean over the cells of resampled modules: float64 (many,)."""
    rows = rng.integers(0, len(total), (many, len(total)))
    return total[rows].sum(1) / count[rows].sum(1)


def by_modules(case: dict[str, Any], rng: np.random.Generator, many: int = MANY) -> tuple[float, float]:
    """The interval that is asked for."""
    total, count = sums(case["after"] - case["before"], case["modules"])
    return _ends(_drawn(rng, total, count, many))


def by_cells(case: dict[str, Any], rng: np.random.Generator, many: int = MANY) -> tuple[float, float]:
    """The same with cells drawn one by one, by how many were won and lost."""
    d = case["after"] - case["before"]
    won, lost, n = int((d > 0).sum()), int((d < 0).sum()), len(d)
    counts = rng.multinomial(n, [won / n, lost / n, 1 - (won + lost) / n], many)
    return _ends((counts[:, 0] - counts[:, 1]) / n)


def unpaired(case: dict[str, Any], rng: np.random.Generator, many: int = MANY) -> tuple[float, float]:
    """The same with other modules for each of the two models."""
    after, before = (_drawn(rng, *sums(case[name], case["modules"]), many) for name in ("after", "before"))
    return _ends(after - before)


def _ends(drawn: np.ndarray) -> tuple[float, float]:
    low, high = np.quantile(drawn, [0.025, 0.975])
    return float(low), float(high)


def probe(answer: Any, inputs: dict[str, Any], framework: str) -> dict[str, Any]:
    """``found``: for each call low, high and kept as numbers, whether ``rng`` was drawn from; or words."""
    return {
        "found": [
            _asked(answer, inputs["cases"][of], kind, np.random.default_rng([inputs["seed"], of]))
            for kind, of in inputs["calls"]
        ]
    }


def _asked(answer: Any, case: dict[str, Any], kind: str, rng: np.random.Generator) -> Any:
    before = np.asarray(case["before"])
    after = before if kind == "same" else np.asarray(case["after"])
    fresh = str(rng.bit_generator.state), _children(rng)
    given = answer(before.copy(), after.copy(), np.asarray(case["modules"]).copy(), RESAMPLES, rng)
    try:
        low, high, keep = given
        numbers = [float(low), float(high), float(bool(keep))]
    except (TypeError, ValueError):
        return describe(given)
    if isinstance(keep, str):
        return describe(given)
    return [*numbers, float((str(rng.bit_generator.state), _children(rng)) != fresh)]


def _children(rng: np.random.Generator) -> int:
    """How many generators were made of this one: those count as its draws."""
    return int(getattr(rng.bit_generator.seed_seq, "n_children_spawned", 0))

"""Steps of training that change a little of a network; the answer is asked which blocks they changed."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np

from tlcourse.exercises.engine import describe, mixed, shuffled, tiny

_KINDS = ("statistics", "tiny", "head", "weights")


def _scene(rng: np.random.Generator, kind: str, blocks: list[str]) -> dict[str, Any]:
    """What one step of training changes, and by how much."""
    first, second = shuffled(rng, blocks)[:2]
    if kind == "head":
        return {"kind": kind, "moves": ["classifier.weight", "classifier.bias"], "factor": 1.2}
    if kind == "statistics":
        parts = [["mean"], ["variance"], ["mean", "variance"]][int(rng.integers(3))]
        return {"kind": kind, "moves": [f"{first}.{part}" for part in parts], "factor": 1.3}
    part, other = shuffled(rng, ["conv", "scale", "shift"])[:2]
    if kind == "tiny":
        return {"kind": kind, "moves": [f"{first}.{part}"], "factor": 1.000003}
    moves = [f"{first}.{part}", f"{second}.{other}"][: int(rng.integers(1, 3))]
    return {"kind": kind, "moves": moves, "factor": 0.8}


def inputs(rng: np.random.Generator) -> dict[str, Any]:
    """The network's blocks, and scenes: what a step changes, by which factor, and of which kind that is."""
    blocks = tiny.block_names(rng, int(rng.integers(3, 6)))
    return {
        "width": int(rng.integers(4, 7)),
        "seed": int(rng.integers(1, 10_000)),
        "blocks": blocks,
        # The model is asked about all its blocks in each.
        "scenes": [_scene(rng, kind, blocks) for kind in mixed(rng, int(rng.integers(6, 9)), _KINDS)],
    }


def sent(inputs: dict[str, Any]) -> dict[str, Any]:
    """All arrays as they are after each scene's step: to know which of them moved, one has to compare."""
    first = tiny.initial(inputs["blocks"], inputs["width"], 3, inputs["seed"])
    after = [
        {
            name: (value * np.float32(scene["factor"])).astype("float32") if name in scene["moves"] else value
            for name, value in first.items()
        }
        for scene in inputs["scenes"]
    ]
    return {name: inputs[name] for name in ("width", "seed", "blocks")} | {"after": after}


def probe(answer: Any, inputs: dict[str, Any], framework: str) -> dict[str, Any]:
    """``scenes``: the names given for each, sorted (or, in words, what came instead), and the steps taken."""
    blocks = inputs["blocks"]
    model = tiny.build(framework, blocks, inputs["width"], 3, 8, inputs["seed"])
    first = tiny.initial(blocks, inputs["width"], 3, inputs["seed"])
    out = []
    for after in inputs["after"]:
        tiny.put(model, framework, blocks, first)
        calls: list[int] = []

        def train_step(after: Any = after, calls: list[int] = calls) -> None:
            if not calls:
                tiny.put(model, framework, blocks, after)
            calls.append(1)

        named = answer(model, train_step, list(blocks))
        if isinstance(named, (str, bytes, dict)) or not hasattr(named, "__iter__"):
            named = describe(named)
        else:  # each name once; a generator may never end
            names = [str(name) for name in itertools.islice(named, 101)]
            named = sorted(set(names)) if len(names) <= 100 else "more than 100 names"
        out.append({"named": named, "calls": len(calls)})
    return {"scenes": out}

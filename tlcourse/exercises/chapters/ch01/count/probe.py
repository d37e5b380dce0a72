"""Networks of which some blocks, or the BatchNorm layers of some, are frozen."""

from __future__ import annotations

from typing import Any

import numpy as np

from tlcourse.exercises.engine import plain, plain_items, plain_number, shuffled, tiny

SIZE = 8  # of an image


def inputs(rng: np.random.Generator) -> dict[str, Any]:
    """``cases``: blocks, width and classes of a network, which blocks are ``frozen`` and which ``norms``."""
    cases = []
    for frozen, norms in shuffled(rng, [(1, 0), (2, 0), (1, 1)]):
        blocks = tiny.block_names(rng, 3)
        chosen = shuffled(rng, blocks)
        cases.append(
            {
                "blocks": blocks,
                "width": int(rng.integers(5, 24)),
                "classes": int(rng.integers(3, 30)),
                "frozen": chosen[:frozen],
                "norms": chosen[frozen : frozen + norms],
            }
        )
    return {"cases": cases}


def probe(answer: Any, inputs: dict[str, Any], framework: str) -> dict[str, Any]:
    """``cases``: of each network the two numbers, or what came in their place, in words."""
    return {"cases": [_counted(answer, case, framework) for case in inputs["cases"]]}


def _counted(answer: Any, case: dict[str, Any], framework: str) -> Any:
    model = tiny.build(framework, case["blocks"], case["width"], case["classes"], SIZE, 1)
    for name in case["frozen"]:
        _close(_part(model, name), framework)
    for name in case["norms"]:
        _close(_part(_part(model, name), "norm"), framework)
    pair = plain_items(answer(model), 2)
    return pair if isinstance(pair, str) else plain([plain_number(number) for number in pair])


def _part(model: Any, name: str) -> Any:
    return model.get_submodule(name) if hasattr(model, "get_submodule") else model.get_layer(name)


def _close(part: Any, framework: str) -> None:
    if framework == "torch":
        part.requires_grad_(False)
    else:
        part.trainable = False

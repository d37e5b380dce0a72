"""Three runs of training; the rate in each of their steps is written down."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np

from tlcourse.exercises.engine import describe, plain_number


def inputs(rng: np.random.Generator) -> dict[str, Any]:
    """``runs``: how many ``steps``, how many of them are ``warmup``, and a rate each for two groups."""
    warmups = rng.permutation(np.arange(4, 16))[:3]
    runs = []
    for warmup in warmups:
        head = round(float(rng.uniform(1e-3, 9e-3)), 5)
        runs.append(
            {
                "steps": int(warmup) + int(rng.integers(15, 45)),
                "warmup": int(warmup),
                "rates": [head, round(head / float(rng.uniform(4, 12)), 6)],
            }
        )
    return {"runs": runs}


def probe(answer: Any, inputs: dict[str, Any], framework: str) -> dict[str, Any]:
    """``rates``: of each run float64 (steps, groups); in Keras there is one group."""
    run = _torch if framework == "torch" else _keras
    return {"rates": [run(answer, **one) for one in inputs["runs"]]}


def _torch(answer: Any, steps: int, warmup: int, rates: list[float]) -> np.ndarray | str:
    import torch

    groups = [{"params": [torch.nn.Parameter(torch.zeros(2))], "lr": rate} for rate in rates]
    optimizer = torch.optim.SGD(groups)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # SequentialLR calls its parts in a way that PyTorch warns of
        scheduler = answer(optimizer, steps, warmup)
        if not hasattr(scheduler, "step"):
            return describe(scheduler)
        seen = []
        for _ in range(steps):
            seen.append([float(group["lr"]) for group in optimizer.param_groups])
            optimizer.step()
            scheduler.step()
    return np.array(seen)


def _keras(answer: Any, steps: int, warmup: int, rates: list[float]) -> np.ndarray | str:
    import keras

    schedule = answer(rates[0], steps, warmup)
    if not isinstance(schedule, keras.optimizers.schedules.LearningRateSchedule):
        return describe(schedule)
    seen = [plain_number(schedule(keras.ops.convert_to_tensor(step, "int32"))) for step in range(steps)]
    wrong = next((value for value in seen if isinstance(value, str)), None)
    return wrong if wrong is not None else np.array(seen, "float64")[:, None]

"""What each of three losses says of outputs and targets of its kind, and of those of the labels."""

from __future__ import annotations

from typing import Any

import numpy as np

from tlcourse.exercises.engine import describe

KINDS = {"classes": "exactly one", "labels": "any number", "number": "a number"}


def inputs(rng: np.random.Generator) -> dict[str, Any]:
    """``outputs`` and ``targets`` of classes, labels and a number, and an ``order`` of these."""
    n, k = int(rng.integers(9, 14)), int(rng.integers(3, 6))
    labels = (rng.random((n, k)) < 0.5).astype("float32")
    return {
        "order": [str(name) for name in rng.permutation(["classes", "labels", "number"])],
        "classes": {"outputs": rng.normal(0, 3, (n, k)).astype("float32"), "targets": rng.integers(0, k, n)},
        "labels": {"outputs": rng.normal(0, 3, (n, k)).astype("float32"), "targets": labels},
        "number": {
            "outputs": rng.normal(20, 6, (n, 1)).astype("float32"),
            "targets": rng.normal(20, 6, (n, 1)).astype("float32"),
        },
    }


def probe(answer: Any, inputs: dict[str, Any], framework: str) -> dict[str, Any]:
    """What each loss says of outputs and targets of its kind; and of those of the labels, to compare them."""
    out: dict[str, Any] = {"on the labels": {}}
    for name in inputs["order"]:
        loss = answer(KINDS[name])
        if isinstance(loss, type):
            out[name] = f"yours gave the class {loss.__name__} itself; a pair of brackets makes a loss of it"
            continue
        if loss is None or not (callable(loss) or (isinstance(loss, str) and framework == "keras")):
            out[name] = f"yours gave {describe(loss)}"
            continue
        for at, on in ((out, name), (out["on the labels"], "labels")):
            found, wanted = np.asarray(inputs[on]["outputs"]), np.asarray(inputs[on]["targets"])
            at[name] = _loss_of(loss, found, wanted, framework)
    return out


def _loss_of(loss: Any, found: np.ndarray, wanted: np.ndarray, framework: str) -> float | str:
    try:
        if framework == "torch":
            import torch

            value = loss(torch.from_numpy(found.copy()), torch.from_numpy(wanted.copy()))
            if getattr(value, "ndim", 0) > 0 and value.numel() > 1:
                return f"yours gives {value.numel()} numbers, and training needs one: their mean"
            return float(value)
        # `compile` takes names of losses as well as losses.
        import keras

        loss = keras.losses.get(loss) if isinstance(loss, str) else loss
        return float(np.asarray(loss(wanted, found)).mean())
    except Exception as error:
        words = f"{type(error).__name__}: {str(error).splitlines()[0] if str(error) else ''}"[:120]
        return f"yours cannot read such outputs and targets ({words})"

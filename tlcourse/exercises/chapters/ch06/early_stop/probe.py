"""Several runs; before each epoch ends, all arrays of a small model get a number of that epoch's own."""

from __future__ import annotations

from typing import Any

import numpy as np

from tlcourse.exercises.engine import describe

WEIGHTS, STATISTICS = "weights", "statistics"
PATIENCES = range(2, 40)


def inputs(rng: np.random.Generator) -> dict[str, Any]:
    """``runs``: nine of all kinds and lengths, each with ``losses``, ``patience`` and ``marks``."""
    kinds = ["stops", "late"] * 3 + ["never"] * 2 + [str(rng.choice(["stops", "late", "never"]))]
    # Each run has a patience of its own, out of many, and six or seven of the nine end by it: what was made
    # for the patiences of one seed fits hardly any run of the next.
    patiences = rng.permutation(PATIENCES)[: len(kinds)]
    drawn = zip(rng.permutation(kinds), patiences, strict=True)
    return {"runs": [_run_of(rng, str(kind), int(patience)) for kind, patience in drawn]}


def _run_of(rng: np.random.Generator, kind: str, patience: int) -> dict[str, Any]:
    fall = list(3.0 - 0.2 * np.arange(int(rng.integers(4, 12))))
    best = fall[-1]
    if kind == "stops":  # a small hump on the way down, then upwards, with a wobble
        fall.insert(2, fall[1] + 0.05)
        # Two epochs more than patience allows, or further: one epoch late is not yet the last one.
        rise = [best + (0.2 if i % 2 else 0.3) for i in range(patience + int(rng.integers(2, 5)))]
    elif kind == "late":  # a new best after the run should have ended
        rise = [best + 0.05 * (i + 1) for i in range(patience)] + [best - 0.5, best - 0.6]
    else:
        rise = [best + 0.05]
    losses = [round(float(v) + float(rng.uniform(0, 0.01)), 4) for v in fall + rise]
    marks = rng.permutation(np.arange(1, 80))[: len(losses)] / 8  # exact in 32 bits
    return {"losses": losses, "patience": patience, "marks": [float(mark) for mark in marks]}


def probe(answer: Any, inputs: dict[str, Any], framework: str) -> dict[str, Any]:
    """``found``: for each run how many ``epochs`` it had, and which numbers its arrays hold in the end."""
    run = _torch if framework == "torch" else _keras
    found = []
    for one in inputs["runs"]:
        seen = run(answer, one)
        if isinstance(seen, str):
            return {"wrong": seen}
        found.append(seen)
    return {"found": found}


def _torch(answer: Any, run: dict[str, Any]) -> dict[str, Any] | str:
    import torch

    model = torch.nn.Sequential(torch.nn.Linear(2, 2), torch.nn.BatchNorm1d(2))
    stopper = answer(run["patience"])
    if not callable(getattr(stopper, "step", None)) or not callable(getattr(stopper, "restore", None)):
        return f"{describe(stopper)}, without `step` and `restore`"
    done = 0
    for loss, mark in zip(run["losses"], run["marks"], strict=True):
        done += 1
        with torch.no_grad():  # in place, as an optimizer and BatchNorm do it
            for array in (*model.parameters(), model[1].running_mean, model[1].running_var):
                array.fill_(mark)
        if stopper.step(model, loss):
            break
    stopper.restore(model)
    of = {name: value.detach().numpy() for name, value in model.state_dict().items()}
    statistics = [value for name, value in of.items() if name.endswith(("mean", "var"))]
    weights = [value for name, value in of.items() if name.endswith(("weight", "bias"))]
    return {"epochs": done, WEIGHTS: _range(weights), STATISTICS: _range(statistics)}


def _keras(answer: Any, run: dict[str, Any]) -> dict[str, Any] | str:
    import keras

    norm = keras.layers.BatchNormalization()
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(2), norm])
    model.compile(optimizer="sgd", loss="mse")
    model.stop_training = False
    callback = answer(run["patience"])
    if not isinstance(callback, keras.callbacks.Callback):
        return describe(callback)
    callbacks = keras.callbacks.CallbackList([callback], model=model, epochs=len(run["losses"]))
    callbacks.on_train_begin()
    done = 0
    for loss, mark in zip(run["losses"], run["marks"], strict=True):
        callbacks.on_epoch_begin(done)
        model.set_weights([np.full(w.shape, mark, "float32") for w in model.get_weights()])
        # The training loss falls all the time, as it does.
        callbacks.on_epoch_end(done, {"loss": 2.0 / (done + 2), "val_loss": loss})
        done += 1
        if model.stop_training:
            break
    callbacks.on_train_end()
    weights = [np.asarray(v) for v in model.trainable_variables]
    statistics = [np.asarray(norm.moving_mean), np.asarray(norm.moving_variance)]
    return {"epochs": done, WEIGHTS: _range(weights), STATISTICS: _range(statistics)}


def _range(arrays: list[np.ndarray]) -> list[float]:
    """The lowest and the highest number of some arrays."""
    flat = np.concatenate([array.ravel() for array in arrays])
    return [float(flat.min()), float(flat.max())]

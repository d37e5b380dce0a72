"""A small model: trained in one go, stopped in the middle of an epoch, started again, and once more."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from tlcourse.exercises.engine import words

ROWS, FEATURES, WIDTH, CLASSES = 48, 6, 10, 3
EPOCHS = range(5, 8)


class StoppedError(BaseException):
    """What ends a run: like a cut of the power, no ``except Exception`` stops it."""


def inputs(rng: np.random.Generator) -> dict[str, Any]:
    """``x`` float32 (48, 6), ``y`` int64 (48,), first ``weights``, how many ``epochs``, seeds."""
    means = rng.normal(0, 1.5, (CLASSES, FEATURES))
    y = rng.permutation(np.arange(ROWS) % CLASSES)
    return {
        "x": (means[y] + rng.normal(0, 1, (ROWS, FEATURES))).astype("float32"),
        "y": y.astype("int64"),
        "weights": [
            (rng.normal(0, 0.5, shape)).astype("float32")
            for shape in ((FEATURES, WIDTH), (WIDTH,), (WIDTH, CLASSES), (CLASSES,))
        ],
        "epochs": int(rng.choice(EPOCHS)),
        # Whole epochs before the run is stopped in the middle of the next.
        "before": int(rng.integers(2, 4)),
        "seeds": [int(seed) for seed in rng.permutation(10_000)[:4]],
        "folders": words(rng, 2),
    }


def probe(answer: Any, inputs: dict[str, Any], framework: str) -> dict[str, Any]:
    """For each run its ``steps`` of training and the ``weights`` at its end, float64.

    ``whole`` is trained in one go, ``stopped`` is stopped, ``again`` goes on from what that left, and
    ``after`` is started when all is done. Each has a new model and other random numbers.
    """
    run = _torch_run if framework == "torch" else _keras_run
    with tempfile.TemporaryDirectory(prefix="tlcourse-", ignore_cleanup_errors=True) as place:
        one, two = (f"{place}/{name}" for name in inputs["folders"])
        whole = run(answer, inputs, 0, one, None)
        per_epoch = whole["steps"] / inputs["epochs"]
        stop = int((inputs["before"] + 0.5) * per_epoch) + 1
        stopped = run(answer, inputs, 1, two, stop)
        again = run(answer, inputs, 2, two, None)
        after = run(answer, inputs, 3, two, None)
    return {"whole": whole, "stopped": stopped, "again": again, "after": after}


def _torch_run(
    answer: Any, inputs: dict[str, Any], number: int, folder: str, stop: int | None
) -> dict[str, Any]:
    import torch

    torch.manual_seed(inputs["seeds"][number])
    model = torch.nn.Sequential(
        torch.nn.Linear(FEATURES, WIDTH), torch.nn.ReLU(), torch.nn.Linear(WIDTH, CLASSES)
    )
    with torch.no_grad():
        for parameter, value in zip(model.parameters(), inputs["weights"], strict=True):
            parameter.copy_(torch.from_numpy(np.array(value).T.copy()))
    steps = _Steps(stop)
    model.register_forward_pre_hook(lambda module, given: steps.count() if torch.is_grad_enabled() else None)
    given = torch.from_numpy(np.array(inputs["x"])), torch.from_numpy(np.array(inputs["y"]))
    with _until_stopped(steps):
        answer(model, *given, folder, inputs["epochs"])
    flat = [parameter.detach().numpy().ravel() for parameter in model.parameters()]
    return {"steps": steps.done, "weights": np.concatenate(flat).astype("float64")}


def _keras_run(
    answer: Any, inputs: dict[str, Any], number: int, folder: str, stop: int | None
) -> dict[str, Any]:
    import keras

    keras.utils.set_random_seed(inputs["seeds"][number])
    model = keras.Sequential(
        [
            keras.Input((FEATURES,)),
            keras.layers.Dense(WIDTH, activation="relu", name="hidden"),
            keras.layers.Dense(CLASSES, name="head"),
        ]
    )
    model.set_weights([np.array(value) for value in inputs["weights"]])
    model.compile(keras.optimizers.Adam(1e-2), keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    steps = _Steps(stop)
    made = model.make_train_function

    def make_train_function(force: bool = False) -> None:
        made(force)
        inner = model.train_function
        if not isinstance(inner, _Counted):
            model.train_function = _Counted(inner, steps)

    model.make_train_function = make_train_function
    with _until_stopped(steps):
        answer(model, np.array(inputs["x"]), np.array(inputs["y"]), folder, inputs["epochs"])
    flat = [np.asarray(value).ravel() for value in model.get_weights()]
    return {"steps": steps.done, "weights": np.concatenate(flat).astype("float64")}


@contextlib.contextmanager
def _until_stopped(steps: _Steps) -> Iterator[None]:
    """What ends the run is no mistake of the answer's, whatever it comes as; anything else is."""
    try:
        yield
    except BaseException:
        if not steps.stopped:
            raise


class _Steps:
    """Counts the steps of training, and ends the run at one of them."""

    def __init__(self, stop: int | None) -> None:
        self.done, self.stop, self.stopped = 0, stop, False

    def count(self) -> None:
        if self.stop is not None and self.done + 1 >= self.stop:
            self.stopped = True
            raise StoppedError
        self.done += 1


class _Counted:
    """Keras: a training function that counts."""

    def __init__(self, inner: Callable[..., Any], steps: _Steps) -> None:
        self.inner, self.steps = inner, steps

    def __call__(self, *given: Any) -> Any:
        self.steps.count()
        return self.inner(*given)

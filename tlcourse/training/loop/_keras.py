"""Training in Keras: ``compile`` and ``model.fit``, fed with the course's own batches.

Examples
--------
>>> import keras, numpy as np
>>> from tlcourse.training import fit, predict
>>> rng = np.random.default_rng(0)
>>> labels = rng.integers(0, 2, 64)
>>> images = (labels[:, None, None, None] * 150 + rng.integers(0, 100, (64, 4, 4, 3))).astype(np.uint8)
>>> model = keras.Sequential([keras.Input((4, 4, 3)), keras.layers.Flatten(), keras.layers.Dense(2)])
>>> history = fit(model, (images, labels), epochs=10, lr=0.01, preprocess=lambda x: x / np.float32(127) - 1)
>>> history.steps
40
>>> history.last("accuracy") > 0.9
True
>>> predict(model, images, preprocess=lambda x: x / np.float32(127) - 1).shape
(64, 2)
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import keras
import numpy as np

from tlcourse.training.examples import Examples
from tlcourse.training.history import History
from tlcourse.training.log import Clock
from tlcourse.training.loop.callbacks_keras import AfterStep, Guard, Scheduled
from tlcourse.training.loop.compiling_keras import compile_for, note
from tlcourse.training.loop.inputs_keras import (
    Batches,
    check_input,
    check_model,
    to_input,
    training_batches,
)
from tlcourse.training.progress import bar as progress_bar
from tlcourse.training.recipe import Recipe

__all__ = ["fit", "forward"]


def fit(model: keras.Model, train: Examples, val: Examples | None, recipe: Recipe) -> History:
    """Train ``model`` in place; see `tlcourse.training.fit`."""
    clock = Clock()
    check_model(model, train, recipe.preprocess)
    plan = recipe.plan(len(train.labels))
    seed_dropout(model, recipe.seed)
    compiled = compile_for(model, recipe, to_input(train.inputs[:1], recipe.preprocess), train.labels)
    batches = Kept(training_batches(train, plan, recipe.preprocess, recipe.augment))
    validation = None if val is None else Batches(val, recipe.preprocess, max(recipe.batch_size, 64))
    with progress_bar(plan.steps, "training", show=recipe.progress) as bar:
        guard = Guard(plan.steps, recipe.rate, bar)
        try:
            fitted = model.fit(
                iter(batches),
                steps_per_epoch=plan.per_epoch,
                shuffle=False,
                epochs=plan.epochs,
                validation_data=validation,
                callbacks=[*_callbacks(model, recipe, plan.steps), guard],
                verbose=0,
            )
        except Exception:
            if batches.error is not None:
                raise batches.error from None
            raise
    note(model, compiled)
    history = columns(fitted)
    val_loss = history.get("val_loss")
    early = recipe.patience is not None and guard.done < plan.steps
    return History(
        history,
        seconds=clock.seconds,
        cpu_seconds=clock.cpu_seconds,
        steps=guard.done,
        stopped_epoch=len(history["loss"]) if early else None,
        best_epoch=int(np.argmin(val_loss)) + 1 if val_loss else None,
    )


def _callbacks(model: keras.Model, recipe: Recipe, steps: int) -> list[keras.callbacks.Callback]:
    chosen: list[keras.callbacks.Callback] = []
    if recipe.patience is not None:
        chosen.append(
            keras.callbacks.EarlyStopping("val_loss", patience=recipe.patience, restore_best_weights=True)
        )
    if recipe.schedule is not None:
        chosen.append(Scheduled(recipe.schedule, steps, model.optimizer))
    if recipe.after_step is not None:
        chosen.append(AfterStep(recipe.after_step))
    return chosen


class Kept:
    """Batches, and the error that ended them: TensorFlow would wrap it in pages of its own."""

    def __init__(self, batches: Iterator[tuple[np.ndarray, np.ndarray]]) -> None:
        self.batches = batches
        self.error: Exception | None = None

    def __iter__(self) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        try:
            yield from self.batches
        except Exception as error:
            self.error = error
            raise


def forward(
    model: keras.Model, images: np.ndarray, *, batch_size: int, preprocess: Any, bar: bool, title: str
) -> np.ndarray:
    """The model's outputs for uint8 images, float32 (N, ...), in inference mode."""
    batch_size = min(batch_size, len(images))
    answers = []
    with progress_bar(len(images), title, show=bar, unit="image") as shown:
        for start in range(0, len(images), batch_size):
            batch = images[start : start + batch_size]
            # The last batch is filled up and cut again: a new shape would be traced anew, for seconds.
            missing = batch_size - len(batch)
            full = np.concatenate([batch, images[:missing]]) if missing else batch
            x = to_input(full, preprocess)
            if start == 0:
                check_input(model, x)
            answers.append(np.asarray(model.predict_on_batch(x), np.float32)[: len(batch)])
            shown.update(len(batch))
    return np.concatenate(answers)


def columns(fitted: keras.callbacks.History) -> dict[str, list[float]]:
    """Keras' history as plain numbers, the loss first, as the PyTorch loop keeps it."""
    names = ("loss", "accuracy", "val_loss", "val_accuracy")
    return {name: [float(v) for v in fitted.history[name]] for name in names if name in fitted.history}


def seed_dropout(model: keras.Model, seed: int) -> None:
    """Begin each dropout layer's stream at the seed, so that a run can be repeated within one process."""
    for number, layer in enumerate(model._flatten_layers()):
        generator = getattr(layer, "seed_generator", None)
        if generator is not None:
            generator.state.assign(np.array([seed, number], dtype=np.asarray(generator.state).dtype))

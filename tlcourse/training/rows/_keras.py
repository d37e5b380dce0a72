"""Training on rows in Keras; see `tlcourse.training.rows`."""

from __future__ import annotations

import keras
import numpy as np

from tlcourse.training.history import History
from tlcourse.training.log import Clock
from tlcourse.training.loop._keras import columns, seed_dropout
from tlcourse.training.loop.callbacks_keras import Guard
from tlcourse.training.loop.compiling_keras import compile_for, note
from tlcourse.training.progress import bar as progress_bar
from tlcourse.training.recipe import Recipe

__all__ = ["fit", "linear", "weights_and_bias"]


def linear(weights: np.ndarray) -> keras.Model:
    """A linear model with these weights (D, C) and no bias yet."""
    model = keras.Sequential([keras.Input((len(weights),)), keras.layers.Dense(weights.shape[1])])
    model.set_weights([weights, np.zeros(weights.shape[1], np.float32)])
    return model


def weights_and_bias(model: keras.Model) -> tuple[np.ndarray, np.ndarray]:
    """Float32 (D, C) and (C,)."""
    weights, bias = model.get_weights()
    return weights, bias


def fit(model: keras.Model, x: np.ndarray, y: np.ndarray, recipe: Recipe) -> History:
    """Train in place, for a number of steps, by ``compile`` and ``fit``.

    The history has one row, the mean over the steps; the accuracy is in it if ``y`` holds labels.
    """
    clock = Clock()
    seed_dropout(model, recipe.seed)
    compiled = compile_for(model, recipe, x, y, accuracy=y.ndim == 1)
    plan = recipe.plan(len(x))
    rows = np.concatenate(list(plan))
    with progress_bar(plan.steps, "head", show=False) as bar:
        fitted = model.fit(
            x[rows],
            y[rows],
            batch_size=recipe.batch_size,
            shuffle=False,
            verbose=0,
            callbacks=[Guard(plan.steps, recipe.rate, bar)],
        )
    note(model, compiled)
    return History(columns(fitted), seconds=clock.seconds, cpu_seconds=clock.cpu_seconds, steps=plan.steps)

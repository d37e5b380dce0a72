"""A gauge on a network with BatchNorm: the same readings in either framework."""

from __future__ import annotations

from typing import Any

import numpy as np

from tlcourse.exercises.engine import gauge, tiny

BLOCKS = ("stem", "block1")


def _watched(framework: str) -> tuple[Any, Any]:
    model = tiny.build(framework, BLOCKS, 4, 3, 8, 5)
    return model, gauge.on(model, framework)


def _used(model: Any, framework: str, images: np.ndarray, training: bool) -> None:
    if framework == "torch":
        model.train(training)
        model(tiny.torch_images(images))
    else:
        model(images, training=training)


def it_tells_the_range_of_what_came_in(framework: str) -> None:
    model, watching = _watched(framework)
    assert gauge.Reading(watching.seen()).unused
    _used(model, framework, np.full((2, 8, 8, 3), -1.5, "float32"), training=False)
    _used(model, framework, np.full((2, 8, 8, 3), 250.0, "float32"), training=False)
    reading = gauge.Reading(watching.seen())
    assert (reading.low, reading.high) == (-1.5, 250.0)
    assert (reading.by_batch, reading.weights_moved, reading.statistics_moved) == (False,) * 3


def it_tells_training_mode_and_what_that_moves(framework: str) -> None:
    model, watching = _watched(framework)
    _used(model, framework, np.ones((2, 8, 8, 3), "float32"), training=True)
    reading = gauge.Reading(watching.seen())
    assert reading.by_batch
    assert reading.statistics_moved
    assert not reading.weights_moved


def it_tells_a_step_of_training(framework: str) -> None:
    model, watching = _watched(framework)
    batch = tiny.batch(np.random.default_rng(0), 12, 8, 3)
    tiny.step(model, framework, batch["images"], batch["labels"], 0.1)
    reading = gauge.Reading(watching.seen())
    assert reading.weights_moved

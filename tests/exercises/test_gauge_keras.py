"""A gauge on a network, in Keras."""

from __future__ import annotations

import gauge_cases
import pytest


@pytest.mark.parametrize(
    "case",
    [
        gauge_cases.it_tells_the_range_of_what_came_in,
        gauge_cases.it_tells_training_mode_and_what_that_moves,
        gauge_cases.it_tells_a_step_of_training,
    ],
)
def test_a_gauge(case):
    case("keras")


def test_it_reads_inside_of_compiled_steps():
    """``predict`` and ``fit`` run the network as a graph, and inside another network."""
    import keras
    import numpy as np

    from tlcourse.exercises.engine import gauge, tiny

    model = tiny.build("keras", gauge_cases.BLOCKS, 4, 3, 8, 5)
    watching = gauge.on(model, "keras")
    images = np.linspace(-2, 3, 4 * 8 * 8 * 3, dtype="float32").reshape(4, 8, 8, 3)
    model.predict(images, verbose=0)
    reading = gauge.Reading(watching.seen())
    assert (reading.low, reading.high, reading.by_batch) == (-2.0, 3.0, False)
    model.trainable = True
    whole = keras.Sequential([model, keras.layers.Dense(2)])
    whole.compile("sgd", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    whole.fit(4 * images, np.array([0, 1, 0, 1]), verbose=0)
    reading = gauge.Reading(watching.seen())
    assert (reading.low, reading.high) == (-8.0, 12.0)
    assert reading.by_batch
    assert reading.weights_moved

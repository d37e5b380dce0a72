"""BatchNorm's statistics taken from other images, in Keras."""

import keras
import numpy as np
from restated_checks import check_the_first_layer

from tlcourse.sweeps.shared.restated import _keras


def first(network):
    return next(layer for layer in network.layers if isinstance(layer, keras.layers.BatchNormalization))


def maps(network, x):
    return np.asarray(keras.Model(network.input, first(network).input)(x, training=False))


def test_the_statistics_are_averages_over_the_batches():
    check_the_first_layer(
        "keras",
        _keras.restate,
        maps,
        lambda network: [first(network).moving_mean.numpy(), first(network).moving_variance.numpy()],
    )

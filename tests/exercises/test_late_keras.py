"""The late part of a network in Keras."""

import keras
import numpy as np
import pytest
from late_cases import (
    NETWORKS,
    check_it_is_the_network,
    check_the_images_are_scaled_as_the_card_says,
    check_the_state_has_its_parts,
    check_two_tasks,
    check_what_an_answer_did_is_seen,
)

each_network = pytest.mark.parametrize("network", NETWORKS)


@each_network
def test_both_halves_are_the_network(network):
    check_it_is_the_network(network, "keras", lambda model, x: np.asarray(model(x, training=False)))


@each_network
def test_the_images_are_scaled_as_the_card_says(network):
    check_the_images_are_scaled_as_the_card_says(network, "keras")


@each_network
def test_the_state_has_its_parts(network):
    check_the_state_has_its_parts(network, "keras")


def step(model, maps, labels):
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.SGD(0.01), loss=loss, run_eagerly=True)
    model.train_on_batch(maps, labels)


def opened(model):
    for layer in model.layers:
        layer.trainable = True


def test_what_an_answer_did_is_seen():
    check_what_an_answer_did_is_seen("keras", step, opened)


def test_a_second_task_is_taught():
    check_two_tasks("keras", step)

"""The late part of a network in PyTorch."""

import pytest
import torch
from late_cases import (
    NETWORKS,
    check_it_is_the_network,
    check_the_images_are_scaled_as_the_card_says,
    check_the_state_has_its_parts,
    check_two_tasks,
    check_what_an_answer_did_is_seen,
)

each_network = pytest.mark.parametrize("network", NETWORKS)


def features(model, x):
    with torch.no_grad():
        return model.eval()(x).cpu().numpy()


@each_network
def test_both_halves_are_the_network(network):
    check_it_is_the_network(network, "torch", features)


@each_network
def test_the_images_are_scaled_as_the_card_says(network):
    check_the_images_are_scaled_as_the_card_says(network, "torch")


@each_network
def test_the_state_has_its_parts(network):
    check_the_state_has_its_parts(network, "torch")


def step(model, maps, labels):
    optimizer = torch.optim.SGD([p for p in model.parameters() if p.requires_grad], lr=0.01)
    torch.nn.functional.cross_entropy(model(maps), labels).backward()
    optimizer.step()


def test_what_an_answer_did_is_seen():
    check_what_an_answer_did_is_seen("torch", step, lambda model: model.requires_grad_(True))


def test_a_second_task_is_taught():
    check_two_tasks("torch", step)

"""The late part of a network, in both frameworks: put together again it is the network that it came from."""

from __future__ import annotations

from typing import Any

import numpy as np

from tlcourse import models, training
from tlcourse.exercises.engine import late
from tlcourse.frameworks import side

NETWORKS = ("efficientnet_lite0", "squeezenet")
SIZE = 40


def halves(network: str, framework: str) -> tuple[Any, Any, np.ndarray, Any]:
    """The early part, the model, what the head begins with, and images as the network wants them."""
    here = side(late.__name__, framework)
    head = np.random.default_rng(0).normal(size=(models.card(network).features, 3)).astype("float32")
    x = models.preprocess(inputs()["images"], network, framework=framework)
    front, model = here.halves(network, SIZE, head)
    return front, model, head, x


def check_it_is_the_network(network: str, framework: str, features: Any) -> None:
    """``features(model, x)`` runs a whole network of the course on preprocessed images."""
    front, model, head, x = halves(network, framework)
    whole = models.load(network, framework, num_classes=0, input_size=SIZE)
    outputs = side(late.__name__, framework).outputs(model, front(x))
    np.testing.assert_allclose(outputs, features(whole, x) @ head, rtol=1e-3, atol=2e-3)


def check_the_state_has_its_parts(network: str, framework: str) -> None:
    _, model, head, _ = halves(network, framework)
    state = side(late.__name__, framework).state(model)
    assert len(state.head) == head.size + 3
    assert np.isclose(np.linalg.norm(state.head), np.linalg.norm(head), rtol=1e-5)
    assert len(state.late) > 100_000
    assert bool(len(state.statistics)) == (network == "efficientnet_lite0")


def inputs() -> dict[str, Any]:
    rng = np.random.default_rng(2)
    images = rng.integers(0, 256, (12, SIZE, SIZE, 3)).astype("uint8")
    return {
        "images": images[:8],
        "labels": np.arange(8) % 2,
        "new_images": images[8:],
        "seed": 5,
        "n_classes": 2,
    }


def check_the_images_are_scaled_as_the_card_says(network: str, framework: str) -> None:
    """Untrained, the model gives what its head makes of the features that the course computes elsewhere."""
    seen = late.trained(lambda model, maps, labels: None, inputs(), framework, network)
    whole = models.load(network, framework, num_classes=0, input_size=SIZE)
    features = training.cache_features(whole, inputs()["new_images"], progress=False)
    head = late.head_start(inputs()["seed"], features.shape[1], 2)
    np.testing.assert_allclose(seen["predicted"], features @ head, rtol=1e-3, atol=2e-3)


def check_what_an_answer_did_is_seen(framework: str, head_step: Any, open_all: Any) -> None:
    """``head_step(model, maps, labels)`` trains what is open, ``open_all(model)`` opens the rest."""

    def nothing(model: Any, maps: Any, labels: Any) -> None:
        assert len(maps) == len(labels) == 8

    def both(model: Any, maps: Any, labels: Any) -> None:
        open_all(model)
        head_step(model, maps, labels)

    seen = {
        name: late.trained(answer, inputs(), framework, "squeezenet", frozen=True)
        for name, answer in (("nothing", nothing), ("head", head_step), ("both", both))
    }
    assert seen["nothing"]["head"] == seen["nothing"]["late"] == 0
    assert seen["head"]["head"] > 0 == seen["head"]["late"]
    assert seen["both"]["head"] > 0 < seen["both"]["late"]
    assert seen["nothing"]["predicted"].shape == (4, 2)
    assert not np.array_equal(seen["nothing"]["predicted"], seen["head"]["predicted"])
    again = late.trained(nothing, inputs(), framework, "squeezenet", frozen=True)
    assert np.array_equal(again["predicted"], seen["nothing"]["predicted"])


def two_tasks() -> dict[str, Any]:
    rng = np.random.default_rng(3)
    images = rng.integers(0, 256, (30, SIZE, SIZE, 3)).astype("uint8")
    images[:9] //= np.array([1, 4, 16] * 3, "uint8")[:, None, None, None]  # bright, darker, dark
    return {
        "old_images": images[:9],
        "old_labels": np.arange(9) % 3,
        "few": np.array([1, 3]),
        "new_old_images": images[:9],
        "images": images[9:21],
        "labels": np.arange(12) % 3,
        "new_images": images[21:],
        "seed": 5,
        "n_classes": 3,
        "n_old_classes": 3,
    }


def check_two_tasks(framework: str, new_step: Any) -> None:
    """``new_step(model, maps, labels)`` trains everything on the last outputs, which are the new task's."""
    given = two_tasks()

    def nothing(model: Any, maps: Any, labels: Any, old_maps: Any, old_labels: Any) -> None:
        assert len(maps) == len(labels) == 12
        assert old_labels.tolist() == [1, 0]
        assert old_maps.shape == (2, *maps.shape[1:])

    def learn(model: Any, maps: Any, labels: Any, old_maps: Any, old_labels: Any) -> None:
        new_step(model, maps, labels + 3)

    rested, learned = (late.taught(answer, given, framework, "squeezenet") for answer in (nothing, learn))
    assert rested["new"].shape == (9, 3)
    assert rested["old"].shape == (9, 3)
    assert (
        rested["old"].argmax(axis=1).tolist() == given["old_labels"].tolist()
    )  # fitted on these very images
    np.testing.assert_array_equal(rested["old"], rested["old_before"])
    assert rested["late"] == 0 < learned["late"]
    np.testing.assert_array_equal(learned["old_before"], rested["old_before"])
    assert np.abs(learned["old"] - learned["old_before"]).max() > 0

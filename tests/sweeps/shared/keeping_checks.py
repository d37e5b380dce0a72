"""Two tasks in one network: each way does what its name says. The same checks for both frameworks."""

from __future__ import annotations

import numpy as np

from tlcourse.sweeps.shared import keeping

SIZE, FEATURES, OLD, NEW = 32, 1280, 3, 2
rng = np.random.default_rng(0)
WEIGHT = (0.05 * rng.normal(size=(FEATURES, OLD))).astype(np.float32)
BIAS = np.array([0.5, 0.0, -0.5], np.float32)
Y, OLD_Y = np.arange(8) % NEW, np.arange(6) % OLD


def _images(labels: np.ndarray) -> np.ndarray:
    """Noise, each class with a brightness of its own."""
    noise = rng.normal(0, 0.2, (len(labels), SIZE, SIZE, 3))
    return (noise + 0.8 * labels[:, None, None, None] - 0.6).astype(np.float32)


X, OLD_X = _images(Y), _images(OLD_Y)


def started(framework: str, rank: int = 0) -> keeping.TwoTasks:
    network = keeping.two_tasks(framework, SIZE)
    network.start(WEIGHT, BIAS, new=NEW, rank=rank)
    return network


def taught(
    framework: str, way: str, strength: float, steps: int = 6, rate: float = 2e-4
) -> tuple[np.ndarray, np.ndarray, keeping.TwoTasks]:
    """The old head's outputs for old images before and after, and the network."""
    network = started(framework, rank=int(strength) if way == "lora" else 0)
    if way == "ewc":
        network.weigh(OLD_X, OLD_Y)
    before, answers = network.outputs(OLD_X)[0], network.outputs(X)[0]
    old = OLD_X if way == "rehearsal" else OLD_X[:0]
    batches = [keeping.Batch(X, Y, answers, old, OLD_Y[: len(old)])] * steps
    seen: list[int] = []
    network.train(batches, way, strength, rate, 1e-2, seen.append)
    assert seen == list(range(1, steps + 1))
    return before, network.outputs(OLD_X)[0], network


def moved(framework: str, way: str, strength: float) -> float:
    before, after, _ = taught(framework, way, strength)
    return float(np.abs(after - before).max())


def old_loss(logits: np.ndarray) -> float:
    shifted = logits - logits.max(axis=1, keepdims=True)
    log = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    return float(-log[np.arange(len(OLD_Y)), OLD_Y].mean())


def check_the_start(framework: str) -> None:
    old, new = started(framework).outputs(X)
    assert old.shape == (8, OLD)
    np.testing.assert_array_equal(new, np.zeros((8, NEW)))
    assert old.std() > 0


def check_plain_training_learns_and_forgets(framework: str) -> None:
    before, after, network = taught(framework, "plain", 0.0)
    assert np.abs(after - before).max() > 0.05
    assert (network.outputs(X)[1].argmax(1) == Y).mean() >= 0.75
    network.blend(0.0)
    np.testing.assert_allclose(network.outputs(OLD_X)[0], before, atol=1e-4)
    network.blend(1.0)
    np.testing.assert_allclose(network.outputs(OLD_X)[0], after, atol=1e-3)


def check_the_old_weights_hold(framework: str) -> None:
    assert moved(framework, "l2-sp", 1e6) < 0.7 * moved(framework, "l2-sp", 0.0)


def check_the_weights_that_count_hold(framework: str) -> None:
    assert moved(framework, "ewc", 1e8) < 0.7 * moved(framework, "ewc", 0.0)


def check_answers_are_held(framework: str) -> None:
    """LwF keeps what the old head says of the *new* images."""

    def apart(strength: float) -> float:
        network = started(framework)
        then = network.outputs(X)[0]
        batches = [keeping.Batch(X, Y, then, OLD_X[:0], OLD_Y[:0])] * 6
        network.train(batches, "lwf", strength, 2e-4, 1e-2, lambda step: None)
        return float(np.abs(network.outputs(X)[0] - then).max())

    assert apart(30.0) < 0.8 * apart(0.0)


def check_rehearsal_rehearses(framework: str) -> None:
    _, plain, _ = taught(framework, "plain", 0.0)
    _, rehearsed, _ = taught(framework, "rehearsal", 6)
    assert old_loss(rehearsed) < old_loss(plain)


def check_lora_adds_to_weights_that_stay(framework: str) -> None:
    before, after, network = taught(framework, "lora", 2)
    assert np.abs(after - before).max() > 1e-3
    network.blend(0.0)  # the additions as they were: nothing
    np.testing.assert_allclose(network.outputs(OLD_X)[0], before, atol=1e-4)


CHECKS = (
    check_the_start,
    check_plain_training_learns_and_forgets,
    check_the_old_weights_hold,
    check_the_weights_that_count_hold,
    check_answers_are_held,
    check_rehearsal_rehearses,
    check_lora_adds_to_weights_that_stay,
)

"""The two loops, each in a process of its own, must agree: batches, updates, stopping, restored weights."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from observing import observe
from training_cases import RUNS

CASES = Path(__file__).with_name("training_cases.py")


@pytest.fixture(scope="module")
def both() -> dict[str, dict]:
    return {framework: observe(framework, CASES, framework) for framework in ("torch", "keras")}


@pytest.mark.parametrize("name", RUNS)
def test_histories_and_weights_agree(both, name):
    torch, keras = both["torch"][name], both["keras"][name]
    assert (
        list(torch["history"]) == list(keras["history"]) == ["loss", "accuracy", "val_loss", "val_accuracy"]
    )
    assert (torch["steps"], torch["stopped"], torch["best"]) == (
        keras["steps"],
        keras["stopped"],
        keras["best"],
    )
    for column in torch["history"]:
        np.testing.assert_allclose(torch["history"][column], keras["history"][column], atol=2e-4)
    np.testing.assert_allclose(torch["weights"], keras["weights"], atol=2e-4)
    np.testing.assert_allclose(torch["probabilities"], keras["probabilities"], atol=2e-4)
    np.testing.assert_allclose(np.sum(keras["probabilities"], axis=1), 1, atol=1e-6)


def test_steps_are_steps(both):
    run = both["torch"]["adam by steps"]
    assert run["steps"] == 23
    assert len(run["history"]["loss"]) == 3  # 60 images in batches of 8: 8 steps an epoch, 8 + 8 + 7


def test_patience_stopped_before_the_end_and_kept_the_best(both):
    for framework in both:
        run = both[framework]["patience"]
        assert run["stopped"] == len(run["history"]["loss"]) < 30
        assert run["best"] == run["stopped"] - 2
        assert run["history"]["val_loss"][run["best"] - 1] == min(run["history"]["val_loss"])


def test_heads_agree(both):
    torch, keras = both["torch"]["head"], both["keras"]["head"]
    np.testing.assert_allclose(torch["weights"], keras["weights"], atol=1e-4)
    np.testing.assert_allclose(torch["probabilities"], keras["probabilities"], atol=1e-4)
    np.testing.assert_allclose(torch["history"]["loss"], keras["history"]["loss"], atol=1e-4)

"""Text classifiers are one network in two frameworks: before training, after it, and in what they skip."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from observing import observe

SCRIPT = Path(__file__).with_name("observe_classifiers.py")
KINDS = [f"{reader}-{trainable}" for reader in ("mean", "conv", "gru") for trainable in (False, True)]


@pytest.fixture(scope="module")
def both() -> dict[str, dict]:
    return {framework: observe(framework, SCRIPT, framework) for framework in ("torch", "keras")}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.turns(3, "tlcourse/embeddings", "tlcourse/training", "tests/embeddings")
def test_the_frameworks_agree(both, kind):
    ours, theirs = both["torch"][kind], both["keras"][kind]
    assert ours["groups"] == theirs["groups"]
    np.testing.assert_allclose(ours["before"], theirs["before"], atol=1e-5)
    np.testing.assert_allclose(ours["features"], theirs["features"], atol=1e-5)
    np.testing.assert_allclose(ours["loss"], theirs["loss"], atol=1e-4)
    np.testing.assert_allclose(ours["after"], theirs["after"], atol=1e-4)
    assert ours["loss"][-1] < ours["loss"][0]


@pytest.mark.parametrize("framework", ["torch", "keras"])
@pytest.mark.parametrize("kind", KINDS)
def test_padding_stays_nought_and_frozen_vectors_stay(both, framework, kind):
    found = both[framework][kind]
    assert not any(found["padding"])
    assert (found["moved"] > 1e-4) == kind.endswith("True")
    # An empty text: features of nought, and a prediction like any other.
    assert not any(found["features"][0])
    assert np.isfinite(found["after"]).all()

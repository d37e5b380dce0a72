"""The same arrays give the same features in both frameworks."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from observing import observe
from packed_checks import PACKED
from packs_here import need

SCRIPT = Path(__file__).with_name("observe_packed.py")


@pytest.mark.slow
@pytest.mark.turns(3, "tlcourse/models", "tlcourse/packs", "tests/models")
def test_pooled_features_are_equal() -> None:
    """Within 1e-4, of photographs at the published size and at another one; random starts too."""
    torch, keras = (observe(framework, SCRIPT, framework) for framework in ("torch", "keras"))
    assert list(torch) == list(keras)
    for case in torch:
        features = np.array(torch[case])
        np.testing.assert_allclose(keras[case], features, rtol=0, atol=1e-4, err_msg=case)
        assert features.std() > 0.01, case
    need(*PACKED)
    assert {case.split()[0] for case in torch} == set(PACKED)

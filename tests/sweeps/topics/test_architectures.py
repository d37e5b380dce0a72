"""Chapter 2's sweep: every architecture with ImageNet weights, at least five times, in both frameworks."""

from __future__ import annotations

from tlcourse import models
from tlcourse.models.packed import networks
from tlcourse.sweeps import get
from tlcourse.sweeps.topics import architectures as sweep


def test_every_published_architecture_is_measured_as_often() -> None:
    found = get("architecture-costs")
    assert found.frameworks == ("torch", "keras")
    assert set(sweep.ARCHITECTURES) == {
        c.name
        for c in models.cards()
        if c.pretrained and (c.name not in networks() or c.name == "efficientnet_lite0")
    }
    grid = found.settings()
    for name in sweep.ARCHITECTURES:
        assert [s["seed"] for s in grid if s["architecture"] == name] == list(sweep.SEEDS)
        settings = {"architecture": name, "seed": 0}
        assert (
            found.tolerance("parameters", settings, "torch") <= 1000
        )  # of millions; the tables keep six digits
        assert 0 < found.tolerance("multiply_adds", settings, "torch") < sweep.GMACS[name] * 1e9 / 500
        assert found.tolerance("latency_ms", settings, "torch") is None
        assert found.cost(settings) > 0
    assert len(sweep.SEEDS) >= 5

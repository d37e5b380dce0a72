"""Chapter 2's sweep: what each architecture costs, in each framework that has it.

``architecture-costs`` measures every architecture that has ImageNet weights at its published size, in a
process of its own, five times. Parameters, multiply-adds and the file must come out the same anywhere; time
and memory are this machine's, recorded and never compared.
"""

from __future__ import annotations

from tlcourse.sweeps.engine.spec import Settings, Sweep

__all__ = ["ARCHITECTURES", "SWEEPS", "measure_costs"]

ARCHITECTURES = (
    "efficientnet_lite0",
    "efficientnet_b0",
    "xception",
    "inception_v3",
    "resnet50",
    "resnet152",
    "vgg16",
    "vgg19",
)
SEEDS = (0, 1, 2, 3, 4)
"""Repeats: nothing is drawn from them."""
REPEATS = 20
GMACS = {
    "efficientnet_lite0": 0.4,
    "efficientnet_b0": 0.4,
    "xception": 8.4,
    "inception_v3": 5.7,
    "resnet50": 4.1,
    "resnet152": 11.5,
    "vgg16": 15.5,
    "vgg19": 19.6,
}
"""Billions of multiply-adds, roughly: for the time left and for the tolerance."""


def measure_costs(framework: str, architecture: str, seed: int) -> dict[str, float]:
    """One row of ``architecture-costs``.

    Returns
    -------
    dict
        ``parameters``; ``multiply_adds`` for one image; ``file_mb`` (1,000,000 bytes); ``latency_ms`` and
        ``cpu_ms`` for one image on one thread; ``peak_mb``: see `tlcourse.models.costs.measure`.
    """
    from tlcourse.models import costs

    measured = costs.measure(architecture, framework, repeats=REPEATS, threads=1)
    return {
        "parameters": measured["parameters"],
        "multiply_adds": measured["multiply_adds"],
        "file_mb": measured["file_bytes"] / 1e6,
        "latency_ms": measured["latency_ms"],
        "cpu_ms": measured["cpu_ms"],
        "peak_mb": measured["peak_mb"],
    }


def _grid() -> list[Settings]:
    # Repeat by repeat, so that a slow minute of the machine does not fall on one architecture alone.
    return [{"architecture": name, "seed": seed} for seed in SEEDS for name in ARCHITECTURES]


def _multiply_adds(settings: Settings) -> float:
    """A thousandth."""
    return GMACS[settings["architecture"]] * 1e6


SWEEPS: tuple[Sweep, ...] = (
    Sweep(
        "architecture-costs",
        "tlcourse.sweeps.topics.architectures:measure_costs",
        _grid,
        {
            "parameters": 1000.0,  # the tables keep six digits
            "multiply_adds": _multiply_adds,
            "file_mb": 0.1,  # the header of a file may change with its library's version
            "latency_ms": None,
            "cpu_ms": None,
            "peak_mb": None,
        },
        cost=lambda settings: 12.0 + 2.0 * GMACS[settings["architecture"]],
        title="Chapter 2: parameters, multiply-adds, file, time and memory of the architectures",
    ),
)

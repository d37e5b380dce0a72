"""What a pretrained network was fed with, in which mode, and whether it stayed as it was.

For probes that hand a network to an answer. What a gauge says only chooses the words for an answer that falls
short: a student's code shares the process with it and can make it lie.
"""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np

from tlcourse.frameworks import side

__all__ = ["Gauge", "Reading", "on"]


class Gauge(Protocol):
    """What watches one network."""

    def seen(self) -> dict[str, Any]:
        """What the network has seen until now, as plain data.

        Returns
        -------
        dict
            ``low`` and ``high``: the smallest and the largest number that came in, NaN if none did.
            ``by_batch``: whether a BatchNorm layer worked in training mode. ``weights`` and ``statistics``:
            float64 arrays with a number for each array of the network, before (first row) and now.
        """
        ...


def on(model: Any, framework: str) -> Gauge:
    """Watch a network from now on. It is the network that the answer gets, not a copy.

    Parameters
    ----------
    model : torch.nn.Module or keras.Model
    framework : {"torch", "keras"}
    """
    gauge: Gauge = side(__name__, framework).Watching(model)
    return gauge


class Reading:
    """What `Gauge.seen` gave to a probe, for a judge.

    Attributes
    ----------
    low, high : float
        Of what came in.
    by_batch : bool
        Whether BatchNorm used the batch's statistics.
    """

    def __init__(self, seen: dict[str, Any]) -> None:
        self.low, self.high = float(seen["low"]), float(seen["high"])
        self.by_batch = bool(seen["by_batch"])
        self._weights, self._statistics = seen["weights"], seen["statistics"]

    @property
    def unused(self) -> bool:
        """Whether nothing came in."""
        return self.low != self.low

    @property
    def weights_moved(self) -> bool:
        """Whether a weight is another than before."""
        return _moved(self._weights)

    @property
    def statistics_moved(self) -> bool:
        """Whether a running mean or variance is another than before."""
        return _moved(self._statistics)


def _moved(rows: Any) -> bool:
    before, after = np.asarray(rows, np.float64)
    return not bool(np.allclose(before, after, rtol=1e-7, atol=1e-9))

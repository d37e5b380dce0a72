"""The numbers of a model that was put together of a late part and a head."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

__all__ = ["State", "collected"]


class State(NamedTuple):
    """All numbers of a part, float64 (N,) each."""

    late: npt.NDArray[np.float64]
    head: npt.NDArray[np.float64]
    statistics: npt.NDArray[np.float64]


def collected(arrays: Iterable[tuple[str, bool, Any]]) -> State:
    """From (name, whether it is a running statistic, array) of each of a model's arrays."""
    parts: dict[str, list[Any]] = {part: [np.empty(0)] for part in State._fields}
    for name, statistic, array in arrays:
        part = "head" if name.startswith("classifier") else "statistics" if statistic else "late"
        parts[part].append(np.asarray(array, "float64").ravel())
    return State(**{part: np.concatenate(found) for part, found in parts.items()})

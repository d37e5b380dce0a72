"""What is trainable, and proof of what has changed."""

from __future__ import annotations

import hashlib
import html
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from tlcourse.errors import CourseError
from tlcourse.models.layers import arrays, check_sizes, count, find, layers_of

__all__ = ["TrainableReport", "changed", "fingerprint", "trainable_report"]


@dataclass(frozen=True)
class TrainableReport:
    """Counts of parameters; BatchNorm's statistics are not counted, and tied weights once.

    Attributes
    ----------
    trainable, total : int
    groups : tuple of (name, trainable, total)

    Examples
    --------
    >>> print(TrainableReport(10, 1000, (("body", 0, 990), ("classifier", 10, 10))))
    trainable 10 of 1,000 parameters (1.00 %)
      body                     0 of        990
      classifier              10 of         10
    """

    trainable: int
    total: int
    groups: tuple[tuple[str, int, int], ...]

    @property
    def share(self) -> float:
        """The trainable share, 0 to 1."""
        return self.trainable / self.total if self.total else 0.0

    def _headline(self) -> str:
        return f"trainable {self.trainable:,} of {self.total:,} parameters ({self.share:.2%})".replace(
            "%", " %"
        )

    def __str__(self) -> str:
        rows = [f"  {name:14}{some:12,} of {every:10,}" for name, some, every in self.groups]
        return "\n".join([self._headline(), *rows])

    __repr__ = __str__

    def _repr_html_(self) -> str:
        rows = "".join(
            f'<tr><th scope="row" style="text-align:left">{html.escape(name)}</th>'
            f"<td>{some:,}</td><td>{every:,}</td>"
            f"<td>{'frozen' if not some else 'trainable' if some == every else 'partly'}</td></tr>"
            for name, some, every in self.groups
        )
        head = "".join(f'<th scope="col">{text}</th>' for text in ("Group", "Trainable", "All", "State"))
        return (
            f"<table><caption>{html.escape(self._headline())}</caption>"
            f"<thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"
        )


def trainable_report(model: Any) -> TrainableReport:
    """How many parameters training may change, of how many, by group.

    Parameters
    ----------
    model : torch.nn.Module or keras.Model

    Returns
    -------
    TrainableReport
        Prints as text, shows as a table in a notebook. Weights that two layers share are counted with the
        first of them.

    Raises
    ------
    CourseError
        If it is not a model, or has no weights yet.
    """
    rows = count(model)
    return TrainableReport(sum(r[1] for r in rows), sum(r[2] for r in rows), tuple(rows))


def fingerprint(model: Any, layers: str | Iterable[str] | None = None) -> dict[str, str]:
    """A short hash of every tensor of the model, BatchNorm's statistics included.

    Tied weights have a line for each layer that holds them.

    Equal fingerprints mean equal numbers, to the last bit. Names, and the hashes of equal weights, are equal
    in both frameworks: tensors are taken in PyTorch's axis order as float32.

    Parameters
    ----------
    model : torch.nn.Module or keras.Model
    layers : str or list of str, optional
        As in :func:`tlcourse.freezing.freeze`. Default: all.

    Returns
    -------
    dict of tensor name to 16 hexadecimal digits of its SHA-256
        Such as {"bn1.running_mean": "9f86d081884c7d65"}.

    Raises
    ------
    UnknownNameError
        If no layer has such a name.
    CourseError
        If it is not a model, or has no weights yet.
    """
    described = layers_of(model)
    chosen = set(find(described, layers))
    check_sizes(layer for layer in described if layer.name in chosen)
    return {
        name: hashlib.sha256(repr(array.shape).encode() + np.ascontiguousarray(array).tobytes()).hexdigest()[
            :16
        ]
        for name, layer, array in arrays(model)
        if layer in chosen
    }


def changed(before: Mapping[str, str], after: Mapping[str, str]) -> list[str]:
    """The names of the tensors whose numbers differ between two fingerprints, in the model's order.

    Raises
    ------
    CourseError
        If they are of different models.

    Examples
    --------
    >>> changed({"a": "1", "b": "2"}, {"a": "1", "b": "3"})
    ['b']
    """
    odd = sorted(set(before) ^ set(after))
    if odd:
        raise CourseError(
            f"The fingerprints are of different models: only one of them has {', '.join(odd[:3])}"
            f"{f' and {len(odd) - 3} more' if len(odd) > 3 else ''}.",
            "Take both of the same model, with the same layers.",
        )
    return [name for name in before if before[name] != after[name]]

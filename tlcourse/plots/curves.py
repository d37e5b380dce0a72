"""Learning curves: a metric against the epoch."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from tlcourse.errors import ShapeError, UnknownNameError
from tlcourse.plots.base import COLOURS, DASHES, MARKERS, axes, end_labels, finish, styled

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["learning_curves"]


@styled
def learning_curves(
    histories: Any,
    metric: str = "loss",
    *,
    x: Sequence[float] | None = None,
    xlabel: str = "epoch",
    ylabel: str | None = None,
    title: str | None = None,
    ax: Axes | None = None,
) -> Axes:
    """A metric against the epoch, training dashed and validation solid.

    Parameters
    ----------
    histories : History, or dict of str to History
        One run or several by name. A run may also be a dict of lists, as Keras gives, or one list of numbers.
    metric : str
        ``"loss"`` (nats) or ``"accuracy"`` (0 to 1); ``val_`` of it is drawn too where there is one.
    x : sequence of numbers, optional
        Where the values stand along the axis; 1, 2, 3, ... if None.
    xlabel, ylabel, title : str, optional
    ax : matplotlib Axes, optional

    Returns
    -------
    Axes
        With ``tl_alt`` and ``tl_table`` (one row per epoch).

    Raises
    ------
    UnknownNameError
        If no history holds the metric.
    ShapeError
        If ``x`` is shorter than a curve.

    Examples
    --------
    >>> ax = learning_curves({"loss": [1.0, 0.5], "val_loss": [1.1, 0.8]})
    >>> print(ax.tl_alt)
    loss against epoch: training from 1.00 to 0.50, validation from 1.10 to 0.80 (lowest at 2).
    >>> print(learning_curves({"frozen": [2.0, 0.3], "random": [2.0, 1.4]}).tl_alt)
    loss against epoch: frozen from 2.00 to 0.30, random from 2.00 to 1.40.
    """
    import pandas as pd

    curves = _curves(histories, metric)
    longest = max(len(curve.values) for curve in curves)
    positions = list(range(1, longest + 1)) if x is None else list(x)
    if len(positions) < longest:
        raise ShapeError(
            f"x has {len(positions)} values, and a curve has {longest}.", "Give one x for each value."
        )
    ax = axes(ax)
    for curve in curves:
        _draw(ax, curve, positions)
    ylabel = ylabel or ("loss (nats)" if metric == "loss" else metric)
    ax.set_xlabel(xlabel)
    ax.set_ylabel(ylabel)
    if x is None:
        ax.xaxis.get_major_locator().set_params(integer=True)
    if longest == 1:
        ax.set_xlim(positions[0] - 0.5, positions[0] + 0.5)
    if title:
        ax.set_title(title)
    end_labels(ax, [_end(curve, positions) for curve in curves])
    table = pd.DataFrame(
        {curve.label: pd.Series(curve.values, index=positions[: len(curve.values)]) for curve in curves}
    )
    heading = title or f"{ylabel.removesuffix(' (nats)')} against {xlabel}"
    lowest_is_best = "accuracy" not in metric
    sentences = [_described(curve, positions, lowest_is_best) for curve in curves]
    return finish(ax, f"{heading}: {', '.join(sentences)}.", table.rename_axis(xlabel))


class _Curve(NamedTuple):
    label: str
    part: str  # "training" or "validation"; empty for a plain list of numbers
    values: list[float]
    colour: int


def _curves(histories: Any, metric: str) -> list[_Curve]:
    """The curves of all runs, in the order in which they are drawn; at least one, with at least one value."""
    single = hasattr(histories, "history") or {metric, f"val_{metric}"} & set(histories)
    runs = {"": histories} if single else dict(histories)
    curves: list[_Curve] = []
    columns: set[str] = set()
    for number, (name, run) in enumerate(runs.items()):
        values = getattr(run, "history", run)
        if not isinstance(values, dict):
            curves.append(_Curve(name, "", [float(value) for value in values], number))
            continue
        columns |= set(values)
        for part, column in (("training", metric), ("validation", f"val_{metric}")):
            if values.get(column):
                colour = 1 if single and part == "validation" else number
                curves.append(_Curve(f"{name} {part}".strip(), part, list(values[column]), colour))
    if not any(curve.values for curve in curves):
        raise UnknownNameError("column of the history", metric, sorted(columns))
    return curves


def _draw(ax: Axes, curve: _Curve, positions: Sequence[float]) -> None:
    colour = COLOURS[curve.colour % 7]
    dashes = {"training": "--", "validation": "-"}.get(curve.part, DASHES[curve.colour % 7])
    ax.plot(
        positions[: len(curve.values)],
        curve.values,
        linestyle=dashes,
        color=colour,
        marker=MARKERS[curve.colour % 7],
        markerfacecolor="white" if curve.part == "training" else colour,
        # A marker every now and then: on a long line they would hide it.
        markevery=max(1, len(curve.values) // 10),
    )


def _end(curve: _Curve, positions: Sequence[float]) -> tuple[float, float, str, str]:
    """Where the curve ends, its name, and its colour."""
    return float(positions[len(curve.values) - 1]), curve.values[-1], curve.label, COLOURS[curve.colour % 7]


def _described(curve: _Curve, positions: Sequence[float], lowest_is_best: bool) -> str:
    """One curve in words: where it starts and ends, and where validation was at its best."""
    words = f"{curve.label} from {curve.values[0]:.2f} to {curve.values[-1]:.2f}"
    if curve.part != "validation":
        return words
    if lowest_is_best:
        return f"{words} (lowest at {positions[int(np.argmin(curve.values))]})"
    return f"{words} (highest at {positions[int(np.argmax(curve.values))]})"

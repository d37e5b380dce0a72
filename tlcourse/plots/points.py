"""Named points, for example each model's cost against its accuracy."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from tlcourse.errors import CourseError
from tlcourse.plots.base import COLOURS, MARKERS, axes, finish, listed, styled

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["points"]


@styled
def points(
    values: Mapping[str, tuple[float, float]],
    *,
    groups: Mapping[str, str] | None = None,
    xlabel: str,
    ylabel: str,
    title: str | None = None,
    logx: bool = False,
    limit: float | None = None,
    fmt: str = ".1f",
    ax: Axes | None = None,
) -> Axes:
    """Points with their names beside them.

    Parameters
    ----------
    values : dict of str to (x, y)
    groups : dict of str to str, optional
        The group of each point: its colour and its marker.
    xlabel, ylabel, title : str
    logx : bool
        Logarithmic x axis.
    limit : float, optional
        A dashed vertical line here; points to the right of it are drawn hollow.
    fmt : str
        How to write a value in the text that describes the plot.

    Returns
    -------
    Axes
        With ``tl_alt`` and ``tl_table``.

    Raises
    ------
    CourseError
        If there is nothing to draw, or x is not positive on a logarithmic axis.

    Examples
    --------
    >>> points({"small": (1.0, 60.0), "large": (9.0, 75.0)}, xlabel="ms", ylabel="top-1").tl_alt
    'top-1 against ms: small 60.0 at 1.0 and large 75.0 at 9.0; large is highest.'
    """
    import pandas as pd

    if not values:
        raise CourseError("There are no points to draw.", "Pass at least one name with its x and y.")
    if logx and min(x for x, _ in values.values()) <= 0:
        raise CourseError("A logarithmic axis has no place for 0.", "Give x above 0, or logx=False.")
    ax = axes(ax, 6.8, 4.4)
    _draw(ax, values, groups or dict.fromkeys(values, ""), limit)
    if logx:
        _log_axis(ax)
    if limit is not None:
        ax.axvline(limit, color="#444444", linestyle="--", linewidth=1.2)
    ax.margins(x=0.22, y=0.15)
    _name_points(ax, values)
    ax.set_xlabel(xlabel)
    ax.set_ylabel(ylabel)
    if title:
        ax.set_title(title)
    if groups:
        ax.legend(frameon=False, loc="upper left", bbox_to_anchor=(1, 1))
    table = pd.DataFrame({name: {xlabel: x, ylabel: y} for name, (x, y) in values.items()}).T
    heading = title or f"{ylabel} against {xlabel}"
    return finish(ax, f"{heading}: {_described(values, limit, fmt)}.", table)


def _draw(
    ax: Axes, values: Mapping[str, tuple[float, float]], groups: Mapping[str, str], limit: float | None
) -> None:
    """The points, a colour and a marker for each group."""
    numbers = {group: i for i, group in enumerate(dict.fromkeys(groups[name] for name in values))}
    in_legend: set[str] = {""}
    for name in sorted(values, key=lambda name: numbers[groups[name]]):
        group, (x, y) = groups[name], values[name]
        colour = COLOURS[numbers[group] % len(COLOURS)]
        ax.plot(
            x,
            y,
            MARKERS[numbers[group] % len(MARKERS)],
            color=colour,
            markerfacecolor="white" if limit is not None and x > limit else colour,
            markeredgewidth=1.6,
            label=None if group in in_legend else group,
        )
        in_legend.add(group)


def _log_axis(ax: Axes) -> None:
    from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

    ax.set_xscale("log")
    ax.xaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    ax.xaxis.set_major_formatter(FuncFormatter(lambda x, _: f"{x:g}"))
    ax.xaxis.set_minor_formatter(NullFormatter())


def _described(values: Mapping[str, tuple[float, float]], limit: float | None, fmt: str) -> str:
    """All points in words, which is highest, and which are within the limit."""
    words = listed([f"{name} {y:{fmt}} at {x:{fmt}}" for name, (x, y) in values.items()])
    if len(values) > 1:
        words += f"; {max(values, key=lambda name: values[name][1])} is highest"
    if limit is not None:
        within = [name for name, (x, _) in values.items() if x <= limit]
        verb = "are" if len(within) > 1 else "is"
        words += f"; within {limit:g} {verb} {listed(within) if within else 'none'}"
    return words


def _name_points(ax: Axes, values: Mapping[str, tuple[float, float]]) -> None:
    """Write the names above their points, higher where two would overlap."""
    at = ax.transData.transform(np.array(list(values.values()), float))
    placed: list[tuple[float, float]] = []
    for (x, y), name in sorted(zip(at.tolist(), values, strict=True), key=lambda one: (one[0][1], one[0][0])):
        lift = 8.0
        while any(abs(x - px) < 75 and abs(y + lift - py) < 14 for px, py in placed):
            lift += 14
        placed.append((x, y + lift))
        ax.annotate(
            name,
            values[name],
            xytext=(0, lift * 72 / ax.figure.dpi),
            textcoords="offset points",
            ha="center",
            fontsize=10,
        )

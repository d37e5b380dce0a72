"""Named points: one thing's cost against its worth, say."""

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
    groups = groups or dict.fromkeys(values, "")
    kinds = list(dict.fromkeys(groups[name] for name in values))
    for i, kind in enumerate(kinds):
        inside = [name for name in values if groups[name] == kind]
        for name in inside:
            x, y = values[name]
            out = limit is not None and x > limit
            ax.plot(
                x,
                y,
                MARKERS[i % len(MARKERS)],
                color=COLOURS[i % len(COLOURS)],
                markerfacecolor="white" if out else COLOURS[i % len(COLOURS)],
                markeredgewidth=1.6,
                label=kind if kind and name == inside[0] else None,
            )
    if logx:
        from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

        ax.set_xscale("log")
        ax.xaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
        ax.xaxis.set_major_formatter(FuncFormatter(lambda x, _: f"{x:g}"))
        ax.xaxis.set_minor_formatter(NullFormatter())
    if limit is not None:
        ax.axvline(limit, color="#444444", linestyle="--", linewidth=1.2)
    ax.margins(x=0.22, y=0.15)
    _named(ax, values)
    ax.set_xlabel(xlabel)
    ax.set_ylabel(ylabel)
    if title:
        ax.set_title(title)
    if any(kinds):
        ax.legend(frameon=False, loc="upper left", bbox_to_anchor=(1, 1))
    table = pd.DataFrame({name: {xlabel: x, ylabel: y} for name, (x, y) in values.items()}).T
    best = max(values, key=lambda name: values[name][1])
    told = listed([f"{name} {y:{fmt}} at {x:{fmt}}" for name, (x, y) in values.items()])
    top = f"; {best} is highest" if len(values) > 1 else ""
    if limit is not None:
        inside = [name for name, (x, _) in values.items() if x <= limit]
        verb = "are" if len(inside) > 1 else "is"
        top += f"; within {limit:g} {verb} {listed(inside) if inside else 'none'}"
    return finish(ax, f"{title or f'{ylabel} against {xlabel}'}: {told}{top}.", table)


def _named(ax: Axes, values: Mapping[str, tuple[float, float]]) -> None:
    """Write the names above their points, higher where two would lie on one another."""
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

"""Bars with their spread."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from tlcourse.errors import CourseError, UnknownNameError
from tlcourse.plots.base import COLOURS, HATCHES, axes, finish, listed, styled

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

__all__ = ["bars"]


@styled
def bars(
    values: Any,
    *,
    x: str | None = None,
    y: str | None = None,
    order: Sequence[str] | None = None,
    errors: dict[str, float] | None = None,
    xlabel: str = "",
    ylabel: str = "",
    title: str | None = None,
    fmt: str = ".2f",
    ax: Axes | None = None,
) -> Axes:
    """Bars with their values written on them.

    Parameters
    ----------
    values : dict of str to float, or of str to dict of str to float, or DataFrame
        A bar for each name; or groups of bars, ``{group: {bar: value}}``; or a table with one row per run, of
        which each bar is the mean of column ``y`` for one value of column ``x``, with its standard deviation.
    x, y : str
        Columns, for a table only.
    order : sequence, optional
        Which bars, in which order.
    errors : dict of str to float, optional
        Half lengths of the error bars (for single bars).
    fmt : str
        How to write a value.

    Returns
    -------
    Axes
        With ``tl_alt`` and ``tl_table``.

    Raises
    ------
    CourseError
        If there is nothing to draw.

    Examples
    --------
    >>> bars({"head": 0.7, "all": 0.8}, ylabel="accuracy").tl_alt
    'accuracy: head 0.70 and all 0.80; all is highest.'
    """
    import pandas as pd

    if isinstance(values, pd.DataFrame):
        values, spread = _means(values, x, y)
        errors = errors or spread
    if order is not None:
        values = {name: values[name] for name in order if name in values}
    if not values:
        raise CourseError("There are no values to draw.", "Pass at least one name with its number.")
    if isinstance(next(iter(values.values())), dict):
        heights = {f"{group} {bar}": value for group, bars in values.items() for bar, value in bars.items()}
        ax = _draw_groups(ax, values, fmt)
        table = pd.DataFrame(values).T
    else:
        heights = values
        ax = _draw_single(ax, values, errors, fmt)
        table = pd.DataFrame({ylabel or "value": values})
        if errors:
            table["spread"] = pd.Series(errors)
    ax.margins(y=0.12)
    ax.grid(visible=False, axis="x")
    ax.set_xlabel(xlabel)
    ax.set_ylabel(ylabel)
    if title:
        ax.set_title(title)
    return finish(ax, f"{title or ylabel or 'Values'}: {_described(heights, fmt)}.", table)


def _means(table: pd.DataFrame, x: str | None, y: str | None) -> tuple[dict[str, float], dict[str, float]]:
    """For each value of column ``x``: the mean of column ``y``, and the spread of several runs."""
    for column in (x, y):
        if column not in table.columns:
            raise UnknownNameError("column in the table", column, map(str, table.columns))
    stats = table.groupby(x, sort=False)[y].agg(["mean", "std"])
    spread = {str(name): float(std) for name, std in stats["std"].dropna().items()}
    return {str(name): float(mean) for name, mean in stats["mean"].items()}, spread


def _draw_single(
    ax: Axes | None, values: dict[str, float], errors: dict[str, float] | None, fmt: str
) -> Axes:
    ax = axes(ax, max(4.8, 1.1 * len(values)), 3.8)
    half_lengths = [errors.get(name, 0.0) for name in values] if errors else None
    drawn = ax.bar(list(values), list(values.values()), 0.65, yerr=half_lengths, capsize=4, color=COLOURS[0])
    ax.bar_label(drawn, [f"{value:{fmt}}" for value in values.values()], padding=3, fontsize=10)
    return ax


def _draw_groups(ax: Axes | None, groups: dict[str, dict[str, float]], fmt: str) -> Axes:
    names = list(dict.fromkeys(name for group in groups.values() for name in group))
    ax = axes(ax, max(4.8, 1.1 * len(names) * len(groups)), 3.8)
    width = 0.8 / len(names)
    for number, name in enumerate(names):
        heights = [group.get(name, np.nan) for group in groups.values()]
        drawn = ax.bar(
            np.arange(len(groups)) + (number - (len(names) - 1) / 2) * width,
            heights,
            width * 0.92,
            label=name,
            color=COLOURS[number % 7],
            hatch=HATCHES[number % 7],
            edgecolor="white",
        )
        ax.bar_label(drawn, [f"{height:{fmt}}" for height in heights], padding=2, fontsize=10)
    ax.set_xticks(range(len(groups)), list(groups))
    ax.legend(frameon=False, loc="upper left", bbox_to_anchor=(1, 1))
    return ax


def _described(values: dict[str, float], fmt: str) -> str:
    """All values in words, and which is highest."""
    words = listed([f"{name} {value:{fmt}}" for name, value in values.items()])
    if len(values) == 1:
        return words
    return f"{words}; {max(values, key=lambda name: values[name])} is highest"

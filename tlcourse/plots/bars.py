"""Bars with their spread."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from tlcourse.errors import CourseError, UnknownNameError
from tlcourse.plots.base import (
    COLOURS,
    HATCHES,
    axes,
    finish,
    listed,
    styled,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes


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
        for column in (x, y):
            if column not in values.columns:
                raise UnknownNameError("column in the table", column, map(str, values.columns))
        stats = values.groupby(x, sort=False)[y].agg(["mean", "std"])
        errors = errors or {str(k): float(v) for k, v in stats["std"].dropna().items()}
        values = {str(k): float(v) for k, v in stats["mean"].items()}
    if order is not None:
        values = {name: values[name] for name in order if name in values}
    if not values:
        raise CourseError("There are no values to draw.", "Pass at least one name with its number.")
    grouped = isinstance(next(iter(values.values())), dict)
    groups: dict[str, dict[str, float]] = values if grouped else {"": values}  # type: ignore[assignment]
    names = list(dict.fromkeys(name for group in groups.values() for name in group))
    ax = axes(ax, max(4.8, 1.1 * len(names) * (len(groups) if grouped else 1)), 3.8)
    flat: dict[str, float] = {}
    if grouped:
        width = 0.8 / len(names)
        for j, name in enumerate(names):
            at = np.arange(len(groups)) + (j - (len(names) - 1) / 2) * width
            heights = [group.get(name, np.nan) for group in groups.values()]
            drawn = ax.bar(
                at,
                heights,
                width * 0.92,
                label=name,
                color=COLOURS[j % 7],
                hatch=HATCHES[j % 7],
                edgecolor="white",
            )
            ax.bar_label(drawn, [f"{h:{fmt}}" for h in heights], padding=2, fontsize=10)
        ax.set_xticks(range(len(groups)), list(groups))
        ax.legend(frameon=False, loc="upper left", bbox_to_anchor=(1, 1))
        flat = {f"{g} {n}": v for g, group in groups.items() for n, v in group.items()}
        table = pd.DataFrame(groups).T
    else:
        flat = groups[""]
        half = [errors.get(n, 0.0) for n in flat] if errors else None
        drawn = ax.bar(list(flat), list(flat.values()), 0.65, yerr=half, capsize=4, color=COLOURS[0])
        ax.bar_label(drawn, [f"{v:{fmt}}" for v in flat.values()], padding=3, fontsize=10)
        table = pd.DataFrame({ylabel or "value": flat})
        if errors:
            table["spread"] = pd.Series(errors)
    ax.margins(y=0.12)
    ax.grid(visible=False, axis="x")
    ax.set_xlabel(xlabel)
    ax.set_ylabel(ylabel)
    if title:
        ax.set_title(title)
    best = max(flat, key=lambda k: flat[k])
    told = listed([f"{k} {v:{fmt}}" for k, v in flat.items()])
    top = f"; {best} is highest" if len(flat) > 1 else ""
    return finish(ax, f"{title or ylabel or 'Values'}: {told}{top}.", table)

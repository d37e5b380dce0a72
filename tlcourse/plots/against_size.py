"""Accuracy against the size of the data, or any metric of repeated runs against a setting."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from tlcourse.errors import CourseError, UnknownNameError
from tlcourse.plots.base import COLOURS, DASHES, MARKERS, axes, end_labels, finish, listed, styled

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

__all__ = ["accuracy_against_size"]


@styled
def accuracy_against_size(
    table: pd.DataFrame,
    x: str = "per_class",
    y: str = "accuracy",
    by: str | None = "start",
    *,
    labels: dict[str, str] | None = None,
    order: Sequence[str] | None = None,
    xlabel: str | None = None,
    ylabel: str | None = None,
    title: str | None = None,
    chance: float | None = None,
    log: bool | None = None,
    ax: Axes | None = None,
) -> Axes:
    """The mean of repeated runs against a setting, with their spread, one line for each method.

    Parameters
    ----------
    table : DataFrame
        One row per run, as ``tlcourse.sweeps.table`` gives.
    x, y, by : str
        Columns: the setting along the axis (number), the metric, and the method; ``by=None`` draws one line.
    labels : dict, optional
        What to call the methods.
    order : sequence, optional
        Which methods to draw, in which order and colours; all of them, as they come, if None.
    xlabel, ylabel, title : str, optional
    chance : float, optional
        A dotted line at the accuracy of guessing.
    log : bool, optional
        Logarithmic x axis; if None, where the largest x is eight times the smallest or more.
    ax : matplotlib Axes, optional

    Returns
    -------
    Axes
        The band and the bars reach one standard deviation (n - 1) either side of the mean. ``tl_table`` has
        mean, standard deviation and number of runs.

    Raises
    ------
    UnknownNameError
        For a column that the table lacks.
    CourseError
        For a table without rows.

    Examples
    --------
    >>> import pandas as pd
    >>> rows = [(n, s, a) for n, s, a in [(5, "A", .5), (5, "A", .6), (20, "A", .8), (20, "A", .8)]]
    >>> ax = accuracy_against_size(pd.DataFrame(rows, columns=["per_class", "start", "accuracy"]))
    >>> ax.tl_alt
    'accuracy against per class. A goes from 0.55 at 5 to 0.80 at 20. Mean of 2 runs each.'
    """
    import pandas as pd

    rows = _checked(table, x, y, by)
    colours = _colours(rows, by, order)
    if order is not None and by is not None:
        rows = rows[rows[by].isin(list(colours))]
    ax = axes(ax, 6.8, 4.2)
    sentences, ends, tables = [], [], []
    for method, colour in colours.items():
        runs = rows if method is None else rows[rows[by] == method]
        stats = runs.groupby(x)[y].agg(["mean", "std", "count"]).sort_index()
        name = (labels or {}).get(method, str(method)) if method is not None else ""  # type: ignore[call-overload]
        _draw(ax, stats, colour)
        ends.append((stats.index[-1], stats["mean"].iloc[-1], name, COLOURS[colour % 7]))
        sentences.append(_described(stats, name or y))
        values = stats.rename(columns={"std": "standard deviation", "count": "runs"}).reset_index()
        if by is not None:
            values.insert(0, by, name)
        tables.append(values)
    _size_axis(ax, np.unique(rows[x].to_numpy(float)), log)
    if chance is not None:
        _chance_line(ax, chance)
    xlabel, ylabel = xlabel or x.replace("_", " "), ylabel or y.replace("_", " ")
    ax.set_xlabel(xlabel)
    ax.set_ylabel(ylabel)
    if title:
        ax.set_title(title)
    if by is not None:
        end_labels(ax, ends)
    summary = pd.concat(tables, ignore_index=True)
    heading = title or f"{ylabel} against {xlabel}"
    guessing = f" Guessing gives {chance:.2f}." if chance is not None else ""
    return finish(ax, f"{heading}. {listed(sentences)}.{_mean_of(summary['runs'])}{guessing}", summary)


def _checked(table: pd.DataFrame, x: str, y: str, by: str | None) -> pd.DataFrame:
    """The rows that have a value of ``y``, at least one."""
    for column in (x, y, by):
        if column is not None and column not in table.columns:
            raise UnknownNameError("column in the table", column, map(str, table.columns))
    rows = table.dropna(subset=[y])
    if rows.empty:
        raise CourseError(
            f"The table has no row with a value of {y}.", "Choose settings that the sweep holds."
        )
    return rows


def _colours(rows: pd.DataFrame, by: str | None, order: Sequence[str] | None) -> dict[Hashable, int]:
    """The methods to draw, in order, with the number of each one's colour and marker."""
    if by is None:
        return {None: 0}
    methods = list(dict.fromkeys(rows[by]))
    if order is None:
        return dict(zip(methods, range(len(methods)), strict=True))
    # A method that this table lacks keeps its colour and marker in the next plot all the same.
    colours: dict[Hashable, int] = {method: n for n, method in enumerate(order) if method in methods}
    if not colours:
        raise UnknownNameError(str(by), next(iter(order)), map(str, rows[by].unique()))
    return colours


def _draw(ax: Axes, stats: pd.DataFrame, colour: int) -> None:
    """One method's line of means, with a band and bars of one standard deviation."""
    sizes = stats.index.to_numpy(float)
    mean, std = stats["mean"].to_numpy(), stats["std"].fillna(0).to_numpy()
    ink = COLOURS[colour % 7]
    ax.fill_between(sizes, mean - std, mean + std, color=ink, alpha=0.15, linewidth=0)
    ax.errorbar(
        sizes,
        mean,
        std,
        color=ink,
        marker=MARKERS[colour % 7],
        linestyle=DASHES[colour % 7],
        capsize=4,
        elinewidth=1.2,
    )


def _described(stats: pd.DataFrame, name: str) -> str:
    """One method's line in words."""
    sizes, mean = stats.index.to_numpy(float), stats["mean"].to_numpy()
    if len(sizes) == 1:
        return f"{name} is {mean[0]:.2f} at {sizes[0]:g}"
    return f"{name} goes from {mean[0]:.2f} at {sizes[0]:g} to {mean[-1]:.2f} at {sizes[-1]:g}"


def _size_axis(ax: Axes, sizes: np.ndarray, log: bool | None) -> None:
    """A tick at each size; logarithmic if asked for, or if the sizes span a factor of 8."""
    if log is None:
        log = sizes.min() > 0 and sizes.max() >= 8 * sizes.min()
    if log:
        ax.set_xscale("log")
        ax.minorticks_off()
    ax.set_xticks(sizes, [f"{size:g}" for size in sizes])
    ax.margins(x=0.06)


def _chance_line(ax: Axes, chance: float) -> None:
    ax.axhline(chance, color="#444444", linestyle=":", linewidth=1.2)
    ax.annotate(
        f"guessing {chance:.2f}",
        (0.02, chance),
        xycoords=("axes fraction", "data"),
        xytext=(0, 3),
        textcoords="offset points",
        fontsize=10,
        color="#444444",
    )


def _mean_of(runs: pd.Series) -> str:
    """A sentence on how many runs a mean is over; none where there was one run each."""
    counts = sorted(set(runs))
    if counts == [1]:
        return ""
    span = f"{counts[0]}" if len(counts) == 1 else f"{counts[0]} to {counts[-1]}"
    return f" Mean of {span} runs each."

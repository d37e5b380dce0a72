"""Learning curves, and accuracy against the size of the data."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from tlcourse.errors import CourseError, ShapeError, UnknownNameError
from tlcourse.plots.base import (
    COLOURS,
    DASHES,
    MARKERS,
    axes,
    end_labels,
    finish,
    listed,
    styled,
)

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes


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

    single = hasattr(histories, "history") or {metric, f"val_{metric}"} & set(histories)
    runs = {"": histories} if single else dict(histories)
    ax = axes(ax)
    curves: list[tuple[str, str, list[float], int]] = []
    known: set[str] = set()
    for i, (name, run) in enumerate(runs.items()):
        values = getattr(run, "history", run)
        if not isinstance(values, dict):
            curves.append((name, "", [float(v) for v in values], i))
            continue
        known |= set(values)
        for part, key in (("training", metric), ("validation", f"val_{metric}")):
            if values.get(key):
                ink = 1 if single and part == "validation" else i
                curves.append((f"{name} {part}".strip(), part, list(values[key]), ink))
    longest = max((len(y) for _, _, y, _ in curves), default=0)
    if not longest:
        raise UnknownNameError("column of the history", metric, sorted(known))
    at = list(range(1, longest + 1)) if x is None else list(x)
    if len(at) < longest:
        raise ShapeError(f"x has {len(at)} values, and a curve has {longest}.", "Give one x for each value.")
    said, ends, columns = [], [], {}
    down = "accuracy" not in metric
    for label, part, y, i in curves:
        colour = COLOURS[i % 7]
        dashes = "--" if part == "training" else "-" if part else DASHES[i % 7]
        ax.plot(
            at[: len(y)],
            y,
            linestyle=dashes,
            color=colour,
            marker=MARKERS[i % 7],
            markerfacecolor="white" if part == "training" else colour,
            # A marker every now and then: on a long line they would hide it.
            markevery=max(1, len(y) // 10),
        )
        columns[label] = pd.Series(y, index=at[: len(y)])
        ends.append((float(at[len(y) - 1]), y[-1], label, colour))
        best = at[int(np.argmin(y) if down else np.argmax(y))]
        told = f" ({'lowest' if down else 'highest'} at {best})" if part == "validation" else ""
        said.append(f"{label} from {y[0]:.2f} to {y[-1]:.2f}{told}")
    ylabel = ylabel or ("loss (nats)" if metric == "loss" else metric)
    ax.set_xlabel(xlabel)
    ax.set_ylabel(ylabel)
    if x is None:
        ax.xaxis.get_major_locator().set_params(integer=True)
    if longest == 1:
        ax.set_xlim(at[0] - 0.5, at[0] + 0.5)
    head = title or f"{ylabel.removesuffix(' (nats)')} against {xlabel}"
    if title:
        ax.set_title(title)
    end_labels(ax, ends)
    return finish(ax, f"{head}: {', '.join(said)}.", pd.DataFrame(columns).rename_axis(xlabel))


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

    for column in (x, y, by):
        if column is not None and column not in table.columns:
            raise UnknownNameError("column in the table", column, map(str, table.columns))
    rows = table.dropna(subset=[y])
    if rows.empty:
        raise CourseError(
            f"The table has no row with a value of {y}.", "Choose settings that the sweep holds."
        )
    found = [None] if by is None else list(dict.fromkeys(rows[by]))
    inks = {key: i for i, key in enumerate(found)}
    if order is not None and by is not None:
        # A method that this table lacks keeps its colour and marker in the next plot all the same.
        inks = {key: i for i, key in enumerate(order)}
        found = [key for key in order if key in found]
        if not found:
            raise UnknownNameError(str(by), next(iter(order)), map(str, rows[by].unique()))
        rows = rows[rows[by].isin(found)]
    ax = axes(ax, 6.8, 4.2)
    said, ends, tables = [], [], []
    for key in found:
        i = inks[key]
        part = rows if key is None else rows[rows[by] == key]
        stats = part.groupby(x)[y].agg(["mean", "std", "count"]).sort_index()
        name = (labels or {}).get(key, str(key)) if key is not None else ""
        colour = COLOURS[i % len(COLOURS)]
        xs = stats.index.to_numpy(float)
        mean, std = stats["mean"].to_numpy(), stats["std"].fillna(0).to_numpy()
        ax.fill_between(xs, mean - std, mean + std, color=colour, alpha=0.15, linewidth=0)
        ax.errorbar(
            xs,
            mean,
            std,
            color=colour,
            marker=MARKERS[i % 7],
            linestyle=DASHES[i % 7],
            capsize=4,
            elinewidth=1.2,
        )
        ends.append((xs[-1], mean[-1], name, colour))
        if len(xs) > 1:
            said.append(
                f"{name or y} goes from {mean[0]:.2f} at {xs[0]:g} to {mean[-1]:.2f} at {xs[-1]:g}".strip()
            )
        else:
            said.append(f"{name or y} is {mean[0]:.2f} at {xs[0]:g}")
        flat = stats.rename(columns={"std": "standard deviation", "count": "runs"}).reset_index()
        if by is not None:
            flat.insert(0, by, name)
        tables.append(flat)
    sizes = np.unique(rows[x].to_numpy(float))
    if log if log is not None else (sizes.min() > 0 and sizes.max() >= 8 * sizes.min()):
        ax.set_xscale("log")
        ax.minorticks_off()
    ax.set_xticks(sizes, [f"{s:g}" for s in sizes])
    ax.margins(x=0.06)
    if chance is not None:
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
    ax.set_xlabel(xlabel or x.replace("_", " "))
    ax.set_ylabel(ylabel or y.replace("_", " "))
    if title:
        ax.set_title(title)
    if found != [None]:
        end_labels(ax, ends)
    values = pd.concat(tables, ignore_index=True)
    counts = sorted(set(values["runs"]))
    runs = f"{counts[0]}" if len(counts) == 1 else f"{counts[0]} to {counts[-1]}"
    head = title or f"{ylabel or y.replace('_', ' ')} against {xlabel or x.replace('_', ' ')}"
    over = f" Guessing gives {chance:.2f}." if chance is not None else ""
    many = "" if runs == "1" else f" Mean of {runs} runs each."
    return finish(ax, f"{head}. {listed(said)}.{many}{over}", values)

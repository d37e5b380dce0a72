"""Plots that say what they show: to the eye, to a screen reader, and as numbers.

Every function takes ``ax=None`` and returns the Axes, with two additions: ``ax.tl_alt``, a sentence computed
from the data, and ``ax.tl_table``, a pandas table of the values. `show` displays all three. Colours are those
of Okabe and Ito (2008), which people with any common colour vision tell apart, and a line is never told from
another by its colour alone: markers, dashes and labels beside the lines do it too. The ground is white and
opaque, so a figure reads as well on a dark page. No global setting of matplotlib is touched.
"""

from __future__ import annotations

import base64
import html
import io
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from functools import wraps
from itertools import pairwise, product
from typing import TYPE_CHECKING, Any

import numpy as np

from tlcourse.errors import CourseError, ShapeError, UnknownNameError

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

__all__ = [
    "COLOURS",
    "accuracy_against_size",
    "bars",
    "confusion",
    "figure_html",
    "image_grid",
    "learning_curves",
    "png",
    "reliability",
    "show",
]

#: Okabe and Ito's colours, without the yellow, which is too faint for a line on white.
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#E69F00", "#000000")
_MARKERS = "osD^vPX"
_DASHES = ("-", "--", "-.", ":", (0, (5, 1, 1, 1, 1, 1)), (0, (8, 2)), (0, (3, 3)))
_HATCHES = ("", "//", "..", "xx", "\\\\", "oo", "++")


def _style() -> AbstractContextManager[None]:
    import matplotlib as mpl

    return mpl.rc_context(
        {
            "font.size": 11,
            "axes.titlesize": 12,
            "axes.labelsize": 11,
            "xtick.labelsize": 10,
            "ytick.labelsize": 10,
            "legend.fontsize": 10,
            "figure.facecolor": "white",
            "axes.facecolor": "white",
            "savefig.facecolor": "white",
            "text.color": "black",
            "axes.labelcolor": "black",
            "axes.edgecolor": "#444444",
            "xtick.color": "black",
            "ytick.color": "black",
            "axes.spines.top": False,
            "axes.spines.right": False,
            "axes.grid": True,
            "axes.axisbelow": True,
            "grid.color": "#dddddd",
            "lines.linewidth": 2.0,
            "lines.markersize": 7,
        }
    )


def _styled(draw: Callable[..., Axes]) -> Callable[..., Axes]:
    """Draw in the course's style, and leave matplotlib's own settings as they were."""

    @wraps(draw)
    def styled(*args: Any, **kwargs: Any) -> Axes:
        with _style():
            return draw(*args, **kwargs)

    return styled


def _axes(ax: Axes | None, width: float = 6.4, height: float = 4.0) -> Axes:
    if ax is not None:
        return ax
    # Not through pyplot: its figures stay open, and a notebook would show them a second time.
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height), layout="constrained")
    FigureCanvasAgg(figure)
    return figure.add_subplot()


def _finish(ax: Axes, alt: str, table: pd.DataFrame) -> Axes:
    ax.tl_alt = alt  # type: ignore[attr-defined]
    ax.tl_table = table  # type: ignore[attr-defined]
    return ax


def _listed(parts: Sequence[str]) -> str:
    parts = list(parts)
    return parts[0] if len(parts) == 1 else ", ".join(parts[:-1]) + " and " + parts[-1]


def _end_labels(ax: Axes, ends: Sequence[tuple[float, float, str, str]]) -> None:
    """Write each line's name beside its end, pushed apart where they would lie on one another."""
    if not ends:
        return
    low, high = ax.get_ylim()
    gap = (high - low) * 0.075
    placed: list[list[Any]] = sorted(
        ([y, x, name, colour] for x, y, name, colour in ends), key=lambda e: e[0]
    )
    for _ in range(50):
        for below, above in pairwise(placed):
            lack = gap - (above[0] - below[0])
            if lack > 1e-9:
                below[0] -= lack / 2
                above[0] += lack / 2
    for y, _x, name, colour in placed:
        # Outside the axes on the right: constrained layout leaves the room.
        ax.annotate(
            name,
            (1.0, y),
            xycoords=("axes fraction", "data"),
            xytext=(8, 0),
            textcoords="offset points",
            va="center",
            color=colour,
            fontsize=10,
            fontweight="bold",
            annotation_clip=False,
        )


@_styled
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
    ax = _axes(ax)
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
        dashes = "--" if part == "training" else "-" if part else _DASHES[i % 7]
        ax.plot(
            at[: len(y)],
            y,
            linestyle=dashes,
            color=colour,
            marker=_MARKERS[i % 7],
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
    _end_labels(ax, ends)
    return _finish(ax, f"{head}: {', '.join(said)}.", pd.DataFrame(columns).rename_axis(xlabel))


@_styled
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
    ax = _axes(ax, 6.8, 4.2)
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
            marker=_MARKERS[i % 7],
            linestyle=_DASHES[i % 7],
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
        _end_labels(ax, ends)
    values = pd.concat(tables, ignore_index=True)
    counts = sorted(set(values["runs"]))
    runs = f"{counts[0]}" if len(counts) == 1 else f"{counts[0]} to {counts[-1]}"
    head = title or f"{ylabel or y.replace('_', ' ')} against {xlabel or x.replace('_', ' ')}"
    over = f" Guessing gives {chance:.2f}." if chance is not None else ""
    many = "" if runs == "1" else f" Mean of {runs} runs each."
    return _finish(ax, f"{head}. {_listed(said)}.{many}{over}", values)


@_styled
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
    ax = _axes(ax, max(4.8, 1.1 * len(names) * (len(groups) if grouped else 1)), 3.8)
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
                hatch=_HATCHES[j % 7],
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
    told = _listed([f"{k} {v:{fmt}}" for k, v in flat.items()])
    top = f"; {best} is highest" if len(flat) > 1 else ""
    return _finish(ax, f"{title or ylabel or 'Values'}: {told}{top}.", table)


@_styled
def confusion(
    matrix: Any, class_names: Sequence[str], *, title: str = "Confusion matrix", ax: Axes | None = None
) -> Axes:
    """A confusion matrix, rows the true classes and columns the predicted ones, the counts written in.

    Parameters
    ----------
    matrix : int array (C, C)
        As ``evaluation.confusion`` gives.
    class_names : sequence of C names

    Returns
    -------
    Axes
        Each row's shade is its share of that true class. ``tl_alt`` names the commonest confusion.

    Raises
    ------
    ShapeError
        If the matrix is not square or the names do not fit it.

    Examples
    --------
    >>> print(confusion([[8, 2], [1, 9]], ["cat", "dog"]).tl_alt)
    Confusion matrix: 17 of 20 images are right. Most often confused: cat taken for dog, 2 times.
    """
    import pandas as pd

    counts = np.asarray(matrix)
    if counts.ndim != 2 or counts.shape[0] != counts.shape[1] or len(class_names) != len(counts):
        raise ShapeError(
            f"The confusion matrix has shape {counts.shape} and there are {len(class_names)} class names.",
            "Pass a (C, C) matrix, as evaluation.confusion gives, and C names.",
        )
    side = max(3.8, 0.55 * len(counts) + 2.2)
    ax = _axes(ax, side + 0.6, side)
    share = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    ax.imshow(share, cmap="Blues", vmin=0, vmax=1)
    for i, j in product(range(len(counts)), repeat=2):
        if counts[i, j]:
            ink = "white" if share[i, j] > 0.55 else "black"
            ax.text(j, i, f"{counts[i, j]:g}", ha="center", va="center", color=ink, fontsize=10)
    ax.set_xticks(range(len(counts)), list(class_names), rotation=45, ha="right", rotation_mode="anchor")
    ax.set_yticks(range(len(counts)), list(class_names))
    ax.set_xlabel("predicted")
    ax.set_ylabel("true")
    ax.set_title(title)
    ax.grid(visible=False)
    off = counts - np.diag(np.diag(counts))
    i, j = np.unravel_index(off.argmax(), off.shape)
    worst = (
        f" Most often confused: {class_names[i]} taken for {class_names[j]}, {off[i, j]:g} times."
        if off.max() > 0
        else " No class is confused with another."
    )
    alt = f"{title}: {np.trace(counts):g} of {counts.sum():g} images are right.{worst}"
    index = pd.Index(list(class_names), name="true")
    return _finish(ax, alt, pd.DataFrame(counts, index=index, columns=list(class_names)))


@_styled
def image_grid(
    images: Any,
    labels: Sequence[str] | None = None,
    *,
    columns: int = 6,
    title: str | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Pictures side by side, each with its label below.

    Parameters
    ----------
    images : Dataset, uint8 array (N, H, W, 3), or a list of (H, W, 3) arrays of any sizes
    labels : sequence of N str, optional
        For a Dataset, the names of the classes if None.
    columns : int
        Pictures in a row.

    Returns
    -------
    Axes
        ``tl_table`` lists the labels.

    Raises
    ------
    ShapeError
        For no images, other shapes or dtypes, or labels of another number.

    Examples
    --------
    >>> image_grid(np.zeros((2, 4, 4, 3), np.uint8), ["cat", "dog"]).tl_alt
    '2 pictures: cat, dog.'
    """
    import pandas as pd
    from PIL import Image

    if hasattr(images, "class_names"):
        labels = labels or [images.class_names[label] for label in images.labels]
        images = images.images
    pictures = [np.asarray(i) for i in images]
    if not pictures or any(p.ndim != 3 or p.shape[2] != 3 or p.dtype != np.uint8 for p in pictures):
        found = f"{pictures[0].dtype} {pictures[0].shape}" if pictures else "none"
        raise ShapeError(
            f"Pictures are uint8 arrays (H, W, 3); found {found}.", "Pass RGB images with values 0 to 255."
        )
    if labels is not None and len(labels) != len(pictures):
        raise ShapeError(
            f"There are {len(pictures)} pictures and {len(labels)} labels.", "Give each picture one label."
        )
    columns = max(1, min(columns, len(pictures)))
    rows = -(-len(pictures) // columns)
    lines = max((label.count("\n") + 1 for label in labels), default=0) if labels is not None else 0
    below = 0.24 * lines
    ax = _axes(ax, 1.35 * columns, (1.3 + below) * rows + (0.35 if title else 0))
    ax.set_axis_off()
    pitch = 1 + below / 1.3
    for k, picture in enumerate(pictures):
        row, column = divmod(k, columns)
        top, left = row * pitch, float(column)
        height, width = picture.shape[:2]
        # Pillow's resampling for thumbnails; small pictures keep their pixels.
        if max(height, width) > 160:
            small = Image.fromarray(picture)
            small.thumbnail((160, 160))
            picture = np.asarray(small)
        ratio = width / height
        half_w, half_h = 0.46 * min(1, ratio), 0.46 * min(1, 1 / ratio)
        where = (left + 0.5 - half_w, left + 0.5 + half_w, top + 0.5 + half_h, top + 0.5 - half_h)
        ax.imshow(picture, extent=where, interpolation="nearest", aspect="equal")
        if labels is not None:
            ax.text(left + 0.5, top + 0.99, labels[k], ha="center", va="top", fontsize=10)
    ax.set_xlim(0, columns)
    ax.set_ylim(rows * pitch, 0)
    if title:
        ax.set_title(title)
    names = [str(v).replace("\n", ", ") for v in labels] if labels is not None else []
    plural = "picture" if len(pictures) == 1 else "pictures"
    head = f"{title}: {len(pictures)} {plural}" if title else f"{len(pictures)} {plural}"
    alt = f"{head}: {', '.join(names)}." if names else f"{head}."
    table = pd.DataFrame({"label": names or [""] * len(pictures)}, index=range(1, len(pictures) + 1))
    return _finish(ax, alt, table.rename_axis("picture"))


@_styled
def reliability(table: pd.DataFrame, *, title: str = "Reliability", ax: Axes | None = None) -> Axes:
    """How often the model is right against how sure it says it is.

    Parameters
    ----------
    table : DataFrame
        As ``evaluation.reliability`` gives: columns confidence, accuracy, count; one row per bin.

    Returns
    -------
    Axes
        Points below the diagonal: overconfident. The bigger the point, the more images in its bin.

    Raises
    ------
    UnknownNameError
        For a missing column.

    Source: Guo et al., On Calibration of Modern Neural Networks, 2017, figure 1.

    Examples
    --------
    >>> import pandas as pd
    >>> t = pd.DataFrame({"confidence": [0.55, 0.95], "accuracy": [0.5, 0.8], "count": [10, 30]})
    >>> reliability(t).tl_alt
    'Reliability: 40 images in 2 bins; on average 85% sure and 73% right, which is overconfident.'
    """
    for column in ("confidence", "accuracy", "count"):
        if column not in table.columns:
            raise UnknownNameError("column in the table", column, map(str, table.columns))
    full = table[table["count"] > 0]
    ax = _axes(ax, 4.8, 4.4)
    ax.plot([0, 1], [0, 1], ":", color="#444444", linewidth=1.2)
    ax.annotate("as sure as right", (0.03, 0.06), rotation=45, fontsize=10, color="#444444")
    weight = full["count"] / full["count"].sum()
    ax.plot(full["confidence"], full["accuracy"], "-", color=COLOURS[0], linewidth=1.5)
    ax.scatter(full["confidence"], full["accuracy"], s=40 + 400 * weight, color=COLOURS[0], zorder=3)
    ax.set_xlim(0, 1.02)
    ax.set_ylim(0, 1.02)
    ax.set_xlabel("confidence (the largest probability)")
    ax.set_ylabel("accuracy")
    ax.set_title(title)
    sure, right = float((full["confidence"] * weight).sum()), float((full["accuracy"] * weight).sum())
    gap = sure - right
    word = "overconfident" if gap > 0.02 else "underconfident" if gap < -0.02 else "well calibrated"
    alt = (
        f"{title}: {full['count'].sum()} images in {len(full)} bins; on average {sure:.0%} sure and "
        f"{right:.0%} right, which is {word}."
    )
    return _finish(ax, alt, table)


def png(ax: Any, dpi: int = 110) -> bytes:
    """An Axes' (or a Figure's) picture as PNG bytes, on opaque white."""
    figure = getattr(ax, "figure", ax)
    buffer = io.BytesIO()
    with _style():
        # No creation date or version: the same data makes the same bytes.
        figure.savefig(buffer, format="png", dpi=dpi, facecolor="white", metadata={"Software": None})
    return buffer.getvalue()


def alt_of(ax: Any, alt: str | None = None) -> str:
    """The alt text of an Axes or of all Axes in a Figure.

    Raises
    ------
    CourseError
        If there is none: a picture without words is not shown.
    """
    if alt:
        return alt
    texts = [a.tl_alt for a in _all_axes(ax) if hasattr(a, "tl_alt")]
    if not texts:
        raise CourseError(
            "This figure has no alt text, so nobody who cannot see it would know what it shows.",
            "Draw it with tlcourse.plots, or pass alt='one sentence that says the finding'.",
        )
    return " ".join(texts)


def _all_axes(ax: Any) -> list[Any]:
    return list(ax.axes) if isinstance(getattr(ax, "axes", None), list) else [ax]


def figure_html(ax: Any, alt: str | None = None, dpi: int = 110) -> str:
    """The HTML that `show` displays: the picture, its alt text, and its values folded below it."""
    text = html.escape(alt_of(ax, alt), quote=True)
    data = base64.b64encode(png(ax, dpi)).decode("ascii")
    tables = [a.tl_table for a in _all_axes(ax) if getattr(a, "tl_table", None) is not None]
    drawn = [t.to_html(border=0, float_format=lambda v: f"{v:.4g}") for t in tables]
    folded = "".join(f"<details><summary>Values</summary>{t}</details>" for t in drawn)
    return (
        f'<figure class="tl-figure" style="margin:0.5em 0"><img alt="{text}" '
        f'src="data:image/png;base64,{data}" style="max-width:100%;height:auto;background:#fff">'
        f"{folded}</figure>"
    )


def show(ax: Any, alt: str | None = None) -> None:
    """Display a plot with its alt text and its values, and close it.

    Parameters
    ----------
    ax : matplotlib Axes or Figure
    alt : str, optional
        Instead of ``ax.tl_alt``; needed for a figure not drawn by this module.

    Raises
    ------
    CourseError
        Without alt text.
    """
    from IPython.display import display

    text = alt_of(ax, alt)
    display({"text/html": figure_html(ax, alt), "text/plain": text}, raw=True)
    figure = getattr(ax, "figure", ax)
    manager = getattr(figure.canvas, "manager", None)
    if manager is not None:
        import matplotlib.pyplot as plt

        plt.close(figure)

"""What every plot of the course shares: style, colours, and the words that describe it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from functools import wraps
from itertools import pairwise
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

__all__ = [
    "COLOURS",
    "DASHES",
    "HATCHES",
    "MARKERS",
    "axes",
    "end_labels",
    "finish",
    "listed",
    "style",
    "styled",
]

#: Okabe and Ito's colours, without the yellow, which is too faint for a line on white.
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#E69F00", "#000000")
MARKERS = "osD^vPX"
DASHES = ("-", "--", "-.", ":", (0, (5, 1, 1, 1, 1, 1)), (0, (8, 2)), (0, (3, 3)))
HATCHES = ("", "//", "..", "xx", "\\\\", "oo", "++")


def style() -> AbstractContextManager[None]:
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


def styled(draw: Callable[..., Axes]) -> Callable[..., Axes]:
    """Draw in the course's style, and leave matplotlib's own settings as they were."""

    @wraps(draw)
    def styled(*args: Any, **kwargs: Any) -> Axes:
        with style():
            return draw(*args, **kwargs)

    return styled


def axes(ax: Axes | None, width: float = 6.4, height: float = 4.0) -> Axes:
    if ax is not None:
        return ax
    # Not through pyplot: its figures stay open, and a notebook would show them a second time.
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height), layout="constrained")
    FigureCanvasAgg(figure)
    return figure.add_subplot()


def finish(ax: Axes, alt: str, table: pd.DataFrame) -> Axes:
    ax.tl_alt = alt  # type: ignore[attr-defined]
    ax.tl_table = table  # type: ignore[attr-defined]
    return ax


def listed(parts: Sequence[str]) -> str:
    parts = list(parts)
    return parts[0] if len(parts) == 1 else ", ".join(parts[:-1]) + " and " + parts[-1]


def end_labels(ax: Axes, ends: Sequence[tuple[float, float, str, str]]) -> None:
    """Write each line's name beside its end, pushed apart where they would overlap."""
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

"""From an Axes to what a notebook and the site show: the figure, its alt text, its values."""

from __future__ import annotations

import base64
import html
import io
from typing import Any

from tlcourse.errors import CourseError
from tlcourse.plots.base import style
from tlcourse.plots.dark import RULE, is_plot

__all__ = ["alt_of", "figure_html", "png", "show"]


def png(ax: Any, dpi: int = 110) -> bytes:
    """A plot as the bytes of a PNG, on opaque white.

    Parameters
    ----------
    ax : matplotlib Axes or Figure
        Of an Axes, the whole figure is drawn.
    dpi : int
        Pixels per inch.
    """
    figure = getattr(ax, "figure", ax)
    buffer = io.BytesIO()
    with style():
        # No creation date or version: the same data makes the same bytes.
        figure.savefig(buffer, format="png", dpi=dpi, facecolor="white", metadata={"Software": None})
    return buffer.getvalue()


def alt_of(ax: Any, alt: str | None = None) -> str:
    """The alt text of an Axes or of all Axes in a Figure.

    Raises
    ------
    CourseError
        If there is none: a figure without words is not shown.
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
    """The HTML that `show` displays: the figure, its alt text, and its values folded below it."""
    from PIL import Image

    text = html.escape(alt_of(ax, alt), quote=True)
    content = png(ax, dpi)
    data = base64.b64encode(content).decode("ascii")
    dark = is_plot(getattr(ax, "figure", ax), Image.open(io.BytesIO(content)))
    rule, mark = (RULE, ' class="tl-plot"') if dark else ("", "")
    tables = [a.tl_table for a in _all_axes(ax) if getattr(a, "tl_table", None) is not None]
    drawn = [t.to_html(border=0, float_format=lambda v: f"{v:.4g}") for t in tables]
    folded = "".join(f"<details><summary>Values</summary>{t}</details>" for t in drawn)
    return (
        f'<figure class="tl-figure" style="margin:0.5em 0">{rule}<img{mark} alt="{text}" '
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

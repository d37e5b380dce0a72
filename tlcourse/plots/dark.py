"""Figures on a dark page: a plot is inverted there, an image never.

The picture itself stays white. What shows it inverts it: the site by its style sheet, a notebook by the rule
below, which goes with every plot, since a notebook has no style sheet of its own.
"""

from __future__ import annotations

from typing import Any

__all__ = ["RULE", "is_plot"]

# A plot is drawn in few colours, and their shades at the edges; a photograph has thousands.
_COVERED = 0.95
_COLOURS = 1000
# How JupyterLab, Colab and VS Code mark a dark page.
_DARK = ('[data-jp-theme-light="false"]', "html[theme=dark]", ".vscode-dark")
_INVERTED = "filter:invert(0.92) hue-rotate(180deg) brightness(1.3)"

RULE = f"<style>{','.join(f'{page} img.tl-plot' for page in _DARK)}{{{_INVERTED}}}</style>"
"""The style element of a plot in a notebook. Colours keep their hue."""


def is_plot(figure: Any, picture: Any) -> bool:
    """Whether a figure is drawn, and not a grid of images; by its colours where it does not say.

    Parameters
    ----------
    figure : matplotlib Figure
        A grid of `image_grid` says of its Axes that they show images.
    picture : PIL.Image.Image
        The figure as it is shown.
    """
    if any(getattr(ax, "tl_images", False) for ax in figure.axes):
        return False
    colours = picture.convert("RGB").getcolors(maxcolors=1 << 24)
    counts = sorted((count for count, _ in colours), reverse=True)
    return sum(counts[:_COLOURS]) >= _COVERED * sum(counts)

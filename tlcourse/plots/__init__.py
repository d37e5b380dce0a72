"""Plots that say what they show: to the eye, to a screen reader, and as numbers.

Every function takes ``ax=None`` and returns the Axes, with two additions: ``ax.tl_alt``, a sentence computed
from the data, and ``ax.tl_table``, a pandas table of the values. `show` displays all three. Colours are those
of Okabe and Ito (2008), which people with any common kind of colour vision can distinguish, and lines never
differ in colour alone: they also differ in markers, dashes and labels. The ground is white and opaque, so a
figure reads as well on a dark page. No global setting of matplotlib is touched.
"""

from tlcourse.plots.against_size import accuracy_against_size
from tlcourse.plots.bars import bars
from tlcourse.plots.base import COLOURS
from tlcourse.plots.curves import learning_curves
from tlcourse.plots.images import image_grid
from tlcourse.plots.judged import confusion, reliability
from tlcourse.plots.points import points
from tlcourse.plots.shown import alt_of, figure_html, png, show

__all__ = [
    "COLOURS",
    "accuracy_against_size",
    "alt_of",
    "bars",
    "confusion",
    "figure_html",
    "image_grid",
    "learning_curves",
    "png",
    "points",
    "reliability",
    "show",
]

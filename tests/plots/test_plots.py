"""Every plot: alt text that says the finding, a table of the values, opaque white, no side effects."""

from __future__ import annotations

import io

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from PIL import Image

from tlcourse import plots
from tlcourse.errors import CourseError, ShapeError, UnknownNameError
from tlcourse.training.history import History

RUNS = pd.DataFrame(
    [
        {"per_class": n, "method": m, "seed": s, "accuracy": base + n / 100 + s / 100, "seconds": 10 * base}
        for n in (5, 10, 20)
        for m, base in (("random", 0.3), ("frozen", 0.6))
        for s in range(3)
    ]
)
NOISE = np.random.default_rng(0).integers(0, 255, (5, 12, 12, 3)).astype(np.uint8)

DRAWN = {
    "curves": lambda ax=None: plots.learning_curves(
        {"a": History({"loss": [1.0, 0.5], "val_loss": [1.0, 0.7]}), "b": History({"loss": [2.0, 1.0]})},
        ax=ax,
    ),
    "size": lambda ax=None: plots.accuracy_against_size(RUNS, by="method", chance=0.1, ax=ax),
    "bars": lambda ax=None: plots.bars(RUNS, x="method", y="seconds", ylabel="seconds", ax=ax),
    "groups": lambda ax=None: plots.bars({"x": {"a": 1.0, "b": 2.0}, "y": {"a": 3.0, "b": 1.0}}, ax=ax),
    "confusion": lambda ax=None: plots.confusion([[3, 1], [0, 2]], ["cat", "dog"], ax=ax),
    "grid": lambda ax=None: plots.image_grid(NOISE, list("abcde"), columns=3, ax=ax),
    "points": lambda ax=None: plots.points(
        {"a": (10.0, 70.0), "b": (11.0, 70.1), "c": (300.0, 80.0)},
        groups={"a": "x", "b": "y", "c": "x"},
        xlabel="ms",
        ylabel="top-1",
        logx=True,
        limit=50,
        ax=ax,
    ),
    "reliability": lambda ax=None: plots.reliability(
        pd.DataFrame({"confidence": [0.5, 0.9, np.nan], "accuracy": [0.5, 0.9, np.nan], "count": [4, 6, 0]}),
        ax=ax,
    ),
}


@pytest.mark.parametrize("name", DRAWN)
def test_every_plot_has_words_and_numbers_and_an_opaque_white_ground(name):
    ax = DRAWN[name]()
    assert ax.tl_alt.endswith(".")
    assert isinstance(ax.tl_table, pd.DataFrame)
    assert len(ax.tl_table)
    image = Image.open(io.BytesIO(plots.png(ax))).convert("RGBA")
    assert image.getpixel((1, 1)) == (255, 255, 255, 255)
    assert min(image.size) > 100
    assert len(np.unique(np.asarray(image.convert("L")))) > 5
    assert min(t.get_fontsize() for t in ax.findobj(mpl.text.Text) if t.get_text()) >= 10


@pytest.mark.parametrize("name", DRAWN)
def test_draws_into_the_axes_it_is_given(name):
    from matplotlib.figure import Figure

    ax = Figure().add_subplot()
    assert DRAWN[name](ax) is ax


def test_no_setting_of_matplotlib_is_left_changed_and_no_figure_open():
    import matplotlib.pyplot as plt

    before = dict(mpl.rcParams)
    for draw in DRAWN.values():
        plots.png(draw())
    assert dict(mpl.rcParams) == before
    assert plt.get_fignums() == []


def test_the_same_data_gives_the_same_bytes():
    assert plots.png(DRAWN["size"]()) == plots.png(DRAWN["size"]())


def test_lines_differ_by_more_than_colour():
    ax = plots.learning_curves({k: [1.0, 0.5] for k in "abcd"})
    assert len({line.get_linestyle() for line in ax.lines}) == 4
    assert len({line.get_marker() for line in ax.lines}) == 4
    assert {t.get_text() for t in ax.texts} == set("abcd")


def test_size_plot_says_means_runs_and_keeps_a_methods_colour():
    ax = DRAWN["size"]()
    assert (
        "random goes from 0.36 at 5 to 0.51 at 20 and frozen goes from 0.66 at 5 to 0.81 at 20" in ax.tl_alt
    )
    assert "Mean of 3 runs each. Guessing gives 0.10." in ax.tl_alt
    assert ax.tl_table.loc[0, "standard deviation"] == pytest.approx(0.01)
    only = plots.accuracy_against_size(RUNS[RUNS.method == "frozen"], by="method", order=["random", "frozen"])
    assert only.lines[0].get_color() == plots.COLOURS[1]


def test_labels_of_lines_that_end_together_do_not_overlap():
    ax = plots.learning_curves({k: [1.0, 0.5 + i / 1000] for i, k in enumerate("abcd")})
    heights = sorted(t.xy[1] for t in ax.texts)
    low, high = ax.get_ylim()
    assert min(np.diff(heights)) > 0.05 * (high - low)


def test_grid_reads_a_dataset():
    from types import SimpleNamespace

    data = SimpleNamespace(images=NOISE, labels=np.array([0, 1, 0, 1, 1]), class_names=("cat", "dog"))
    assert plots.image_grid(data).tl_alt == "5 images: cat, dog, cat, dog, dog."


def test_html_has_alt_and_values_and_escapes_them():
    ax = plots.bars({"<b>": 1.0, '"q"': 2.0})
    page = plots.figure_html(ax)
    assert '<figure class="tl-figure"' in page
    assert "<details><summary>Values</summary>" in page
    assert "<b>" not in page
    assert "&quot;q&quot;" in page


def test_drawn_figures_are_marked_for_dark_pages_and_images_are_not():
    assert 'class="tl-plot"' in plots.figure_html(DRAWN["bars"]())
    white = np.full((2, 12, 12, 3), 255, np.uint8)
    photographs, sketches = (plots.image_grid(images, ["a", "b"]) for images in (NOISE[:2], white))
    other = plots.bars({"x": 1.0})
    other.imshow(np.random.default_rng(0).random((300, 300, 3)), extent=(-1, 1, 0, 2), aspect="auto")
    for ax in (photographs, sketches, other):
        html = plots.figure_html(ax)
        assert "tl-plot" not in html
        assert "<style>" not in html


def test_show_displays_html_and_text(monkeypatch):
    import IPython.display

    shown = []
    monkeypatch.setattr(IPython.display, "display", lambda data, raw: shown.append(data))
    ax = DRAWN["bars"]()
    plots.show(ax)
    plots.show(ax.figure, alt="another sentence")
    assert shown[0]["text/plain"] == ax.tl_alt
    assert shown[1]["text/plain"] == "another sentence"
    assert 'alt="another sentence"' in shown[1]["text/html"]


def test_show_closes_pyplots_figures(monkeypatch):
    import IPython.display
    import matplotlib.pyplot as plt

    monkeypatch.setattr(IPython.display, "display", lambda data, raw: None)
    figure, ax = plt.subplots()
    with pytest.raises(CourseError, match="no alt text"):
        plots.show(figure)
    plots.show(plots.bars({"a": 1.0}, ax=ax))
    assert plt.get_fignums() == []


def test_bad_input():
    with pytest.raises(UnknownNameError, match="per_class"):
        plots.accuracy_against_size(RUNS, x="perclass", by="method")
    with pytest.raises(CourseError, match="no row"):
        plots.accuracy_against_size(RUNS[:0], by="method")
    with pytest.raises(UnknownNameError, match="fine-tuned"):
        plots.accuracy_against_size(RUNS, by="method", order=["fine-tuned"])
    with pytest.raises(UnknownNameError, match="f1"):
        plots.learning_curves({"a": {"loss": [1.0]}}, "f1")
    with pytest.raises(ShapeError, match="x has 1"):
        plots.learning_curves({"a": [1.0, 2.0]}, x=[1])
    with pytest.raises(CourseError, match="no values"):
        plots.bars({})
    with pytest.raises(UnknownNameError, match="start"):
        plots.bars(RUNS, x="start", y="seconds")
    with pytest.raises(ShapeError, match="3 class names"):
        plots.confusion([[1, 0], [0, 1]], ["a", "b", "c"])
    with pytest.raises(ShapeError, match="float64"):
        plots.image_grid(NOISE / 255)
    with pytest.raises(ShapeError, match="there are none"):
        plots.image_grid([])
    with pytest.raises(ShapeError, match="5 images and 1 labels"):
        plots.image_grid(NOISE, ["a"])
    with pytest.raises(UnknownNameError, match="confidence"):
        plots.reliability(pd.DataFrame({"accuracy": [1.0]}))


def test_points_past_the_limit_are_hollow_and_the_words_say_who_is_within():
    ax = plots.points({"a": (10.0, 70.0), "b": (60.0, 80.0)}, xlabel="ms", ylabel="top-1", limit=50)
    hollow = [line.get_markerfacecolor() == "white" for line in ax.lines[:2]]
    assert hollow == [False, True]
    assert ax.tl_alt.endswith("within 50 is a.")
    assert ax.tl_table.loc["b", "ms"] == 60
    none = plots.points({"a": (10.0, 70.0)}, xlabel="ms", ylabel="top-1", limit=5)
    assert none.tl_alt.endswith("within 5 is none.")


def test_points_names_do_not_lie_on_one_another():
    ax = plots.points({"one": (10.0, 70.0), "two": (10.2, 70.05)}, xlabel="ms", ylabel="top-1", logx=True)
    plots.png(ax)
    first, second = (text.get_window_extent() for text in ax.texts)
    assert not first.overlaps(second)


def test_points_that_cannot_be_drawn():
    with pytest.raises(CourseError, match="no points"):
        plots.points({}, xlabel="ms", ylabel="top-1")
    with pytest.raises(CourseError, match="no place for 0"):
        plots.points({"a": (0.0, 1.0)}, xlabel="ms", ylabel="top-1", logx=True)

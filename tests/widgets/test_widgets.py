"""The explorer: live, static, and what it refuses."""

from __future__ import annotations

import re

import pytest
from bs4 import BeautifulSoup

from tlcourse import plots
from tlcourse.errors import CourseError
from tlcourse.widgets import Explorer


@pytest.fixture
def calls():
    return []


@pytest.fixture
def explorer(calls):
    def draw(data_set: str, size: int):
        calls.append((data_set, size))
        return plots.bars({data_set: size / 100}, ylabel="accuracy")

    return Explorer({"data_set": ["emoji", "clothes & shoes"], "size": [5, 10, 20]}, draw, "Curves <by> size")


def test_the_bundle_has_the_live_widget_the_static_page_and_text(explorer):
    bundle = explorer._repr_mimebundle_()
    assert list(bundle) == ["application/vnd.jupyter.widget-view+json", "text/html", "text/plain"]
    assert bundle["application/vnd.jupyter.widget-view+json"]["model_id"] == explorer.widget.model_id
    assert "Shown first: accuracy: emoji 0.05." in bundle["text/plain"]


def test_static_page_is_accessible_and_has_no_script(explorer):
    text = explorer.static_html()
    page = BeautifulSoup(text, "html.parser")
    assert not page.find("script")
    assert "http" not in text
    assert [f.legend.text for f in page.find_all("fieldset")] == ["data set", "size"]
    for radio in page.find_all("input"):
        assert radio["type"] == "radio"
        assert page.find("label", attrs={"for": radio["id"]}).text.strip()
    assert [r.has_attr("checked") for r in page.find_all("input")] == [True, False, True, False, False]
    assert len({r["name"] for r in page.find_all("input")}) == 2
    images = page.find_all("img")
    assert (
        len(images) == len({image["alt"] for image in images}) == len({image["src"] for image in images}) == 6
    )
    ids = [tag["id"] for tag in page.find_all(id=True)]
    assert len(ids) == len(set(ids))


def test_each_choice_shows_one_figure(explorer):
    text = explorer.static_html()
    page = BeautifulSoup(text, "html.parser")
    rules = re.findall(r"((?::has\(#[\w-]+:checked\))+) #([\w-]+)\{display:block\}", text)
    assert len(rules) == 6
    for conditions, shown in rules:
        chosen = re.findall(r"#([\w-]+):checked", conditions)
        values = [page.find("label", attrs={"for": c}).text.strip() for c in chosen]
        assert f"{values[0]} {int(values[1]) / 100:.2f}" in page.find(id=shown).img["alt"]


def test_ids_come_from_the_content(explorer):
    other = Explorer({"size": [5]}, lambda size: plots.bars({"a": size}), "Other")
    assert explorer.static_html() == explorer.static_html()
    first, second = (
        {t["id"] for t in BeautifulSoup(e.static_html(), "html.parser").find_all(id=True)}
        for e in (explorer, other)
    )
    assert not first & second


def test_live_widget_changes_the_figure_and_its_words(explorer, calls):
    _, row, figure = explorer.widget.children
    assert [box.description for box in row.children] == ["data set", "size"]
    before = figure.value
    row.children[1].value = 20
    assert figure.value != before
    assert "emoji 0.20" in figure.value
    row.children[0].value = "clothes & shoes"
    assert "clothes &amp; shoes 0.20" in figure.value
    row.children[0].value = "emoji"
    assert calls == [("emoji", 5), ("emoji", 20), ("clothes & shoes", 20)]  # each drawn once


def test_a_drawing_that_fails_is_seen(explorer):
    def draw(size: int):
        if size == 2:
            raise ValueError("no <rows>")
        return plots.bars({"a": size})

    broken = Explorer({"size": [1, 2]}, draw, "Broken")
    broken.widget.children[1].children[0].value = 2
    assert "ValueError: no &lt;rows&gt;" in broken.widget.children[2].value


def test_pyplots_figures_are_closed():
    import matplotlib.pyplot as plt

    def draw(size: int):
        return plots.bars({"a": size}, ax=plt.subplots()[1])

    Explorer({"size": [1, 2]}, draw, "Closed").static_html()
    assert plt.get_fignums() == []


@pytest.mark.parametrize(
    ("controls", "says"),
    [
        ({}, "no controls"),
        ({"a": []}, "no choices"),
        ({"a": [1, 1]}, "same choice twice"),
        ({"a": list(range(5)), "b": list(range(5))}, "25 combinations"),
    ],
)
def test_bad_controls(controls, says):
    with pytest.raises(CourseError, match=says):
        Explorer(controls, lambda **choice: None, "Bad")


def test_bad_choice_and_drawing_without_words(explorer):
    with pytest.raises(CourseError, match="no figure for"):
        explorer.figure(data_set="emoji", size=7)
    import matplotlib.figure

    silent = Explorer({"a": [1]}, lambda a: matplotlib.figure.Figure().add_subplot(), "Silent")
    with pytest.raises(CourseError, match="no alt text"):
        silent.static_html()

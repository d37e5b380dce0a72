"""The tables of a page: what pandas writes, made readable."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest
from bs4 import BeautifulSoup

from tlcourse.authoring.site.tables import NOTHING, mended


def read(html: str) -> tuple[list[list[str]], Any]:
    """The header rows' texts, and the parsed table."""
    table = BeautifulSoup(mended(html), "html.parser").table
    rows = table.thead.find_all("tr")
    return [[cell.get_text(" ", strip=True) for cell in row.find_all(["th", "td"])] for row in rows], table


def frame_of(kind: str) -> pd.DataFrame:
    flat = pd.DataFrame(
        {
            "set": ["photos", "photos", "cells"],
            "way": ["frozen", "pixels", "frozen"],
            "rate": [0.1, 0.1, 0.2],
            "score": [0.71, 0.5, 0.62],
        }
    )
    return {
        "no names": flat,
        "index": flat.set_index("way")[["rate", "score"]],
        "two indices": flat.set_index(["set", "way"]),
        "columns": flat.pivot(index="way", columns="set", values="score"),
        "columns alone": flat.pivot(index="way", columns="set", values="score").rename_axis(index=None),
        "two levels": flat.groupby("set")
        .score.agg(["mean", "std"])
        .pipe(lambda table: pd.concat({"score": table}, axis=1)),
        "two levels, named": flat.pivot(index="way", columns="set", values=["score", "rate"]),
    }[kind]


@pytest.mark.parametrize(
    ("kind", "header"),
    [
        ("no names", ["", "set", "way", "rate", "score"]),
        ("index", ["way", "rate", "score"]),
        ("two indices", ["set", "way", "rate", "score"]),
        ("columns", ["way set →", "cells", "photos"]),
        ("columns alone", ["set →", "cells", "photos"]),
        ("two levels", ["set", "score, mean", "score, std"]),
        ("two levels, named", ["way set →", "score, cells", "score, photos", "rate, cells", "rate, photos"]),
    ],
)
@pytest.mark.parametrize("border", [0, 1])
def test_there_is_one_header_row_and_it_names_everything(kind: str, header: list[str], border: int) -> None:
    rows, table = read(frame_of(kind).to_html(border=border))
    assert rows == [header]
    assert not table.has_attr("border")
    assert table.select("thead th[scope=col]")
    assert len(table.select("tbody tr")) == len(frame_of(kind))


def test_numbers_are_marked_in_the_cells_and_over_them_and_words_are_not() -> None:
    frame = pd.DataFrame(
        {
            "score": ["0.71", "+0.05 ± 0.02", None],
            "needs": ["40", "at least 40", "5"],
            "kept": [True, False, True],
        },
        index=["a", "b", "c"],
    )
    header, table = read(frame.to_html())
    assert header == [["", "score", "needs", "kept"]]
    marked = [
        ["tl-number" in cell.get("class", []) for cell in row.find_all(["th", "td"])]
        for row in table.find_all("tr")
    ]
    assert marked == [[False, True, True, False]] * 4


def test_a_number_in_the_index_stands_at_the_right_too() -> None:
    _, table = read(pd.DataFrame({"x": ["a", "b"]}, index=pd.Index([5, 20], name="labels")).to_html())
    assert [cell["class"] for cell in table.select("tbody th")] == [["tl-number"], ["tl-number"]]


@pytest.mark.parametrize("missing", [float("nan"), None, pd.NaT, pd.NA, ""])
def test_nothing_is_a_dash(missing: Any) -> None:
    _, table = read(pd.DataFrame({"x": [1, missing]}, dtype=object).to_html())
    assert [cell.get_text() for cell in table.select("td")][-1] == NOTHING


def test_a_cell_that_spans_rows_keeps_the_columns_apart() -> None:
    _, table = read(frame_of("two indices").to_html())
    assert table.select_one("tbody th[rowspan]")["scope"] == "rowgroup"
    assert all("tl-number" in cell["class"] for cell in table.select("tbody td"))
    assert not table.select("tbody th.tl-number")


def test_a_table_of_the_text_is_aligned_and_its_words_are_kept() -> None:
    text = (
        '<table class="table"><thead><tr class="row-odd"><th class="head"><p>size</p></th></tr></thead>'
        '<tbody><tr class="row-even"><td><p><em>12</em></p></td></tr></tbody></table>'
    )
    new = mended(text)
    assert new.replace(' class="tl-number"', "").replace(' scope="row"', "") == text.replace(
        'class="head"', 'class="head tl-number"'
    )


def test_what_is_no_table_stays_as_it_is() -> None:
    text = '<p>a &amp; b<br>NaN</p>\n<img src="data:,x" alt="1 > 0">'
    assert mended(text) == text


def test_the_style_sheet_of_pandas_goes() -> None:
    frame = frame_of("index")
    assert "<style" in frame._repr_html_()
    assert "<style" not in mended(frame._repr_html_())

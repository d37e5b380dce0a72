"""The pictures of a page: files with a size."""

from __future__ import annotations

import base64
import io
from pathlib import Path

import numpy as np
from bs4 import BeautifulSoup
from PIL import Image

from tlcourse.authoring.site.pictures import FOLDER, with_files


def photograph() -> Image.Image:
    return Image.fromarray(np.random.default_rng(0).integers(0, 256, (90, 700, 3), dtype=np.uint8))


def shown(picture: Image.Image) -> str:
    file = io.BytesIO()
    picture.save(file, "PNG")
    data = base64.b64encode(file.getvalue()).decode()
    return (
        f'<figure class="tl-figure"><img alt="a" src="data:image/png;base64,{data}" style="x:y">'
        f"<details><summary>The values of this figure (1 row)</summary></details></figure>"
    )


def test_a_picture_becomes_a_file_with_a_size(tmp_path: Path) -> None:
    page = f"<p>before</p>{shown(photograph())}<p>after</p>"
    new = with_files(page, tmp_path, "../")
    image = BeautifulSoup(new, "html.parser").img
    assert image is not None
    (file,) = (tmp_path / FOLDER).iterdir()
    assert image["src"] == f"../{FOLDER}/{file.name}"
    assert (image["width"], image["height"], image["alt"]) == ("700", "90", "a")
    assert image["style"] == "--tl-least:504px;x:y"
    assert np.array_equal(np.asarray(Image.open(file)), np.asarray(photograph()))
    assert "data:" not in new
    assert new.startswith("<p>before</p><figure")
    assert new.endswith("</figure><p>after</p>")


def test_one_picture_on_two_pages_is_one_file(tmp_path: Path) -> None:
    pages = [with_files(shown(photograph()), tmp_path, up) for up in ("", "../")]
    assert len(list((tmp_path / FOLDER).iterdir())) == 1
    assert pages[1] == pages[0].replace(FOLDER, f"../{FOLDER}")


def test_the_rule_for_notebooks_is_left_out_and_the_mark_stays(tmp_path: Path) -> None:
    from tlcourse import plots

    html = plots.figure_html(plots.bars({"frozen": 0.7, "pixels": 0.4}))
    page = with_files(f"<style>p {{}}</style>{html}", tmp_path, "")
    assert page.count("<style>") == 1, "what stands outside of a figure stays"
    image = BeautifulSoup(page, "html.parser").img
    assert image is not None
    assert image["class"] == ["tl-plot"]


def test_what_is_no_picture_is_left_alone(tmp_path: Path) -> None:
    for page in (
        '<img alt="x" src="data:image/png;base64,AAAA">',
        '<img alt="x" src="_images/x.png">',
        "<p></p>",
    ):
        assert with_files(page, tmp_path, "") == page

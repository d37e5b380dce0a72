"""The site as one file."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

from tlcourse.authoring.site.bundle import NAME, invitation, write_bundle


def made(folder: Path) -> Path:
    (folder / "torch").mkdir(parents=True)
    (folder / "index.html").write_text(
        f'<a href="torch/00.html">0</a>{invitation()}<p>end</p>', encoding="utf-8"
    )
    (folder / "torch" / "00.html").write_text('<a href="../index.html">up</a>', encoding="utf-8")
    (folder / "a.png").write_bytes(bytes(2_400_000))
    return write_bundle(folder)


def test_the_bundle_holds_the_site_and_does_not_offer_itself(tmp_path: Path) -> None:
    with zipfile.ZipFile(made(tmp_path / "one")) as archive:
        assert sorted(archive.namelist()) == [
            "tlcourse-site/a.png",
            "tlcourse-site/index.html",
            "tlcourse-site/torch/00.html",
        ]
        assert archive.read("tlcourse-site/index.html").decode() == '<a href="torch/00.html">0</a><p>end</p>'
    page = (tmp_path / "one" / "index.html").read_text(encoding="utf-8")
    assert f'href="{NAME}" download' in page
    assert re.search(r">2 MB</span>", page)


def test_the_same_site_makes_the_same_bundle(tmp_path: Path) -> None:
    first, second = made(tmp_path / "one"), made(tmp_path / "two")
    assert first.read_bytes() == second.read_bytes()
    again = write_bundle(tmp_path / "one")
    assert again.read_bytes() == second.read_bytes(), "the bundle is not in the bundle"

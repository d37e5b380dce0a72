"""What a page is without: scripts, styles and files that it does not use."""

from __future__ import annotations

from pathlib import Path

from tlcourse.authoring.site.lean import drop_unused, lean, trim_icons

HEAD = (
    '<link rel="stylesheet" href="../_static/tlcourse.css?v=1" />\n'
    '<script defer src="../_static/scripts/fontawesome.js?digest=1"></script>\n'
    '<script src="../_static/searchtools.js"></script>\n<script src="../searchindex.js"></script>\n'
    "<script>let toggleHintShow = 'Show';</script>\n"
    '<script src="../_static/togglebutton.js?v=1"></script>\n'
    '<script src="../_static/tlcourse.js?v=1"></script>\n'
)


def test_a_plain_page_keeps_what_every_page_needs() -> None:
    assert lean(HEAD + "<p>text</p>") == (
        '<link rel="stylesheet" href="../_static/tlcourse.css?v=1" />\n'
        '<script src="../_static/tlcourse.js?v=1"></script>\n<p>text</p>'
    )


def test_the_page_of_search_keeps_the_index_and_a_page_with_a_fold_its_script() -> None:
    assert "searchindex.js" in lean(HEAD + '<div id="search-results"></div>')
    folded = lean(HEAD + '<div class="dropdown admonition note"></div>')
    assert "togglebutton.js" in folded
    assert "toggleHintShow" in folded
    assert "searchindex.js" not in folded
    assert "fontawesome.js" not in folded


def test_files_that_no_page_asks_for_go(tmp_path: Path) -> None:
    for name in ("_static/scripts/fontawesome.js", "_static/locales/de/x.js", "_static/scripts/bootstrap.js"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("", encoding="utf-8")
    drop_unused(tmp_path)
    left = sorted(str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*") if path.is_file())
    assert left == ["_static/scripts/bootstrap.js"]


def test_what_is_not_needed_for_the_first_look_waits() -> None:
    options = '<script src="../_static/documentation_options.js"></script>\n'
    assert lean(options) == options
    deferred = '<script src="in-the-browser/page.js" defer></script>'
    assert lean(deferred) == deferred
    assert lean('<script src="../_static/doctools.js"></script>') == (
        '<script defer src="../_static/doctools.js"></script>'
    )


def test_of_the_icons_those_that_a_page_shows_stay(tmp_path: Path) -> None:
    sheet = tmp_path / "_static" / "styles" / "pydata-sphinx-theme.css"
    sheet.parent.mkdir(parents=True)
    moon, sun, cross = (f'.fa-{name}:before{{content:"{name}"}}' for name in ("moon", "sun", "xmark"))
    sheet.write_text(f"a{{}}{moon}{sun}{cross}b{{}}", encoding="utf-8")
    (tmp_path / "index.html").write_text('<i class="fa-solid fa-moon"></i>', encoding="utf-8")
    (tmp_path / "_static" / "theme.js").write_text('"fa-xmark"', encoding="utf-8")
    trim_icons(tmp_path)
    assert sheet.read_text(encoding="utf-8") == f"a{{}}{moon}{cross}b{{}}"

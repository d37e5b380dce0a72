"""The static explorer in a real browser: the choice changes the figure without a script."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1]))

from browser import chromium

from tlcourse import plots
from tlcourse.widgets import Explorer


@pytest.fixture(scope="module")
def page_text() -> str:
    explorer = Explorer(
        {"data_set": ["emoji", "shoes"], "size": [5, 20]},
        lambda data_set, size: plots.bars({data_set: size / 100}, ylabel="accuracy"),
        "Data set and size",
    )
    return (
        '<!doctype html><html lang="en"><head><title>Explorer</title></head><body><main><h1>Explorer</h1>'
        f"{explorer.static_html()}</main></body></html>"
    )


def shown(page) -> list[str]:
    return [i.get_attribute("alt") for i in page.locator("img").all() if i.is_visible()]


def test_radio_buttons_choose_the_figure_by_mouse_and_keyboard_without_scripts(page_text):
    with chromium() as browser:
        context = browser.new_context(java_script_enabled=False)
        page = context.new_page()
        page.set_content(page_text)
        assert shown(page) == ["accuracy: emoji 0.05."]
        page.get_by_label("20").check()
        assert shown(page) == ["accuracy: emoji 0.20."]
        page.get_by_label("emoji").focus()
        page.keyboard.press("ArrowDown")
        assert shown(page) == ["accuracy: shoes 0.20."]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious(page_text, scheme):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    dark = "<style>body{background:#121212;color:#eee}</style>" if scheme == "dark" else ""
    with chromium() as browser:
        page = browser.new_page()
        page.set_content(page_text.replace("</head>", dark + "</head>"))
        found = [v for v in axe.run(page).response["violations"] if v["impact"] in ("serious", "critical")]
    assert not found, found

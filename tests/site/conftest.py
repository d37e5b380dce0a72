"""The built site, and a browser to open it in, for all tests that look at its pages."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from browser import Watch, chromium, serve

REPO = Path(__file__).resolve().parents[2]
DESKTOP = {"width": 1280, "height": 900}


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    named = os.environ.get("TLCOURSE_SITE")
    if named:
        folder = Path(named)
        assert (folder / "index.html").is_file(), f"TLCOURSE_SITE={named} has no index.html"
        return folder
    from tlcourse.authoring.site import build_site

    return build_site(REPO, output=tmp_path_factory.mktemp("site") / "html", live=True).parent


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    with chromium() as browser:
        yield browser


@pytest.fixture(scope="session")
def base(site: Path) -> Iterator[str]:
    with serve(site) as address:
        yield address


@pytest.fixture
def visit(browser: Any, base: str) -> Iterator[Any]:
    """``visit(path, mode=…, viewport=…)`` opens a page in a fresh profile and waits until it is still.

    At the end of the test every page must have asked nobody else, failed nothing and logged no error.
    """
    contexts: list[Any] = []
    watches: list[Watch] = []

    def open_page(
        path: str,
        mode: str = "light",
        viewport: dict[str, int] = DESKTOP,
        scripts: bool = True,
        script: str = "",
    ) -> Any:
        context = browser.new_context(viewport=viewport, java_script_enabled=scripts)
        contexts.append(context)
        if scripts:
            context.add_init_script(
                f"localStorage.setItem('mode', '{mode}'); localStorage.setItem('theme', '{mode}'); {script}"
            )
        page = context.new_page()
        page.set_default_timeout(90_000)  # generous: the machine may be busy
        watch = Watch(page, base)
        if scripts:
            watches.append(watch)
        page.goto(f"{base}/{path}")
        return page

    yield open_page
    problems = [problem for watch in watches for problem in watch.problems()]
    for context in contexts:
        context.close()
    assert not problems, "\n".join(problems)

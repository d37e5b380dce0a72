"""The report of a written project, opened in Chromium: legible in light and dark, and on a phone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import phone
import pytest
import written
from browser import axe_violations, chromium

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    project = written.stand_in(tmp_path_factory.mktemp("report") / "mine")
    phone.images(project / "data", each=12)
    for number in range(6):  # a third class, with a name that does not break by itself
        folder = project / "data" / "Donaudampfschifffahrtskapitänsmütze"
        folder.mkdir(exist_ok=True)
        phone.scene("discs", 80 + number).rotate(45).save(folder / f"a_very_long_name_of_a_file_{number}.png")
    written.run(project, "model.py")
    written.run(project, "report.py")
    return project / "run" / "report.html"


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with chromium() as browser:
        yield browser


@pytest.mark.parametrize("mode", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_the_report_reads_in_every_light_and_on_a_phone(
    report: Path, browser: Any, mode: str, width: int
) -> None:
    page = browser.new_page(viewport={"width": width, "height": 844}, color_scheme=mode)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(report.as_uri())
    assert [url for url in asked if not url.startswith(("file:", "data:"))] == []
    assert axe_violations(page, ("minor", "moderate", "serious", "critical")) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    back = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert back == ("rgb(255, 255, 255)" if mode == "light" else "rgb(20, 23, 26)")
    page.close()

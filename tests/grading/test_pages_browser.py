"""The grader's pages in a browser: accessible, no wider than a phone, and nothing of a student's runs."""

from __future__ import annotations

import pytest
from browser import axe_violations, chromium
from test_tables import HOSTILE, result

from tlcourse.grading.model import Result
from tlcourse.grading.outputs import write_outputs
from tlcourse.grading.roster import Roster, class_rows

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    out = tmp_path_factory.mktemp("pages")
    results = [result(name, float(number % 4)) for number, name in enumerate(HOSTILE)]
    results.append(Result(student="bob", chapter="00", status="not graded", reason="<b>it</b> is empty"))
    written = write_outputs(out, class_rows(results), Roster(), "Chapter 0, <i>Start</i>")
    return [path for path in written if path.suffix == ".html"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pages_are_accessible_fit_a_phone_and_run_nothing(pages, scheme):
    with chromium() as browser:
        context = browser.new_context(
            color_scheme=scheme, viewport={"width": 390, "height": 800}, bypass_csp=True
        )
        page = context.new_page()
        asked, dialogs = [], []
        page.on("request", lambda request: asked.append(request.url))
        page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
        for path in pages:
            page.goto(path.as_uri())
            assert not axe_violations(page), path.name
            assert page.evaluate("document.documentElement.scrollWidth") <= 390, path.name
        assert not dialogs
        assert all(url.startswith("file:") for url in asked)

"""The pages under a real JupyterHub in a real browser: they renew themselves, and they are accessible."""

from __future__ import annotations

import pytest
from browser import axe_violations, chromium
from on_a_hub import running_hub, settings
from small_class import SETTINGS, make_folder, notebook

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.turns(3, "tlcourse/grading/service", "tlcourse/grading/templates", "tests/grading/serve"),
]


@pytest.fixture(scope="module")
def hub(tmp_path_factory):
    place = tmp_path_factory.mktemp("hub")
    with running_hub(place, make_folder(place / "class", f"{SETTINGS}{settings()}")) as running:
        yield running


def log_in(page, hub, name, path=""):
    """Open a page of the service, log in at the Hub, and come back."""
    page.goto(f"{hub.address}/services/tlcourse/{path}")
    page.locator("#username_input").fill(name)
    page.locator("#password_input").fill("x")
    page.keyboard.press("Enter")
    page.wait_for_url("**/services/tlcourse/**")


def test_a_hand_in_by_keyboard_appears_on_the_instructors_open_page(hub, tmp_path):
    path = tmp_path / "00-start-here.ipynb"
    path.write_bytes(notebook("wrong"))
    with chromium() as browser:
        pages, problems = {}, []
        for name in ("kim", "ada", "mallory"):
            context = browser.new_context(
                color_scheme="dark", viewport={"width": 390, "height": 800}, bypass_csp=name == "mallory"
            )
            pages[name] = context.new_page()
            pages[name].on(
                "console", lambda each: problems.append(each.text) if each.type == "error" else None
            )
        kim, ada, mallory = pages.values()
        log_in(kim, hub, "kim", "class")
        assert kim.url.endswith("/services/tlcourse/class")
        log_in(ada, hub, "ada")
        ada.get_by_label("The notebook, saved (.ipynb)").set_input_files(path)
        ada.get_by_role("button", name="Hand in").focus()
        ada.keyboard.press("Enter")
        ada.wait_for_selector("text=It takes the first class", timeout=60_000)
        # The script of the open page asked for it again, with the key that a script of another page lacks.
        kim.wait_for_selector("text=takes the first", timeout=60_000)
        assert not problems
        status = "async path => (await fetch(path)).status"
        assert kim.evaluate(status, "/services/tlcourse/class") == 403
        ada.goto(f"{hub.address}/services/tlcourse/")
        ada.get_by_role("link", name="Log out").click()
        ada.goto(f"{hub.address}/services/tlcourse/")
        assert "/hub/login" in ada.url
        log_in(mallory, hub, "mallory")
        assert "mallory is not in this class" in mallory.inner_text("main")
        assert not axe_violations(mallory)
        assert mallory.evaluate("document.documentElement.scrollWidth") <= 390

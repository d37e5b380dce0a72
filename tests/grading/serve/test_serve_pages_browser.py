"""The service's pages in a browser: accessible, on a phone, by keyboard, and they renew themselves."""

from __future__ import annotations

import contextlib
import threading

import pytest
from browser import axe_violations, chromium
from small_class import PICK, SETTINGS, listening, make_folder, notebook, quick

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture(scope="module")
def service(tmp_path_factory):
    """A class whose judge waits until it is let go."""
    go = threading.Event()

    @contextlib.contextmanager
    def patient(first):
        with quick(first) as judge:

            def judged(task):
                assert go.wait(120)
                return judge(task)

            yield judged

    with listening(make_folder(tmp_path_factory.mktemp("pages") / "class", SETTINGS), patient) as served:
        served.go = go
        yield served
        go.set()


def log_in(page, served, token):
    page.goto(served.address)
    page.get_by_label("Your token").fill(token)
    with page.expect_navigation():
        page.keyboard.press("Enter")


def test_a_learner_hands_in_by_keyboard_and_the_waiting_page_becomes_the_feedback(service, tmp_path):
    path = tmp_path / "00-start-here.ipynb"
    path.write_bytes(notebook("wrong"))
    service.go.clear()
    with chromium() as browser:
        page = browser.new_context().new_page()
        problems = []
        page.on("console", lambda each: problems.append(each.text) if each.type == "error" else None)
        log_in(page, service, service.tokens.make("ada"))
        page.get_by_label("The notebook, saved (.ipynb)").set_input_files(path)
        page.get_by_role("button", name="Hand in").focus()
        page.keyboard.press("Enter")
        page.wait_for_url("**/hand-ins/*")
        assert "appears on this page" in page.inner_text("main")
        service.go.set()
        page.wait_for_selector("text=It takes the first class", timeout=60_000)
        assert not problems


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pages_are_accessible_and_fit_a_phone(service, scheme, tmp_path):
    path = tmp_path / "00-start-here.ipynb"
    path.write_bytes(notebook("wrong"))
    learner, teacher = service.tokens.make("alan"), service.tokens.make("instructor Kim", "instructor")
    service.go.clear()
    with chromium() as browser:
        context = browser.new_context(
            color_scheme=scheme, viewport={"width": 390, "height": 800}, bypass_csp=True
        )
        page = context.new_page()
        asked = []
        page.on("request", lambda request: asked.append(request.url))

        def look(what):
            assert not axe_violations(page), what
            assert page.evaluate("document.documentElement.scrollWidth") <= 390, what

        page.goto(service.address)
        look("log in")
        log_in(page, service, "tl_wrong")
        look("a wrong token")
        log_in(page, service, learner)
        page.get_by_label("The notebook, saved (.ipynb)").set_input_files(path)
        page.get_by_role("button", name="Hand in").click()
        page.wait_for_url("**/hand-ins/*")
        look("waiting")
        service.go.set()
        page.wait_for_selector("text=It takes the first class", timeout=60_000)
        look("feedback")
        page.goto(service.address)
        look("my hand-ins")
        page.goto(f"{service.address}/nowhere")
        look("not found")
        page.goto(service.address)
        with page.expect_navigation():
            page.get_by_role("button", name="Log out").click()
        log_in(page, service, teacher)
        look("the class")
        page.get_by_role("link", name="Alan T.").click()
        page.wait_for_selector("text=A mark by hand")
        look("a learner's history")
        page.get_by_label("Exercise").select_option(PICK)
        page.get_by_label("Points").fill("1")
        page.get_by_label("Reason (kept, and shown to the student)").fill("half of it")
        page.get_by_role("button", name="Set the mark").click()
        page.wait_for_selector("text=7 of 9")
        page.goto(f"{service.address}/class/chapters/00")
        look("the class report")
        assert all(url.startswith(service.address) for url in asked)

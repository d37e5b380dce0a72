"""The service's pages in a browser: accessible, on a phone, by keyboard, and they renew themselves."""

from __future__ import annotations

import contextlib
import sys
import threading
from pathlib import Path

import pytest
from browser import axe_violations, chromium
from small_class import PICK, SETTINGS, listening, make_folder, notebook, quick

sys.path.insert(0, str(Path(__file__).parents[1] / "challenge"))
from challenges import CLASSES, a_challenge, table

from tlcourse.grading.model import Result
from tlcourse.grading.service.handins import HandIns

LABELS = [CLASSES[number % 3] for number in range(120)]
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

    folder = tmp_path_factory.mktemp("pages")
    a_challenge(folder / "private", LABELS)
    settings = f'{SETTINGS}\n[challenge."leaves"]\nfolder = "../private"\nper_day = 3\n'
    with listening(make_folder(folder / "class", settings), patient) as served:
        served.go = go
        yield served
        go.set()


def test_what_the_service_could_not_judge_is_shown_and_judged_again_by_keyboard(service):
    handed = HandIns(service.database).accept(
        service.people().get("grace"), "00", "a.ipynb", notebook(), "by-nobody", service.settings
    )
    nobody = Result(
        student="grace", chapter="00", status="not graded", reason="the service could not judge it"
    )
    with service.database.writing() as connection:  # as it is after the last try
        connection.execute(
            "UPDATE handins SET state = 'done', status = 'given up', result = ?, finished = received "
            "WHERE id = ?",
            (nobody.model_dump_json(), handed.id),
        )
    with chromium() as browser:
        page = browser.new_context(viewport={"width": 390, "height": 800}, bypass_csp=True).new_page()
        log_in(page, service, service.tokens.make("grace"))
        page.goto(f"{service.address}/hand-ins/{handed.public}")
        assert "not your fault" in page.inner_text("main")
        assert not axe_violations(page)
        page.goto(service.address)
        with page.expect_navigation():
            page.get_by_role("button", name="Log out").click()
        log_in(page, service, service.tokens.make("instructor Kim", "instructor"))
        assert not axe_violations(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        page.get_by_role("button", name="Judge it again").focus()
        with page.expect_navigation():
            page.keyboard.press("Enter")
        assert "Judge it again" not in page.inner_text("main")


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
        page.get_by_role("link", name="The challenge").click()
        page.get_by_label("The predictions").set_input_files(
            {"name": "predictions.csv", "mimeType": "text/csv", "buffer": table(LABELS).encode()}
        )
        page.get_by_role("button", name="Hand in").click()
        page.wait_for_selector("text=1 of 3 tries used")
        page.get_by_label("The predictions").set_input_files(
            {"name": "broken.csv", "mimeType": "text/csv", "buffer": b"file,label\n"}
        )
        page.get_by_role("button", name="Hand in").click()
        page.wait_for_selector("text=No try, because")
        look("a challenge")
        page.get_by_role("link", name="The board").click()
        page.wait_for_selector("text=60 of the 120 test images")
        look("the board")
        page.goto(service.address)
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
        page.goto(f"{service.address}/class/challenges/leaves/report.html")
        look("the report of a challenge")
        assert all(url.startswith(service.address) for url in asked)

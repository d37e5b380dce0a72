"""The service of a class under a real JupyterHub: its login, groups and tokens, and who is kept out."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import re
import socket
import sqlite3
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from on_a_hub import RunningHub, running_hub, settings
from patience import comes_true
from small_class import PICK, ROOT, SETTINGS, form_key, make_folder, notebook
from typer.testing import CliRunner

import tlcourse
from tlcourse.commands.cli import app
from tlcourse.errors import CourseError
from tlcourse.exercises import all_exercises
from tlcourse.grading.service.database import UnavailableError
from tlcourse.grading.service.hub import SECONDS, Hub
from tlcourse.grading.service.served import ServedClass
from tlcourse.grading.service.settings import HubSettings, read_settings

SCOPE = "access:services!service=tlcourse"
FULL = sum(exercise.points for exercise in all_exercises("00"))


@pytest.fixture(scope="module")
def hub(tmp_path_factory):
    """A Hub that runs a class's service; ``folder`` is the class's."""
    place = tmp_path_factory.mktemp("hub")
    folder = make_folder(place / "class", f"{SETTINGS}{settings()}")
    with running_hub(place, folder) as running:
        running.folder = folder
        for name in ("ada", "alan", "kim", "mallory", "root"):
            setattr(running, name, running.browser(name))
        yield running


def hand_in(browser, content=None):
    """Hand a notebook in by the form; gives the page that the browser then sees."""
    home = browser.get("/").text
    data = {"form_key": form_key(home), "chapter": "00"}
    data["request"] = re.search(r'name="request" value="([^"]+)"', home)[1]
    files = {"notebook": ("00-start-here.ipynb", content or notebook())}
    answer = browser.post("/hand-in", data=data, files=files)
    assert answer.status_code == 200, answer.text
    return answer


def path_of(answer):
    """A page's path within the service."""
    return answer.url.path.removeprefix("/services/tlcourse")


def by_program(hub, token, path="/api/hand-ins/nowhere", kind="Bearer"):
    """What a program with a token gets."""
    address = f"{hub.address}/services/tlcourse{path}"
    return httpx.get(address, headers={"Authorization": f"{kind} {token}"}, timeout=60)


def test_two_learners_hand_in_and_the_instructor_sees_both(hub):
    pages = {}
    for browser, kind in ((hub.ada, "right"), (hub.alan, "wrong")):
        pages[kind] = path_of(hand_in(browser, notebook(kind)))
        assert comes_true(lambda b=browser, k=kind: "feedback for" in b.get(pages[k]).text)
    assert f"{FULL} of {FULL}" in hub.ada.get("/").text
    assert "It takes the first class" in hub.alan.get(pages["wrong"]).text
    the_class = hub.kim.get("/")
    assert path_of(the_class) == "/class"
    assert "takes the first" in the_class.text
    key = re.search(r'/services/tlcourse/class/learners/(\w+)">Alan T.<', the_class.text)[1]
    form = form_key(hub.kim.get(f"/class/learners/{key}").text)
    data = {"form_key": form, "chapter": "00", "exercise": PICK, "points": "1.5", "reason": "half of it"}
    assert f"{FULL - 1.5:g} of {FULL}" in hub.kim.post(f"/class/learners/{key}/mark", data=data).text
    # Each sees their own, and nobody but the instructor sees the class.
    assert "feedback for Ada L." in hub.ada.get(pages["right"]).text
    assert hub.alan.get(pages["right"]).status_code == 404
    assert hub.alan.get(f"{pages['right']}/notebook").status_code == 404
    assert "feedback for Ada L." in hub.kim.get(pages["right"]).text
    for path in ("/class", "/class/chapters/00", "/class/chapters/00/marks.zip", f"/class/learners/{key}"):
        assert hub.ada.get(path).status_code == 404
        assert hub.kim.get(path).status_code == 200


def test_every_address_on_every_page_is_under_the_prefix(hub):
    waiting = hand_in(hub.ada)
    key = re.search(r"/class/learners/(\w+)", hub.kim.get("/class").text)[1]
    pages = [
        waiting.text,
        hub.ada.get("/").text,
        hub.ada.get("/nowhere").text,
        *(hub.kim.get(path).text for path in ("/class", "/class/chapters/00", f"/class/learners/{key}")),
    ]
    found = [each for page in pages for each in re.findall(r'(?:href|src|action)="([^"]+)"', page)]
    assert len(found) > 20
    ours = [each for each in found if each != "/hub/logout" and not each.startswith("#")]
    assert all(each.startswith("/services/tlcourse/") for each in ours), ours
    script = hub.ada.get("/live.js")
    assert (script.status_code, "X-Form-Key" in script.text) == (200, True)
    assert str(hub.ada.http.get(f"{hub.address}/services/tlcourse").url).endswith("/services/tlcourse/")


def test_templates_name_no_address_without_the_prefix():
    """Whoever adds a page finds out here, not on a Hub."""
    for template in (ROOT / "tlcourse/grading/templates").glob("serve_*.j2"):
        assert not re.findall(r'(?:href|src|action)="/', template.read_text(encoding="utf-8")), template.name


def test_whoever_is_not_in_the_class_reads_that_and_nothing_else(hub):
    for browser, name in ((hub.mallory, "mallory"), (hub.root, "root")):  # an administrator, even
        for path in ("/", "/class"):
            answer = browser.get(path)
            assert answer.status_code == 403
            assert f"{name} is not in this class" in answer.text
            assert "Ada" not in answer.text


def test_there_is_no_login_by_the_classes_own_tokens(hub):
    own = ServedClass(hub.folder, ROOT).tokens.make("ada")
    assert by_program(hub, own).status_code == 401
    session = ServedClass(hub.folder, ROOT).tokens.begin_session(own)
    stranger = hub.browser()
    for path in ("/login", "/logout"):
        assert stranger.post(path, data={"token": own, "form_key": "x"}).status_code in (404, 405)
    asked = stranger.get("/", headers={"Cookie": f"tlcourse-session={session}"}, follow_redirects=False)
    assert asked.headers["location"].startswith("/hub/api/oauth2/authorize?")


def test_a_forged_cookie_opens_nothing_and_another_users_cookie_does_not_leave_its_path(hub):
    name = "service-tlcourse"
    cookie = next(each for each in hub.ada.http.cookies.jar if each.name == name)
    assert cookie.path == "/services/tlcourse/"
    assert cookie.has_nonstandard_attr("HttpOnly")
    stranger = hub.browser()
    begins = stranger.get("/", headers={"X-Forwarded-Proto": "https"}, follow_redirects=False)
    said = begins.headers["set-cookie"].lower()
    assert all(word in said for word in ("secure", "httponly", "samesite=lax", "path=/services/tlcourse/"))
    for forged in ("", "x", cookie.value[:-1], cookie.value[::-1], "a" * 5000, "a b", "é"):
        header = {"Cookie": f"{name}={forged}".encode()}
        answer = stranger.http.get(stranger.at("/"), headers=header, follow_redirects=False)
        assert answer.status_code == 303, forged
        assert answer.headers["location"].startswith("/hub/api/oauth2/authorize?")


def begun(browser, path="/"):
    """A login that was begun: its state, and the code that the Hub gave for it."""
    answer = browser.get(path, follow_redirects=False)
    asked = parse_qs(urlsplit(answer.headers["location"]).query)
    assert asked["code_challenge_method"] == ["S256"]
    back = browser.http.get(f"{browser.address}{answer.headers['location']}", follow_redirects=False)
    return asked["state"][0], parse_qs(urlsplit(back.headers["location"]).query)["code"][0]


def come_back(browser, state, code):
    return browser.get("/oauth_callback", params={"state": state, "code": code}, follow_redirects=False)


def logged_in_at_the_hub_alone(hub, name):
    browser = hub.browser(name)
    assert not any(cookie.name == "service-tlcourse" for cookie in browser.http.cookies.jar)
    return browser


def test_a_login_that_another_browser_began_is_refused(hub):
    mallory, ada = (logged_in_at_the_hub_alone(hub, name) for name in ("mallory", "ada"))
    state, code = begun(mallory)
    # Mallory's login in Ada's browser, by a link: she would hand in under his name.
    assert come_back(ada, state, code).status_code == 403
    # Ada's code in Mallory's login.
    _, of_ada = begun(ada)
    assert come_back(mallory, state, of_ada).status_code == 403
    # Nothing of it was good for anything: the state is used up.
    assert come_back(mallory, state, code).status_code == 403
    # Made up, or without its cookie, or with half of it.
    for state in ("", "x", "é", "A" * 22, "a" * 5000):
        assert come_back(ada, state, "code").status_code == 403
    state, code = begun(ada)
    assert come_back(ada, state, "").status_code == 403
    good = come_back(ada, state, code)
    assert (good.status_code, good.headers["location"]) == (303, "/services/tlcourse/")
    assert come_back(ada, state, code).status_code == 403  # once


def test_the_login_leads_to_the_page_that_was_asked_for_and_nowhere_else(hub):
    for path in (
        "/class",
        "//evil.test/",
        "/\\evil.test",
        "/?next=https://evil.test/",
        "/%0d%0aSet-Cookie:a=b",
    ):
        kim = logged_in_at_the_hub_alone(hub, "kim")
        address = f"{hub.address}/services/tlcourse{path}"
        answer = kim.http.get(address)
        for step in [*answer.history, answer]:
            assert step.url.host == "127.0.0.1"
            assert "a" not in step.cookies
        assert answer.url.path.startswith("/services/tlcourse/")
        if path == "/class":
            assert answer.url.path.endswith(path)
    # Two tabs log in at a time, and both arrive.
    kim = logged_in_at_the_hub_alone(hub, "kim")
    first, second = begun(kim, "/class"), begun(kim, "/class/chapters/00")
    assert come_back(kim, *first).headers["location"] == "/services/tlcourse/class"
    assert come_back(kim, *second).headers["location"] == "/services/tlcourse/class/chapters/00"


@pytest.mark.parametrize("headers", [{"Origin": "https://evil.test"}, {"Sec-Fetch-Site": "cross-site"}])
def test_a_form_of_another_site_is_refused(hub, headers):
    data = {"form_key": form_key(hub.ada.get("/").text), "chapter": "00", "request": "forged-0001"}
    files = {"notebook": ("a.ipynb", notebook())}
    assert hub.ada.post("/hand-in", data=data, files=files, headers=headers).status_code == 403
    data["form_key"] = "0" * 64
    assert hub.ada.post("/hand-in", data=data, files=files).status_code == 403


def test_a_script_of_another_page_under_the_hubs_address_reads_nothing(hub):
    script = {"Sec-Fetch-Mode": "cors", "Sec-Fetch-Site": "same-origin"}
    key = form_key(hub.ada.get("/").text)
    for path, browser in (("/", hub.ada), ("/class", hub.kim)):
        answer = browser.get(path, headers=script)
        assert answer.status_code == 403
        assert "form_key" not in answer.text
    assert hub.ada.get("/", headers={**script, "X-Form-Key": key}).status_code == 200
    assert hub.browser().get("/", headers=script).status_code == 401  # and begins no login


def test_a_token_needs_the_services_scope_and_a_user_of_the_class(hub):
    good = hub.token("ada", SCOPE)
    assert by_program(hub, good).status_code == 404  # let in, and there is no such hand-in
    assert by_program(hub, good, kind="token").status_code == 404
    without = by_program(hub, hub.token("ada", "read:users:activity!user=ada"))
    assert without.status_code == 403
    assert SCOPE in without.json()["advice"]
    assert by_program(hub, hub.token("mallory", SCOPE)).status_code == 403
    assert by_program(hub, hub.other).status_code == 403  # another service, which may use ours, is nobody
    for wrong in ("-", "x", good[:-1], "a" * 5000, "../../user"):
        assert by_program(hub, wrong).status_code == 401
    # A program's token opens no page, and a browser's cookie hands nothing in by the program's way.
    page = httpx.get(f"{hub.address}/services/tlcourse/", headers={"Authorization": f"token {good}"})
    assert page.status_code == 303
    header = {"Idempotency-Key": "from-a-browser"}
    assert hub.ada.post("/api/hand-ins?chapter=00", content=notebook(), headers=header).status_code == 401
    taught = httpx.post(
        f"{hub.address}/services/tlcourse/api/hand-ins?chapter=00",
        content=notebook(),
        headers={**header, "Authorization": f"token {hub.token('kim', SCOPE)}"},
    )
    assert (taught.status_code, "roster" in taught.json()["advice"]) == (403, True)


@contextlib.contextmanager
def server_of(hub: RunningHub, name: str):
    """The environment of a notebook in somebody's server on the Hub."""
    assert hub.api("POST", f"/users/{name}/server").status_code in (201, 202)
    written = hub.place / f"environment-{name}.json"
    assert comes_true(written.exists)
    assert comes_true(lambda: "spawn" not in str(hub.api("GET", f"/users/{name}").json().get("pending")))
    yield json.loads(written.read_text())
    assert comes_true(lambda: hub.api("DELETE", f"/users/{name}/server").status_code in (204, 404))


def test_a_notebook_on_the_hub_hands_in_without_a_token(hub, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "00-start-here.ipynb"
    path.write_bytes(notebook())
    with server_of(hub, "ada") as environment:
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        tlcourse.submit(path)
        said = capsys.readouterr().out
        assert f"{FULL} of {FULL} points" in said
        assert "feedback for Ada L." in hub.ada.get(re.search(r"/hand-ins/[\w-]+", said)[0]).text
        done = CliRunner().invoke(app, ["submit", str(path), "--no-wait"])
        assert (done.exit_code, "Handed in to A small class" in done.output) == (0, True)
        token = environment["JUPYTERHUB_API_TOKEN"]
        assert token not in said + done.output
        assert not (tmp_path / "config").exists()  # it is kept nowhere
        # And it is told to nobody else, whatever the learner is made to write.
        with pytest.raises(CourseError, match="A token is needed"):
            tlcourse.submit(path, to=environment["TLCOURSE_HUB_SERVICE"].replace("127.0.0.1", "localhost"))
    # The server was stopped, and its token is worth nothing.
    assert comes_true(lambda: by_program(hub, token).status_code == 401)
    with pytest.raises(CourseError, match="The JupyterHub does not know this token"):
        tlcourse.submit(path)


def test_what_is_taken_back_is_worth_nothing_soon(hub):
    made = hub.api("POST", "/users/alan/tokens", json={"scopes": [SCOPE]}).json()
    assert by_program(hub, made["token"]).status_code == 404
    assert hub.api("DELETE", f"/users/alan/tokens/{made['id']}").status_code == 204
    assert comes_true(lambda: by_program(hub, made["token"]).status_code == 401, 20)
    # The instructor leaves the group, and comes back.
    assert hub.kim.get("/class").status_code == 200
    assert hub.api("DELETE", "/groups/instructors/users", json={"users": ["kim"]}).status_code == 200
    assert comes_true(lambda: hub.kim.get("/class").status_code == 403, 20)
    hub.api("POST", "/groups/instructors/users", json={"users": ["kim"]})
    assert comes_true(lambda: hub.kim.get("/class").status_code == 200, 20)
    # Whoever logs out of the Hub has logged out here.
    alan = hub.browser("alan")
    assert alan.get("/").status_code == 200
    kept = next(each for each in alan.http.cookies.jar if each.name == "service-tlcourse").value
    alan.get("//hub/logout")
    header = {"Cookie": f"service-tlcourse={kept}"}
    address = f"{hub.address}/services/tlcourse/"
    assert comes_true(lambda: httpx.get(address, headers=header).status_code == 303, 20)
    # A line leaves the roster.
    roster = hub.folder / "roster.csv"
    before = roster.read_text()
    assert hub.ada.get("/").status_code == 200
    roster.write_text(before.replace("ada,Ada L.\n", ""))
    assert "ada is not in this class" in hub.ada.get("/").text
    roster.write_text(before)
    assert hub.ada.get("/").status_code == 200


def test_nothing_of_the_hubs_tokens_is_stored(hub):
    tokens = [each.value for each in hub.ada.http.cookies.jar if each.name == "service-tlcourse"]
    assert tokens
    everything = b"".join(path.read_bytes() for path in hub.folder.rglob("*") if path.is_file())
    assert b"ada" in everything
    assert not any(token.encode() in everything for token in tokens)
    rows = sqlite3.connect(hub.folder / "service.db").execute("SELECT COUNT(*) FROM sessions").fetchone()
    assert rows[0] <= 1  # the one that a test above began by hand


def test_the_page_says_how_long_an_answer_of_the_hub_counts():
    assert f"counts for {SECONDS} seconds" in (ROOT / "book/your-own-class.md").read_text(encoding="utf-8")


VARIABLES = {
    "JUPYTERHUB_SERVICE_NAME": "tlcourse",
    "JUPYTERHUB_SERVICE_PREFIX": "/services/tlcourse/",
    "JUPYTERHUB_SERVICE_URL": "http://127.0.0.1:10101",
    "JUPYTERHUB_API_URL": "http://127.0.0.1:8081/hub/api",
    "JUPYTERHUB_API_TOKEN": "secret",
    "JUPYTERHUB_CLIENT_ID": "service-tlcourse",
}


def serve(folder):
    outcome = CliRunner().invoke(app, ["serve", str(folder), "--hub"])
    assert outcome.exit_code == 1
    assert "Traceback" not in outcome.output
    return outcome.output


def test_without_a_hub_it_does_not_start_and_says_what_is_missing(tmp_path, monkeypatch):
    folder = make_folder(tmp_path / "class", f"{SETTINGS}{settings()}")
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
    assert "--hub is for a service that a JupyterHub runs" in serve(folder)
    for name, value in VARIABLES.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("JUPYTERHUB_API_TOKEN")
    assert "JUPYTERHUB_API_TOKEN is not set" in serve(folder)
    monkeypatch.setenv("JUPYTERHUB_API_TOKEN", "secret")
    monkeypatch.setenv("JUPYTERHUB_SERVICE_URL", "http://127.0.0.1")
    assert "cannot listen at http://127.0.0.1" in serve(folder)
    monkeypatch.setenv("JUPYTERHUB_API_TOKEN", "secret")
    monkeypatch.setenv("JUPYTERHUB_SERVICE_URL", VARIABLES["JUPYTERHUB_SERVICE_URL"])
    assert "does not say who teaches" in serve(make_folder(tmp_path / "other"))


@pytest.mark.parametrize(
    ("table", "words"),
    [
        ('[hub]\nteachers = "x"', "is not a setting"),
        ("[hub]\ninstructors = 1", "Give a text"),
        ('[hub]\nuser = "shoe size"', "Give student, login"),
    ],
)
def test_a_setting_without_a_meaning_is_refused(tmp_path, table, words):
    folder = make_folder(tmp_path / "class", f"{SETTINGS}{table}")
    with pytest.raises(CourseError, match=words):
        read_settings(folder / "course.toml")


def test_where_the_hub_does_not_answer_nobody_is_let_in(tmp_path, monkeypatch):
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    for name, value in {**VARIABLES, "JUPYTERHUB_API_URL": f"http://127.0.0.1:{port}/hub/api"}.items():
        monkeypatch.setenv(name, value)
    served = ServedClass(make_folder(tmp_path / "class"), ROOT)
    hub = Hub(HubSettings("instructors"))
    assert "JUPYTERHUB_API_TOKEN" not in os.environ  # no process that judges an answer gets it
    with pytest.raises(UnavailableError, match="does not say who you are"):
        asyncio.run(hub.person("a-token", "", served.people(), cookie=False))


def test_the_rosters_column_says_what_the_hub_calls_a_student(tmp_path, monkeypatch):
    for name, value in VARIABLES.items():
        monkeypatch.setenv(name, value)
    roster = "student,name,login\n1001,Ada L.,ada\n1002,Alan T.,alan\n1003,Grace H.,twice\n1004,Eve,twice\n"
    served = ServedClass(make_folder(tmp_path / "class", roster=roster), ROOT)
    hub = Hub(HubSettings("instructors", "login"))
    found = {name: hub._student(name, served.people()) for name in ("ada", "Ada", "1001", "twice", "")}
    assert found == {"ada": "1001", "Ada": None, "1001": None, "twice": None, "": None}

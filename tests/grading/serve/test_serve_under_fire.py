"""Cheats who talk to the service directly: nobody sees another's work or the seed; nothing runs as a page."""

from __future__ import annotations

import json
import re
import string

import pytest
from small_class import (
    PICK,
    SETTINGS,
    form_key,
    hand_in,
    log_in,
    make_folder,
    notebook,
    running,
    verdict,
)

SCRIPT = "<script>alert(1)</script>"


@pytest.fixture(scope="module")
def client(tmp_path_factory):
    settings = SETTINGS.replace("hand_ins = 100", "hand_ins = 100\nlargest_mb = 0.5")
    with running(make_folder(tmp_path_factory.mktemp("fire") / "class", settings)) as client:
        for who in ("ada", "alan", "grace"):
            setattr(client, who, client.served.tokens.make(who))
        client.teacher = client.served.tokens.make("instructor Kim", "instructor")
        client.handed = hand_in(client, client.ada).json()
        verdict(client, client.ada, client.handed["id"])
        yield client


def with_token(token):
    return {"Authorization": f"Bearer {token}"}


def test_anothers_hand_in_is_as_if_it_did_not_exist(client):
    mine = client.handed["id"]
    for asked in (mine, mine[:-1], "1", "0", "%2e%2e", "' OR 1=1 --"):
        answer = client.get(f"/api/hand-ins/{asked}", headers=with_token(client.alan))
        assert answer.status_code == 404
        assert "graded" not in answer.text
    log_in(client, client.alan)
    for path in (f"/hand-ins/{mine}", f"/hand-ins/{mine}/notebook", "/class", "/class/chapters/00"):
        assert client.get(path).status_code == 404
    assert client.get("/class/chapters/00/marks.zip").status_code == 404
    # What is another's and what is nowhere cannot be told apart.
    assert client.get(f"/hand-ins/{mine}").text == client.get("/hand-ins/nowhere").text


def test_names_in_addresses_cannot_be_guessed(client):
    names = [hand_in(client, client.ada, b"{").json()["id"] for _ in range(3)]
    assert all(
        len(name) >= 22 and set(name) <= set(string.ascii_letters + string.digits + "-_") for name in names
    )
    assert len(set(names)) == 3


@pytest.mark.parametrize(
    "token", ["", "tl_", "tl_" + "A" * 43, "Bearer", "\u00e9", "x" * 10_000, "' OR 1=1 --"]
)
def test_a_forged_token_opens_nothing(client, token):
    client.cookies.clear()
    header = {"Authorization": f"Bearer {token}".encode()}
    for answer in (
        client.get(f"/api/hand-ins/{client.handed['id']}", headers=header),
        client.post("/api/hand-ins", params={"chapter": "00"}, content=notebook(), headers=header),
    ):
        assert answer.status_code == 401
    assert log_in(client, token).status_code == 403
    assert client.get("/class").status_code == 401


def test_a_token_that_expired_or_was_taken_back_opens_nothing(client):
    expired = client.served.tokens.make("grace", days=-0.001)
    assert hand_in(client, expired).status_code == 401
    revoked = client.served.tokens.make("grace")
    log_in(client, revoked)
    assert client.get("/").status_code == 200
    client.served.tokens.revoke("grace")
    assert hand_in(client, revoked).status_code == 401
    assert "Your token" in client.get("/").text


def test_a_hash_from_the_database_is_no_token_and_no_session(client):
    with client.served.database.open() as connection:
        hashes = [
            row["hash"]
            for row in connection.execute("SELECT hash FROM tokens UNION SELECT hash FROM sessions")
        ]
    assert hashes
    for each in hashes:
        assert client.get(f"/api/hand-ins/{client.handed['id']}", headers=with_token(each)).status_code == 401
        client.cookies.clear()
        assert client.get("/class", headers={"Cookie": f"tlcourse-session={each}"}).status_code == 401


def test_a_browsers_cookie_hands_nothing_in_by_the_programs_way(client):
    log_in(client, client.ada)
    answer = client.post(
        "/api/hand-ins",
        params={"chapter": "00"},
        content=notebook(),
        headers={"Idempotency-Key": "from-another-site"},
    )
    assert answer.status_code == 401


@pytest.mark.parametrize(
    "headers",
    [{"Origin": "https://evil.test"}, {"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}],
)
def test_a_form_of_another_site_is_refused(client, headers):
    log_in(client, client.teacher)
    page = client.get("/class").text
    key = re.search(r"/class/learners/(\w+)", page)[1]
    path = f"/class/learners/{key}/mark"
    data = {
        "form_key": form_key(page),
        "chapter": "00",
        "exercise": PICK,
        "points": "3",
        "reason": "forged",
    }
    assert client.post(path, data=data, headers=headers).status_code == 403
    for wrong in ("", "0" * 64, "é"):
        assert client.post(path, data={**data, "form_key": wrong}).status_code == 403
    assert client.post("/logout", data={"form_key": "x"}).status_code == 403
    assert client.get("/class").status_code == 200
    assert "forged" not in client.get(f"/class/learners/{key}").text


def test_nobody_is_logged_in_by_another_sites_form(client):
    client.cookies.clear()
    assert client.post("/login", data={"token": client.alan, "form_key": "x"}).status_code == 403
    client.get("/")
    assert client.post("/login", data={"token": client.alan, "form_key": ""}).status_code == 403


def test_the_cookie_is_for_the_service_alone_and_the_login_leads_nowhere_else(client):
    answer = log_in(client, client.ada, "https://evil.test/")
    assert str(answer.url) == "http://class.test/"
    first = answer.history[0]
    assert "httponly" in first.headers["set-cookie"].lower()
    assert "samesite=lax" in first.headers["set-cookie"].lower()
    for to in ("//evil.test", "/\\evil.test", "javascript:alert(1)", "/\nSet-Cookie: a=b"):
        assert log_in(client, client.ada, to).url.host == "class.test"


def test_the_first_of_a_replayed_hand_in_is_the_only_one(client):
    before = len(client.served.handins.of_learner("ada"))
    answers = [hand_in(client, client.ada, key="replayed-0001") for _ in range(5)]
    changed = hand_in(client, client.ada, notebook("wrong"), key="replayed-0001")
    assert len({answer.json()["id"] for answer in [*answers, changed]}) == 1
    assert len(client.served.handins.of_learner("ada")) == before + 1
    # And what somebody else sends under that name is somebody else's.
    assert hand_in(client, client.alan, key="replayed-0001").json()["id"] != changed.json()["id"]


@pytest.mark.parametrize("key", ["", "short", "a" * 101, "../../etc/passwd", "a b c d e f g h"])
def test_a_hand_in_without_a_name_of_its_own_is_refused(client, key):
    assert hand_in(client, client.ada, key=key).status_code == 400


@pytest.mark.parametrize(
    "name",
    [
        "../../../course.toml",
        "/etc/passwd",
        "..\\..\\service.db",
        "a\x00b.ipynb",
        SCRIPT,
        "x" * 5_000,
        "\u202egpj.exe",
        "",
    ],
)
def test_a_files_name_is_shown_and_never_a_path(client, name):
    before = files(client.served.folder)
    settings = (client.served.folder / "course.toml").read_bytes()
    state = verdict(
        client, client.alan, hand_in(client, client.alan, notebook("blank"), name=name).json()["id"]
    )
    assert state["status"] == "graded"
    log_in(client, client.alan)
    page = client.get(state["path"]).text + client.get("/").text
    assert "<script>alert" not in page
    assert "\u202e" not in page
    assert files(client.served.folder) == before
    assert (client.served.folder / "course.toml").read_bytes() == settings


def files(folder):
    """All files of a class but those that SQLite makes and removes."""
    return sorted(str(path) for path in folder.rglob("*") if not path.name.startswith("service.db"))


@pytest.mark.parametrize("chapter", ["", "02", "../00", "00/..", "0", "99", "00\n", "*"])
def test_another_chapter_is_refused(client, chapter):
    answer = hand_in(client, client.ada, chapter=chapter)
    assert answer.status_code == 404
    assert "not handed in here" in answer.json()["problem"]


@pytest.mark.parametrize(
    "path",
    [
        "/../course.toml",
        "/%2e%2e/seed.txt",
        "/live.js/../../app.py",
        "/class/chapters/..%2f..%2fseed.txt",
        "/class/chapters/../../seed.txt",
        "/class/learners/%2e%2e",
        "/class/learners/../../../etc/passwd",
        "/service.db",
        "/hand-ins/..%2f..%2fservice.db/notebook",
    ],
)
def test_no_path_leads_to_a_file(client, path):
    log_in(client, client.teacher)
    assert client.get(path).status_code == 404


def test_a_body_that_is_too_large_is_refused(client):
    before = len(client.served.handins.of_learner("ada"))
    endless = (b"x" * 100_000 for _ in range(200))
    header = {**with_token(client.ada), "Idempotency-Key": "endless-0001"}
    answer = client.post("/api/hand-ins", params={"chapter": "00"}, content=endless, headers=header)
    assert answer.status_code == 413
    assert "larger than 0.5 MB" in answer.json()["problem"]
    # A form is stopped, too, and by what it says of its length as well.
    log_in(client, client.ada)
    fields = {"form_key": form_key(client.get("/").text), "chapter": "00"}
    answer = client.post("/hand-in", data=fields, files={"notebook": ("a.ipynb", b"x" * 5_000_000)})
    assert answer.status_code == 413
    header["Content-Length"] = "600000"
    assert (
        client.post("/api/hand-ins", params={"chapter": "00"}, content=b"{}", headers=header).status_code
        == 413
    )
    assert len(client.served.handins.of_learner("ada")) == before


def test_an_upload_is_a_file_to_save_and_never_a_page(client):
    page = f"<!doctype html><title>x</title>{SCRIPT}".encode()
    handed = hand_in(client, client.ada, page, name="page.html").json()
    verdict(client, client.ada, handed["id"])
    log_in(client, client.teacher)
    answer = client.get(f"/hand-ins/{handed['id']}/notebook")
    assert answer.content == page
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["content-disposition"].startswith("attachment")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in answer.headers["content-security-policy"]


def test_every_answer_forbids_scripts_from_elsewhere_and_frames(client):
    log_in(client, client.teacher)
    paths = [
        "/",
        "/class",
        "/class/chapters/00",
        f"/hand-ins/{client.handed['id']}",
        "/nowhere",
        "/api",
        "/live.js",
    ]
    for path in paths:
        policy = client.get(path).headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe-eval" not in policy
        assert not re.search(r"script-src[^;]*(unsafe-inline|http)", policy)


def test_what_a_learner_writes_is_text_on_every_page(client):
    source = json.loads(notebook())
    for cell in source["cells"]:
        if cell["metadata"].get("nbgrader", {}).get("grade_id") == PICK:
            cell["source"] = f'def pick_class(logits, names):\n    """{SCRIPT}"""\n    # mistaken'
    token = fresh(client)
    state = verdict(client, token, hand_in(client, token, json.dumps(source).encode()).json()["id"])
    log_in(client, client.teacher)
    for path in (state["path"], "/class", "/class/chapters/00"):
        page = client.get(path).text
        assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in client.get(state["path"]).text


def fresh(client):
    """Another token for Grace, who lost hers above."""
    return client.served.tokens.make("grace")


def test_the_secret_seed_is_in_no_answer(client):
    seeds = [str(client.served.seed)]
    seeds += [str(client.served.seed_for(each)) for each in client.served.handins.everything()]
    token = fresh(client)
    log_in(client, client.teacher)
    pages = ["/", "/class", "/class/chapters/00", "/class/chapters/00/marks.zip", "/api"]
    pages += [f"/hand-ins/{each.public}" for each in client.served.handins.everything()[:5]]
    pages += [f"/api/hand-ins/{client.handed['id']}"]
    for path in pages:
        answer = client.get(path, headers=with_token(token))
        for seed in seeds:
            assert seed.encode() not in answer.content


def test_each_hand_in_has_inputs_of_its_own_unless_the_class_wants_the_same(client, tmp_path):
    handins = client.served.handins.everything()
    assert len({client.served.seed_for(each) for each in handins}) == len(handins)
    with running(make_folder(tmp_path / "class", f"same_inputs = true\n{SETTINGS}")) as other:
        token = other.served.tokens.make("ada")
        for _ in range(2):
            hand_in(other, token, b"{")
        assert {other.served.seed_for(each) for each in other.served.handins.everything()} == {
            other.served.seed
        }

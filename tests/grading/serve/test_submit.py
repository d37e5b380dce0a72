"""`tlcourse submit` and `tlcourse.submit()` against a service on a real port: each refusal in clear words."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import stat
import time

import pytest
from small_class import PICK, ROOT, SETTINGS, listening, make_folder, notebook
from typer.testing import CliRunner

import tlcourse
from tlcourse.commands.cli import app
from tlcourse.errors import CourseError
from tlcourse.handing_in.notebook import check_saved, open_notebook

LIMITS = SETTINGS.replace("per_hour = 100", "per_hour = 6\nlargest_mb = 0.2")


@pytest.fixture(scope="module")
def service(tmp_path_factory):
    """The service of a class; ``address`` is where it listens."""
    chapters = 'title = "A small class"\n' + LIMITS.replace('title = "A small class"\n', "")
    chapters += '[chapter."02"]\ndue = 2020-01-01T00:00:00Z\n'
    with listening(make_folder(tmp_path_factory.mktemp("submit") / "class", chapters)) as served:
        yield served


@pytest.fixture
def place(tmp_path, monkeypatch):
    """A learner's folder and home, with chapter 0 filled in."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    for name in ("TLCOURSE_TOKEN", "TLCOURSE_SERVER", "JPY_SESSION_NAME"):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "00-start-here.ipynb").write_bytes(notebook())
    return tmp_path


def run(*arguments, token=None):
    return CliRunner().invoke(app, ["submit", *map(str, arguments)], env={"TLCOURSE_TOKEN": token})


def test_the_command_says_what_came_of_it(service, place):
    token = service.tokens.make("ada")
    outcome = run(place / "00-start-here.ipynb", "--to", service.address + "/", token=token)
    assert outcome.exit_code == 0, outcome.output
    assert "Handed in to A small class" in outcome.output
    assert f"{service.address}/hand-ins/" in outcome.output
    assert "9 of 9 points" in outcome.output
    assert token not in outcome.output


def test_a_cell_hands_its_own_notebook_in_and_asks_for_the_token_once(service, place, monkeypatch, capsys):
    token = service.tokens.make("alan")
    monkeypatch.setenv("JPY_SESSION_NAME", str(place / "00-start-here.ipynb"))
    before = {path.name for path in place.iterdir()}
    asked = []
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("getpass.getpass", lambda prompt: asked.append(prompt) or token)
    tlcourse.submit(to=service.address)
    tlcourse.submit()  # the address is known by now, and so is the token
    assert len(asked) == 1
    assert capsys.readouterr().out.count("9 of 9 points") == 2
    kept = place / "config" / "tlcourse" / "tokens.json"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert {path.name for path in place.iterdir()} == before | {"config"}
    service.tokens.revoke("alan")
    with pytest.raises(CourseError, match="does not know this token"):
        tlcourse.submit()
    assert token not in kept.read_text()


def large(place):
    path = place / "00-large.ipynb"
    content = json.loads(notebook())
    content["cells"][0]["source"] = "x" * 300_000
    path.write_text(json.dumps(content))
    return path


def of_chapter(place, chapter):
    path = place / f"{chapter}-other.ipynb"
    path.write_text(json.dumps({"metadata": {"tlcourse": {"chapter": chapter}}, "cells": []}))
    return path


def other(place, text):
    path = place / "mine.ipynb"
    path.write_text(text)
    return path


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (large, "larger than 0.2 MB"),
        (lambda place: of_chapter(place, "02"), "nothing is taken after that"),
        (lambda place: of_chapter(place, "05"), "chapter 5, which is not handed in there"),
        (lambda place: other(place, '{"cells": [], "metadata": {}}'), "not a notebook of the course"),
        (lambda place: other(place, "{"), "is not a notebook"),
        (lambda place: other(place, "[" * 100_000), "is not a notebook"),
        (lambda place: place / "nowhere.ipynb", "cannot be read"),
    ],
)
def test_what_is_not_taken_says_why(service, place, make, words):
    outcome = run(make(place), "--to", service.address, token=service.tokens.make("grace"))
    assert outcome.exit_code == 1
    assert words in outcome.output
    assert "What to do:" in outcome.output
    assert "Traceback" not in outcome.output


def test_too_often_says_when_again(service, place):
    token = service.tokens.make("grace")
    for _ in range(6):
        last = run(place / "00-start-here.ipynb", "--to", service.address, "--no-wait", token=token)
        assert last.exit_code == 0, last.output
    outcome = run(place / "00-start-here.ipynb", "--to", service.address, token=token)
    assert outcome.exit_code == 1
    assert "6 times within an hour" in outcome.output
    assert "Try again in" in outcome.output


def test_no_service_and_no_class_at_the_address(place):
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    outcome = run(place / "00-start-here.ipynb", "--to", f"http://127.0.0.1:{port}", token="tl_x")
    assert "No service answers" in outcome.output
    outcome = run(place / "00-start-here.ipynb", "--to", "class.example.org", token="tl_x")
    assert "is not an address" in outcome.output
    outcome = run(place / "00-start-here.ipynb", token="tl_x")
    assert "Where shall the notebook go?" in outcome.output


def test_the_token_is_told_to_nobody_but_a_class(place):
    """Something else listens there: it gets to see no token."""
    from serving import Sent, Server, serving

    class Other(Server):
        def answer(self, path):
            return Sent(b"<h1>Hello</h1>", "text/html")

    server = Other()
    with serving(server):
        outcome = run(place / "00-start-here.ipynb", "--to", server.address, token="tl_secret")
    assert "is not the service of a class" in outcome.output
    assert server.asked == ["/api"]


def test_without_a_token_and_nobody_to_ask(service, place):
    outcome = run(place / "00-start-here.ipynb", "--to", service.address)
    assert outcome.exit_code == 1
    assert "A token is needed" in outcome.output


def cells(*sources):
    marks = {"nbgrader": {"solution": True, "grade_id": PICK}}
    return [{"cell_type": "code", "metadata": marks, "source": source} for source in sources]


def test_a_notebook_that_was_not_saved_is_noticed(place):
    path = place / "00-start-here.ipynb"
    answer, call = "def pick_class(logits, names):\n    return 1", "tlcourse.submit()"
    saved = [*cells(answer), {"cell_type": "code", "metadata": {}, "source": call}]
    path.write_text(json.dumps({"metadata": {}, "cells": saved}))
    work = open_notebook(path)
    check_saved(work, ["1 + 1", answer, call])
    check_saved(work, [answer.replace("1", "2"), answer, call])  # an older version may be gone
    check_saved(work, ["def other():\n    return 1", answer, call])  # nothing that is handed in
    with pytest.raises(CourseError, match="the answer `pick_class` is not in the file"):
        check_saved(work, [answer, answer.replace("1", "2"), call])
    with pytest.raises(CourseError, match="this cell is not in the file"):
        check_saved(work, [answer, "tlcourse.submit(wait=False)"])


@pytest.mark.turns(3, "tlcourse/handing_in", "tests/grading/serve")
def test_in_a_real_notebook_the_token_is_asked_for_out_of_sight(service, place):
    from jupyter_client.manager import start_new_kernel

    token, path = service.tokens.make("ada"), place / "00-start-here.ipynb"
    saved = json.loads(notebook())
    (answer,) = [
        "".join(cell["source"])
        for cell in saved["cells"]
        if cell["metadata"].get("nbgrader", {}).get("grade_id") == PICK
    ]
    call = f"import tlcourse\ntlcourse.submit(to='{service.address}')"
    saved["cells"].append({"cell_type": "code", "metadata": {}, "source": call, "outputs": [], "id": "last"})
    path.write_text(json.dumps(saved))
    environment = {
        **os.environ,
        "JPY_SESSION_NAME": str(path),
        "XDG_CONFIG_HOME": str(place / "config"),
        "PYTHONPATH": str(ROOT),
    }
    manager, client = start_new_kernel(env=environment)
    seen: list[str] = []

    def asked(message):
        seen.append(f"password: {message['content']['password']}")
        client.input(token)

    def shown(message):
        content = message["content"]
        seen.extend([content.get("text", ""), content.get("evalue", "")])

    def run_cell(source):
        client.execute_interactive(source, stdin_hook=asked, output_hook=shown, allow_stdin=True, timeout=120)

    try:
        run_cell(answer)
        run_cell(call)
        handed = "".join(seen)
        assert "password: True" in handed
        assert "9 of 9 points" in handed
        assert token not in handed
        run_cell(answer.replace("def ", "# changed and not saved\ndef ", 1))
        run_cell(call)
        assert "is not saved: the answer `pick_class`" in "".join(seen)
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


def test_an_endless_body_is_cut_off_while_it_is_sent(service):
    token = service.tokens.make("ada")
    host, port = service.address.removeprefix("http://").split(":")
    head = (
        "POST /api/hand-ins?chapter=00 HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n"
        f"Idempotency-Key: endless-00001\r\nAuthorization: Bearer {token}\r\n\r\n"
    )
    part = b"186a0\r\n" + b"x" * 100_000 + b"\r\n"
    sent = 0
    with socket.create_connection((host, int(port)), timeout=60) as connection:
        connection.sendall(head.encode())
        connection.settimeout(0.05)
        answer = b""
        until = time.monotonic() + 60
        while not answer and time.monotonic() < until and sent < 500:
            with contextlib.suppress(TimeoutError, ConnectionError):
                connection.sendall(part)
            sent += 1
            with contextlib.suppress(TimeoutError):
                answer = connection.recv(1000)
    assert b" 413 " in answer
    assert sent < 500

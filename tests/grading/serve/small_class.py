"""A small class for the tests of the service, with a judge that is quick because it runs nothing.

Whether the jail judges rightly is tested in ``test_serve_marks.py``, with the real one. What lies around it
(who may do what, whose turn it is, what is stored) does not depend on how a verdict came about.
"""

from __future__ import annotations

import contextlib
import re
import socket
import threading
import time
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import nbformat
import uvicorn
from patience import comes_true
from starlette.testclient import TestClient

from tlcourse.exercises import Finding, Report, State, get
from tlcourse.grading.judging import Judged, Task
from tlcourse.grading.model import Mark
from tlcourse.grading.record import load_record
from tlcourse.grading.sample import fill, right_answers
from tlcourse.grading.service.app import application
from tlcourse.grading.service.served import ServedClass
from tlcourse.grading.service.worker import Judge, Judges

ROOT = Path(__file__).parents[3]
SETTINGS = """
title = "A small class"
jobs = 1
waiting = 20
per_hour = 100
hand_ins = 100
[chapter."00"]
"""
ROSTER = "student,name\nada,Ada L.\nalan,Alan T.\ngrace,Grace H.\n"
PICK = "ch00-pick-class"


def make_folder(folder: Path, settings: str = SETTINGS, roster: str = ROSTER) -> Path:
    """A class's folder."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "course.toml").write_text(settings)
    (folder / "roster.csv").write_text(roster)
    return folder


@cache
def notebook(kind: str = "right") -> bytes:
    """Chapter 0 in PyTorch: "right", "blank", or with one answer that is wrong."""
    record = load_record(ROOT, "00", "torch")
    answers = {} if kind == "blank" else right_answers(ROOT, record)
    if kind == "wrong":
        answers = {**answers, PICK: "def pick_class(logits, names):\n    return names[0], 1.0  # mistaken\n"}
    return nbformat.writes(fill(record, answers)).encode()


def _mark(task: Task, name: str) -> Mark:
    exercise = get(name)
    answer = next(each for each in task.answers if each.exercise_id == name)
    source = answer.attempts[-1].source if answer.attempts else ""
    wrong = "# mistaken" in source
    state = State.NOT_ATTEMPTED if not source else State.NOT_YET if wrong else State.PASS
    findings = (Finding(False, "It takes the first class.", "takes the first"),) if wrong else ()
    points = float(exercise.points) if state is State.PASS else 0.0
    report = Report(name, exercise.title, state, points, exercise.points, findings)
    return Mark.of(report, exercise, source)


@contextlib.contextmanager
def quick(first: Task) -> Iterator[Judge]:
    """Right is what does not call itself mistaken."""
    yield lambda task: Judged(
        task.student, tuple(_mark(task, answer.exercise_id) for answer in task.answers), 0.0, ()
    )


@contextlib.contextmanager
def running(folder: Path, judge=quick, busy_seconds: float = 5.0, **more) -> Iterator[TestClient]:
    """A client of a class's service; ``client.served`` is the class, ``client.judges`` are its slots."""
    served = ServedClass(folder, ROOT, busy_seconds=busy_seconds)
    judges = Judges(served, judge)
    judges.start()
    try:
        app = application(served, judges)
        with TestClient(app, base_url="http://class.test", raise_server_exceptions=False, **more) as client:
            client.served, client.judges = served, judges
            yield client
    finally:
        judges.stop()


@contextlib.contextmanager
def listening(folder: Path, judge=quick) -> Iterator[ServedClass]:
    """A class's service on a port of this machine; ``address`` is where."""
    served = ServedClass(folder, ROOT)
    judges = Judges(served, judge)
    judges.start()
    port = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(application(served, judges), log_level="critical"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [port]}, daemon=True)
    thread.start()
    try:
        assert comes_true(lambda: server.started)
        served.address = f"http://127.0.0.1:{port.getsockname()[1]}"
        yield served
    finally:
        server.should_exit = True
        thread.join()
        judges.stop()


_count = iter(range(10**9))


def hand_in(client: TestClient, token: str, content: bytes | None = None, **changes: object):
    """Hand a notebook in as a program does; ``changes`` may replace ``chapter``, ``name`` and ``key``."""
    given = {"chapter": "00", "name": "00-start-here.ipynb", "key": f"request-{next(_count)}", **changes}
    return client.post(
        "/api/hand-ins",
        params={"chapter": given["chapter"], "name": given["name"]},
        content=notebook() if content is None else content,
        headers={"Authorization": f"Bearer {token}", "Idempotency-Key": str(given["key"])},
    )


def verdict(client: TestClient, token: str, handin: str, seconds: float = 60.0) -> dict:
    """What a hand-in's state is when it is done."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        state = client.get(f"/api/hand-ins/{handin}", headers={"Authorization": f"Bearer {token}"}).json()
        if state["state"] == "done":
            return state
        time.sleep(0.02)
    raise AssertionError(f"no verdict within {seconds} s: {state}")


def log_in(client: TestClient, token: str, to: str = "/"):
    """Log a browser in by the form; gives what it then sees."""
    client.cookies.clear()
    page = client.get("/")
    return client.post("/login", data={"form_key": form_key(page.text), "token": token, "to": to})


def form_key(html: str) -> str:
    """The key of the forms of a page."""
    return re.search(r'name="form_key" value="([^"]+)"', html)[1]

"""Killed at random moments and started again, the service loses nothing and gives no verdict twice."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from patience import comes_true
from small_class import ROOT, SETTINGS, make_folder, notebook

from tlcourse.errors import CourseError
from tlcourse.grading.service.app import serve
from tlcourse.grading.service.served import ServedClass

HERE = Path(__file__).parent


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@contextlib.contextmanager
def service(folder: Path, port: int, judged: Path) -> Iterator[subprocess.Popen]:
    """The service of a folder, once it answers."""
    environment = {**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{HERE}{os.pathsep}{HERE.parents[1]}"}
    command = [sys.executable, str(HERE / "kept_running.py"), str(folder), str(port), str(judged)]
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)
    try:
        assert comes_true(lambda: answers(port) or process.poll() is not None)
        assert process.poll() is None
        yield process
    finally:
        process.kill()
        process.wait()


def answers(port: int) -> bool:
    try:
        return httpx.get(f"http://127.0.0.1:{port}/api").is_success
    except httpx.TransportError:
        return False


def verdicts(folder: Path) -> dict[str, tuple[object, ...]]:
    """The verdict and its moment of each hand-in that has one."""
    connection = sqlite3.connect(f"file:{folder / 'service.db'}?mode=ro", uri=True)
    rows = connection.execute("SELECT public, finished, result FROM handins WHERE state = 'done'").fetchall()
    connection.close()
    return {row[0]: row[1:] for row in rows}


@pytest.mark.turns(3, "tlcourse/grading", "tests/grading/serve")
def test_killed_at_random_moments_it_loses_nothing_and_judges_nothing_twice(tmp_path):
    folder = make_folder(tmp_path / "class", SETTINGS)
    tokens = ServedClass(folder, ROOT).tokens
    people = {who: tokens.make(who) for who in ("ada", "alan", "grace")}
    rng = random.Random(int(os.environ.get("TLCOURSE_SECRET_SEED", "7")))
    port, judged = free_port(), tmp_path / "judged.txt"
    taken: list[str] = []
    seen: dict[str, tuple[object, ...]] = {}
    for _ in range(3):
        with service(folder, port, judged) as process:
            for number in range(4):
                who = rng.choice(sorted(people))
                answer = httpx.post(
                    f"http://127.0.0.1:{port}/api/hand-ins",
                    params={"chapter": "00", "name": f"{number}.ipynb"},
                    content=notebook(rng.choice(["right", "wrong", "blank"])),
                    headers={
                        "Authorization": f"Bearer {people[who]}",
                        "Idempotency-Key": f"request-{rng.getrandbits(60)}",
                    },
                )
                taken.append(answer.json()["id"])
            time.sleep(rng.uniform(0.0, 1.5))
            process.send_signal(signal.SIGKILL)
            process.wait()
        now = verdicts(folder)
        # What had a verdict has the same one still, from the same moment.
        assert seen.items() <= now.items()
        seen = now
    with service(folder, port, judged) as process:
        assert comes_true(lambda: len(verdicts(folder)) == len(taken))
        process.send_signal(rng.choice([signal.SIGINT, signal.SIGTERM]))
        assert process.wait(60) == 0
    now = verdicts(folder)
    assert sorted(now) == sorted(taken)
    assert seen.items() <= now.items()
    # Beyond one for each, only what a kill cut off was tried again: at most one answer was running each time.
    assert len(judged.read_text().split()) <= len(taken) + 3


def test_a_class_has_one_service_at_a_time(tmp_path):
    folder = make_folder(tmp_path / "class", SETTINGS)
    with service(folder, free_port(), tmp_path / "judged.txt"):
        with pytest.raises(CourseError, match="Another service runs for"):
            serve(folder, root=ROOT, port=free_port())


def test_a_port_that_is_taken_is_a_clear_word(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as other:
        with pytest.raises(CourseError, match="cannot listen at"):
            serve(make_folder(tmp_path / "class"), root=ROOT, port=other.getsockname()[1])

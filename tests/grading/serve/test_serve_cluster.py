"""The service on a Dask cluster: workers die, the scheduler dies, and each hand-in gets one verdict."""

from __future__ import annotations

import concurrent.futures
import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from patience import comes_true
from small_class import ROOT, SETTINGS, hand_in, log_in, make_folder, notebook, running

import tlcourse
from tlcourse.errors import CourseError
from tlcourse.grading.sandbox.errors import SandboxUnavailableError
from tlcourse.grading.service import on_cluster

pytest.importorskip("distributed", reason="Dask is among the packages for tests")
on_worker = pytest.importorskip("on_worker")
HERE = Path(__file__).parent
LEARNERS = ("ada", "alan", "grace")


class Machines:
    """A scheduler and workers, in processes of their own."""

    def __init__(self, folder: Path) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = int(free.getsockname()[1])
        self.address, self.folder = f"tcp://127.0.0.1:{self.port}", folder
        self.log, self.started = folder / "judged.txt", []

    def _start(self, *command: str, **environment: str) -> subprocess.Popen:
        path = os.pathsep.join(map(str, (ROOT, HERE, HERE.parents[1])))
        process = subprocess.Popen(
            [sys.executable, "-m", *command, "--no-dashboard"],
            cwd=self.folder,
            env={**os.environ, "PYTHONPATH": path, "JUDGED": str(self.log), **environment},
            stderr=subprocess.DEVNULL,
        )
        self.started.append(process)
        return process

    def scheduler(self) -> subprocess.Popen:
        host = ("--host", "127.0.0.1", "--port", str(self.port))
        return self._start("distributed.cli.dask_scheduler", *host)

    def worker(self, **environment: str) -> subprocess.Popen:
        how = ("--nthreads", "1", "--no-nanny")
        return self._start("distributed.cli.dask_worker", self.address, *how, **environment)

    def lines(self) -> list[list]:
        return [json.loads(line) for line in self.log.read_text().splitlines()] if self.log.exists() else []

    def end(self) -> None:
        for process in self.started:
            process.kill()
            process.wait()


@contextlib.contextmanager
def machines(folder: Path, workers: int = 2) -> Iterator[Machines]:
    """A cluster whose workers have reported to the scheduler."""
    import distributed

    made = Machines(folder)
    try:
        made.scheduler()
        for _ in range(workers):
            made.worker()
        with distributed.Client(made.address, timeout=60, set_as_default=False) as client:
            client.wait_for_workers(workers, timeout=60)
        yield made
    finally:
        made.end()


@contextlib.contextmanager
def serving(folder: Path, address: str) -> Iterator:
    from tlcourse.grading.service.on_cluster import Cluster

    text = SETTINGS.replace("jobs = 1", "jobs = 2")
    with contextlib.closing(Cluster(address, on_worker.judged, on_worker.ready)) as cluster:
        with running(make_folder(folder, text), cluster.judging) as client:
            client.judges.notices = cluster.notices
            client.cluster = cluster
            client.tokens = {who: client.served.tokens.make(who) for who in LEARNERS}
            client.teacher = client.served.tokens.make("instructor K", "instructor")
            yield client


def everybody_hands_in(client, times):
    for number in range(times):
        for who in LEARNERS:
            kind = ("right", "wrong", "blank")[number % 3]
            assert hand_in(client, client.tokens[who], notebook(kind)).status_code == 201


def all_judged(client):
    return all(each.state == "done" for each in client.served.handins.everything())


def test_a_worker_that_is_killed_while_it_judges_costs_nobody_a_verdict(tmp_path):
    with machines(tmp_path) as cluster, serving(tmp_path / "class", cluster.address) as client:
        everybody_hands_in(client, 3)
        assert comes_true(lambda: len(cluster.lines()) >= 5)
        victim = next(pid for what, pid, *_ in reversed(cluster.lines()) if what == "begun")
        os.kill(victim, signal.SIGKILL)
        most = 0
        while not all_judged(client):
            most = max(most, client.served.queue.lengths()[1])
            time.sleep(0.05)
        done = client.served.handins.everything()
        assert [each.result.status for each in done] == ["graded"] * 9
        assert {each.begun for each in done} == {1}
        assert most <= 2
        lines = cluster.lines()
        begun = Counter(seed for what, _, seed, _ in lines if what == "begun")
        ended = Counter(seed for what, _, seed, _ in lines if what == "done")
        # Nine inputs, one for each hand-in; only what the killed worker had begun was begun again.
        assert len(begun) == 9
        assert sum(begun.values()) <= 10
        assert set(ended.values()) == {1}
        # Nobody's name and not the class's seed went to a worker.
        assert {student for *_, student in lines} == {""}
        assert client.served.seed not in begun


@pytest.mark.turns(3, "tlcourse/grading", "tests/grading/serve")
def test_without_a_scheduler_hand_ins_are_taken_and_judged_when_there_is_one_again(tmp_path):
    with machines(tmp_path, 1) as cluster, serving(tmp_path / "class", cluster.address) as client:
        everybody_hands_in(client, 1)
        assert comes_true(lambda: cluster.lines())
        cluster.end()
        everybody_hands_in(client, 1)
        assert comes_true(lambda: client.judges.trouble)
        assert "scheduler" in client.judges.trouble
        log_in(client, client.teacher)
        page = client.get("/class").text
        assert "is broken" in page
        assert "Nothing is judged at the moment" in page
        assert "Dask scheduler" in page
        assert not all_judged(client)
        cluster.scheduler()
        cluster.worker()
        assert comes_true(lambda: all_judged(client), 120)
        done = client.served.handins.everything()
        assert [(each.result.status, each.tries) for each in done] == [("graded", 0)] * 6
        assert comes_true(lambda: "Nothing is judged" not in client.get("/class").text)


@pytest.mark.turns(3, "tlcourse/grading", "tests/grading/serve")
def test_a_worker_without_a_jail_gets_nothing_and_one_alone_is_refused(tmp_path):
    with machines(tmp_path, 1) as cluster:
        with serving(tmp_path / "class", cluster.address) as client:
            cluster.worker(NO_JAIL="1")
            other = cluster.worker(OTHER_VERSION="0.0.1")
            # Only when something is to be judged does the service look at new workers.
            assert comes_true(lambda: client.cluster.size == 3)
            everybody_hands_in(client, 2)
            assert comes_true(lambda: all_judged(client))
            assert comes_true(
                lambda: hand_in(client, client.tokens["ada"]) and len(client.cluster.notices()) == 2
            )
            log_in(client, client.teacher)
            page = client.get("/class").text
            assert "cannot build the jail" in page
            assert "version 0.0.1" in page
            assert len({pid for _, pid, *_ in cluster.lines()}) == 1
        cluster.started[1].kill()
        other.kill()
        with pytest.raises(CourseError, match="None of the workers"):
            with serving(tmp_path / "another", cluster.address):
                pass


class BusyScheduler:
    """A connection to a scheduler that leaves the first questions for its workers unanswered."""

    status = "running"

    def __init__(self, unanswered: int, workers: tuple[str, ...] = ("tcp://w:1",)) -> None:
        self.unanswered, self.workers = unanswered, workers

    def scheduler_info(self, n_workers: int) -> dict:
        self.unanswered -= 1
        if self.unanswered >= 0:
            raise TimeoutError
        return {"workers": dict.fromkeys(self.workers)}

    def submit(self, function, *args, **kwargs):
        future = concurrent.futures.Future()
        future.set_result(function(*args))
        return future

    def close(self, timeout: float) -> None:
        pass


@contextlib.contextmanager
def judging(monkeypatch, client):
    """A cluster behind that connection, once some worker has proved itself."""
    monkeypatch.setattr(on_cluster, "connect", lambda address: client)
    made = on_cluster.Cluster("tcp://s:1", ready=lambda first: tlcourse.__version__)
    with contextlib.closing(made), made.judging(None):
        yield made


def test_a_scheduler_that_is_busy_at_the_start_is_asked_again(monkeypatch):
    client = BusyScheduler(3)
    with judging(monkeypatch, client) as made:
        assert made._workers_that_fit(client) == {"tcp://w:1"}


def test_workers_stay_proved_while_the_scheduler_is_busy(monkeypatch):
    monkeypatch.setattr(on_cluster, "_BETWEEN_CHECKS", 0.0)
    client = BusyScheduler(0)
    with judging(monkeypatch, client) as made:
        client.unanswered = 2
        told = [made._workers_that_fit(client) for _ in range(4)]
        assert told == [{"tcp://w:1"}] * 4
        client.workers = ()
        assert made._workers_that_fit(client) == set()


def test_a_cluster_that_stays_without_workers_is_refused_after_a_while(monkeypatch):
    monkeypatch.setattr(on_cluster, "_APPEARING", 0.5)
    begun = time.monotonic()
    with pytest.raises(SandboxUnavailableError, match="None of the workers"):
        with judging(monkeypatch, BusyScheduler(0, ())):
            pass
    assert 0.5 <= time.monotonic() - begun < 20

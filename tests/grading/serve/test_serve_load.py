"""A class that hands in all at once: nothing is lost, and one who floods the queue holds nobody up."""

from __future__ import annotations

import contextlib
import threading
from concurrent.futures import ThreadPoolExecutor

from small_class import SETTINGS, hand_in, make_folder, notebook, quick, running, verdict

FLOOD, CLASS = 15, 20


def test_twenty_at_once_and_one_who_floods(tmp_path):
    names = [f"learner{number:02d}" for number in range(CLASS)]
    roster = "student,name\nflood,Flood\n" + "".join(f"{name},{name.title()}\n" for name in names)
    folder = make_folder(tmp_path / "class", SETTINGS.replace("jobs = 1", "jobs = 2"), roster)
    all_are_in = threading.Event()

    @contextlib.contextmanager
    def patient(first):
        with quick(first) as judge:

            def judged(task):
                assert all_are_in.wait(60)
                return judge(task)

            yield judged

    with running(folder, patient) as client:
        tokens = {name: client.served.tokens.make(name) for name in ("flood", *names)}
        senders = ["flood"] * FLOOD + names
        contents = [notebook(("right", "wrong", "blank")[number % 3]) for number in range(len(senders))]
        with ThreadPoolExecutor(10) as pool:
            answers = list(
                pool.map(lambda who, content: hand_in(client, tokens[who], content), senders, contents)
            )
        all_are_in.set()
        assert {answer.status_code for answer in answers} == {201}
        for who, answer in zip(senders, answers, strict=True):
            assert verdict(client, tokens[who], answer.json()["id"])["status"] == "graded"
        done = client.served.handins.everything()
        begun = sorted(done, key=lambda each: each.finished)
    assert len(done) == len(senders)
    assert all(each.begun == 1 for each in done)
    # The flood came first, and yet most of it is still waiting when everybody else has a verdict.
    last_of_the_class = max(number for number, each in enumerate(begun) if each.learner != "flood")
    assert sum(each.learner == "flood" for each in begun[last_of_the_class:]) >= FLOOD - 3

"""The process that runs probes: ``python -m tlcourse.exercises.engine.runner --framework torch``.

One line of JSON per job comes in, one line per job goes out, plain data only: no pickle, and no verdict. The
process imports its framework once and gives every job a fresh namespace. What the learner's code prints
cannot reach the protocol. `tlcourse.exercises.engine.jobs` is the other end.

This keeps mistakes apart, not attackers: a student's code can do to this process and to the machine
whatever the user it runs as can. The grader wraps the command in a sandbox and gives every student a
process of their own.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Sequence
from dataclasses import asdict, replace
from typing import IO, Any

from tlcourse.exercises.engine.cells import stand_in_for_checks
from tlcourse.exercises.engine.loading import run_answer
from tlcourse.exercises.engine.model import Observation
from tlcourse.exercises.engine.observe import observe_in_process
from tlcourse.exercises.engine.plain import from_json, to_json
from tlcourse.exercises.engine.registry import add_module, get
from tlcourse.exercises.engine.withheld import data_withheld

__all__ = ["main"]


def _take_streams() -> tuple[IO[bytes], IO[bytes]]:
    """Keep the protocol on descriptors of its own; give learners an empty stdin and send what they print "
    "away."""
    jobs = os.fdopen(os.dup(0), "rb")
    results = os.fdopen(os.dup(1), "wb")
    null = os.open(os.devnull, os.O_RDWR)
    os.dup2(null, 0)
    os.dup2(null, 1)
    os.close(null)
    return jobs, results


def _run(request: dict[str, Any], framework: str) -> Observation:
    exercise = get(request["exercise"])
    with data_withheld(exercise, framework):
        loaded = run_answer(exercise, request["source"], request["setup"], main=True)
    if loaded.failed is not None:
        return loaded.failed
    seen = observe_in_process(exercise, loaded.answer, request["inputs"], framework, seed=request["seed"])
    return replace(seen, note=loaded.note)


def main(arguments: Sequence[str] | None = None) -> None:
    """The worker: jobs from stdin, observations to stdout, until stdin ends."""
    parser = argparse.ArgumentParser(prog="tlcourse.exercises.engine.runner", description=__doc__)
    parser.add_argument("--framework", required=True, choices=("torch", "keras"))
    parser.add_argument("--module", action="append", default=[], help="another module with EXERCISES")
    options = parser.parse_args(arguments)
    jobs, results = _take_streams()
    for module in options.module:
        add_module(module)
    from tlcourse import start

    stand_in_for_checks()
    started = ""
    home = os.getcwd()
    for line in jobs:
        request = from_json(line.decode("ascii"))
        chapter = get(request["exercise"]).chapter
        if chapter != started:
            start(chapter, framework=options.framework, seed=request["seed"])
            started = chapter
        observation = _run(request, options.framework)
        os.chdir(home)
        reply = {**asdict(observation), "seconds": float(observation.seconds), "ticket": request["ticket"]}
        results.write(to_json(reply).encode() + b"\n")
        results.flush()


if __name__ == "__main__":
    main()

"""The worker process against answers that hang, end it, forge replies or fill its output."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from toy_exercises import MEAN

from tlcourse.exercises import Job, State, add_module, judge_observation, observe_in_subprocess

RIGHT = "def mean(x):\n    return x.mean()\n"
HANGS = """
import time
def mean(x):
    while True:
        try:
            time.sleep(60)
        except BaseException:
            pass
"""
PRINTS = """
import os
print("x" * 100000)
def mean(x):
    os.write(1, b"{}\\n" * 1000)
    print("{}")
    return x.mean()
"""
READS = """
def mean(x):
    try:
        input()
    except EOFError:
        return x.mean()
"""
FORGES = """
import os
def mean(x):
    for descriptor in range(3, 30):
        try:
            os.write(descriptor, b"[1]\\n{}\\n")
        except OSError:
            pass
    return 1.0
"""
JOBS = {
    "right": RIGHT,
    "stub": "def mean(x):\n    ...  # your code here\n",
    "nothing": "",
    "ends": "import os\ndef mean(x):\n    os._exit(3)\n",
    "after an end": RIGHT,
    "hangs": HANGS,
    "after a hang": RIGHT,
    "exits": "import sys\ndef mean(x):\n    sys.exit(0)\n",
    "exits while it is defined": "raise SystemExit\n",
    "prints": PRINTS,
    "reads": READS,
    "forges": FORGES,
    "after a forgery": RIGHT,
    "closes everything": "import os\ndef mean(x):\n    os.closerange(0, 50)\n    return x.mean()\n",
    "leaves a global": "left = 1\ndef mean(x):\n    return 7.0\n",
    "has a fresh namespace": "def mean(x):\n    return x.mean() if 'left' not in globals() else 0\n",
    "changes folder": "import os\nos.chdir('/')\n" + RIGHT,
    "uses the setup": "def mean(x):\n    return np.mean(x)\n",
    "last": RIGHT,
}
PASSING = {
    "right",
    "after an end",
    "after a hang",
    "prints",
    "reads",
    "after a forgery",
    "has a fresh namespace",
    "changes folder",
    "uses the setup",
    "last",
}


@pytest.fixture(scope="module")
def reports():
    add_module("toy_exercises")
    env = {
        **os.environ,
        "PYTHONPATH": str(Path(__file__).parent),
        "OMP_NUM_THREADS": "1",
        "TLCOURSE_THREADS": "1",
    }
    # The same worker, without a framework's seconds of import for every process that these answers end.
    code = "import tlcourse\ntlcourse.start = lambda *a, **k: None\n"
    code += "from tlcourse.exercises.engine.runner import main\nmain()"
    argv = [sys.executable, "-c", code, "--framework", "torch", "--module", "toy_exercises"]
    inputs = MEAN.draw(11)
    setup = "import numpy as np\nraise RuntimeError('an experiment that failed')"
    jobs = [Job(MEAN.id, source, inputs, setup) for source in JOBS.values()]
    import tlcourse.exercises.engine.jobs as module

    patch = pytest.MonkeyPatch()
    patch.setattr(module, "STARTING", 5.0)
    seen = observe_in_subprocess(jobs, "torch", timeout=2, argv=argv, env=env)
    patch.undo()
    return {name: judge_observation(MEAN, found, inputs) for name, found in zip(JOBS, seen, strict=True)}


@pytest.mark.parametrize("name", sorted(PASSING))
def test_right_answers_pass_whoever_came_before(reports, name):
    assert reports[name].state is State.PASS, reports[name]


@pytest.mark.parametrize("name", ["stub", "nothing"])
def test_blank_answers_are_not_attempted(reports, name):
    assert reports[name].state is State.NOT_ATTEMPTED


@pytest.mark.parametrize("name", sorted(set(JOBS) - PASSING - {"stub", "nothing"}))
def test_the_others_get_nothing(reports, name):
    assert reports[name].points == 0
    assert reports[name].state in (State.ERROR, State.NOT_YET)


def test_each_end_is_told_apart(reports):
    assert "ended while your code ran (with status 3)" in str(reports["ends"])
    assert "still running" in str(reports["hangs"])
    assert "SystemExit" in str(reports["exits"])
    assert "SystemExit" in str(reports["exits while it is defined"])


def test_a_worker_that_cannot_start_is_reported():
    argv = [sys.executable, "-c", "import sys; sys.exit('no such thing')"]
    (seen,) = observe_in_subprocess([Job(MEAN.id, RIGHT, MEAN.draw(1))], "torch", argv=argv)
    assert seen.kind == "died"
    assert "no such thing" in seen.printed

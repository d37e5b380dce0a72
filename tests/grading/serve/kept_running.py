"""A service in a process of its own, with a judge that only waits: to be killed at any moment."""

from __future__ import annotations

import contextlib
import os
import sys
import time
from pathlib import Path

import small_class

from tlcourse.grading.service.app import serve

if __name__ == "__main__":
    import tlcourse.grading.service.app as app
    from tlcourse.grading.service.worker import Judges

    @contextlib.contextmanager
    def slow(first):
        with small_class.quick(first) as judge:

            def judged(task):
                time.sleep(0.05)
                # What was judged, for the test to count: a line is written whole or not at all.
                with open(sys.argv[3], "a") as file:
                    file.write(f"{task.seed}\n")
                return judge(task)

            yield judged

    app.Judges = lambda served, jobs=None: Judges(served, slow, jobs)
    os.environ["PYTHONUNBUFFERED"] = "1"
    serve(Path(sys.argv[1]), root=small_class.ROOT, port=int(sys.argv[2]))

"""A worker: one process, one framework, one thread, many rows.

``python -m tlcourse.sweeps.worker torch`` reads a job a line from standard input, ``{"sweep", "settings"}``,
and answers each with a line, ``{"row": …}`` or ``{"error": …}``. It ends when standard input does, in the
middle of a row too: then whoever asked for the row is gone.
"""

from __future__ import annotations

import os

# Before anything that starts threads: one thread makes rows repeatable, and seconds comparable.
THREADS = dict.fromkeys(
    (
        "OMP_NUM_THREADS",
        "MKL_NUM_THREADS",
        "OPENBLAS_NUM_THREADS",
        "TF_NUM_INTRAOP_THREADS",
        "TF_NUM_INTEROP_THREADS",
        "TLCOURSE_THREADS",
    ),
    "1",
)
os.environ.update(THREADS)

import json  # noqa: E402
import queue  # noqa: E402
import sys  # noqa: E402
import threading  # noqa: E402
import traceback  # noqa: E402
from typing import Any, TextIO  # noqa: E402


def _listen(jobs: queue.Queue[str | None]) -> None:
    for line in sys.stdin:
        jobs.put(line)
    jobs.put(None)
    os._exit(0)  # the parent is done with us, or dead: no row may go on for nobody


def main(framework: str, answers: TextIO) -> None:
    """Serve rows until standard input ends."""
    from tlcourse.sweeps.engine.registry import get
    from tlcourse.sweeps.engine.rows import run_row

    if framework != "plain":
        import tlcourse

        tlcourse.start("sweep", framework=framework, seed=0)
    jobs: queue.Queue[str | None] = queue.Queue()
    threading.Thread(target=_listen, args=(jobs,), daemon=True).start()
    print(json.dumps({"ready": framework}), file=answers, flush=True)
    while (line := jobs.get()) is not None:
        job = json.loads(line)
        answer: dict[str, Any]
        try:
            answer = {"row": run_row(get(job["sweep"]), job["settings"], framework)}
        except Exception as error:
            answer = {"error": str(error) or type(error).__name__, "traceback": traceback.format_exc()}
        print(json.dumps(answer), file=answers, flush=True)


if __name__ == "__main__":
    # Answers keep the real standard output to themselves; whatever else prints goes to standard error.
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    main(sys.argv[1], answers)

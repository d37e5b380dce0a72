"""A class that hands in all at once: how long does each learner wait for the verdict?

    python tools/load_service.py                                   200 hand-ins within a minute, chapter 2
    python tools/load_service.py --learners 20 --seconds 5 --chapter 00

A class is made up in a folder that is deleted afterwards, and `tlcourse serve` runs for it with its jail.
Every learner hands in once, at moments that are spread evenly. Some answers are right, wrong or missing.
The wait is from the moment when a hand-in was stored to the moment when its verdict was.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
import resource
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import httpx
import nbformat
import numpy as np

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tlcourse.grading.record import load_record  # noqa: E402
from tlcourse.grading.sample import answers_of, fill  # noqa: E402
from tlcourse.grading.service.handins import HandIn  # noqa: E402
from tlcourse.grading.service.making import make_folder  # noqa: E402
from tlcourse.grading.service.served import ServedClass  # noqa: E402


def notebooks(chapter: str, framework: str, count: int) -> list[bytes]:
    """A notebook for each learner, as `tlcourse sample-class` makes them up."""
    record, rng = load_record(ROOT, chapter, framework), np.random.default_rng(0)
    return [nbformat.writes(fill(record, answers_of(ROOT, record, n, rng))).encode() for n in range(count)]


@contextlib.contextmanager
def service(folder: Path, jobs: int | None) -> Iterator[str]:
    """`tlcourse serve` for a folder, once it answers."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "tlcourse.commands.cli", "serve", str(folder), "--port", str(port)]
    command += ["--jobs", str(jobs)] if jobs else []
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, env=os.environ)
    address = f"http://127.0.0.1:{port}"
    try:
        while not answers(address):
            if process.poll() is not None:
                raise SystemExit("The service did not start.")
            time.sleep(0.2)
        yield address
    finally:
        process.send_signal(signal.SIGINT)
        process.wait()


def answers(address: str) -> bool:
    try:
        return httpx.get(f"{address}/api").is_success
    except httpx.TransportError:
        return False


async def hand_all_in(
    address: str, tokens: list[str], contents: list[bytes], chapter: str, seconds: float
) -> Counter[int]:
    """Every learner hands in once, spread over so many seconds; gives the statuses that came back."""
    async with httpx.AsyncClient(base_url=address, timeout=120.0) as client:

        async def one(number: int) -> int:
            await asyncio.sleep(seconds * number / len(tokens))
            answer = await client.post(
                "/api/hand-ins",
                params={"chapter": chapter, "name": f"{chapter}-load.ipynb"},
                content=contents[number],
                headers={
                    "Authorization": f"Bearer {tokens[number]}",
                    "Idempotency-Key": f"load-{number:06d}",
                },
            )
            return answer.status_code

        return Counter(await asyncio.gather(*(one(number) for number in range(len(tokens)))))


def stages(done: list[HandIn], jobs: int, wall: float) -> str:
    """Where the time went: in the jail and beside it."""
    judged = sum(each.result.seconds for each in done if each.result is not None)
    return (
        f"in all {jobs * wall:.0f} s of {jobs} slots: {judged:.0f} s in which answers were tried and judged "
        f"({judged / max(1, len(done)):.2f} s for each hand-in); the rest is reading, storing and waiting"
    )


def load(chapter: str, framework: str, learners: int, seconds: float, jobs: int | None) -> bool:
    """Run it and print what came out; whether every hand-in got its verdict."""
    with tempfile.TemporaryDirectory(prefix="tlcourse-load-", ignore_cleanup_errors=True) as place:
        folder = Path(place) / "class"
        make_folder(folder, [chapter])
        names = [f"learner{number:04d}" for number in range(learners)]
        (folder / "roster.csv").write_text("student\n" + "\n".join(names) + "\n")
        served = ServedClass(folder, ROOT)
        tokens = [served.tokens.make(name) for name in names]
        contents = notebooks(chapter, framework, learners)
        with service(folder, jobs) as address:
            print(
                f"{learners} hand-ins of chapter {chapter} ({framework}) within {seconds:g} s ...", flush=True
            )
            begun = time.monotonic()
            statuses = asyncio.run(hand_all_in(address, tokens, contents, chapter, seconds))
            while any(served.queue.lengths()):
                time.sleep(0.5)
            wall = time.monotonic() - begun
        # Of all that the service started; what the machine did besides is not in it.
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        done = served.handins.everything()
        waits = sorted(each.finished - each.received for each in done if each.finished is not None)
        verdicts = Counter(each.result.status for each in done if each.result is not None)
    print(f"taken: {statuses[201]} of {learners}; verdicts: {dict(verdicts)}; all done after {wall:.0f} s")
    print(stages(done, jobs or os.cpu_count() or 1, wall))
    spent = (used.ru_utime + used.ru_stime) / learners
    print(f"processor time of the service: {spent:.2f} s for each hand-in, its start included")
    print(f"load of the machine during the last minute: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    print(f"wait for the verdict: median {statistics.median(waits):.1f} s, longest {waits[-1]:.1f} s")
    return statuses[201] == learners == len(waits)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--chapter", default="02")
    parser.add_argument("--framework", default="torch", choices=("torch", "keras"))
    parser.add_argument("--learners", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--jobs", type=int)
    given = parser.parse_args()
    if not load(given.chapter, given.framework, given.learners, given.seconds, given.jobs):
        raise SystemExit("Something was lost.")


if __name__ == "__main__":
    main()

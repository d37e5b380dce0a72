"""``python -m tlcourse.sweeps``: what ``tlcourse results`` does, without the rest of the command line."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from typing import Any

from tlcourse.errors import CourseError
from tlcourse.sweeps.engine.check import check_sweeps
from tlcourse.sweeps.engine.rehash import rehash_sweeps
from tlcourse.sweeps.engine.run import run_sweeps

__all__ = ["main"]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run, check or rehash the sweeps that the arguments name; gives the exit status."""
    parser = argparse.ArgumentParser(prog="tlcourse results", description=run_sweeps.__doc__)
    parser.add_argument("name", nargs="*", help="sweeps; all by default")
    parser.add_argument("--framework", action="append", help="only this one; may be repeated")
    parser.add_argument("--jobs", type=int, help="worker processes; one per core by default")
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--check", action="store_true", help="re-run a sample and compare")
    what.add_argument(
        "--rehash", action="store_true", help="give stale rows the new hash if a sample comes out as recorded"
    )
    parser.add_argument(
        "--sample", type=int, help="rows per sweep and framework, at most; 2 to check, 5 to rehash"
    )
    parser.add_argument("--minutes", type=float, help="check: processor minutes for the sample, in all")
    parser.add_argument("--salt", default="", help="chooses the sample")
    chosen = parser.parse_args(arguments)
    common: dict[str, Any] = {"frameworks": chosen.framework, "jobs": chosen.jobs}
    common["echo"] = lambda line: print(line, flush=True)
    try:
        if chosen.check:
            sampling = {"minutes": chosen.minutes, "salt": chosen.salt}
            good = check_sweeps(
                chosen.name, sample=2 if chosen.sample is None else chosen.sample, **sampling, **common
            )
        elif chosen.rehash:
            good = rehash_sweeps(
                chosen.name, sample=5 if chosen.sample is None else chosen.sample, salt=chosen.salt, **common
            )
        else:
            good = run_sweeps(chosen.name, **common)
    except CourseError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nStopped. What is done is kept; the same command goes on from here.", file=sys.stderr)
        return 130
    return 0 if good else 1

"""The build as a plain command, for the Makefile of a machine that lacks the command line's packages."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from tlcourse.authoring.build import build
from tlcourse.errors import CourseError

__all__ = ["main"]


def main(arguments: Sequence[str] | None = None) -> int:
    """Build as the arguments say; the exit status."""
    parser = argparse.ArgumentParser(prog="python -m tlcourse.authoring.build", description=__doc__)
    parser.add_argument("--root", default=".")
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--no-execute", dest="execute", action="store_false")
    parser.add_argument("--force", action="store_true")
    parser.add_argument("--chapter", action="append", dest="chapters")
    parser.add_argument("--framework", action="append", dest="frameworks")
    try:
        report = build(**vars(parser.parse_args(arguments)))
    except CourseError as error:
        print(error)
        return 1
    return 0 if report.ok else 1


if __name__ == "__main__":
    raise SystemExit(main())

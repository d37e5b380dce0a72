"""Hand a file of predictions in for a challenge of the class, and say what it scores."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tlcourse.errors import CourseError

__all__ = ["hand_predictions_in"]


def hand_predictions_in(
    file: Path, challenge: str, to: str | None = None, *, echo: Callable[[str], object] = print
) -> None:
    """Hand predictions in, and say their score on the public part of the test images.

    Parameters
    ----------
    file : pathlib.Path
        A table with the columns file and label.
    challenge : str
        Its name in the class.
    to : str, optional
        As for `tlcourse.submit`.
    echo : callable
        Shows a line.

    Raises
    ------
    CourseError
        If the file cannot be read, nobody answers at the address, the token is wrong, or the class does not
        take it: too late, too large, no try left.
    """
    from tlcourse.handing_in.client import Client
    from tlcourse.handing_in.tokens import address_of

    try:
        content = file.read_bytes()
    except OSError as error:
        raise CourseError(f"{file} cannot be read ({error.strerror}).", "Give the .csv file.") from None
    address = address_of(to)
    with Client(address) as client:
        title = client.check_challenge(challenge)
        path, about = f"/api/challenges/{challenge}", {"name": file.name}
        taken, _ = client.with_token(
            lambda token: client.post(path, token, uuid.uuid4().hex, content, about, "text/csv")
        )
    page = taken.get("page") or f"{address}{taken['path']}"
    echo(f"Handed in to {title}: {file.name}. Your tries: {page}")
    for line in _words(taken):
        echo(line)


def _words(taken: dict[str, Any]) -> list[str]:
    if taken["try"] is None:
        return [
            f"Not scored, because {taken['reason']}. {taken['advice']}".strip(),
            "It is not counted as a try.",
        ]
    part = f"{taken['public']} of the {taken['images']}" if taken["public"] < taken["images"] else "all"
    return [
        f"Try {taken['try']} of {taken['tries']}: your {taken['measure']} on {part} test images is "
        f"{taken['percent']} %, rounded down (95 % interval: {taken['low']} to {taken['high']} %)."
    ]

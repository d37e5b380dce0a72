"""`tlcourse.submit`: from the notebook on the disk to the verdict."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

__all__ = ["hand_in", "submit"]

_SECONDS = 180.0


def submit(
    file: str | Path | None = None, to: str | None = None, *, wait: bool = True, anyway: bool = False
) -> None:
    """Hand a notebook in to your class, and wait for the verdict.

    Parameters
    ----------
    file : str or path, optional
        The notebook; by default the one that this is called in.
    to : str, optional
        The class's address; by default the environment variable ``TLCOURSE_SERVER``, else the one of this
        JupyterHub, else the last one.
    wait : bool
        Wait for the verdict, for up to three minutes.
    anyway : bool
        Hand in what the file holds, even if it is not what was run.

    Raises
    ------
    CourseError
        If the notebook is not saved or not of the course, if nobody answers at the address, if the token is
        wrong, and whenever the class does not take it (too late, too large, too often).

    Examples
    --------
    ::

        tlcourse.submit(to="https://class.example.org")
    """
    from tlcourse.handing_in.notebook import check_saved, open_notebook, this_notebook

    work = open_notebook(Path(file) if file is not None else this_notebook())
    if file is None and not anyway:
        check_saved(work)
    hand_in(work, to, wait=wait, echo=print)


def hand_in(work: Any, to: str | None, *, wait: bool = True, echo: Callable[[str], object] = print) -> None:
    """Hand a notebook in that was opened before, and say what came of it.

    Parameters
    ----------
    work : tlcourse.handing_in.notebook.Work
    to, wait
        As for `submit`.
    echo : callable
        Shows a line.
    """
    from tlcourse.handing_in.client import Client
    from tlcourse.handing_in.tokens import address_of

    address = address_of(to)
    with Client(address) as client:
        title = client.check(work)
        handed, token = client.with_token(lambda token: client.send(work, token))
        page = handed.get("page") or f"{address}{handed['path']}"
        echo(f"Handed in to {title}: {work.path.name}. The verdict: {page}")
        if not wait:
            return
        told: set[str] = set()

        def tell(state: dict[str, Any]) -> None:
            ahead = state.get("ahead", 0)
            line = "Your answers are being tried ..." if state.get("state") == "running" else "Waiting ..."
            if state.get("state") == "waiting" and ahead:
                line = f"Waiting: {ahead} {'is' if ahead == 1 else 'are'} ahead ..."
            if state.get("again") and state.get("state") == "waiting":
                line = "Your notebook is judged again: the machine was too busy ..."
            if state.get("trouble"):
                line = "The judging stands still at the moment. Your notebook is stored, and nothing is lost."
            if line not in told:
                told.add(line)
                echo(line)

        state = client.wait(handed, token, _SECONDS, tell)
    for line in _words(state):
        echo(line)


def _words(state: dict[str, Any]) -> list[str]:
    if state.get("state") != "done":
        return ["There is no verdict yet. Open the page later: your notebook is stored."]
    if state["status"] == "not graded":
        return [f"Not graded, because {state['reason']}. {state['advice']}".strip()]
    if state["status"] == "not judged":
        return [
            "Not judged: the service could not, and that is not your fault. It is not counted.",
            "Hand in again, or ask your instructor to have it judged again.",
        ]
    if state["status"] != "graded":
        return ["It was judged. Your instructor will show you the feedback later."]
    lines = [
        f"{each['state']:<14} {each['title']}: {each['points']:g} of {each['max_points']}"
        for each in state["exercises"]
    ]
    return [*lines, f"{state['points']:g} of {state['max_points']} points. The page says more."]

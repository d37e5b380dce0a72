"""What is seen of a challenge: a learner's tries, the board, and the instructor's report."""

from __future__ import annotations

import secrets
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from tlcourse.grading.challenge.pages import FOR_STUDENTS, shown_line
from tlcourse.grading.service.api import key_of, page_of, student_of
from tlcourse.grading.service.challenges import Running, Upload
from tlcourse.grading.service.served import ServedClass
from tlcourse.grading.service.teaching import zipped
from tlcourse.grading.service.tokens import Person
from tlcourse.grading.service.web import (
    body_of,
    content_of,
    form_of,
    go_to,
    in_session,
    message,
    page,
    request_name,
)
from tlcourse.grading.words import file_name

__all__ = ["ROUTES"]

_SECONDS = 10
_KINDS = ("*.csv", "report.html", "results.json", f"{FOR_STUDENTS}/*.html", f"{FOR_STUDENTS}/*/*.html")


def _found(request: Request) -> tuple[ServedClass, Running]:
    served: ServedClass = request.app.state.served
    challenge = served.challenges.get(request.path_params["name"])
    if challenge is None:
        raise HTTPException(404)
    return served, challenge


async def tries(request: Request) -> Response:
    """A learner's files for a challenge, with the public score of each, and the form."""
    person = await in_session(request)
    served, challenge = _found(request)
    if person.teaches:
        return go_to(f"/class/challenges/{challenge.name}/report.html")
    rules = challenge.whole.rules
    uploads, called = await run_in_threadpool(_of_learner, served, challenge, person)
    return page(
        "serve_challenge",
        person=person,
        name=challenge.name,
        rules=rules,
        last=challenge.settings.due,
        ended=challenge.ended,
        per_day=challenge.settings.per_day,
        used=sum(line["upload"].number is not None for line in uploads),
        lines=uploads,
        called=called,
        public=len(challenge.public.files),
        count=len(challenge.whole.files),
        address=served.settings.address or str(request.base_url).rstrip("/"),
        under_a_hub=request.app.state.hub is not None,
        request_name=secrets.token_urlsafe(16),
    )


def _of_learner(served: ServedClass, challenge: Running, person: Person) -> tuple[list[dict[str, Any]], str]:
    """The lines of a learner's table, and what the board calls the learner."""
    lines = []
    for upload in served.challenges.of_learner(challenge, person.who):
        scored = upload.number is not None
        lines.append(
            {"upload": upload, "place": served.challenges.place(challenge, upload) if scored else None}
        )
    mine = [place for place in served.challenges.board(challenge) if place.student == person.who]
    called = shown_line(mine[0], _names(served), challenge.settings.names)["who"] if mine else ""
    return lines, called


def _names(served: ServedClass) -> dict[str, str]:
    return {person.student: person.name or person.student for person in served.people()}


async def board(request: Request) -> Response:
    """The board that the class sees: on the public part, and after the end on all test images."""
    person = await in_session(request)
    served, challenge = _found(request)
    if challenge.ended:
        return await _published(served, challenge, "board.html")
    places = await run_in_threadpool(served.challenges.board, challenge)
    names = _names(served)
    return page(
        "serve_board",
        person=person,
        name=challenge.name,
        rules=challenge.whole.rules,
        board=[shown_line(place, names, challenge.settings.names) for place in places],
        count=len(challenge.public.files),
        whole=len(challenge.whole.files),
        live=_SECONDS,
    )


async def mine(request: Request) -> Response:
    """A learner's page of the command, after the end."""
    person = await in_session(request)
    served, challenge = _found(request)
    if person.teaches or not challenge.ended:
        raise HTTPException(404)
    return await _published(served, challenge, f"feedback/{file_name(person.who)}.html")


async def _published(served: ServedClass, challenge: Running, name: str) -> Response:
    """One of the pages for students that the command writes; made again if something came since."""

    def made() -> str:
        out = served.challenges.published(challenge, served.people(), served.files)
        path = out / FOR_STUDENTS / name
        if not path.is_file():
            raise HTTPException(404)
        return path.read_text(encoding="utf-8")

    return HTMLResponse(await run_in_threadpool(made))


async def upload(request: Request) -> Response:
    """Predictions by a form."""
    person = await in_session(request)
    served, challenge = _found(request)
    form = await form_of(request, person)
    student, file = served.people().get(person.who), form.get("predictions")
    if person.teaches or student is None or not isinstance(file, UploadFile):
        return message(400, "Not handed in", "The form held no file.", "Choose the file predictions.csv.")
    content = await content_of(file, served.challenges.largest, served.challenges.too_large)
    await run_in_threadpool(
        served.challenges.accept, student, challenge, file.filename or "", content, request_name(form)
    )
    return go_to(f"/challenges/{challenge.name}")


async def send(request: Request) -> JSONResponse:
    """Predictions by a program: the body is the file, its name is in the query."""
    student = await student_of(request)
    served, challenge = _found(request)
    key = key_of(request)
    content = await body_of(request, served.challenges.largest, served.challenges.too_large)
    name = request.query_params.get("name", "")

    def taken() -> dict[str, Any]:
        stored = served.challenges.accept(student, challenge, name, content, key)
        return _plain(served, challenge, stored)

    plain = await run_in_threadpool(taken)
    return JSONResponse({**plain, "page": page_of(request, plain["path"])}, 201)


def _plain(served: ServedClass, challenge: Running, stored: Upload) -> dict[str, Any]:
    rules = challenge.whole.rules
    plain: dict[str, Any] = {
        "path": f"/challenges/{challenge.name}",
        "title": rules.title,
        "sha256": stored.file_digest,
        "try": stored.number,
        "tries": rules.tries,
    }
    if stored.number is None:
        return {**plain, "reason": stored.reason, "advice": stored.advice}
    place = served.challenges.place(challenge, stored)
    low, high = place.span
    return {
        **plain,
        "measure": rules.measure,
        "percent": place.percent,
        "low": low,
        "high": high,
        "public": len(challenge.public.files),
        "images": len(challenge.whole.files),
    }


async def report(request: Request) -> Response:
    """The class report of `tlcourse challenge grade`, on all test images, as it is now."""
    await in_session(request, teaches=True)
    served, challenge = _found(request)

    def made() -> str:
        out = served.challenges.published(challenge, served.people(), served.files)
        return (out / "report.html").read_text(encoding="utf-8")

    return HTMLResponse(await run_in_threadpool(made))


async def last_board(request: Request) -> Response:
    """The board on all test images, for the instructor at any time."""
    await in_session(request, teaches=True)
    served, challenge = _found(request)
    return await _published(served, challenge, "board.html")


async def students_page(request: Request) -> Response:
    """A student's page, for the instructor: the report has links to them."""
    await in_session(request, teaches=True)
    served, challenge = _found(request)
    name = request.path_params["page"]
    known = {f"{file_name(who)}.html" for who in served.challenges.learners(challenge)}
    if name not in known:
        raise HTTPException(404)
    return await _published(served, challenge, f"feedback/{name}")


async def marks(request: Request) -> Response:
    """What `tlcourse challenge grade` writes, in a zip."""
    await in_session(request, teaches=True)
    served, challenge = _found(request)

    def made() -> Response:
        out = served.challenges.published(challenge, served.people(), served.files)
        return zipped(out, challenge.name, f"challenge-{challenge.name}", _KINDS)

    return await run_in_threadpool(made)


ROUTES = [
    Route("/challenges/{name}", tries, methods=["GET"]),
    Route("/challenges/{name}", upload, methods=["POST"]),
    Route("/challenges/{name}/board.html", board),
    Route("/challenges/{name}/feedback/mine.html", mine),
    Route("/api/challenges/{name}", send, methods=["POST"]),
    # The command's pages link to each other, as they lie in its folder.
    Route("/class/challenges/{name}/report.html", report),
    Route("/class/challenges/{name}/marks.zip", marks),
    Route(f"/class/challenges/{{name}}/{FOR_STUDENTS}/board.html", last_board),
    Route(f"/class/challenges/{{name}}/{FOR_STUDENTS}/feedback/{{page}}", students_page),
]

"""What a program asks the service: `tlcourse submit`, and `tlcourse.submit()` in a notebook."""

from __future__ import annotations

import re
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

import tlcourse
from tlcourse.grading.roster import Student
from tlcourse.grading.service.counting import row_of
from tlcourse.grading.service.feedback import shown_now
from tlcourse.grading.service.handins import HandIn, RefusedError, too_large
from tlcourse.grading.service.served import ServedClass
from tlcourse.grading.service.tokens import Person
from tlcourse.grading.service.web import body_of, by_token

__all__ = ["ROUTES", "key_of", "may_see", "page_of", "student_of"]

_REQUEST = re.compile(r"[A-Za-z0-9_-]{8,100}")


async def about(request: Request) -> JSONResponse:
    """That this is the service, and which chapters it takes: no secret."""
    served: ServedClass = request.app.state.served
    return JSONResponse(
        {
            "service": "tlcourse",
            "version": tlcourse.__version__,
            "title": served.settings.title,
            "chapters": sorted(served.settings.chapters),
            "challenges": sorted(served.settings.challenges),
        }
    )


async def hand_in(request: Request) -> JSONResponse:
    """Take a notebook: the body is the file, its chapter and its name are in the query."""
    student = await student_of(request)
    served: ServedClass = request.app.state.served
    key = key_of(request)
    chapter, name = request.query_params.get("chapter", ""), request.query_params.get("name", "")
    content = await body_of(request, served.settings.largest, too_large(served.settings))
    handin = await run_in_threadpool(
        served.handins.accept, student, chapter, name, content, key, served.settings
    )
    request.app.state.judges.wake()
    plain = await run_in_threadpool(_plain, served, handin)
    return JSONResponse({**plain, "page": page_of(request, plain["path"])}, 201)


async def student_of(request: Request) -> Student:
    """The student whose program hands something in.

    Raises
    ------
    RefusedError
        401 without a valid token, 403 for an instructor's.
    """
    person = await by_token(request)
    served: ServedClass = request.app.state.served
    student = served.people().get(person.who) if not person.teaches else None
    if student is None:
        raise RefusedError(
            403, "An instructor hands nothing in.", "Put yourself in the roster, and hand in as that student."
        )
    return student


def page_of(request: Request, path: str) -> str:
    """A page's address in a browser, if the service knows its own; "" otherwise."""
    hub = request.app.state.hub
    address = request.app.state.served.settings.address or (hub.public if hub is not None else "")
    return f"{address}{path}" if address else ""


def key_of(request: Request) -> str:
    """The name that a request has of its own: sent again, it is the same hand-in.

    Raises
    ------
    RefusedError
        400 if it has none.
    """
    key = request.headers.get("idempotency-key", "")
    if not _REQUEST.fullmatch(key):
        raise RefusedError(
            400, "The request has no name of its own (Idempotency-Key).", "Use tlcourse submit."
        )
    return key


async def state(request: Request) -> JSONResponse:
    """Where a hand-in stands."""
    person = await by_token(request)
    served: ServedClass = request.app.state.served
    handin = await run_in_threadpool(served.handins.get, request.path_params["public"])
    if handin is None or not may_see(person, handin):
        raise RefusedError(404, "There is no such hand-in.", "Look at the address again.")
    plain = await run_in_threadpool(_plain, served, handin)
    return JSONResponse({**plain, "trouble": bool(request.app.state.judges.trouble)})


def may_see(person: Person, handin: HandIn) -> bool:
    """Whether a hand-in is somebody's business."""
    return person.teaches or person.who == handin.learner


def _plain(served: ServedClass, handin: HandIn) -> dict[str, Any]:
    plain: dict[str, Any] = {
        "id": handin.public,
        "path": f"/hand-ins/{handin.public}",
        "state": handin.state,
        "sha256": handin.digest,
    }
    if handin.result is None:
        return {**plain, "ahead": served.handins.ahead(handin), "again": handin.tries > 0}
    if handin.given_up:
        return {**plain, "status": "not judged"}
    if handin.result.status == "not graded":
        return {
            **plain,
            "status": "not graded",
            "reason": handin.result.reason,
            "advice": handin.result.advice,
        }
    level = shown_now(served, handin)
    if level == "none":
        return {**plain, "status": "judged"}
    row = row_of(served, handin, by_hand=False)
    return {
        **plain,
        "status": "graded",
        "points": row.points,
        "max_points": row.max_points,
        "exercises": [
            {
                "id": m.exercise_id,
                "title": m.title,
                "state": m.state.value,
                "points": m.points,
                "max_points": m.max_points,
            }
            for m in handin.result.marks
        ],
    }


ROUTES = [
    Route("/api", about),
    Route("/api/hand-ins", hand_in, methods=["POST"]),
    Route("/api/hand-ins/{public}", state),
]

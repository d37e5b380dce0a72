"""A learner's pages: log in, my hand-ins, one hand-in, hand in by a form."""

from __future__ import annotations

import secrets
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from tlcourse.grading.pages import rendered
from tlcourse.grading.service.api import may_see
from tlcourse.grading.service.counting import counted, row_of
from tlcourse.grading.service.feedback import page_of, shown_now
from tlcourse.grading.service.handins import HandIn, too_large
from tlcourse.grading.service.served import ServedClass
from tlcourse.grading.service.web import (
    COOKIE,
    base,
    content_of,
    form_of,
    go_to,
    in_session,
    login_key,
    message,
    page,
    request_name,
    text_of,
)

__all__ = ["ROUTES", "TOKEN_ROUTES", "chapters_of", "login_page"]

_SECONDS = 2
"""Between two looks of a page that waits for a verdict."""


def login_page(request: Request, to: str, problem: str = "", status: int = 200) -> Response:
    """The form to log in; afterwards the browser goes to that page of ours."""
    served: ServedClass = request.app.state.served
    cookies: dict[str, str] = {}
    key = login_key(request, cookies)
    html = rendered(
        "serve_login",
        title=served.settings.title,
        problem=problem,
        form_key=key,
        to=to,
        person=None,
        base=base(),
    )
    response = HTMLResponse(html, status)
    for name, value in cookies.items():
        response.set_cookie(name, value, httponly=True, samesite="strict", secure=_secure(request))
    return response


def _secure(request: Request) -> bool:
    served: ServedClass = request.app.state.served
    return served.settings.address.startswith("https://")


async def log_in(request: Request) -> Response:
    """A token in a form becomes a session."""
    served: ServedClass = request.app.state.served
    form = await form_of(request, None)
    to = _inside(text_of(form, "to"))
    session = await run_in_threadpool(served.tokens.begin_session, text_of(form, "token").strip())
    if session is None:
        return login_page(request, to, "The service does not know this token. Copy it again, whole.", 403)
    response = go_to(to)
    # Lax: a link in a notebook opens the page; a form of another site is sent without the cookie.
    response.set_cookie(COOKIE, session, httponly=True, samesite="lax", secure=_secure(request))
    return response


def _inside(path: str) -> str:
    """A path of ours, never an address elsewhere."""
    inside = path.startswith("/") and not path.startswith(("//", "/\\")) and path.isprintable()
    return path if inside else "/"


async def log_out(request: Request) -> Response:
    """End the session."""
    person = await in_session(request)
    await form_of(request, person)
    await run_in_threadpool(request.app.state.served.tokens.end_session, person.session)
    response = go_to("/")
    response.delete_cookie(COOKIE)
    return response


async def home(request: Request) -> Response:
    """A learner's hand-ins; an instructor goes to the class."""
    person = await in_session(request)
    if person.teaches:
        return go_to("/class")
    served: ServedClass = request.app.state.served
    return page(
        "serve_learner",
        title=served.settings.title,
        person=person,
        chapters=await run_in_threadpool(chapters_of, served, person.who),
        trouble=request.app.state.judges.trouble,
        address=served.settings.address or str(request.base_url).rstrip("/"),
        under_a_hub=request.app.state.hub is not None,
        challenges=list(served.challenges),
        request_name=secrets.token_urlsafe(16),
        live=5,
    )


def chapters_of(served: ServedClass, learner: str, everything: bool = False) -> list[dict[str, Any]]:
    """A learner's hand-ins by chapter, for a table.

    Parameters
    ----------
    served : ServedClass
    learner : str
    everything : bool
        For the instructor: points that the learner does not see yet, too.
    """
    all_of_them = served.handins.of_learner(learner)
    person = served.people().get(learner)
    chapters = []
    for number, rules in sorted(served.settings.chapters.items()):
        handins = [each for each in all_of_them if each.chapter == number]
        best = counted(served, number, handins)
        used = sum(each.result is None or each.result.status == "graded" for each in handins)
        chapters.append(
            {
                "number": number,
                "title": served.title(number),
                "rules": rules,
                "last": rules.last_moment(person.due if person else None),
                "used": used,
                "lines": [_line(served, each, best, everything) for each in handins],
                "marks": best.result.marks if best is not None and best.result is not None else (),
            }
        )
    return chapters


def _line(served: ServedClass, handin: HandIn, best: HandIn | None, everything: bool) -> dict[str, Any]:
    counts = best is not None and best.id == handin.id
    if handin.result is None:
        again = "is judged again" if handin.tries else "waiting"
        verdict, points = {"waiting": again, "running": "being judged"}[handin.state], ""
    elif handin.given_up:
        verdict, points = "not judged: the service is to blame, and it is not counted", ""
    elif handin.result.status == "not graded":
        verdict, points = f"not graded, because {handin.result.reason}", ""
    elif not everything and shown_now(served, handin) == "none":
        verdict, points = "judged", ""
    else:
        row = row_of(served, handin, by_hand=counts)
        verdict, points = "graded", f"{row.points:g} of {row.max_points}" if row.points is not None else ""
    return {"handin": handin, "verdict": verdict, "points": points, "counts": counts}


async def _found(request: Request) -> tuple[Any, HandIn]:
    person = await in_session(request)
    served: ServedClass = request.app.state.served
    handin = await run_in_threadpool(served.handins.get, request.path_params["public"])
    if handin is None or not may_see(person, handin):
        raise HTTPException(404)
    return person, handin


async def one(request: Request) -> Response:
    """A hand-in: its feedback, or where it stands."""
    person, handin = await _found(request)
    served: ServedClass = request.app.state.served
    if handin.result is None:
        return page(
            "serve_waiting",
            chapter=served.title(handin.chapter),
            handin=handin,
            ahead=await run_in_threadpool(served.handins.ahead, handin),
            trouble=request.app.state.judges.trouble,
            person=person,
            live=_SECONDS,
        )
    if handin.given_up and not person.teaches:
        return page("serve_given_up", chapter=served.title(handin.chapter), handin=handin, person=person)
    return HTMLResponse(await run_in_threadpool(page_of, served, handin, everything=person.teaches))


async def notebook(request: Request) -> Response:
    """The file as it was handed in: to be saved, never to be shown."""
    _, handin = await _found(request)
    served: ServedClass = request.app.state.served
    content = await run_in_threadpool(served.handins.content, handin)
    return Response(
        content,
        media_type="application/octet-stream",
        headers={
            "content-disposition": f'attachment; filename="chapter-{handin.chapter}-{handin.id}.ipynb"',
            "content-security-policy": "sandbox; default-src 'none'",
        },
    )


async def hand_in(request: Request) -> Response:
    """A notebook by a form."""
    person = await in_session(request)
    served: ServedClass = request.app.state.served
    form = await form_of(request, person)
    student = served.people().get(person.who)
    file = form.get("notebook")
    if person.teaches or student is None or not isinstance(file, UploadFile):
        return message(400, "Not handed in", "The form held no notebook.", "Choose the .ipynb file.")
    content = await content_of(file, served.settings.largest, too_large(served.settings))
    handin = await run_in_threadpool(
        served.handins.accept,
        student,
        text_of(form, "chapter"),
        file.filename or "",
        content,
        request_name(form),
        served.settings,
    )
    request.app.state.judges.wake()
    return go_to(f"/hand-ins/{handin.public}")


TOKEN_ROUTES = [
    Route("/login", log_in, methods=["POST"]),
    Route("/logout", log_out, methods=["POST"]),
]
"""Where the service itself logs people in."""
ROUTES = [
    Route("/", home),
    Route("/hand-in", hand_in, methods=["POST"]),
    Route("/hand-ins/{public}", one),
    Route("/hand-ins/{public}/notebook", notebook),
]

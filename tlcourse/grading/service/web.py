"""What every request goes through: its size, who sends it, and what a browser may do with the answer."""

from __future__ import annotations

import asyncio
import hmac
import secrets
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData, MutableHeaders, UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tlcourse.grading.pages import rendered
from tlcourse.grading.service.handins import RefusedError
from tlcourse.grading.service.served import ServedClass
from tlcourse.grading.service.tokens import Person

if TYPE_CHECKING:
    from tlcourse.grading.service.hub import Hub

__all__ = [
    "COOKIE",
    "Headers",
    "NeedsLogin",
    "SmallBodies",
    "UnderPrefix",
    "base",
    "body_of",
    "by_token",
    "content_of",
    "form_of",
    "in_session",
    "login_key",
    "message",
    "path_of",
    "request_name",
    "text_of",
]

COOKIE, _LOGIN_COOKIE = "tlcourse-session", "tlcourse-login"
_SECONDS_FOR_A_BODY = 120.0
_MORE_THAN_THE_FILE = 100_000  # bytes of a form around the notebook
_HEADERS = {
    "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; img-src data:; "
    "script-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "cache-control": "no-store",
}


class NeedsLogin(Exception):
    """A page that is nobody's business without a session."""


_base: ContextVar[str] = ContextVar("base", default="")
_logout: ContextVar[str] = ContextVar("logout", default="")


def base() -> str:
    """What every address of ours begins with: "" alone, "/services/tlcourse" under a JupyterHub."""
    return _base.get()


def path_of(request: Request) -> str:
    """A request's path within the service."""
    return request.url.path.removeprefix(base())


class UnderPrefix:
    """Serve under a prefix, which a proxy leaves in the path.

    Parameters
    ----------
    app : ASGI application
    prefix : str
        Such as "/services/tlcourse".
    logout : str
        The page where people log out, which is not ours.
    """

    def __init__(self, app: ASGIApp, prefix: str, logout: str) -> None:
        self.app, self._prefix, self._at = app, prefix, logout

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            _base.set(self._prefix)
            _logout.set(self._at)
            path = scope["path"]
            if path == self._prefix:
                await RedirectResponse(f"{self._prefix}/", 308)(scope, receive, send)
                return
            if not path.startswith(f"{self._prefix}/"):
                nowhere = message(404, "Not found", f"The service is at {self._prefix}/.")
                await nowhere(scope, receive, send)
                return
            scope["root_path"] = self._prefix
        await self.app(scope, receive, send)


class Headers:
    """Tell browsers, with each answer, to run nothing from elsewhere and to keep nothing."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        await self.app(scope, receive, with_headers)


class SmallBodies:
    """Stop reading a request that is larger than a notebook may be, whatever it says of its own length.

    Parameters
    ----------
    app : ASGI application
    largest : int
        Bytes of a notebook.
    """

    def __init__(self, app: ASGIApp, largest: int) -> None:
        self.app, self._most = app, largest + _MORE_THAN_THE_FILE

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        seen = 0

        async def counted() -> Message:
            nonlocal seen
            message = await receive()
            if message["type"] == "http.request":
                seen += len(message.get("body", b""))
                if seen > self._most:
                    raise HTTPException(413)
            return message

        await self.app(scope, counted, send)


async def body_of(request: Request, most: int, too_large: RefusedError) -> bytes:
    """The whole body; more than that many bytes, or too slow a sender, is refused while it still sends."""
    said = request.headers.get("content-length", "")
    if said.isdigit() and int(said) > most:
        raise too_large
    parts, size = [], 0
    try:
        async with asyncio.timeout(_SECONDS_FOR_A_BODY):
            async for part in request.stream():
                size += len(part)
                if size > most:
                    raise too_large
                parts.append(part)
    except TimeoutError:
        raise HTTPException(408) from None
    return b"".join(parts)


async def form_of(request: Request, person: Person | None) -> FormData:
    """A form's fields, if a page of ours sent it.

    Parameters
    ----------
    request : Request
    person : Person or None
        Whose session it is; None for the form to log in.

    Raises
    ------
    HTTPException
        403 for a form that a page of another site sent.
    """
    _refuse_other_sites(request)
    try:
        async with asyncio.timeout(_SECONDS_FOR_A_BODY):
            form = await request.form(max_files=1, max_fields=10, max_part_size=20_000)
    except TimeoutError:
        raise HTTPException(408) from None
    wanted = person.form_key if person is not None else request.cookies.get(_LOGIN_COOKIE, "")
    given = text_of(form, "form_key")
    if not wanted or not hmac.compare_digest(given.encode(), wanted.encode()):
        raise HTTPException(403, "This form is too old, or it was not sent by a page of the class.")
    return form


def _refuse_other_sites(request: Request) -> None:
    problem = HTTPException(403, "This form was sent by a page of another site.")
    if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        raise problem
    origin = request.headers.get("origin", "null")
    # Our own pages ask for no referrer, and browsers then say "null".
    if origin != "null" and urlsplit(origin).netloc != request.headers.get("host", ""):
        raise problem


def text_of(form: FormData, name: str) -> str:
    """A field's text; "" if it is missing or a file."""
    value = form.get(name)
    return "" if value is None or isinstance(value, UploadFile) else value


async def content_of(file: UploadFile, most: int, too_large: RefusedError) -> bytes:
    """What a form's file holds, if it is no larger than that many bytes."""
    if (file.size or 0) > most:
        raise too_large
    return await file.read(most + 1)


def request_name(form: FormData) -> str:
    """The name that a form has of its own: sent again, it is the same hand-in."""
    return text_of(form, "request")[:100] or secrets.token_urlsafe(16)


def login_key(request: Request, response_cookies: dict[str, str]) -> str:
    """The key of the form to log in, which stands in a cookie as well: another site can set neither."""
    key = request.cookies.get(_LOGIN_COOKIE) or secrets.token_urlsafe(24)
    response_cookies[_LOGIN_COOKIE] = key
    return key


def _known(served: ServedClass, person: Person | None) -> Person | None:
    """None for a learner who is not in the roster (any more)."""
    if person is None or person.teaches:
        return person
    return person if served.people().get(person.who) is not None else None


async def in_session(request: Request, teaches: bool = False) -> Person:
    """Who is logged in.

    Raises
    ------
    NeedsLogin
        If nobody is.
    HTTPException
        404 where a learner asks for an instructor's page: that it exists is nobody's business either.
    """
    served: ServedClass = request.app.state.served
    hub: Hub | None = request.app.state.hub
    session = request.cookies.get(COOKIE if hub is None else hub.auth.cookie_name, "")
    if hub is not None:
        person = await _at_the_hub(request, session, cookie=True) if session else None
        _refuse_other_pages(request, person)
    else:
        person = await run_in_threadpool(served.tokens.in_session, session) if session else None
        person = _known(served, person)
    if person is None:
        raise NeedsLogin
    if teaches and not person.teaches:
        raise HTTPException(404)
    return person


async def _at_the_hub(request: Request, token: str, *, cookie: bool) -> Person | None:
    hub, served = request.app.state.hub, request.app.state.served
    session = request.cookies.get("jupyterhub-session-id", "") if cookie else ""
    person: Person | None = await hub.person(token, session, served.people(), cookie=cookie)
    return person


def _refuse_other_pages(request: Request, person: Person | None) -> None:
    """A script of another page under the Hub's address reads nothing here; only our own script does.

    Raises
    ------
    HTTPException
        403 for a request that a script made without the key of our pages.
    """
    if person is None or request.headers.get("sec-fetch-mode", "navigate") == "navigate":
        return
    if not hmac.compare_digest(request.headers.get("x-form-key", "").encode(), person.form_key.encode()):
        raise HTTPException(403, "This page was asked for by a script of another page.")


async def by_token(request: Request) -> Person:
    """Whose token a program sends; a browser's cookie does not count here.

    Raises
    ------
    RefusedError
        401 without a token that is valid.
    """
    served: ServedClass = request.app.state.served
    hub: Hub | None = request.app.state.hub
    kind, _, token = request.headers.get("authorization", "").partition(" ")
    person = None
    if hub is not None:
        if kind.lower() in ("bearer", "token") and token:
            person = await _at_the_hub(request, token.strip(), cookie=False)
    elif kind.lower() == "bearer" and token:
        person = _known(served, await run_in_threadpool(served.tokens.person, token.strip()))
    if person is None and hub is not None:
        raise RefusedError(
            401,
            "The JupyterHub does not know this token.",
            "Restart your server (File, Hub Control Panel) and hand in again.",
        )
    if person is None:
        raise RefusedError(
            401,
            "The service does not know this token.",
            "Copy it again, whole; it begins with tl_. If it was taken back, ask for a new one.",
        )
    return person


def message(status: int, heading: str, problem: str, advice: str = "", **headers: str) -> Response:
    """A page that says one thing."""
    page = rendered(
        "serve_message", heading=heading, problem=problem, advice=advice, person=None, base=base()
    )
    return HTMLResponse(page, status, {name.replace("_", "-"): value for name, value in headers.items()})


def page(template: str, **values: Any) -> HTMLResponse:
    """One of the service's own pages; its addresses begin with ``base``."""
    return HTMLResponse(rendered(template, base=base(), logout=_logout.get(), **values))


def go_to(path: str) -> RedirectResponse:
    """Another page of ours, by GET."""
    return RedirectResponse(f"{base()}{path}", 303)

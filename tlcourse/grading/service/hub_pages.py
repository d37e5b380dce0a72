"""Logging in at a JupyterHub: there, and back again to the page that was asked for."""

from __future__ import annotations

import hmac

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from tlcourse.errors import CourseError
from tlcourse.grading.service.hub import Hub
from tlcourse.grading.service.web import base, message

__all__ = ["ROUTES", "to_login"]

_LOGIN_SECONDS = 600


def to_login(request: Request, path: str) -> Response:
    """Send a browser to the Hub, if a person is waiting there.

    Parameters
    ----------
    request : Request
    path : str
        Of the service, without its prefix: where to come back to.
    """
    hub: Hub = request.app.state.hub
    if request.method != "GET" or request.headers.get("sec-fetch-mode", "navigate") != "navigate":
        return message(401, "Logged out", "You are not logged in any more.", "Open the page again.")
    address, state, cookie = hub.begin_login(f"{base()}{path}")
    response = RedirectResponse(address, 303)
    _set(request, response, cookie, state, _LOGIN_SECONDS)
    return response


async def logged_in(request: Request) -> Response:
    """The browser comes back from the Hub with a code, which becomes its token."""
    hub: Hub = request.app.state.hub
    state, code = request.query_params.get("state", ""), request.query_params.get("code", "")
    cookie = hub.state_cookie(state)
    ours = request.cookies.get(cookie, "")
    if not state or not code or not hmac.compare_digest(ours.encode(), state.encode()):
        return _did_not_work("This login was not begun in this browser.")
    try:
        token, path = await hub.end_login(state, code)
    except CourseError as error:
        return _did_not_work(error.problem)
    response = RedirectResponse(path, 303)
    response.delete_cookie(cookie, path=hub.auth.cookie_path)
    _set(request, response, hub.auth.cookie_name, token)
    return response


def _did_not_work(problem: str) -> Response:
    return message(403, "Not logged in", problem, "Go back, and open the page again.")


def _set(request: Request, response: Response, name: str, value: str, seconds: int | None = None) -> None:
    """A cookie that no script reads and no other site's form sends; over HTTPS only, where there is HTTPS."""
    hub: Hub = request.app.state.hub
    response.set_cookie(
        name,
        value,
        max_age=seconds,
        path=hub.auth.cookie_path,
        httponly=True,
        samesite="lax",
        secure=_secure(request, hub),
    )


def _secure(request: Request, hub: Hub) -> bool:
    # The proxy says how it was asked. Whoever forges that changes their own cookie only.
    said = request.headers.get("x-forwarded-proto", "").partition(",")[0].strip()
    address = request.app.state.served.settings.address or hub.public
    return said == "https" or address.startswith("https://") or hub.auth.cookie_host_prefix_enabled


ROUTES = [Route("/oauth_callback", logged_in)]

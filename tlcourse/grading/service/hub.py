"""The class as a service of a JupyterHub: the Hub says who somebody is and which groups they are in.

The service stores nothing about it. A browser's cookie holds the token that the Hub gave at the login, and a
program sends the token of its own server. Each is shown to the Hub, whose answer counts for `SECONDS`.
"""

from __future__ import annotations

import hashlib
import os
import re
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode, urlsplit

from tlcourse.errors import CourseError
from tlcourse.grading.roster import Roster
from tlcourse.grading.service.database import UnavailableError
from tlcourse.grading.service.settings import HubSettings
from tlcourse.grading.service.tokens import Person

if TYPE_CHECKING:
    from jupyterhub.services.auth import HubOAuth

__all__ = ["SECONDS", "Hub", "NoScopeError", "NotInTheClassError"]

SECONDS = 10
"""How long an answer of the Hub counts: so long may a token work that was taken back."""
_NEEDED = (
    "JUPYTERHUB_SERVICE_NAME",
    "JUPYTERHUB_SERVICE_PREFIX",
    "JUPYTERHUB_SERVICE_URL",
    "JUPYTERHUB_API_URL",
    "JUPYTERHUB_API_TOKEN",
    "JUPYTERHUB_CLIENT_ID",
)
_TOKEN = re.compile(r"[A-Za-z0-9._~+/=-]{1,500}")


class NoScopeError(CourseError):
    """The Hub knows the token, which is not for this service."""


class NotInTheClassError(CourseError):
    """The Hub knows the user, and the class does not."""


class Hub:
    """The JupyterHub that runs the service, or to which it was made known.

    It is read from the variables ``JUPYTERHUB_...`` that the Hub gives to a service. The token among them is
    taken out of the environment: no process that is started from here has it.

    Parameters
    ----------
    settings : HubSettings
        Which group teaches, and which column of the roster holds the Hub's user names.

    Attributes
    ----------
    name : str
        What the Hub calls the service.
    prefix : str
        What the service's addresses begin with, such as "/services/tlcourse"; without a slash at its end.
    host, port : str, int
        Where the Hub's proxy looks for the service.
    public : str
        The address of the service in a browser; "" where the Hub does not say it.
    logout : str
        The Hub's page where people log out.
    auth : jupyterhub.services.auth.HubOAuth

    Raises
    ------
    CourseError
        If a variable is missing, or if the class does not say which group teaches.
    """

    def __init__(self, settings: HubSettings) -> None:
        missing = [name for name in _NEEDED if not os.environ.get(name)]
        if missing:
            raise CourseError(
                f"--hub is for a service that a JupyterHub runs, and {', '.join(missing)} "
                f"{'is' if len(missing) == 1 else 'are'} not set.",
                "Let the Hub start it (c.JupyterHub.services), or set what the Hub would set; without a Hub, "
                "leave --hub out.",
            )
        if not settings.instructors:
            raise CourseError(
                "course.toml does not say who teaches.",
                'Add the Hub\'s group of instructors: [hub] and, below it, instructors = "...".',
            )
        self.settings = settings
        self.name = os.environ["JUPYTERHUB_SERVICE_NAME"]
        self.host, self.port = _listening(os.environ["JUPYTERHUB_SERVICE_URL"])
        self.prefix = "/" + os.environ["JUPYTERHUB_SERVICE_PREFIX"].strip("/")
        self.public = os.environ.get("JUPYTERHUB_PUBLIC_URL", "").rstrip("/")
        self.auth = _auth(self.prefix, self.name)
        self.logout = f"{self.auth.hub_host}{self.auth.hub_prefix}logout"

    async def person(self, token: str, session: str, people: Roster, *, cookie: bool) -> Person | None:
        """Whose token it is.

        Parameters
        ----------
        token : str
        session : str
            The Hub's own name for the browser's session, "" without one: who logs out of the Hub has
            another one, and the Hub is asked again.
        people : Roster
        cookie : bool
            Whether a browser sent it: then its forms need a key.

        Returns
        -------
        Person or None
            None for a token that the Hub does not know (any more).

        Raises
        ------
        NoScopeError
            For a token that is not for this service.
        NotInTheClassError
            For somebody who is neither in the roster nor in the group of instructors.
        UnavailableError
            If the Hub does not answer.
        """
        if not _TOKEN.fullmatch(token):
            return None
        model = await self._asked(token, session)
        if model is None:
            return None
        name = str(model.get("name", ""))
        if model.get("kind") != "user" or not self.auth.check_scopes(self.auth.access_scopes, model):
            raise NoScopeError(
                f"This token of {name} may not use the service {self.name}.",
                f"Whoever runs the Hub adds the scope access:services!service={self.name} to its roles "
                "`user` and `server` (jupyterhub_config.py); then restart your server.",
            )
        hashed = hashlib.sha256(token.encode()).hexdigest()
        if self.settings.instructors in model.get("groups", ()):
            return Person(name, "instructor", hashed, token if cookie else "")
        student = self._student(name, people)
        if student is None:
            raise NotInTheClassError(
                f"You are logged in as {name}, and {name} is not in this class.",
                f"Ask your instructor to add the Hub's user {name} to the class.",
            )
        return Person(student, "learner", hashed, token if cookie else "")

    def _student(self, name: str, people: Roster) -> str | None:
        """The one of the roster whom the Hub calls so, letter by letter."""
        found = [each.student for each in people if getattr(each, self.settings.user) == name]
        return found[0] if len(found) == 1 else None

    async def _asked(self, token: str, session: str) -> dict[str, Any] | None:
        from tornado.web import HTTPError

        try:
            model: dict[str, Any] | None = await self.auth.user_for_token(
                token, session_id=session[:100], sync=False
            )
        except HTTPError as error:
            raise UnavailableError(
                f"The JupyterHub does not say who you are ({error.status_code}).", "Look at the Hub's log."
            ) from None
        return model

    def begin_login(self, path: str) -> tuple[str, str, str]:
        """Where a browser logs in.

        Parameters
        ----------
        path : str
            Of ours, to which it comes back.

        Returns
        -------
        tuple of str
            The address of the Hub; the login's state, and the name of the cookie for it.
        """
        verifier, challenge, method = self.auth.generate_pkce_code_challenge()
        state = self.auth.generate_state(path, code_verifier=verifier)
        more = {"state": state, "code_challenge": challenge, "code_challenge_method": method}
        return f"{self.auth.login_url}&{urlencode(more)}", state, self.state_cookie(state)

    def state_cookie(self, state: str) -> str:
        """The name of a login's cookie: each login has its own, so that two tabs can log in at a time."""
        return f"{self.auth.state_cookie_name}-{re.sub('[^A-Za-z0-9_-]', '', state)[:8]}"

    async def end_login(self, state: str, code: str) -> tuple[str, str]:
        """The token for a code that the Hub gave, and the path to go to; the state is used up.

        Raises
        ------
        CourseError
            If the Hub gives no token for it.
        """
        from tornado.web import HTTPError

        path, verifier = self.auth.get_next_url(state), self.auth.get_code_verifier(state)
        self.auth.clear_oauth_state(state)
        if verifier is None:
            raise CourseError("This login was begun too long ago.", "Open the page again.")
        try:
            token: str = await self.auth.token_for_code(code, code_verifier=verifier, sync=False)
        except HTTPError:
            raise CourseError("The Hub did not accept this login.", "Open the page again.") from None
        return token, path


def _listening(url: str) -> tuple[str, int]:
    parts = urlsplit(url)
    try:
        host, port = parts.hostname, parts.port
    except ValueError:
        host, port = None, None
    if parts.scheme != "http" or not host or not port:
        raise CourseError(
            f"The service cannot listen at {url}.",
            'Give it a "url" with a port in jupyterhub_config.py: http://127.0.0.1:10101.',
        )
    return host, port


def _auth(prefix: str, name: str) -> HubOAuth:
    from jupyterhub.services.auth import HubOAuth

    # The rest (the Hub's own address, cookies' options) the library reads from the environment by itself.
    return HubOAuth(
        api_token=os.environ.pop("JUPYTERHUB_API_TOKEN"),
        api_url=os.environ["JUPYTERHUB_API_URL"],
        base_url=f"{prefix}/",
        oauth_client_id=os.environ["JUPYTERHUB_CLIENT_ID"],
        access_scopes={f"access:services!service={name}"},
        cache_max_age=SECONDS,
    )

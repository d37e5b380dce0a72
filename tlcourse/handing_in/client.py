"""What is said between a learner's computer and the class's service."""

from __future__ import annotations

import contextlib
import time
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import httpx

from tlcourse.errors import CourseError
from tlcourse.handing_in.notebook import Work
from tlcourse.handing_in.tokens import forget, keep, token_for

__all__ = ["Client"]

_TRIES = 3
_LONGEST = 2.0


class _WrongTokenError(CourseError):
    """The service does not know the token."""


class Client:
    """The class's service at an address.

    Parameters
    ----------
    address : str
    transport : httpx.BaseTransport, optional
        In place of the network.
    """

    def __init__(self, address: str, transport: httpx.BaseTransport | None = None) -> None:
        self.address = address
        self._http = httpx.Client(
            base_url=address, timeout=httpx.Timeout(60.0, connect=10.0), transport=transport
        )

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()

    def check(self, work: Work) -> str:
        """Make sure that a class's service answers, before it is told any secret; gives the class's title.

        Raises
        ------
        CourseError
            If nobody answers, if something else does, or if the class does not hand in this chapter.
        """
        about = self._about()
        chapters = about.get("chapters", [])
        if work.chapter not in chapters:
            known = ", ".join(str(int(each)) for each in chapters)
            raise CourseError(
                f"{work.path.name} is of chapter {int(work.chapter)}, which is not handed in there.",
                f"These chapters are: {known}.",
            )
        return str(about.get("title", ""))

    def check_challenge(self, name: str) -> str:
        """As `check`, for a challenge of that name.

        Raises
        ------
        CourseError
            If nobody answers, if something else does, or if the class has no such challenge.
        """
        about = self._about()
        challenges = [str(each) for each in about.get("challenges", [])]
        if name not in challenges:
            known = ", ".join(challenges) or "none"
            raise CourseError(f"The class has no challenge {name!r}.", f"Its challenges are: {known}.")
        return str(about.get("title", ""))

    def _about(self) -> dict[str, Any]:
        """What the service says of itself."""
        about = self._ask("GET", "/api")
        if about.get("service") != "tlcourse":
            raise self._something_else()
        return about

    def with_token(self, send: Callable[[str], dict[str, Any]]) -> tuple[dict[str, Any], str]:
        """Send something with the learner's token, and keep the token once the service knew it.

        Parameters
        ----------
        send : callable
            Gets the token, and gives the service's answer.

        Returns
        -------
        dict, str
            The answer and the token.

        Raises
        ------
        CourseError
            If there is no token, or a wrong one: then it is forgotten.
        """
        token, _ = token_for(self.address)
        try:
            answer = send(token)
        except _WrongTokenError as error:
            forget(self.address)
            raise CourseError(error.problem, error.fix) from None
        keep(self.address, token)
        return answer, token

    def send(self, work: Work, token: str) -> dict[str, Any]:
        """Hand a notebook in; sent again after a broken connection, it is still one hand-in.

        Raises
        ------
        CourseError
            In the service's own words, where it refuses.
        """
        about = {"chapter": work.chapter, "name": work.path.name}
        return self.post(
            "/api/hand-ins", token, uuid.uuid4().hex, work.content, about, "application/x-ipynb+json"
        )

    def post(
        self, path: str, token: str, key: str, content: bytes, about: dict[str, str], kind: str
    ) -> dict[str, Any]:
        """Send a file, again after a broken connection: with the same ``key`` it is still one hand-in."""
        for tries in range(_TRIES):
            try:
                return self._ask(
                    "POST",
                    path,
                    token,
                    params=about,
                    content=content,
                    headers={"Idempotency-Key": key, "Content-Type": kind},
                )
            except _NoAnswerError:
                if tries + 1 == _TRIES:
                    raise
                time.sleep(1.0)
        raise AssertionError

    def wait(
        self, handin: dict[str, Any], token: str, seconds: float, tell: Callable[[dict[str, Any]], None]
    ) -> dict[str, Any]:
        """Wait for the verdict; ``tell`` is called at each look. Gives the last state, done or not."""
        until, pause = time.monotonic() + seconds, 0.25
        state = handin
        while state.get("state") != "done" and time.monotonic() < until:
            tell(state)
            time.sleep(pause)
            pause = min(pause * 1.4, _LONGEST)
            with contextlib.suppress(_NoAnswerError):  # it is being started again, perhaps
                state = self._ask("GET", f"/api/hand-ins/{handin['id']}", token)
        return state

    def _ask(self, method: str, path: str, token: str = "", **more: Any) -> dict[str, Any]:
        headers = {**more.pop("headers", {})}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        with self._explained():
            answer = self._http.request(method, path, headers=headers, **more)
        try:
            plain = answer.json()
        except ValueError:
            raise self._something_else() from None
        if not isinstance(plain, dict):
            raise self._something_else()
        if answer.is_success:
            return plain
        problem, advice = str(plain.get("problem", "")), str(plain.get("advice", ""))
        if not problem:
            raise self._something_else()
        raise (_WrongTokenError if answer.status_code == 401 else CourseError)(problem, advice)

    @contextlib.contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except (httpx.TransportError, httpx.InvalidURL) as error:
            raise _NoAnswerError(
                f"No service answers at {self.address} ({type(error).__name__}).",
                "Check the address, and whether you are in the right network. Your notebook stays as it is.",
            ) from None

    def _something_else(self) -> CourseError:
        return CourseError(
            f"What answers at {self.address} is not the service of a class.", "Check the address."
        )


class _NoAnswerError(CourseError):
    """The connection failed: it may be worth another try."""

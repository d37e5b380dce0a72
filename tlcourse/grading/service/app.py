"""The service as a web application, and `tlcourse serve`, which runs it."""

from __future__ import annotations

import contextlib
import logging
import signal
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import anyio.to_thread
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Route

from tlcourse.errors import CourseError
from tlcourse.grading.keeping import CannotWriteError, locked
from tlcourse.grading.service import api, challenge_pages, hub_pages, learner, teaching
from tlcourse.grading.service.database import UnavailableError
from tlcourse.grading.service.handins import RefusedError, too_large
from tlcourse.grading.service.hub import Hub, NoScopeError, NotInTheClassError
from tlcourse.grading.service.on_cluster import Cluster
from tlcourse.grading.service.served import ServedClass
from tlcourse.grading.service.settings import read_settings
from tlcourse.grading.service.web import Headers, NeedsLogin, SmallBodies, UnderPrefix, message, path_of
from tlcourse.grading.service.worker import Judges

__all__ = ["application", "serve"]

_log = logging.getLogger("tlcourse.serve")
_STATIC = Path(__file__).parent / "static"
_WORDS = {
    404: ("Not found", "There is no such page here, or it is not yours."),
    405: ("Not found", "There is no such page here, or it is not yours."),
    403: ("Not allowed", ""),
    408: ("Too slow", "The request took too long to arrive."),
    413: ("Too large", "The request is too large."),
}


async def live_script(request: Request) -> Response:
    """The one script: it shows what changes on a page that waits."""
    return FileResponse(_STATIC / "live.js", media_type="text/javascript")


def application(served: ServedClass, judges: Judges, hub: Hub | None = None) -> Starlette:
    """The web application of a class.

    Parameters
    ----------
    served : ServedClass
    judges : Judges
        Started and stopped by the caller.
    hub : Hub, optional
        The JupyterHub that logs people in; tokens of the class's own count for nothing then.
    """
    logging_in = learner.TOKEN_ROUTES if hub is None else hub_pages.ROUTES
    under = [] if hub is None else [Middleware(UnderPrefix, prefix=hub.prefix, logout=hub.logout)]
    app = Starlette(
        routes=[
            *api.ROUTES,
            *learner.ROUTES,
            *logging_in,
            *teaching.ROUTES,
            *challenge_pages.ROUTES,
            Route("/live.js", live_script),
        ],
        middleware=[
            Middleware(Headers),
            *under,
            Middleware(SmallBodies, largest=served.settings.largest),
        ],
        exception_handlers={
            NeedsLogin: _needs_login,
            NoScopeError: _outside,
            NotInTheClassError: _outside,
            UnavailableError: _unavailable,
            RefusedError: _refused,
            CourseError: _wrong,
            HTTPException: _http,
            Exception: _bug,
        },
    )
    app.state.served, app.state.judges, app.state.hub = served, judges, hub
    return app


def _answer(
    request: Request, status: int, heading: str, problem: str, advice: str = "", **headers: str
) -> Response:
    """In words for a browser, as JSON for a program."""
    if path_of(request).startswith("/api"):
        headers = {name.replace("_", "-"): value for name, value in headers.items()}
        return JSONResponse({"problem": problem, "advice": advice}, status, headers)
    return message(status, heading, problem, advice, **headers)


async def _needs_login(request: Request, error: Exception) -> Response:
    asked = request.method == "GET"
    path = path_of(request) if asked else "/"
    if request.app.state.hub is not None:
        return hub_pages.to_login(request, path)
    return learner.login_page(request, path, status=200 if asked and path == "/" else 401)


async def _outside(request: Request, error: Exception) -> Response:
    assert isinstance(error, CourseError)
    return _answer(request, 403, "Not in this class", error.problem, error.fix)


async def _unavailable(request: Request, error: Exception) -> Response:
    assert isinstance(error, UnavailableError)
    _log.error("%s", error)
    again = "Nothing was stored. Try again in a minute; if it stays so, tell your instructor."
    return _answer(request, 503, "Not now", error.problem, again, retry_after="30")


async def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, RefusedError)
    headers = {"retry_after": f"{error.wait:.0f}"} if error.wait else {}
    return _answer(request, error.status, "Not handed in", error.problem, error.fix, **headers)


async def _wrong(request: Request, error: Exception) -> Response:
    assert isinstance(error, CourseError)
    return _answer(request, 400, "That does not work", error.problem, error.fix)


async def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    if error.status_code == 413:
        return await _refused(request, too_large(request.app.state.served.settings))
    heading, problem = _WORDS.get(
        error.status_code, ("That does not work", "The request cannot be answered.")
    )
    return _answer(request, error.status_code, heading, problem or error.detail)


async def _bug(request: Request, error: Exception) -> Response:
    _log.error("%s %s", request.method, request.url.path, exc_info=error)
    return _answer(
        request,
        500,
        "An error",
        "Something went wrong in the service.",
        "Tell your instructor, who has a log.",
    )


def serve(
    folder: Path,
    *,
    root: Path,
    host: str = "127.0.0.1",
    port: int = 8000,
    jobs: int | None = None,
    hub: Hub | None = None,
    dask: str | None = None,
    echo: Callable[[str], None] = print,
) -> None:
    """Take hand-ins until the process is ended.

    Parameters
    ----------
    folder : pathlib.Path
        The class's, with ``course.toml`` and ``roster.csv``.
    root : pathlib.Path
        The course's folder.
    host, port
        Where it listens: 0.0.0.0 for the whole network.
    jobs : int, optional
        Worker processes; by default what the settings say, else one for each core.
    hub : Hub, optional
        The JupyterHub that the class is a service of.
    dask : str, optional
        Address of a Dask scheduler whose workers judge, in place of local processes; ``jobs`` is then how
        many notebooks they get at a time, by default as many as there are workers.
    echo : callable
        Shows a line.

    Raises
    ------
    CourseError
        If the settings cannot be used, another service has the folder, the port is taken, or the jail cannot
        be built: then nothing is taken at all.
    """
    import socket

    import uvicorn

    with _alone(folder):
        served = ServedClass(folder, root)
        try:
            listening = socket.create_server((host, port), backlog=512)
        except OSError as error:
            raise CourseError(
                f"The service cannot listen at {host}:{port} ({error.strerror}).", "Give another --port."
            ) from None
        with listening, _judges(served, jobs, dask) as judges, _said(judges, echo):
            app = application(served, judges, hub)

            @contextlib.asynccontextmanager
            async def lifespan(_: Starlette) -> AsyncIterator[None]:
                anyio.to_thread.current_default_thread_limiter().total_tokens = 32
                yield

            app.router.lifespan_context = lifespan
            where = served.settings.address or f"http://{host}:{listening.getsockname()[1]}"
            if hub is None:
                echo(f"{served.settings.title}: {where} (Ctrl+C ends it)")
            else:
                echo(f"{served.settings.title}: {hub.public or hub.prefix} on the JupyterHub")
            config = uvicorn.Config(
                app,
                log_level="warning",
                server_header=False,
                proxy_headers=False,
                limit_concurrency=1000,
                timeout_keep_alive=10,
                timeout_graceful_shutdown=10,
            )
            with _ended_by_a_signal():
                uvicorn.Server(config).run(sockets=[listening])


@contextlib.contextmanager
def _ended_by_a_signal() -> Iterator[None]:
    """Ctrl+C, or a service manager's SIGTERM, ends the service: what is judged now is finished first."""
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    except KeyboardInterrupt:
        pass
    finally:
        signal.signal(signal.SIGTERM, before)


@contextlib.contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Have a class to oneself; it must be there."""
    read_settings(folder / "course.toml")
    with contextlib.ExitStack() as stack:
        try:
            stack.enter_context(locked(folder))
        except CannotWriteError:
            raise
        except CourseError:
            raise CourseError(
                f"Another service runs for {folder} now.", "End it first: a class has one at a time."
            ) from None
        yield


@contextlib.contextmanager
def _judges(served: ServedClass, jobs: int | None, dask: str | None) -> Iterator[Judges]:
    """What judges: processes of this machine, or the workers of a cluster."""
    if dask is None:
        yield Judges(served, jobs=jobs)
        return
    with contextlib.closing(Cluster(dask)) as cluster:
        yield Judges(served, cluster.judging, jobs or served.settings.jobs or cluster.size, cluster.notices)


@contextlib.contextmanager
def _said(judges: Judges, echo: Callable[[str], None]) -> Iterator[None]:
    """Run them, and say what is done meanwhile."""
    echo("Building the jail and attacking it ...")
    with _running(judges):
        for line in judges.notices():
            echo(line)
        yield


@contextlib.contextmanager
def _running(judges: Judges) -> Iterator[None]:
    judges.start()
    try:
        yield
    finally:
        judges.stop()

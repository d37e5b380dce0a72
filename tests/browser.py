"""Find and start Chromium for the tests that look at pages.

The browser is the one on the machine: ``TLCOURSE_CHROMIUM``, then ``chromium``, ``google-chrome`` and
``chromium-browser`` on the path, then one that Playwright has installed before. Nothing is downloaded.
Without one the tests are skipped, loudly; with ``CI=true`` or ``TLCOURSE_REQUIRE_BROWSER=1`` they fail.
"""

from __future__ import annotations

import atexit
import contextlib
import functools
import gzip
import http.server
import importlib.util
import os
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

ARGUMENTS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
]
NAMES = ("chromium", "google-chrome", "google-chrome-stable", "chromium-browser")


def required() -> bool:
    """Whether a missing browser is a failure."""
    return os.environ.get("CI", "").lower() == "true" or os.environ.get("TLCOURSE_REQUIRE_BROWSER") == "1"


def find_chromium() -> str | None:
    """The path of a Chromium on this machine, or None."""
    named = os.environ.get("TLCOURSE_CHROMIUM")
    if named:
        return shutil.which(named)
    for name in NAMES:
        found = shutil.which(name)
        if found:
            return found
    with contextlib.suppress(Exception):
        path = _playwright().chromium.executable_path
        if Path(path).exists():
            return path
    return None


@functools.cache
def _playwright() -> Any:
    """The one Playwright of this process; a second one, started beside it, is refused."""
    from playwright.sync_api import sync_playwright

    running = sync_playwright().start()
    atexit.register(running.stop)
    return running


def _missing(reason: str) -> None:
    message = f"NO BROWSER, so the pages were not looked at: {reason}"
    if required():
        pytest.fail(message)
    pytest.skip(message)


@contextlib.contextmanager
def chromium(*arguments: str) -> Iterator[Any]:
    """A running Chromium (a Playwright ``Browser``); skips or fails where there is none.

    Parameters
    ----------
    *arguments : str
        Options of the command line besides :data:`ARGUMENTS`.
    """
    if importlib.util.find_spec("playwright") is None:
        _missing("the Python package playwright is not installed (pip install -e '.[test]')")
    path = find_chromium()
    if path is None:
        _missing(
            "install Chromium (on Debian: apt-get install chromium), or set TLCOURSE_CHROMIUM to its path"
        )
    browser = _playwright().chromium.launch(executable_path=path, args=[*ARGUMENTS, *arguments])
    try:
        yield browser
    finally:
        browser.close()


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        pass


class _Packed(_Quiet):
    """Packs texts, as the hosts of static sites do."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        path = Path(self.translate_path(self.path))
        if path.suffix not in (".html", ".css", ".js", ".svg") or not path.is_file():
            super().do_GET()
            return
        body = gzip.compress(path.read_bytes(), 6)
        self.send_response(200)
        self.send_header("Content-Type", self.guess_type(str(path)))
        self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@contextlib.contextmanager
def serve(folder: Path, packed: bool = False) -> Iterator[str]:
    """Serve a folder on 127.0.0.1, on a free port; gives the address, without a slash at its end."""
    handler = functools.partial(_Packed if packed else _Quiet, directory=str(folder))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class Watch:
    """What a page did that it must not: requests to another host, failed requests, errors on the console."""

    def __init__(self, page: Any, base: str) -> None:
        self.base = base
        self.elsewhere: list[str] = []
        self.failed: list[str] = []
        self.errors: list[str] = []
        page.route("**/*", self._route)
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.errors.append(f"uncaught: {error}"))
        page.on("requestfailed", self._failed)
        page.on("response", self._response)

    def _route(self, route: Any) -> None:
        url = route.request.url
        if url.startswith((self.base, "data:", "blob:", "about:")):
            route.continue_()
        else:
            self.elsewhere.append(url)
            route.abort()

    def _console(self, message: Any) -> None:
        if message.type == "error":
            self.errors.append(f"{message.text} ({message.location.get('url', '')})")

    def _failed(self, request: Any) -> None:
        # A page that is left while something is still loading cancels it: no failure.
        if request.url.startswith(self.base) and "ERR_ABORTED" not in str(request.failure):
            self.failed.append(f"{request.url}: {request.failure}")

    def _response(self, response: Any) -> None:
        if response.status >= 400:
            self.failed.append(f"{response.url}: {response.status}")

    def problems(self) -> list[str]:
        """Everything seen so far, in words."""
        return (
            [f"asked another host: {url}" for url in self.elsewhere]
            + [f"failed: {text}" for text in self.failed]
            + [f"console: {text}" for text in self.errors]
        )


def axe_script() -> str:
    """The source of axe-core, from the package that carries it."""
    import axe_playwright_python

    return (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")


# What is styled alike is legible alike: a word in code is of a kind by its classes and those of all that it
# stands in. A chapter has thousands of words, and each is measured against all that is behind it.
_THIN = """() => {
  const seen = new Map();
  for (const word of document.querySelectorAll('article pre span')) {
    if (word.id || word.children.length || word.hasAttribute('style')) continue;
    let kind = '';
    for (let node = word; node && node.tagName !== 'ARTICLE'; node = node.parentElement)
      kind += node.tagName + '.' + node.className + ' ';
    seen.set(kind, (seen.get(kind) || 0) + 1);
    if (seen.get(kind) > 2) word.replaceWith(word.textContent);
  }
}"""


def thin(page: Any) -> None:
    """Let words of a kind in code be text where there are more than two of the kind on the page."""
    page.evaluate(_THIN)


# What of axe-core's rules depends on colours: all others say the same of a page in light and in dark.
COLOURS = ("color-contrast", "link-in-text-block")


def axe_violations(
    page: Any, impacts: tuple[str, ...] = ("serious", "critical"), rules: tuple[str, ...] = ()
) -> list[str]:
    """axe-core's violations on the page as it is, of the given impacts, one line for each element.

    By all rules that axe-core asks for by itself, or by some, named.
    """
    page.evaluate(axe_script())
    result = page.evaluate(
        "async only => await axe.run(document, {resultTypes: ['violations'], preload: false, ...only})",
        {"runOnly": {"type": "rule", "values": list(rules)}} if rules else {},
    )
    return [
        f"{violation['id']} ({violation['impact']}): {node['target']} {node['html'][:160]} "
        f"{' '.join(check['message'] for check in node['any'])[:240]}"
        for violation in result["violations"]
        if violation["impact"] in impacts
        for node in violation["nodes"]
    ]

"""A real JupyterHub with its own proxy, as processes, configured as ``book/your-own-class.md`` shows it."""

from __future__ import annotations

import contextlib
import os
import re
import secrets
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import npm_here
from patience import comes_true
from small_class import ROOT

HERE = Path(__file__).parent
PAGE = ROOT / "book/your-own-class.md"
# What the page leaves to whoever runs the Hub: how people prove who they are, and where their servers run.
_TESTED = """
import sys
c.JupyterHub.bind_url = address
c.JupyterHub.hub_port = {hub_port}
c.JupyterHub.cookie_secret = bytes.fromhex("{secret}")
c.JupyterHub.db_url = "sqlite:///{folder}/hub.sqlite"
c.ConfigurableHTTPProxy.command = {proxy!r}
c.ConfigurableHTTPProxy.api_url = "http://127.0.0.1:{api_port}"
c.ConfigurableHTTPProxy.auth_token = "{secret}"
c.ConfigurableHTTPProxy.pid_file = "{folder}/proxy.pid"
c.JupyterHub.authenticator_class = "dummy"
c.DummyAuthenticator.allow_all = True
c.JupyterHub.spawner_class = "simple"
c.JupyterHub.redirect_to_server = False
c.Spawner.cmd = [sys.executable, "{here}/hub_server.py", "{folder}"]
c.SimpleLocalProcessSpawner.home_dir_template = "{folder}/home-{{username}}"
c.Authenticator.admin_users = {{"root"}}
c.JupyterHub.services[0]["command"][0:1] = [sys.executable, "{here}/hub_service.py"]
c.JupyterHub.services[0]["environment"] = {{"PYTHONPATH": "{path}"}}
c.JupyterHub.services += [
    {{"name": "admin", "api_token": "{secret}"}},
    {{"name": "other", "api_token": "{other}"}},
]
c.JupyterHub.load_roles += [
    {{
        "name": "for-the-tests",
        "services": ["admin"],
        "scopes": ["admin:groups", "tokens", "servers", "access:services", "list:users"],
    }},
    {{"name": "of-another-service", "services": ["other"], "scopes": ["access:services!service=tlcourse"]}},
]
c.JupyterHub.log_level = "WARN"
"""


def configuration() -> str:
    """The Hub's configuration, as the page shows it."""
    blocks = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    (found,) = [block for block in blocks if "c.JupyterHub.services" in block]
    return found


def settings() -> str:
    """The class's table about the Hub, as the page shows it."""
    (found,) = re.findall(r"```toml\n(\[hub\].*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    return found


def _ports(count: int) -> list[int]:
    """Ports that are free, each for one of the processes."""
    taken = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [each.getsockname()[1] for each in taken]
    for each in taken:
        each.close()
    return ports


@dataclass
class Browser:
    """One person's browser."""

    address: str
    http: httpx.Client = field(default_factory=lambda: httpx.Client(follow_redirects=True, timeout=60))

    def get(self, path: str, **more: Any) -> httpx.Response:
        """A page of the service; or of anything that the proxy serves, where the path begins with "//"."""
        return self.http.get(self.at(path), **more)

    def post(self, path: str, **more: Any) -> httpx.Response:
        return self.http.post(self.at(path), **more)

    def at(self, path: str) -> str:
        return f"{self.address}{path[1:] if path.startswith('//') else f'/services/tlcourse{path}'}"

    def log_in(self, name: str) -> Browser:
        """Log in at the Hub."""
        page = self.get("//hub/login")
        key = re.search(r'name="_xsrf" value="([^"]+)"', page.text)[1]
        answer = self.post("//hub/login", data={"username": name, "password": "x", "_xsrf": key})
        assert answer.status_code == 200, answer.text
        return self


@dataclass
class RunningHub:
    """A Hub that runs."""

    address: str
    place: Path
    admin: str
    other: str
    log: Path

    def browser(self, name: str = "") -> Browser:
        """A new browser, in which somebody logged in at the Hub; nobody without a name."""
        browser = Browser(self.address)
        return browser.log_in(name) if name else browser

    def api(self, method: str, path: str, **more: Any) -> httpx.Response:
        """The Hub's own interface, with all rights that the tests need."""
        header = {"Authorization": f"token {self.admin}"}
        return httpx.request(method, f"{self.address}/hub/api{path}", headers=header, timeout=60, **more)

    def token(self, name: str, *scopes: str) -> str:
        """A token of somebody, for these scopes."""
        answer = self.api("POST", f"/users/{name}/tokens", json={"scopes": list(scopes)})
        assert answer.status_code == 201, answer.text
        return str(answer.json()["token"])


@contextlib.contextmanager
def running_hub(place: Path, folder: Path, changes: str = "") -> Iterator[RunningHub]:
    """A JupyterHub that runs the service of a class.

    Parameters
    ----------
    place : pathlib.Path
        For the Hub's own files.
    folder : pathlib.Path
        The class's.
    changes : str
        More lines of the Hub's configuration.
    """
    proxy = npm_here.need("configurable-http-proxy")
    port, hub_port, api_port, service_port = _ports(4)
    secret, other = secrets.token_hex(32), secrets.token_hex(32)
    shown = configuration()
    for there, here in (
        ("http://127.0.0.1:8000", f"http://127.0.0.1:{port}"),
        ("http://127.0.0.1:10101", f"http://127.0.0.1:{service_port}"),
        ("/srv/my_class", str(folder)),
    ):
        assert shown.count(there) == 1
        shown = shown.replace(there, here)
    more = _TESTED.format(
        hub_port=hub_port,
        api_port=api_port,
        secret=secret,
        other=other,
        folder=place,
        here=HERE,
        proxy=proxy,
        path=os.pathsep.join([str(ROOT), str(HERE), str(HERE.parents[1]), str(ROOT / "tools")]),
    )
    (place / "jupyterhub_config.py").write_text(f"c = get_config()\n{shown}\n{more}\n{changes}")
    log = place / "hub.log"
    with log.open("w") as file:
        process = subprocess.Popen(
            [sys.executable, "-m", "jupyterhub", "-f", "jupyterhub_config.py"],
            cwd=place,
            stdout=file,
            stderr=subprocess.STDOUT,
            env={**os.environ, "CONFIGPROXY_AUTH_TOKEN": secret},
        )
    try:
        hub = RunningHub(f"http://127.0.0.1:{port}", place, secret, other, log)
        assert comes_true(lambda: process.poll() is not None or _answers(hub)), log.read_text()
        assert process.poll() is None, log.read_text()
        yield hub
    finally:
        process.terminate()
        process.wait(60)
        with contextlib.suppress(OSError, ValueError):  # a Hub that could not start leaves its proxy behind
            os.kill(int((place / "proxy.pid").read_text()), signal.SIGTERM)


def _answers(hub: RunningHub) -> bool:
    """Whether Hub, proxy and service are there."""
    try:
        return httpx.get(f"{hub.address}/services/tlcourse/api", timeout=5).is_success
    except httpx.TransportError:
        return False

"""A real JupyterLab for the tests: its own server, settings and kernels, driven in Chromium.

Nothing of the user's is read or written: settings, workspaces and runtime files live in a temporary folder,
and the kernel is the Python that runs the tests.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

READY_SECONDS = 90


def free_port() -> int:
    """A port on 127.0.0.1 that nobody uses now."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def _settings(folder: Path, dark: bool) -> None:
    """No news, no update check, and the theme that the test wants."""
    wanted = {
        "apputils-extension/themes": {"theme": "JupyterLab Dark" if dark else "JupyterLab Light"},
        "apputils-extension/notification": {"fetchNews": "false", "checkForUpdates": False},
        # Every cell in the page, also those out of sight, so that a test can look at them all.
        "notebook-extension/tracker": {"windowingMode": "none"},
    }
    for name, values in wanted.items():
        path = folder / "@jupyterlab" / f"{name}.jupyterlab-settings"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(values), encoding="utf-8")


@dataclass
class Server:
    """A running JupyterLab."""

    base: str
    process: subprocess.Popen[bytes]
    log: Path
    settings: Path

    def theme(self, dark: bool) -> None:
        """Set the theme for the pages opened from now on."""
        _settings(self.settings, dark)

    def kernels(self) -> list[dict[str, Any]]:
        """The kernels that run."""
        with urllib.request.urlopen(f"{self.base}/api/kernels", timeout=10) as answer:
            return list(json.load(answer))


@contextlib.contextmanager
def jupyterlab(folder: Path, private: Path) -> Iterator[Server]:
    """JupyterLab on a folder of notebooks; stopped, with its kernels, at the end."""
    port = free_port()
    settings = private / "settings"
    _settings(settings, dark=False)
    environment = {
        **os.environ,
        "JUPYTER_CONFIG_DIR": str(private / "config"),
        "JUPYTER_DATA_DIR": str(private / "data"),
        "JUPYTER_RUNTIME_DIR": str(private / "runtime"),
        "JUPYTERLAB_SETTINGS_DIR": str(settings),
        "JUPYTERLAB_WORKSPACES_DIR": str(private / "workspaces"),
        "IPYTHONDIR": str(private / "ipython"),
        "JUPYTER_PREFER_ENV_PATH": "1",
    }
    environment.pop("NBGRADER_EXECUTION", None)
    command = [
        sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root",
        "--ServerApp.ip=127.0.0.1", f"--ServerApp.port={port}", "--ServerApp.port_retries=0",
        f"--ServerApp.root_dir={folder}", "--IdentityProvider.token=",
        "--PasswordIdentityProvider.password_required=False",
        "--LabApp.news_url=None", "--LabApp.extension_manager=readonly",
        "--LabApp.expose_app_in_browser=True",
        "--LabApp.check_for_updates_class=jupyterlab.handlers.announcements.NeverCheckForUpdate",
    ]  # fmt: skip
    private.mkdir(parents=True, exist_ok=True)
    log = private / "server.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            command, cwd=folder, env=environment, stdout=output, stderr=output, start_new_session=True
        )
    server = Server(f"http://127.0.0.1:{port}", process, log, settings)
    try:
        _wait(server)
        yield server
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            raise AssertionError(
                f"JupyterLab did not stop when asked to:\n{log.read_text()[-2000:]}"
            ) from None


def _wait(server: Server) -> None:
    end = time.monotonic() + READY_SECONDS
    while time.monotonic() < end:
        if server.process.poll() is not None:
            break
        with contextlib.suppress(OSError):
            server.kernels()
            return
        time.sleep(0.3)
    raise AssertionError(f"JupyterLab did not start:\n{server.log.read_text()[-3000:]}")


class Notebook:
    """A notebook open in JupyterLab, in one browser page."""

    def __init__(self, page: Any, server: Server, path: str) -> None:
        self.page = page
        page.set_default_timeout(90_000)  # generous: the machine may be busy
        page.goto(f"{server.base}/lab/tree/{path}?reset")
        page.wait_for_selector(".jp-Notebook .jp-Cell", timeout=60_000)
        page.wait_for_function("window.jupyterapp && window.jupyterapp.shell.currentWidget?.sessionContext")
        page.evaluate("async () => { await jupyterapp.shell.currentWidget.sessionContext.ready; }")
        self.mark()
        self.wait_idle(120)

    def mark(self) -> None:
        """Write each cell's id on its element, so that it can be found."""
        self.page.evaluate(
            "jupyterapp.shell.currentWidget.content.widgets"
            ".forEach(cell => { cell.node.dataset.cell = cell.model.id; })"
        )

    def wait_idle(self, seconds: float) -> None:
        """Wait until the kernel has nothing to do."""
        self.page.wait_for_function(
            "() => { const s = jupyterapp.shell.currentWidget.sessionContext.session;"
            " return s && s.kernel && s.kernel.status === 'idle'; }",
            timeout=seconds * 1000,
        )

    def command(self, name: str) -> None:
        """One of JupyterLab's own commands, as its menus run it; returns when it has finished."""
        self.page.evaluate("async name => { await jupyterapp.commands.execute(name); }", name)

    def run_all(self, seconds: float) -> None:
        """Run > Run All Cells."""
        self.page.set_default_timeout(seconds * 1000)
        self.command("notebook:run-all-cells")
        self.wait_idle(seconds)
        self.page.set_default_timeout(90_000)

    def cell(self, cell_id: str) -> Any:
        """A cell's element."""
        return self.page.locator(f".jp-Cell[data-cell='{cell_id}']")

    def ids(self, containing: str = "") -> list[str]:
        """Ids of the code cells whose source holds a text."""
        return list(
            self.page.evaluate(
                "text => jupyterapp.shell.currentWidget.content.widgets"
                ".filter(cell => cell.model.type === 'code')"
                ".filter(cell => cell.model.sharedModel.getSource().includes(text))"
                ".map(cell => cell.model.id)",
                containing,
            )
        )

    def type_into(self, cell_id: str, source: str) -> None:
        """Replace a cell's text by typing, as a learner does."""
        cell = self.cell(cell_id)
        cell.scroll_into_view_if_needed()
        cell.locator(".cm-content").click()
        self.page.keyboard.press("Control+a")
        self.page.keyboard.insert_text(source)
        written = self.page.evaluate(
            "id => jupyterapp.shell.currentWidget.content.widgets.find(cell => cell.model.id === id)"
            ".model.sharedModel.getSource()",
            cell_id,
        )
        assert written == source, f"the editor holds {written!r}"

    def run(self, *cell_ids: str, seconds: float = 60) -> None:
        """Select each cell and press Shift+Enter in it."""
        for cell_id in cell_ids:
            self.page.evaluate(
                "id => { const nb = jupyterapp.shell.currentWidget.content;"
                " nb.activeCellIndex = nb.widgets.findIndex(cell => cell.model.id === id);"
                " nb.deselectAll(); nb.mode = 'command'; nb.activate(); }",
                cell_id,
            )
            before = self.count(cell_id)
            self.page.keyboard.press("Shift+Enter")
            self.page.wait_for_function(
                "([id, before]) => { const cell = jupyterapp.shell.currentWidget.content.widgets"
                ".find(cell => cell.model.id === id); const now = cell.model.executionCount;"
                " return now !== null && now !== before && cell.model.executionState !== 'running'; }",
                arg=[cell_id, before],
                timeout=seconds * 1000,
            )
            self.wait_idle(seconds)

    def count(self, cell_id: str) -> int | None:
        """A cell's execution number, or None before it has run."""
        return self.page.evaluate(
            "id => jupyterapp.shell.currentWidget.content.widgets"
            ".find(cell => cell.model.id === id).model.executionCount",
            cell_id,
        )

    def output(self, cell_id: str) -> str:
        """What a cell shows below itself, as text."""
        return str(self.cell(cell_id).locator(".jp-Cell-outputArea").inner_text())

    def errors(self) -> list[str]:
        """The errors that cells show, one text for each."""
        return list(
            self.page.evaluate(
                "jupyterapp.shell.currentWidget.content.widgets.filter(cell => cell.model.type === 'code')"
                ".flatMap(cell => cell.model.outputs.toJSON().filter(out => out.output_type === 'error')"
                ".map(out => cell.model.id + ': ' + out.ename + ': ' + out.evalue))"
            )
        )

    def close(self) -> None:
        """Shut the kernel down and close the notebook without saving."""
        self.page.evaluate("async () => { await jupyterapp.shell.currentWidget.sessionContext.shutdown(); }")
        self.page.close()

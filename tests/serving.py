"""A server of the tests' own on 127.0.0.1, from which something is downloaded, whole or in part."""

from __future__ import annotations

import http.server
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass


@dataclass(frozen=True)
class Sent:
    """What is sent for a path; ``cut`` breaks it off half way."""

    body: bytes
    kind: str = "application/octet-stream"
    cut: bool = False


class Server(http.server.ThreadingHTTPServer):
    """Sends what ``answer`` gives for a path; ``asked`` are the paths that it was asked for."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.address = f"http://127.0.0.1:{self.server_address[1]}"
        self.asked: list[str] = []

    def answer(self, path: str) -> Sent | None:
        """None: it is not there."""
        raise NotImplementedError


class _Handler(http.server.BaseHTTPRequestHandler):
    server: Server

    def do_GET(self) -> None:
        self.server.asked.append(self.path)
        sent = self.server.answer(self.path)
        if sent is None:
            self.send_error(404)
            return
        self.send_response(200)
        self.send_header("Content-Type", sent.kind)
        self.send_header("Content-Length", str(len(sent.body)))
        self.end_headers()
        self.wfile.write(sent.body[: len(sent.body) // 2] if sent.cut else sent.body)

    def log_message(self, *args: object) -> None:
        pass


@contextmanager
def serving(server: Server) -> Iterator[None]:
    """The server answers for the length of a block."""
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()

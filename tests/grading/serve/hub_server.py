"""What a JupyterHub starts for a user, as small as it can be: it answers, and writes its environment down.

A notebook's process has the same environment, so a test can hand in as a notebook there would.
"""

from __future__ import annotations

import json
import os
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from urllib.parse import urlsplit


class _Answer(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


if __name__ == "__main__":
    given = {
        name: value for name, value in os.environ.items() if name.startswith(("JUPYTERHUB_", "TLCOURSE_"))
    }
    Path(sys.argv[1], f"environment-{os.environ['JUPYTERHUB_USER']}.json").write_text(json.dumps(given))
    at = urlsplit(os.environ["JUPYTERHUB_SERVICE_URL"])
    HTTPServer((at.hostname or "127.0.0.1", at.port or 80), _Answer).serve_forever()

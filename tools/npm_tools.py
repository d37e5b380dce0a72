"""Tools from npm that the tests use: Lighthouse, a validator of HTML, and the proxy of JupyterHub.

They are no part of the course and of no use to a learner, so no package asks for them. npm installs them
once, within the ranges below, into the course's cache; no script of a package runs meanwhile.

    python tools/npm_tools.py       install what is missing
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tlcourse.errors import CourseError
from tlcourse.files import cache_folder

# A version of each, and whatever comes after it that promises to work the same. All run on Node.js 18, which
# Debian has.
TOOLS = {"lighthouse": "^12.8.0", "html-validate": "^8.29.0", "configurable-http-proxy": "^4.6.3"}
_STAMP = "installed.json"


def folder() -> Path:
    """Where npm puts them."""
    return cache_folder() / "npm-tools"


def is_there() -> bool:
    """Whether they are installed, within today's ranges."""
    try:
        return json.loads((folder() / _STAMP).read_text(encoding="utf-8")) == TOOLS
    except (OSError, ValueError):
        return False


def command(tool: str) -> list[str]:
    """How a tool is called.

    Raises
    ------
    CourseError
        It is not installed.
    """
    if not is_there():
        raise CourseError(f"{tool} is not installed.", "Run `python tools/npm_tools.py`, with a network.")
    package = folder() / "node_modules" / tool
    programs = json.loads((package / "package.json").read_text(encoding="utf-8"))["bin"]
    script = programs if isinstance(programs, str) else programs[tool]
    return [_program("node"), str(package / script)]


def install() -> None:
    """Install what is missing.

    Raises
    ------
    CourseError
        There is no npm, or it could not fetch the packages.
    """
    if is_there():
        return
    target = folder()
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    call = [
        _program("npm"),
        "install",
        "--prefix",
        str(target),
        "--ignore-scripts",
        "--no-audit",
        "--no-fund",
    ]
    call += [
        "--no-update-notifier",
        "--loglevel",
        "error",
        *(f"{name}@{range_}" for name, range_ in TOOLS.items()),
    ]
    done = subprocess.run(call, capture_output=True, text=True)
    if done.returncode:
        said = (done.stderr or done.stdout).strip().splitlines()
        raise CourseError(
            f"npm could not install {', '.join(TOOLS)}: {said[0] if said else 'no reason given'}",
            "Call again with a network. Until then the tests that ask them are skipped.",
        )
    (target / _STAMP).write_text(json.dumps(TOOLS), encoding="utf-8")


def _program(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        raise CourseError(
            f"There is no {name}, which the tools from npm need.",
            "Install Node.js 18 or newer, which brings it (Debian: apt-get install npm).",
        )
    return found


if __name__ == "__main__":
    try:
        install()
    except CourseError as error:
        sys.exit(f"npm_tools: {error}")
    print(f"In {folder()}: {', '.join(TOOLS)}")

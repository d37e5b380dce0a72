"""The kernel that executes solutions: an ordinary one that writes down what it reads of the package.

``python -m tlcourse.authoring.kernel`` takes the arguments of ``python -m ipykernel_launcher``. Two variables
of the environment say what to do: ``TLCOURSE_READ_FROM``, the package's folder, and ``TLCOURSE_READ_TO``, the
file that gets a line for each file read and each folder listed (with ``/`` at its end), relative to it.

Reading is seen through Python's audit events (PEP 578): modules, tables, data, whether imported, opened by a
library or by a child that was forked. What a library reads without Python, as safetensors does from a path,
is not seen.
"""

from __future__ import annotations

import importlib.util
import os
import sys
from collections.abc import Callable
from typing import Any

__all__ = ["READ_FROM", "READ_TO", "note_reads"]

READ_FROM = "TLCOURSE_READ_FROM"
READ_TO = "TLCOURSE_READ_TO"

OWN = "authoring/"
"""No notebook depends on the compiler, this file included."""


def note_reads(folder: str, note: Callable[[str], Any]) -> None:
    """From now on, call ``note`` with each file of a folder that this process reads; it cannot be undone.

    Parameters
    ----------
    folder : str
        What is outside is ignored.
    note : callable
        Gets a path relative to ``folder``, with forward slashes, once; a folder's ends in a slash.

    Notes
    -----
    A compiled module counts as its source. The listings that the import system makes for itself do not count:
    otherwise a notebook would depend on every name in the package.
    """
    root = os.path.realpath(folder) + os.sep
    noted: set[str] = set()

    def see(path: str, end: str = "") -> None:
        path = os.path.realpath(path)
        if not (path + os.sep).startswith(root):
            return
        if path.endswith(".pyc") and "__pycache__" in path:
            path = importlib.util.source_from_cache(path)
        name = path[len(root) :].replace(os.sep, "/") + end
        if name not in noted and not name.startswith(OWN):
            noted.add(name)
            note(name)

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        if event == "open":
            path, mode, flags = arguments
            writes = (flags or 0) & (os.O_WRONLY | os.O_RDWR) or set(mode or "") & set("wax+")
            if not writes and isinstance(path, (str, bytes)):
                see(os.fsdecode(path))
        elif event in ("os.listdir", "os.scandir"):
            asker = sys._getframe(1).f_code.co_filename
            if isinstance(arguments[0], (str, bytes)) and not asker.startswith("<frozen importlib"):
                see(os.fsdecode(arguments[0]), end="/")

    for module in list(sys.modules.values()):  # what was there before
        if isinstance(path := getattr(module, "__file__", None), str):
            see(path)
    sys.addaudithook(hook)


def main() -> None:
    """Start the kernel, as ``ipykernel_launcher`` does."""
    from ipykernel.kernelapp import launch_new_instance

    if folder := os.environ.pop(READ_FROM, ""):
        log = os.open(os.environ.pop(READ_TO), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        note_reads(folder, lambda name: os.write(log, f"{name}\n".encode()))
    # The folder that `python -m` puts first is the notebook's own, whose files must not shadow a library.
    if sys.path[:1] in ([""], [os.getcwd()]):
        del sys.path[0]
    launch_new_instance()


if __name__ == "__main__":
    main()

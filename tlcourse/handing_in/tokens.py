"""A learner's tokens: from ``TLCOURSE_TOKEN``, a file of the learner's alone, or a question.

On a JupyterHub nobody needs one: ``TLCOURSE_HUB_SERVICE`` is the class's address, set by the Hub, and the
token of the learner's own server is enough there. It is sent nowhere else.
"""

from __future__ import annotations

import getpass
import json
import os
import sys
from pathlib import Path

from tlcourse.errors import CourseError
from tlcourse.files import write_whole

__all__ = ["address_of", "forget", "keep", "token_for"]

_VARIABLE, _SERVER = "TLCOURSE_TOKEN", "TLCOURSE_SERVER"
_HUB, _HUB_TOKEN = "TLCOURSE_HUB_SERVICE", "JUPYTERHUB_API_TOKEN"


def _path() -> Path:
    import platformdirs

    return Path(platformdirs.user_config_dir("tlcourse")) / "tokens.json"


def _kept() -> dict[str, str]:
    try:
        kept = json.loads(_path().read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return {str(k): str(v) for k, v in kept.items()} if isinstance(kept, dict) else {}


def _write(kept: dict[str, str]) -> None:
    path = _path()
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    write_whole(path, json.dumps(kept, indent=1) + "\n", mode=0o600)


def address_of(to: str | None) -> str:
    """The service's address: as given, of ``TLCOURSE_SERVER``, of the Hub, or the one that was used last.

    Raises
    ------
    CourseError
        If there is none, or if it is not an address.
    """
    kept = _kept()
    address = to or os.environ.get(_SERVER) or _of_the_hub() or (list(kept)[-1] if kept else "")
    if not address:
        raise CourseError(
            "Where shall the notebook go?", 'Give your class\'s address: tlcourse.submit(to="https://...").'
        )
    address = address.strip().rstrip("/")
    if not address.startswith(("https://", "http://")):
        raise CourseError(f"{address!r} is not an address.", "It begins with https:// or http://.")
    return address


def token_for(address: str) -> tuple[str, bool]:
    """The token for a service, and whether it was asked for just now.

    Raises
    ------
    CourseError
        If there is none, and nobody can be asked.
    """
    token = _given(address) or _kept().get(address, "")
    if token:
        return token, False
    try:
        if not _in_notebook() and not sys.stdin.isatty():
            raise EOFError
        token = getpass.getpass(f"Your token for {address}: ").strip()
    except (EOFError, OSError, RuntimeError, AttributeError, NotImplementedError):
        token = ""
    if not token:
        raise CourseError(
            "A token is needed: the one that your instructor gave you.",
            f"Type it when you are asked, or set the environment variable {_VARIABLE}.",
        )
    return token, True


def _of_the_hub() -> str:
    """The class's address on this Hub; "" elsewhere."""
    return os.environ.get(_HUB, "").strip().rstrip("/")


def _given(address: str) -> str:
    """The token that the environment holds for a service; "" if there is none."""
    token = os.environ.get(_VARIABLE, "").strip()
    if not token and address == _of_the_hub():
        token = os.environ.get(_HUB_TOKEN, "").strip()
    return token


def _in_notebook() -> bool:
    """Whether IPython runs this, which asks the learner beside the cell."""
    return "IPython" in sys.modules and sys.modules["IPython"].get_ipython() is not None


def keep(address: str, token: str) -> None:
    """Keep a token that the service knew, for next time; the newest is last."""
    if _given(address):
        return
    kept = _kept()
    if kept.get(address) != token or list(kept)[-1] != address:
        kept.pop(address, None)
        _write({**kept, address: token})


def forget(address: str) -> None:
    """Forget a token that the service does not know (any more)."""
    kept = _kept()
    if kept.pop(address, None) is not None:
        _write(kept)

"""The file of a pack in the course's cache."""

from __future__ import annotations

from pathlib import Path

from tlcourse.errors import WeightsError
from tlcourse.files import cache_folder, sha256
from tlcourse.packs.table import Pack

__all__ = ["COMMAND", "find", "is_there", "place"]

COMMAND = "tlcourse packs"


def place(pack: Pack) -> Path:
    """Where the file of a pack is kept: ``packs`` in the folder of the course's downloads."""
    return cache_folder() / "packs" / pack.file


def is_there(pack: Pack) -> bool:
    """Whether the file of a pack is in the cache, with the right hash."""
    path = place(pack)
    try:
        return path.stat().st_size == pack.member_size and sha256(path) == pack.member_sha256
    except OSError:
        return False


def find(pack: Pack) -> Path:
    """The file of a pack, its hash checked. Nothing is fetched.

    Raises
    ------
    WeightsError
        If it is missing or damaged; it names the command that fetches it, and the chapters that need it.
    """
    path = place(pack)
    if is_there(pack):
        return path
    what = "are damaged" if path.exists() else "are not on this machine"
    raise WeightsError(
        f"The weights of {pack.name} {what} ({path}). They are needed in {pack.needed}.",
        f"With a network, run `{COMMAND}` once ({pack.megabytes}), or copy that file from another machine.",
    )

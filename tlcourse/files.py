"""Where the course's files are, their hashes, and writing one so that nobody ever reads half of it."""

from __future__ import annotations

import hashlib
import os
import tempfile
from pathlib import Path

from tlcourse.errors import CourseError

__all__ = ["cache_folder", "course_root", "sha256", "write_whole"]


def course_root(start: Path | None = None) -> Path:
    """The folder of the course: the first one from here upwards with ``book/chapters``.

    Raises
    ------
    CourseError
        If neither this folder nor one above it is a checkout of the course.
    """
    here = (start or Path.cwd()).resolve()
    for folder in (here, *here.parents):
        if (folder / "book" / "chapters").is_dir():
            return folder
    raise CourseError(
        f"{here} is not inside the course's folder (there is no book/chapters here or above).",
        "Go to the folder that you cloned, and call the command again.",
    )


def cache_folder() -> Path:
    """Where downloads are kept: ``TLCOURSE_DATA`` if it is set, else the user's cache folder."""
    chosen = os.environ.get("TLCOURSE_DATA")
    if chosen:
        return Path(chosen).expanduser()
    import platformdirs

    return Path(platformdirs.user_cache_dir("tlcourse")) / "data"


def sha256(path: str | Path) -> str:
    """The SHA-256 of a file, as 64 hexadecimal digits.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     _ = pathlib.Path(folder, "a").write_bytes(b"abc")
    ...     sha256(pathlib.Path(folder, "a"))[:8]
    'ba7816bf'
    """
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def write_whole(path: Path, content: str | bytes, *, mode: int = 0o644, flush: bool = False) -> None:
    """Write all of a file, or leave the one that is there: a process that is killed loses nothing.

    Parameters
    ----------
    path : Path
        Its folder is made if it is missing.
    content : str or bytes
        Text is written as UTF-8, line ends as they are.
    mode : int
        Who may read and write the file. Until it is complete, only its owner may.
    flush : bool
        Also wait until the disk has it, so that a power cut loses nothing either.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    data = content.encode("utf-8") if isinstance(content, str) else content
    # The beginning of a long name is enough: a file system takes 255 bytes.
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name[:60]}.", suffix=".tmp")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            if flush:
                file.flush()
                os.fsync(file.fileno())
        os.chmod(temporary, mode)
        os.replace(temporary, path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise

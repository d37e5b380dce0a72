"""Where the course's files are, and writing one so that nobody ever reads half of it."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from tlcourse.errors import CourseError

__all__ = ["course_root", "write_whole"]


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

"""How a grading writes its files: whole or not at all, for their owner alone, one run at a time.

Students' names, code and marks are in them, so files are 600 and folders 700, whatever the umask is.
"""

from __future__ import annotations

import contextlib
import errno
import os
from collections.abc import Iterator
from contextvars import ContextVar
from pathlib import Path

from tlcourse.errors import CourseError
from tlcourse.files import write_whole

__all__ = [
    "CannotWriteError",
    "append_lines",
    "cannot_write",
    "is_full",
    "locked",
    "make_private",
    "private_folder",
    "private_umask",
    "refuse_inside",
    "write_safely",
    "writing",
]

_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_CLOSED = (errno.EROFS, errno.EACCES, errno.EPERM)
_LOCK = ".lock"


class CannotWriteError(CourseError):
    """The disk is full, or a folder cannot be written to: no student's doing, so the whole run ends."""


@contextlib.contextmanager
def writing(path: Path, kept: str = "") -> Iterator[None]:
    """Turn an error of the disk into a message for the instructor.

    Parameters
    ----------
    path : pathlib.Path
        The file that is written, or its folder.
    kept : str
        Advice where the disk is full; "make room and run the command again" by default.

    Raises
    ------
    CannotWriteError
    """
    try:
        yield
    except OSError as error:
        raise cannot_write(error, path, kept) from None


def cannot_write(error: OSError, path: Path, kept: str = "") -> CannotWriteError:
    """The message for an error of the operating system while something was written."""
    named = error.filename if isinstance(error.filename, str | os.PathLike) else path
    where = os.fsencode(named).decode("utf-8", "backslashreplace")
    if is_full(error):
        return CannotWriteError(
            f"The disk is full: {where} could not be written.",
            kept or "Make room, then run the command again.",
        )
    if error.errno in _CLOSED:
        return CannotWriteError(
            f"{where} cannot be written ({os.strerror(error.errno or 0)}).",
            "Choose another folder, or give yourself permission to write there.",
        )
    return CannotWriteError(
        f"{where} cannot be written ({error.strerror or type(error).__name__}).",
        "Choose another folder with --out.",
    )


def is_full(error: BaseException | None) -> bool:
    """Whether an error, or one that led to it, says that there is no room left."""
    while error is not None:
        if isinstance(error, OSError) and error.errno in _FULL:
            return True
        text = str(error).lower()
        if "disk is full" in text or "no space left" in text or "disk quota exceeded" in text:
            return True
        error = error.__cause__ or error.__context__
    return False


def private_folder(folder: Path) -> None:
    """Make a folder for its owner alone, and those above it that are missing. One that exists stays as it is.

    Raises
    ------
    CannotWriteError
    """
    with writing(folder):
        missing = []
        while not folder.is_dir() and folder != folder.parent:
            missing.append(folder)
            folder = folder.parent
        for made in reversed(missing):
            made.mkdir(exist_ok=True)
            made.chmod(0o700)


def write_safely(path: Path, content: str | bytes) -> None:
    """Write a file so that it is the old one or the new one at any moment, and never half of it.

    It is its owner's alone (600), and so are the folders that had to be made (700).

    Parameters
    ----------
    path : pathlib.Path
    content : str or bytes
        Text is written as UTF-8.

    Raises
    ------
    CannotWriteError
        Nothing of the new content is left then.
    """
    private_folder(path.parent)
    data = content.encode("utf-8", "backslashreplace") if isinstance(content, str) else content
    with writing(path, _RESUME):
        write_whole(path, data, mode=0o600, flush=True)


_RESUME = "What was graded before is kept. Make room, then run the same command with --resume."


def append_lines(path: Path, lines: list[bytes]) -> None:
    """Add lines to a file, all of them or, where the disk is full, none; a torn last line is ended first.

    Parameters
    ----------
    path : pathlib.Path
        Made if missing, for its owner alone.
    lines : list of bytes
        Without their ends.

    Raises
    ------
    CannotWriteError
    """
    private_folder(path.parent)
    with writing(path, _RESUME):
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        with os.fdopen(descriptor, "r+b", buffering=0) as file:
            os.fchmod(descriptor, 0o600)
            size = file.seek(0, os.SEEK_END)
            torn = size > 0 and os.pread(descriptor, 1, size - 1) != b"\n"
            data = (b"\n" if torn else b"") + b"".join(line + b"\n" for line in lines)
            try:
                while data:
                    data = data[file.write(data) or 0 :]
                os.fsync(descriptor)
            except OSError:
                with contextlib.suppress(OSError):
                    os.ftruncate(descriptor, size)
                raise


def make_private(folder: Path) -> None:
    """Make a folder and everything in it its owner's alone; no link is followed."""
    with contextlib.suppress(OSError):
        if folder.is_dir() and not folder.is_symlink():
            folder.chmod(0o700)
            for entry in os.scandir(folder):
                if entry.is_symlink():
                    continue
                if entry.is_dir(follow_symlinks=False):
                    make_private(Path(entry.path))
                else:
                    # A file that may be executed by its owner stays so.
                    mode = entry.stat(follow_symlinks=False).st_mode
                    os.chmod(entry.path, (mode & 0o100) | 0o600)


@contextlib.contextmanager
def private_umask() -> Iterator[None]:
    """Meanwhile, what other code writes (nbgrader, its database) is its owner's alone, too."""
    before = os.umask(0o077)
    try:
        yield
    finally:
        os.umask(before)


_held: ContextVar[frozenset[str]] = ContextVar("held", default=frozenset())


@contextlib.contextmanager
def locked(out: Path) -> Iterator[None]:
    """Have a folder of results to oneself; made if missing. A run that was killed leaves no lock.

    Raises
    ------
    CourseError
        If another run has it now.
    """
    private_folder(out)
    name = str(out.resolve())
    if name in _held.get():
        yield
        return
    try:
        import fcntl
    except ImportError:  # no Unix: nothing is graded there either, except with --unsafe
        yield
        return
    path = out / _LOCK
    with writing(path):
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise _busy(out, descriptor) from None
        except OSError:
            pass  # a network file system without locks
        with writing(path, _RESUME):
            os.fchmod(descriptor, 0o600)
            os.ftruncate(descriptor, 0)
            os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
        token = _held.set(_held.get() | {name})
        try:
            yield
        finally:
            _held.reset(token)
    finally:
        os.close(descriptor)  # and with it the lock


def _busy(out: Path, lock: int) -> CourseError:
    """The error for a folder that another run has now; its process's number stands in the lock's file."""
    who = os.pread(lock, 20, 0).decode("ascii", "replace").strip()
    return CourseError(
        f"Another run is writing into {out} now" + (f" (process {who})." if who else "."),
        "Wait until it has ended, or give another folder with --out.",
    )


def refuse_inside(out: Path, place: Path) -> None:
    """Refuse to put results where submissions are looked for: the next run would grade them.

    Raises
    ------
    CourseError
    """
    inner, outer = out.resolve(), place.resolve()
    if outer.is_dir() and (inner == outer or outer in inner.parents):
        raise CourseError(
            f"{out} lies inside the folder of the submissions: the next run would grade the results.",
            f"Give a folder outside it, such as --out {outer.name}-graded beside it.",
        )

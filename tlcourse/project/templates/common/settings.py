"""The settings in config.toml, checked, and how this project tells you a problem."""

import errno
import hashlib
import os
import sys
import time
import tomllib
from pathlib import Path

HERE = Path(__file__).resolve().parent


class Problem(Exception):
    """Something you can mend: what is wrong, and what to do about it."""

    def __init__(self, problem, do):
        super().__init__(f"{problem}\n  What to do: {do}")


def read(file=None):
    """The settings as a dictionary of dictionaries: read()["data"]["size"]."""
    file = Path(file or HERE / "config.toml")
    try:
        given = tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        do = f"Put {file.name} back beside the scripts."
        raise Problem(f"{file} cannot be read: {error.strerror}.", do) from None
    except UnicodeDecodeError:
        raise Problem(f"{file.name} is not UTF-8 text.", "Save it as UTF-8.") from None
    except tomllib.TOMLDecodeError as error:
        do = 'Mend that line. Words stand in quotes, as in fit = "crop"; numbers do not.'
        raise Problem(f"{file.name} is not valid TOML: {error}.", do) from None
    return checked(given)


def checked(given):
    """The given settings and the defaults of all others."""
    from known import KNOWN  # here: a model in use has no settings

    config = {}
    for part, names in KNOWN.items():
        section = given.pop(part, {})
        if not isinstance(section, dict):
            raise Problem(f"{part} is not a section.", f"Write it as [{part}].")
        config[part] = {
            name: _value(f"{part}.{name}", section.pop(name, rule[0]), *rule)
            for name, rule in names.items()
        }
        for unknown in section:
            do = f"Settings of [{part}]: {', '.join(names)}."
            raise Problem(f"There is no setting {part}.{unknown}.", do)
    for unknown in given:
        raise Problem(f"There is no section [{unknown}].", f"Use {', '.join(KNOWN)}.")
    if config["data"]["validation"] + config["data"]["test"] > 0.8:
        do = "Lower data.validation or data.test."
        raise Problem("Less than a fifth of the data is left for training.", do)
    if config["decision"]["cost_missed"] + config["decision"]["cost_false_alarm"] == 0:
        raise Problem("Both costs are 0.", "Give at least one of them a value.")
    return config


def _value(name, value, default, *limits):
    kind = {str: "a word in quotes", bool: "true or false", int: "a whole number"}
    if type(default) is float and type(value) is int:
        value = float(value)
    if type(value) is not type(default):
        do = f"Give {kind.get(type(default), 'a number')}, such as {default!r}."
        raise Problem(f"{name} is {value!r}.", do)
    if limits and isinstance(limits[0], list):
        if value not in limits[0]:
            raise Problem(f"{name} is {value!r}.", f"Use {' or '.join(limits[0])}.")
    elif limits and not limits[0] <= value <= limits[1]:
        do = f"Give a value from {limits[0]} to {limits[1]}."
        raise Problem(f"{name} is {value!r}.", do)
    return value


def path(name):
    """A path in the settings: relative ones begin in this project's folder."""
    return HERE / Path(name).expanduser()


def hash_of(file):
    """The SHA-256 of a file: it changes with every bit of the file."""
    with open(file, "rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def run(main):
    """Call main; a Problem is shown as two lines, without a traceback."""
    for stream in (sys.stdout, sys.stderr):  # a console that cannot show a character
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    try:
        sys.exit(main())
    except Problem as problem:
        sys.exit(f"Problem: {problem}")
    except KeyboardInterrupt:
        sys.exit("\nStopped. The same command continues from here.")
    except BrokenPipeError:  # as by `| head`: whoever reads has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except OSError as error:
        problem = disk_problem(error)
        if problem is None:
            raise
        sys.exit(f"Problem: {problem}")


def disk_problem(error):
    """A Problem for an error of the disk, or None if it is a different error."""
    where = f" ({error.filename})" if error.filename else ""
    # Not every library hands on the number of the error.
    if error.errno in (errno.ENOSPC, errno.EDQUOT) or "No space left" in str(error):
        do = "Make room and run the same command again. Nothing that was there is lost."
        return Problem(f"The disk is full{where}.", do)
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        do = "Move the project to a folder in which you may read and write."
        return Problem(f"Reading or writing is not permitted{where}.", do)
    return None


def duration(seconds):
    """
    >>> duration(95)
    '1 min 35 s'
    """
    minutes, seconds = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours} h {minutes} min"
    return f"{minutes} min {seconds} s" if minutes else f"{seconds} s"


class Progress:
    """One line that says how far a loop is and how long it will still take."""

    def __init__(self, what, total):
        self.what, self.total, self.done = what, total, 0
        self.began = self.shown = time.monotonic()

    def step(self):
        self.done += 1
        now = time.monotonic()
        if not sys.stderr.isatty() or (now - self.shown < 0.2 and self.done < self.total):
            return
        self.shown = now
        left = (now - self.began) / self.done * (self.total - self.done)
        line = f"\r{self.what} {self.done}/{self.total}, {duration(left)} left    "
        sys.stderr.write(line if self.done < self.total else "\r" + " " * 78 + "\r")
        sys.stderr.flush()

"""Which sweeps there are."""

from __future__ import annotations

import os
from importlib import import_module

from tlcourse.errors import UnknownNameError
from tlcourse.sweeps.engine.spec import Sweep, SweepError
from tlcourse.sweeps.topics import TOPICS

__all__ = ["get", "names", "sweeps"]

ENV = "TLCOURSE_SWEEPS"
"""More modules that define ``SWEEPS``, separated by commas: an author's own, or a test's."""


def _defined(module: str) -> tuple[Sweep, ...]:
    try:
        return tuple(import_module(module).SWEEPS)
    except (ImportError, AttributeError) as error:
        raise SweepError(
            f"The module {module!r} gives no sweeps: {error}.",
            f"It must define SWEEPS, a tuple of Sweep. (Extra modules come from {ENV}.)",
        ) from error


def _topic(topic: str) -> tuple[Sweep, ...]:
    """The sweeps of a topic, which are those that are listed."""
    defined = _defined(f"tlcourse.sweeps.topics.{topic}")
    if (defines := tuple(sweep.name for sweep in defined)) != TOPICS[topic]:
        raise SweepError(
            f"The topic {topic!r} defines {', '.join(defines)}; listed are {', '.join(TOPICS[topic])}.",
            "Mend TOPICS in tlcourse/sweeps/topics/__init__.py.",
        )
    return defined


def _extra() -> list[str]:
    return [part.strip() for part in os.environ.get(ENV, "").split(",") if part.strip()]


def sweeps() -> dict[str, Sweep]:
    """Every sweep, by name: the ``SWEEPS`` of the course's modules and of those in ``TLCOURSE_SWEEPS``."""
    known: dict[str, Sweep] = {}
    for defined in (*map(_topic, TOPICS), *map(_defined, _extra())):
        for sweep in defined:
            if sweep.name in known:
                raise SweepError(f"Two sweeps are called {sweep.name!r}.", "Rename one.")
            known[sweep.name] = sweep
    return known


def names() -> list[str]:
    """The names of the sweeps, in the order in which they are defined."""
    return list(sweeps())


def get(name: str | Sweep) -> Sweep:
    """The sweep of that name.

    Raises
    ------
    UnknownNameError
        If there is none.
    """
    if isinstance(name, Sweep):
        return name
    topic = next((topic for topic, listed in TOPICS.items() if name in listed), None)
    if topic is not None and not _extra():
        return next(sweep for sweep in _topic(topic) if sweep.name == name)
    known = sweeps()
    if name not in known:
        raise UnknownNameError("sweep", name, known)
    return known[name]

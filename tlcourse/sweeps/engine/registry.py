"""Which sweeps there are."""

from __future__ import annotations

import os
from importlib import import_module

from tlcourse.errors import UnknownNameError

from .spec import Sweep, SweepError

__all__ = ["get", "names", "sweeps"]

TOPICS = (
    "why_transfer",
    "transferability",
    "architectures",
    "base_model",
    "freeze_or_tune",
    "task_head",
    "train_adapted",
    "iterate",
    "word_vectors",
    "encoders",
    "small_gpt",
)
ENV = "TLCOURSE_SWEEPS"
"""More modules that define ``SWEEPS``, separated by commas: an author's own, or a test's."""


def sweeps() -> dict[str, Sweep]:
    """Every sweep, by name: the ``SWEEPS`` of the course's modules and of those in ``TLCOURSE_SWEEPS``."""
    known: dict[str, Sweep] = {}
    more = tuple(part.strip() for part in os.environ.get(ENV, "").split(",") if part.strip())
    for module in (*(f"tlcourse.sweeps.topics.{topic}" for topic in TOPICS), *more):
        try:
            defined = import_module(module).SWEEPS
        except (ImportError, AttributeError) as error:
            raise SweepError(
                f"The module {module!r} gives no sweeps: {error}.",
                f"It must define SWEEPS, a tuple of Sweep. (Extra modules come from {ENV}.)",
            ) from error
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
    known = sweeps()
    if name not in known:
        raise UnknownNameError("sweep", name, known)
    return known[name]

"""Starting a notebook: framework, device, threads and seed in one call."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import Any

from tlcourse.frameworks.device import pick
from tlcourse.frameworks.process import prepare
from tlcourse.frameworks.seeds import seed_everything
from tlcourse.frameworks.threads import set_threads

__all__ = ["Session", "current_chapter", "start"]


@dataclass(frozen=True)
class Session:
    """What :func:`start` set up; prints as one line: ``PyTorch 2.8.0 on cpu, 2 threads, seed 0``."""

    chapter: str
    framework: str
    seed: int
    version: str
    device: str
    threads: int

    def __repr__(self) -> str:
        threads = f"{self.threads} thread{'' if self.threads == 1 else 's'}"
        return f"{self.version} on {self.device}, {threads}, seed {self.seed}"


_session: Session | None = None


def current_chapter() -> str | None:
    """The chapter that :func:`start` was given, or None before it.

    Examples
    --------
    >>> current_chapter() is None or isinstance(current_chapter(), str)
    True
    """
    return _session.chapter if _session else None


def start(chapter: str, framework: str, seed: int = 0) -> Session:
    """Begin a notebook: choose the framework, set allocator, threads, device and seeds.

    Run it first. It may be run again with the same framework (it seeds again).

    Parameters
    ----------
    chapter : str
        The notebook's name, such as "01-why-transfer-learning"; checks and records use it.
    framework : {"torch", "keras"}
    seed : int
        See :func:`seed_everything`.

    Returns
    -------
    Session
        Prints as one line, such as ``PyTorch 2.8.0 on cpu, 2 threads, seed 0``.

    Raises
    ------
    UnknownNameError
        For an unknown framework.
    CourseError
        If the other framework is already loaded: restart the kernel.
    DeviceError
        If TLCOURSE_DEVICE names a device that is not there.
    """
    global _session
    prepare(framework)
    threads = set_threads()
    device = pick(framework=framework)
    seed_everything(seed)
    _session = Session(chapter, framework, seed, _version(framework), _plain(device), threads)
    return _session


def _plain(device: Any) -> str:
    text = str(device)
    return {"/CPU:0": "cpu", "/GPU:0": "gpu"}.get(text, text)


def _version(framework: str) -> str:
    """The framework's name and version, such as "Keras 3.11.0 (TensorFlow 2.20.0)"."""
    if framework == "torch":
        return f"PyTorch {sys.modules['torch'].__version__.split('+')[0]}"
    return f"Keras {sys.modules['keras'].__version__} (TensorFlow {sys.modules['tensorflow'].__version__})"

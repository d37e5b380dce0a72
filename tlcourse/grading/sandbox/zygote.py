"""The process that has everything imported, and forks a child for every answer.

It runs inside the jail and never runs a student's code itself. On its control socket a message with two
descriptors (the job; room for the reply) starts a child, ``kill`` ends it, and its exit status goes back.
"""

from __future__ import annotations

import argparse
import contextlib
import gc
import importlib
import json
import mmap
import os
import select
import signal
import socket
import sys
from collections.abc import Sequence
from typing import Any

from tlcourse.grading.sandbox import linux
from tlcourse.grading.sandbox.child import BROKEN, close_all, furnish, observe_here, shut_in
from tlcourse.grading.sandbox.plain_traceback import install_plain_tracebacks
from tlcourse.grading.sandbox.untouched import Untouched, remember

__all__ = ["main"]

_PRELOADED = {
    "torch": (
        "torch",
        "torch.nn.functional",
        "torch.optim",
        "torch.utils.data",
        "torch.utils.serialization",
        "torchvision.transforms.v2",
        "timm",
    ),
    "keras": ("tensorflow", "keras"),
}
_LIBRARIES = (
    "numpy",
    "numpy.testing",
    "pandas",
    "scipy",
    "sklearn.linear_model",
    "sklearn.metrics",
    "sklearn.pipeline",
    "PIL.Image",
    "IPython.core.inputtransformer2",
    "asyncio",
    "logging",
)
_COURSE = (
    "audio",
    "claims",
    "data",
    "deployment",
    "devices",
    "embeddings",
    "evaluation",
    "exercises",
    "freezing",
    "heads",
    "language",
    "models",
    "packs",
    "tabular",
    "training",
    "training.schedules",
)
# Packages with a module for each framework: that of this one is loaded too.
_SIDED = (
    "exercises.engine.gauge",
    "exercises.engine.tiny",
    "freezing",
    "heads",
    "models.adapting",
    "models.layers",
    "models.networks",
)


def _preload(framework: str, chapter: str, modules: Sequence[str], imports: Sequence[str]) -> None:
    """Import what answers use. Nothing is left out in silence: a name that is wrong ends the zygote.

    Of the ``imports`` of right answers some may be missing here: an answer that needs one is told so itself.
    """
    from tlcourse.data.withheld import LOADERS
    from tlcourse.exercises.engine.own_work import functions, hidden_in
    from tlcourse.exercises.engine.registry import add_module, all_exercises

    for name in (*_PRELOADED[framework], *_LIBRARIES):
        importlib.import_module(name)
    for name in _COURSE:
        importlib.import_module(f"tlcourse.{name}")
    for name in _SIDED:
        importlib.import_module(f"tlcourse.{name}._{framework}")
    for name in ("tlcourse.grading.sandbox.attacks", *modules):
        add_module(name)
    all_exercises(chapter)
    for name in imports:
        with contextlib.suppress(ImportError):
            _import(name)
    # What is hidden from answers: each one's process would import it otherwise.
    functions((*hidden_in(chapter), *LOADERS), framework)


def _import(name: str) -> None:
    """``import module`` for "module", ``from module import part`` for "module:part"."""
    module, _, part = name.partition(":")
    # Names that a package looks up when they are asked for are loaded by asking.
    if not hasattr(importlib.import_module(module), part or "__name__"):
        importlib.import_module(f"{module}.{part}")


def main(arguments: Sequence[str] | None = None) -> None:
    """Import, say so, and serve until the other end of the control socket closes."""
    parser = argparse.ArgumentParser(prog="zygote")
    parser.add_argument("--framework", required=True, choices=("torch", "keras"))
    parser.add_argument("--chapter", required=True)
    parser.add_argument("--control", type=int, required=True)
    parser.add_argument("--limits", required=True)
    parser.add_argument("--imports", default="[]")
    parser.add_argument("--module", action="append", default=[])
    options = parser.parse_args(arguments)
    control = socket.socket(fileno=options.control)
    limits = json.loads(options.limits)
    from tlcourse.exercises.engine.cells import stand_in_for_checks

    gc.disable()  # what is imported stays: collections meanwhile take a quarter of the time, and free nothing
    _preload(options.framework, options.chapter, options.module, json.loads(options.imports))
    stand_in_for_checks()
    install_plain_tracebacks()
    untouched = remember()
    gc.freeze()  # a collection in a child would copy the memory that it shares
    gc.enable()
    control.send(b"ready")
    number = 0
    while True:
        message, descriptors, _, _ = socket.recv_fds(control, 64, 2)
        if not message:
            return
        if message == b"kill":
            continue  # it had ended already
        number += 1
        status = _serve(control, descriptors, limits, options.framework, untouched, number)
        try:
            control.send(json.dumps(status).encode())
        except OSError:
            return


def _serve(
    control: socket.socket,
    descriptors: list[int],
    limits: dict[str, Any],
    framework: str,
    untouched: Untouched,
    number: int,
) -> dict[str, Any]:
    job, room = descriptors
    reply = mmap.mmap(room, 0)
    middle = os.fork()
    if middle == 0:
        _middle(control, job, reply, limits, framework, untouched, number)
    for descriptor in descriptors:
        os.close(descriptor)
    reply.close()
    ended = os.pidfd_open(middle)
    try:
        while True:
            ready, _, _ = select.select([ended, control.fileno()], [], [])
            if ended in ready:
                break
            if control.recv(64) in (b"kill", b""):
                os.kill(middle, signal.SIGKILL)
                break
    finally:
        os.close(ended)
    status = os.waitstatus_to_exitcode(os.waitpid(middle, 0)[1])
    # A child whose middle was killed is ours now, the first process of its namespace: it ends when all that
    # is in there has ended. Only then is the next answer's turn.
    with contextlib.suppress(ChildProcessError):
        while True:
            os.waitpid(-1, 0)
    return {"status": status}


def _middle(
    control: socket.socket,
    job: int,
    reply: mmap.mmap,
    limits: dict[str, Any],
    framework: str,
    untouched: Untouched,
    number: int,
) -> None:
    """Between zygote and child: enters the namespaces, forks, and ends as the child ends. Never returns."""
    from tlcourse.exercises.engine.plain import from_json

    try:
        linux.prctl_death(signal.SIGKILL)
        control.close()
        shut_in(limits, number)
        child = os.fork()
        if child != 0:
            code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
            os._exit(code if code >= 0 else 128 - code)
        with os.fdopen(job, "rb") as file:
            request = from_json(file.read().decode("ascii"))
        furnish(limits, request["hidden"])
        close_all()
    except BaseException as error:
        print(f"the sandbox failed: {type(error).__name__}: {error}", file=sys.stderr, flush=True)
        os._exit(BROKEN)
    try:
        observe_here(request, framework, reply, untouched)
    except BaseException:
        os._exit(98)
    os._exit(0)


if __name__ == "__main__":
    main()

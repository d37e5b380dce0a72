"""Observing answers where they can do no harm: a jail, a zygote in it, one forked child for each answer.

`Sandbox.observe` is what the rest of the grader calls. ``view`` makes the copy of the package that the jail
shows (no judges in it), ``jail`` the file system and the namespaces, ``zygote`` and ``child`` run inside,
``audit`` and ``untouched`` keep an answer's hands off the probe.
"""

from __future__ import annotations

# from .limits import Limits
# from .parent import Sandbox, SandboxUnavailableError, available

__all__ = ["Limits", "Sandbox", "SandboxUnavailableError", "available"]

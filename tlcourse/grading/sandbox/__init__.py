"""Observing answers where they can do no harm: a jail, a zygote in it, one forked child for each answer.

`Sandbox.observe` is what the rest of the grader calls. ``view`` makes the copy of the package that the jail
shows (no judges in it), ``launch`` builds the jail, ``zygote`` and ``child`` run inside, ``audit`` and
``untouched`` keep an answer's hands off the probe. ``proof`` attacks the jail before it is used, through
``attacks``.

This file is in the jail too, so it imports nothing.
"""

from __future__ import annotations

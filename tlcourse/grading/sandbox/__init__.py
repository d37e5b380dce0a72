"""Observing answers where they can do no harm: a jail, a zygote in it, one forked child for each answer.

Outside the jail: ``sandbox`` is what the rest of the grader calls, ``availability`` tries whether this
machine can build a jail, ``plan`` lists what it shows, ``view`` makes the copy of the package that goes into
it (no judges in it), ``launch`` builds it, ``jail`` starts and stops it, ``watching`` compares its processes
with the limits, ``replies`` reads what comes back, and ``proof`` attacks it before it is used.

Inside: ``zygote`` and ``child`` run the answers, ``audit`` and ``untouched`` keep an answer's hands off the
probe, ``attacks`` is what ``proof`` runs.

In the jail an empty file takes the place of this one.
"""

from __future__ import annotations

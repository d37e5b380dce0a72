"""No claim is read from a clock.

A wall time, and what is worked out from it, is different on every machine and on a busy one. As a claim it
would fail wherever the notebook is executed again. So the values of a chapter's code are followed, without
running anything, from the clocks (``sources``) through names, containers, branches and the chapter's own
functions (``flow``, ``expressions``, ``values``) to ``record`` (``check``).

Rows of a recorded sweep may hold times: they are read from a table, and do not change when the notebook runs
again.
"""

from tlcourse.authoring.source.clocks.check import check_clocks

__all__ = ["check_clocks"]

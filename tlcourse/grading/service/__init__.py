"""A class, live: `tlcourse serve` takes notebooks in over the network and gives verdicts in seconds.

Reading, jail, judges and pages are the grader's own. Here is what a service adds: who may hand in
(``tokens``, ``sessions``), what was handed in (``database``, ``handins``), whose turn it is (``queue``,
``worker``), which of several hand-ins counts (``counting``), and the pages (``app``).
"""

from __future__ import annotations

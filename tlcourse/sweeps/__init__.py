"""Sweeps: comparisons too slow for a notebook, run once, row by row, and committed as small tables.

A sweep is a function of one run's settings and a grid of settings. ``make results`` runs what is missing;
a chapter reads the table (:func:`table`), runs one row live (:func:`live_row`) and compares the two
(:func:`compare`); CI re-runs a sample of rows, chosen afresh by commit.
"""

from __future__ import annotations

from tlcourse.sweeps.engine.live import compare, live_row, run_all
from tlcourse.sweeps.engine.registry import get, names
from tlcourse.sweeps.engine.spec import Sweep, SweepError
from tlcourse.sweeps.engine.store import table

__all__ = ["Sweep", "SweepError", "compare", "get", "live_row", "names", "run_all", "table"]

"""The engine of the sweeps: what a sweep is, its table, and how rows are run, checked and rehashed."""

from __future__ import annotations

from .check import check_sweeps
from .rehash import rehash_sweeps
from .run import run_sweeps

__all__ = ["check_sweeps", "rehash_sweeps", "run_sweeps"]

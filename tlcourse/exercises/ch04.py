"""The exercises of chapter 4, "Freeze or fine-tune".

Six exercises, on a network of a few blocks with BatchNorm and dropout (``tiny``): freezing that holds, a test
for what only looks frozen, a cache that agrees with the live backbone, the last n blocks, a block opened in
mid-training, and a plan for opening one group after the other. The solutions are in
``book/chapters/04-freeze-or-fine-tune.md``, not here.
"""

from __future__ import annotations

from .ch04_cache import CACHE
from .ch04_freezing import FREEZE, LOOKS_FROZEN
from .ch04_unfreezing import LAST_BLOCKS, SECOND_STAGE
from .model import Exercise

__all__ = ["EXERCISES"]

EXERCISES: tuple[Exercise, ...] = (FREEZE, LOOKS_FROZEN, CACHE, LAST_BLOCKS, SECOND_STAGE)

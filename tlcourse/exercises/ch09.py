"""The exercises of chapter 9, "Transformers".

Six exercises: attention with a mask, search by cosine, a low-rank addition to a frozen layer, the
perplexity of a text, the next token's probabilities, and a summary made of sentences. The solutions are in
``book/chapters/09-transformers.md``, not here.
"""

from __future__ import annotations

from tlcourse.exercises.ch09_attention import ATTENTION, SEARCH, SUMMARY
from tlcourse.exercises.ch09_generating import NEXT, PERPLEXITY
from tlcourse.exercises.ch09_lora import LORA
from tlcourse.exercises.engine.model import Exercise

__all__ = ["EXERCISES"]

EXERCISES: tuple[Exercise, ...] = (ATTENTION, SEARCH, LORA, PERPLEXITY, NEXT, SUMMARY)

"""The exercises of chapter 8, "Word vectors".

Six exercises: an analogy, the parts of a word that make a vector for an unseen one, texts as rows of numbers,
the mean of a text's vectors without its padding, a table of vectors as a layer, and what a foreign domain
costs. The solutions are in ``book/chapters/08-word-vectors.md``, not here.
"""

from __future__ import annotations

from tlcourse.exercises.ch08_texts import ENCODE, LAYER, MEAN
from tlcourse.exercises.ch08_words import ANALOGY, NGRAMS, TRANSFER
from tlcourse.exercises.engine.model import Exercise

__all__ = ["EXERCISES"]

EXERCISES: tuple[Exercise, ...] = (ANALOGY, NGRAMS, ENCODE, MEAN, LAYER, TRANSFER)

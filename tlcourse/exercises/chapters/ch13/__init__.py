"""The exercises of chapter 13, "Fraud", in the order in which learners meet them.

The solutions are in ``book/chapters/13-fraud.md``.
"""

ORDER = ("risk", "top", "weight", "adapter", "average", "move")
"""The chapters' exercises, a folder each (`tlcourse.exercises.engine.folder` says what is in one)."""

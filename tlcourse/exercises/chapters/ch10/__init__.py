"""The exercises of chapter 10, "When transfer goes wrong", in the order in which learners meet them.

The solutions are in ``book/chapters/10-when-transfer-goes-wrong.md``.
"""

ORDER = ("tell", "statistics", "grounds", "anchor", "between", "parts", "keep")
"""The chapters' exercises, a folder each (`tlcourse.exercises.engine.folder` says what is in one)."""

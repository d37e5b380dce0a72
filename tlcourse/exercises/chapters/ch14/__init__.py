"""The exercises of chapter 14, "Your own project", in the order in which learners meet them.

The solutions are in ``book/chapters/14-your-own-project.md``.
"""

ORDER = ("phone", "folds", "suspects", "next_labels", "refuse", "resume")
"""The chapters' exercises, a folder each (`tlcourse.exercises.engine.folder` says what is in one)."""

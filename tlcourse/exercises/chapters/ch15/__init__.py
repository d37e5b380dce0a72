"""The exercises of chapter 15, "To a small device", in the order in which learners meet them.

The solutions are in ``book/chapters/15-to-a-small-device.md``.
"""

ORDER = ("inside", "ranges", "bytes", "narrow", "soft", "student")
"""The chapters' exercises, a folder each (`tlcourse.exercises.engine.folder` says what is in one)."""

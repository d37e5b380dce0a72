"""The exercises of chapter 12, "Speech", in the order in which learners meet them.

The solutions are in ``book/chapters/12-speech.md``.
"""

ORDER = ("log_mel", "frames", "masks", "speakers", "alarms", "move")
"""The chapters' exercises, a folder each (`tlcourse.exercises.engine.folder` says what is in one)."""

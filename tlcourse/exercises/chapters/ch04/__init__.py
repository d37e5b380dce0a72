"""The exercises of chapter 4, "Freeze or fine-tune", in the order in which learners meet them.

All but the last work on a network of a few blocks with BatchNorm and dropout
(`tlcourse.exercises.engine.tiny`), the last on SqueezeNet (`tlcourse.exercises.engine.late`). The solutions
are in ``book/chapters/04-freeze-or-fine-tune.md``.
"""

ORDER = ("freeze", "looks_frozen", "last_blocks", "second_stage", "two_stages")

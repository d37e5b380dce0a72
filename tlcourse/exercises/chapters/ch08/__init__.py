"""The exercises of chapter 8, "Word vectors", in the order in which learners meet them.

The solutions are in ``book/chapters/08-word-vectors.md``.
"""

ORDER = ("analogy", "files", "encode", "layer", "mean", "classify")

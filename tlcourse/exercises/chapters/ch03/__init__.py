"""The exercises of chapter 3, "Build the base model", in the order in which learners meet them.

The solutions are in ``book/chapters/03-build-the-base-model.md``.
"""

ORDER = ("cut", "transform", "grey", "extract", "train")

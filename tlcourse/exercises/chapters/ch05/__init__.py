"""The exercises of chapter 5, "Add a task head", in the order in which learners meet them.

The solutions are in ``book/chapters/05-add-a-task-head.md``.
"""

ORDER = ("build", "pair", "weights", "answers", "train")

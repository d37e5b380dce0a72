"""The exercises of chapter 6, "Train the adapted model", in the order in which learners meet them.

The solutions are in ``book/chapters/06-train-the-adapted-model.md``.
"""

ORDER = ("two_rates", "schedule", "early_stop", "safe", "train")

"""The exercises of chapter 1, "Why transfer learning", in the order in which learners meet them.

The solutions are in ``book/chapters/01-why-transfer-learning.md``.
"""

ORDER = ("count", "score", "small_cnn", "train_head", "beat_pixels", "label_ratio")

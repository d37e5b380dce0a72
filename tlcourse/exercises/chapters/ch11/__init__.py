"""The exercises of chapter 11, "Medical images", in the order in which learners meet them.

The solutions are in ``book/chapters/11-medical-images.md``.
"""

ORDER = ("copies", "threshold", "heatmap", "cover", "prevalence", "alarms")

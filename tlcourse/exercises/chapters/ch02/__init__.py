"""The exercises of chapter 2, "Choose a pretrained model", in the order in which learners meet them.

The solutions are in ``book/chapters/02-choose-a-pretrained-model.md``.
"""

ORDER = ("card", "safe", "probe", "rank")

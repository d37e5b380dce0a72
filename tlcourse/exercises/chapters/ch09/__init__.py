"""The exercises of chapter 9, "Transformers", in the order in which learners meet them.

The solutions are in ``book/chapters/09-transformers.md``.
"""

ORDER = ("collate", "head", "search", "lora", "top_p", "tune")

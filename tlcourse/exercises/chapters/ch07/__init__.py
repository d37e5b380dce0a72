"""The exercises of chapter 7, "Evaluate and iterate", in the order in which learners meet them.

The solutions are in ``book/chapters/07-evaluate-and-iterate.md``.
"""

ORDER = ("measure", "worst", "threshold", "leaked", "decide", "bar")

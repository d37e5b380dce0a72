"""Answers that no exercise lists: right in another way (``RIGHT``), or wrong in one that is foreseen nowhere (``WRONG``).

A module for each chapter; in it, for each exercise, (title, source) or (title, {"torch": source, "keras": source}),
where one framework may be missing. `other_cases` reads them.
"""

"""Hand a notebook in to a class's service (`tlcourse serve`), and wait for its verdict.

:mod:`.notebook` finds and checks the file, :mod:`.tokens` keeps the learner's token, :mod:`.client` talks to
the service. Learners meet this as :func:`tlcourse.submit`, and as ``tlcourse submit FILE --to ADDRESS``.
"""

from tlcourse.handing_in.submit import submit

__all__ = ["submit"]

"""Whether the two frameworks tell the same story: their recorded claims, compared.

Digits may differ between PyTorch and Keras, conclusions may not, for the prose that states them is written
once. A claim's *uncertainty* is the standard error of its mean, ``spread / sqrt(n)``, where it was recorded
with a spread; else its tolerance. Four things are compared in each chapter:

*names*
    Both frameworks record the same claims, with the same stories.
*stories*
    Claims of one story (``record(..., story="far-small")``) are the sides of one comparison, and every pair
    of them is compared. A framework tells a pair apart where the two are further from one another than their
    joint uncertainty, the root of the sum of the two squares. A pair that one framework tells apart in one
    order and the other in the opposite order is reversed.
*signs*
    A claim whose ``fmt`` begins with ``+`` is a difference. Its sign must be the same in both where it is
    further from zero than its uncertainty in either. What is printed as zero has no sign.
*verdicts*
    Text and truth values must be the same, numbers inside a text apart ("at least 40", "at least 35"), unless
    one of them is undecided (:data:`UNDECIDED`): one framework may see what the other cannot tell.

What differs by design is listed with its reason (see :func:`disagreements`), and such a list may hold nothing
that is not needed.

``rules`` compares one chapter, ``course`` all of them.
"""

from tlcourse.authoring.stories.course import chapters_in, disagreements
from tlcourse.authoring.stories.rules import UNDECIDED, compare, joint, uncertainty

__all__ = ["UNDECIDED", "chapters_in", "compare", "disagreements", "joint", "uncertainty"]

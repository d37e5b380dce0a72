"""Does anything but the subject tell the class? Then a model may learn that instead."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence

from tlcourse.grading.challenge.pictures import Picture

__all__ = ["giveaways"]

_WORDS = {"size": "size in pixels", "format": "file format", "camera": "camera"}
_CLEAR = 0.2
"""How much better than the largest class a fact must do, to be worth a remark."""


def giveaways(pictures: Sequence[Picture]) -> list[str]:
    """Remarks on facts of the original files that go with the class.

    The facts themselves are not published, but the pixels may still show them: one camera's colours, the
    blur of a small image that was enlarged.

    Returns
    -------
    list of str
        A sentence for each fact with which more images get the right class, each judged by the others with
        the same fact, than by the largest class.
    """
    largest = max(Counter(each.label for each in pictures).values()) / len(pictures)
    remarks = []
    for fact, words in _WORDS.items():
        share = _told_by([(each.facts.get(fact, ""), each.label) for each in pictures])
        if share >= min(largest + _CLEAR, 0.95) and share > largest:
            remarks.append(
                f"The {words} of the original file alone tells the class of {share:.0%} of the images "
                f"(the largest class: {largest:.0%}). The files do not show it any more, but a model may "
                "recognise the source by its colours or its blur. Mix the sources within each class if "
                "you can."
            )
    return remarks


def _told_by(pairs: Sequence[tuple[str, str]]) -> float:
    """The share of images whose class is the commonest among the others with the same fact."""
    by_value: dict[str, Counter[str]] = defaultdict(Counter)
    for value, label in pairs:
        by_value[value][label] += 1
    right = 0.0
    for value, label in pairs:
        others = by_value[value] - Counter([label])
        if others:
            most = max(others.values())
            best = [name for name, count in others.items() if count == most]
            right += (label in best) / len(best)
    return right / len(pairs)

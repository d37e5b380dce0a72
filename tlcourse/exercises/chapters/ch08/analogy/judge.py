"""A point for each question."""

from __future__ import annotations

from typing import Any

import numpy as np

from tlcourse.exercises.engine import Verdict, always, read, right, show, total, wrong

from .probe import WAYS, answer_of


class Asked:
    """One question, what was said to it, and how all questions were answered."""

    def __init__(self, observed: dict[str, Any], inputs: dict[str, Any], place: int) -> None:
        known, matrix = list(inputs["words"]), np.asarray(inputs["matrix"], "float64")
        questions = [tuple(int(i) for i in question) for question in inputs["questions"]]
        said = [str(word) for word in observed["said"]]
        self.word, self.known = said[place], known
        self.own = [known[i] for i in questions[place]]
        self.asked = "{} is to {} as {} is to …".format(*self.own)
        self.shown, self.other = show(self.word), self.word[1:]
        self.right = self.word == answer_of(known, matrix, questions[place])[0]
        self.ways = [
            name
            for name, settings in WAYS.items()
            if said == [answer_of(known, matrix, question, **settings)[0] for question in questions]
        ]

    def by(self, way: str) -> bool:
        return self.ways[:1] == [way]


ASKED = (
    right(lambda asked: asked.right, "{asked} {word}: right."),
    wrong(
        lambda asked: asked.word.startswith("?"),
        "{asked} A word was asked for, and you give {other}. `most_similar` gives pairs of a word and its"
        " cosine.",
        "not a word",
    ),
    wrong(
        lambda asked: asked.word not in asked.known,
        "{asked} You say {shown}, which has no vector.",
        "not a word",
    ),
    wrong(
        lambda asked: asked.word in asked.own,
        "{asked} You say {shown}. That is a word of the question: the sum lies near the words that it is"
        " made of,"
        " so leave a, b and c out.",
        "a word of the question",
    ),
    wrong(
        lambda asked: asked.by("the wrong sign"),
        "{asked} You say {shown}. It looks as if you take b off and add a. The way leads from a to b: b -"
        " a, and"
        " then c.",
        "the wrong sign",
    ),
    wrong(
        lambda asked: asked.by("c taken off"),
        "{asked} You say {shown}. It looks as if c is taken off. The way from a to b is walked from c: b"
        " - a + c.",
        "c taken off",
    ),
    wrong(
        lambda asked: asked.by("not of length 1"),
        "{asked} You say {shown}. That is what the vectors give as they are. Some words have long"
        " vectors, which"
        " then decide: bring a, b and c to length 1 first.",
        "not of length 1",
    ),
    wrong(
        lambda asked: asked.by("the farthest"),
        "{asked} You say {shown}. That is the word with the smallest cosine. The nearest has the largest.",
        "the farthest",
    ),
    wrong(always, "{asked} You say {shown}. Another word has a larger cosine to b - a + c.", "another word"),
)


def judge(observed: dict[str, Any], inputs: dict[str, Any]) -> Verdict:
    """Each question counts alike."""
    return total(*(read(ASKED, Asked(observed, inputs, place)) for place in range(len(inputs["questions"]))))

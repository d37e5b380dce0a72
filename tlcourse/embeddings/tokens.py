"""From a text to numbers: words, and a vocabulary that numbers them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from tlcourse.checks import whole
from tlcourse.errors import DataError

__all__ = ["PADDING", "UNKNOWN", "Vocabulary", "listed", "tokenize"]

PADDING, UNKNOWN = 0, 1

# Emoticons first, so that ":)" stays one sign ("http://" holds none); then words, with hyphens inside.
_TOKEN = re.compile(
    r"[<>]?[:;=8xX][-o*']?[)\](\[dDpP/\\|}{@3]+(?![\w/])|<3"
    r"|(?<!\w)n't(?!\w)|(?<!\w)'(?:s|re|ve|d|m|ll)\b"
    r"|\d+(?:[.,:]\d+)*"
    r"|\w+(?:-\w+)*"
    r"|[^\w\s]"
)
_NEGATION = re.compile(r"(?<=\w)n't\b")
_CLITIC = re.compile(r"(?<=\w)'(s|re|ve|d|m|ll)\b")


def tokenize(text: str) -> list[str]:
    """A text as words and signs in lower case, tokenized as GloVe's training text was.

    GloVe 6B was made of text cut by Stanford's tokenizer: "don't" is "do" and "n't", "film's" is "film" and
    "'s", a sign is a word. Cut otherwise, frequent words would have no vector.

    Parameters
    ----------
    text : str

    Returns
    -------
    list of str
        Empty for an empty text.

    Raises
    ------
    DataError
        For anything but a str.

    Examples
    --------
    >>> tokenize("I don't like the film's ending :(")
    ['i', 'do', "n't", 'like', 'the', 'film', "'s", 'ending', ':(']
    """
    if not isinstance(text, str):
        raise DataError(
            f"A text is needed, and this is a {type(text).__name__}.",
            "Pass one str; bytes are decoded first: raw.decode('utf-8').",
        )
    plain = text.replace("’", "'").replace("``", '"').replace("''", '"')
    spaced = _CLITIC.sub(r" '\1", _NEGATION.sub(" n't", plain.lower()))
    return [
        token for part in spaced.split() for token in (["n't"] if part == "n't" else _TOKEN.findall(part))
    ]


@dataclass(frozen=True)
class Vocabulary:
    """Words with numbers: 0 is padding, 1 stands for every unknown word, 2 is the first word.

    Attributes
    ----------
    words : tuple of str

    Examples
    --------
    >>> vocabulary = Vocabulary.of(["good film", "bad film"])
    >>> vocabulary.words
    ('film', 'bad', 'good')
    >>> vocabulary.encode(["good good book", "", "film"]).tolist()
    [[4, 4, 1], [0, 0, 0], [2, 0, 0]]
    """

    words: tuple[str, ...]

    def __post_init__(self) -> None:
        if len(set(self.words)) != len(self.words):
            word, count = Counter(self.words).most_common(1)[0]
            raise DataError(f"The word {word!r} is {count} times in the vocabulary.", "Give each word once.")

    @classmethod
    def of(cls, texts: Iterable[str], min_count: int = 1, most: int | None = None) -> Vocabulary:
        """The words of some texts, the most frequent first, equal ones by the alphabet.

        Parameters
        ----------
        texts : iterable of str
            Training texts only: a word that is in the test texts alone cannot have been learned.
        min_count : int
            Leave rarer words out.
        most : int, optional
            Keep at most this many words, the most frequent ones.

        Raises
        ------
        DataError
            For a single str instead of a list, or if no word is left.
        """
        counts = Counter(token for text in listed(texts) for token in tokenize(text))
        by_count = sorted((-n, word) for word, n in counts.items() if n >= min_count)[:most]
        if not by_count:
            raise DataError(
                f"No word is left of {sum(counts.values())}.", "Give texts with words, or a lower min_count."
            )
        return cls(tuple(word for _, word in by_count))

    def __len__(self) -> int:
        return len(self.words)

    @cached_property
    def index(self) -> dict[str, int]:
        """The number of each word, from 2 on."""
        return {word: number for number, word in enumerate(self.words, 2)}

    def encode(self, texts: Iterable[str], length: int | None = None) -> npt.NDArray[np.int64]:
        """Texts as numbers, int64 (N, L), padded with 0 at the end.

        Parameters
        ----------
        texts : iterable of str
            An empty text is a row of zeros.
        length : int, optional
            L: longer texts are cut at the end. By default the longest text's, and at least 1.

        Raises
        ------
        DataError
            For a single str instead of a list, or no texts.
        SettingError
            For a length below 1.
        """
        rows = [[self.index.get(token, UNKNOWN) for token in tokenize(text)] for text in listed(texts)]
        if not rows:
            raise DataError("No texts were given.", "Give a list with at least one text.")
        if length is None:
            length = max(1, *(len(row) for row in rows))
        length = whole("The length", length, 1)
        encoded = np.full((len(rows), length), PADDING, np.int64)
        for number, row in enumerate(rows):
            encoded[number, : len(row)] = row[:length]
        return encoded

    def decode(self, numbers: Sequence[int]) -> list[str]:
        """The words of one row of numbers, padding left out, ``"<unknown>"`` for 1."""
        return [self.words[n - 2] if n >= 2 else "<unknown>" for n in numbers if n != PADDING]


def listed(texts: Iterable[str]) -> list[str]:
    """Texts as a list, checked.

    Raises
    ------
    DataError
        For a single str instead of a list, or an element that is not a str.
    """
    if isinstance(texts, str):
        raise DataError(f"The texts are one string, {texts[:40]!r}.", "Give a list of texts.")
    texts = list(texts)
    for number, text in enumerate(texts):
        if not isinstance(text, str):
            raise DataError(
                f"Text {number} is a {type(text).__name__}.",
                "Give str; decode bytes first: raw.decode('utf-8').",
            )
    return texts

"""Texts as the numbers that a checkpoint was trained on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from tlcourse.embeddings.tokens import listed
from tlcourse.errors import DataError
from tlcourse.language.checkpoints import Checkpoint, find_checkpoint

__all__ = ["TextTokenizer", "load_tokenizer"]


class TextTokenizer:
    """A checkpoint's own tokenizer (the library ``tokenizers``), with arrays in and out.

    Parameters
    ----------
    rules : tokenizers.Tokenizer
    longest : int
        Tokens that the network can read, special ones included.
    padding : int
        The padding token; the network must know it by the same number.
    end : int, optional
        The token that ends a text.

    Examples
    --------
    >>> tokenizer = load_tokenizer("all-MiniLM-L6-v2")
    >>> tokenizer.pieces("unfunniest")
    ['[CLS]', 'un', '##fu', '##nni', '##est', '[SEP]']
    >>> tokenizer.encode(["a film", "film"]).tolist()
    [[101, 1037, 2143, 102], [101, 2143, 102, 0]]
    """

    def __init__(self, rules: Any, longest: int, padding: int = 0, end: int | None = None) -> None:
        rules.no_padding()
        rules.no_truncation()
        self.rules, self.longest, self.padding, self.end = rules, longest, padding, end

    def __len__(self) -> int:
        return int(self.rules.get_vocab_size())

    def encode(self, texts: Iterable[str], length: int | None = None) -> npt.NDArray[np.int64]:
        """Texts as tokens, int64 (N, L), with the checkpoint's padding where a text has ended.

        Parameters
        ----------
        texts : iterable of str
            An empty text has its special tokens only.
        length : int, optional
            L. Longer texts are cut, their last special token kept. By default the longest text's, at most
            what the network can read.

        Raises
        ------
        DataError
            For a single str instead of a list, no texts, an element that is not a str, a length that holds no
            word or that the network cannot read.
        """
        rows = self.rows(texts)
        special = len(self._row(""))
        if length is not None and not special < length <= self.longest:
            raise DataError(
                f"The length is {length}.",
                f"Give {special + 1} to {self.longest}: special tokens take {special} places, and the"
                f" network "
                f"reads {self.longest}.",
            )
        room = min(max(1, *(len(row) for row in rows)), self.longest) if length is None else length
        tokens = np.full((len(rows), room), self.padding, np.int64)
        for number, row in enumerate(rows):
            if len(row) > room:
                row = row[: room - 1] + row[-1:] if special else row[:room]
            tokens[number, : len(row)] = row
        return tokens

    def rows(self, texts: Iterable[str]) -> list[list[int]]:
        """The tokens of each text, as many as it has.

        Raises
        ------
        DataError
            For a single str instead of a list, no texts, or an element that is not a str.
        """
        listed_texts = listed(texts)
        if not listed_texts:
            raise DataError("No texts were given.", "Give a list with at least one text.")
        return [self._row(text) for text in listed_texts]

    def _row(self, text: str) -> list[int]:
        return list(self.rules.encode(text).ids)

    def pieces(self, text: str) -> list[str]:
        """The tokens of one text as text, special ones included."""
        listed([text])
        return list(self.rules.encode(text).tokens)

    def decode(self, tokens: Sequence[int] | npt.NDArray[np.integer]) -> str:
        """The text of one row of tokens, special ones left out."""
        return str(self.rules.decode([int(token) for token in np.asarray(tokens).reshape(-1)]))


def load_tokenizer(
    name: str | Path | Checkpoint, revision: str | None = None, download: bool = True
) -> TextTokenizer:
    """The tokenizer of a checkpoint; see `find_checkpoint` for the names.

    Raises
    ------
    DataError
        When the checkpoint has no ``tokenizer.json``, or a damaged one.
    WeightsError
        When BERT's ``pad_token_id`` is not a token.
    CourseError
        As `find_checkpoint`.
    """
    from tokenizers import Tokenizer

    checkpoint = name if isinstance(name, Checkpoint) else find_checkpoint(name, revision, download)
    path = checkpoint.folder / "tokenizer.json"
    if not path.is_file():
        raise DataError(
            f"The checkpoint {checkpoint.name} has no tokenizer.json in {checkpoint.folder}.",
            "Take a revision that has one, or make it: AutoTokenizer.from_pretrained(FOLDER)"
            ".save_pretrained(FOLDER).",
        )
    try:
        rules = Tokenizer.from_file(str(path))
    except Exception as error:  # the library raises a plain Exception
        raise DataError(f"The tokenizer {path} cannot be read: {error}.", "Copy it again.") from None
    config = checkpoint.config
    longest = config.get("max_position_embeddings", config.get("n_positions", 512))
    # A network without padding reads what pads a text like any token; its outputs there are not used.
    padding = checkpoint.padding
    return TextTokenizer(rules, int(longest), 0 if padding is None else padding, checkpoint.end)

"""A point for each format."""

from __future__ import annotations

from typing import Any

import numpy as np

from tlcourse.exercises.engine import Verdict, always, close, read, read_array, right, show, total, wrong


class Seen:
    """What came of one file."""

    def __init__(self, file: dict[str, Any], found: dict[str, Any]) -> None:
        self.kind = str(file["kind"])
        self.raised, self.instead = found.get("raised"), found.get("instead")
        missing = [str(word) for word in found.get("missing", ())]
        self.unseen = bool(missing) and set(missing) <= set(file["unseen"])
        self.first = file["known"][0] in missing
        self.missing, self.right, self.shape = show(missing[0]) if missing else "", False, None
        if "rows" in found:
            rows, vectors = read_array(found["rows"], "`load`"), np.asarray(file["vectors"])
            self.shape = rows.shape
            size = int(found["size"])
            self.right = (
                rows.shape == vectors.shape and close(rows, vectors, 1e-4) and size == len(file["known"])
            )


SEEN = (
    right(lambda seen: seen.right, "{kind}: right."),
    wrong(
        lambda seen: seen.instead is not None,
        "{kind}: vectors were asked for, `KeyedVectors`, and you give {instead}. Of a model they are `.wv`.",
        "no vectors",
    ),
    wrong(
        lambda seen: seen.raised is not None and seen.kind == "GloVe",
        "{kind}: gensim says {raised}. It takes the first line for the numbers of words and dimensions,"
        " and GloVe's"
        " files have no such line.",
        "header expected",
    ),
    wrong(
        lambda seen: seen.raised is not None and seen.kind == "word2vec binary",
        "{kind}: gensim says {raised}. The numbers in this file are bytes and no text; say so.",
        "binary as text",
    ),
    wrong(
        lambda seen: seen.raised is not None and seen.kind == "fastText",
        "{kind}: {raised}. This file is no table but a model; `gensim.models.fasttext` reads it.",
        "fastText as word2vec",
    ),
    wrong(lambda seen: seen.raised is not None, "{kind}: {raised}.", "raised"),
    wrong(
        lambda seen: seen.unseen,
        "{kind}: {missing}, which is not in the file, has no vector. It has parts, and the file has"
        " vectors for"
        " them: keep the object that gensim gives.",
        "parts lost",
    ),
    wrong(
        lambda seen: seen.first,
        "{kind}: {missing}, the first word of the file, has no vector.",
        "first word lost",
    ),
    wrong(lambda seen: bool(seen.missing), "{kind}: {missing} has no vector.", "words lost"),
    wrong(
        always, "{kind}: the words are there, and their numbers are not those of the file.", "other numbers"
    ),
)


def judge(observed: dict[str, Any], inputs: dict[str, Any]) -> Verdict:
    """Each format counts alike."""
    pairs = zip(inputs["files"], observed["found"], strict=True)
    return total(*(read(SEEN, Seen(file, found)) for file, found in pairs))

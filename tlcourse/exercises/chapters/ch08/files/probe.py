"""Four small files of made-up words, as word2vec, GloVe and fastText write them."""

from __future__ import annotations

import inspect
import logging
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from tlcourse.exercises.engine import describe, one_line, plain_array, shuffled, words

KINDS = ("word2vec binary", "word2vec text", "GloVe", "fastText")
UNSEEN = 2
"""Words that each file is asked for and does not have; only fastText's has a vector for them."""


def inputs(rng: np.random.Generator) -> dict[str, Any]:
    """``files``: of each its kind, its name, its bytes, the words that are asked, and their vectors."""
    return {"files": [_file(rng, kind) for kind in shuffled(rng, KINDS)]}


def _file(rng: np.random.Generator, kind: str) -> dict[str, Any]:
    # Eleven words at least: who reads ten lacks some of every file.
    drawn = words(rng, 12 + UNSEEN + int(rng.integers(4)))
    known, name = drawn[UNSEEN + 1 :], drawn[UNSEEN]
    matrix = rng.normal(0, 1, (len(known), int(rng.integers(4, 8)))).astype("float32")
    made = {"kind": kind, "name": name + (".bin" if kind in ("word2vec binary", "fastText") else ".txt")}
    if kind == "fastText":
        raw, matrix = _fasttext(rng, known, drawn[:UNSEEN], matrix.shape[1])
    elif kind == "word2vec binary":
        rows = [word.encode() + b" " + row.tobytes() for word, row in zip(known, matrix, strict=True)]
        raw = b"%d %d\n" % matrix.shape + b"".join(rows)
    else:
        lines = [" ".join([word, *map(repr, row.tolist())]) for word, row in zip(known, matrix, strict=True)]
        raw = (
            "\n".join([*([f"{len(known)} {matrix.shape[1]}"] * (kind != "GloVe")), *lines]) + "\n"
        ).encode()
    return {
        **made,
        "bytes": np.frombuffer(raw, np.uint8),
        "known": known,
        "unseen": drawn[:UNSEEN],
        "vectors": np.asarray(matrix, "float32"),
    }


def _fasttext(
    rng: np.random.Generator, known: list[str], unseen: list[str], width: int
) -> tuple[bytes, np.ndarray]:
    """A model of random vectors for words and parts, and the vectors of the words, unseen ones last."""
    from gensim.models import FastText
    from gensim.models.fasttext import load_facebook_vectors, save_facebook_model

    quiet = logging.getLogger("gensim")
    level = quiet.level
    quiet.setLevel(logging.ERROR)
    try:
        model = FastText(vector_size=width, min_count=1, bucket=300, min_n=3, max_n=4, workers=1, seed=1)
        model.build_vocab([known])
        for name in ("vectors_vocab", "vectors_ngrams"):
            shape = getattr(model.wv, name).shape
            setattr(model.wv, name, rng.normal(0, 1, shape).astype("float32"))
        with tempfile.TemporaryDirectory(prefix="tlcourse-") as folder:
            path = Path(folder, "model.bin")
            save_facebook_model(model, str(path))
            vectors = load_facebook_vectors(str(path))
            raw = path.read_bytes()
    finally:
        quiet.setLevel(level)
    return raw, np.stack([vectors[word] for word in [*known, *unseen]])


def sent(inputs: dict[str, Any]) -> dict[str, Any]:
    """The files, without their vectors."""
    kept = ("kind", "name", "bytes", "known", "unseen")
    return {"files": [{name: file[name] for name in kept} for file in inputs["files"]]}


def probe(answer: Any, inputs: dict[str, Any], framework: str) -> dict[str, Any]:
    """``found``: of each file the vectors of the words; or what was raised, missed or given instead."""
    found: list[dict[str, Any]] = []
    with tempfile.TemporaryDirectory(prefix="tlcourse-") as folder:
        for file in inputs["files"]:
            path = Path(folder, file["name"])
            path.write_bytes(np.asarray(file["bytes"], np.uint8).tobytes())
            # A format that cannot be read costs its own part only; text with counts is what gensim expects.
            expected = file["kind"] == "word2vec text"
            found.append(_asked(answer if expected else inspect.unwrap(answer), file, str(path)))
    return {"found": found}


def _asked(answer: Any, file: dict[str, Any], path: str) -> dict[str, Any]:
    try:
        vectors = answer(path, file["kind"])
    except Exception as error:  # whatever gensim raises for a file that it takes for another
        return {"raised": one_line(f"{type(error).__name__}: {error}".replace(path, file["name"]))}
    if not hasattr(vectors, "key_to_index"):
        return {"instead": describe(vectors)}
    asked = [*file["known"], *(file["unseen"] if file["kind"] == "fastText" else ())]
    rows, missing = [], []
    for word in asked:
        try:
            rows.append(np.asarray(vectors[word], "float32"))
        except KeyError:
            missing.append(str(word))
    if missing:
        return {"missing": missing}
    return {"rows": plain_array(np.stack(rows)), "size": len(vectors.key_to_index)}

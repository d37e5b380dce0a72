"""Three batches of texts with labels: of the full length, short and long ones, and unknown words."""

from __future__ import annotations

from typing import Any

import numpy as np

from tlcourse.exercises.engine import describe, plain_array

WORDS = ("film", "plot", "actor", "scene", "joke", "end", "music", "story", "good", "bad", "slow", "sweet")
SIGNS = ("n't", ":)", "!", "'s")
"""What a layer that strips signs would change or lose."""
STRANGE = ("zorp", "quax", "blimf", "vrool")


def numbers(
    texts: list[list[str]], known: list[str], length: int, width: int, how: str = "right"
) -> np.ndarray:
    """The rows that an encoder of this kind gives, int (N, width)."""
    index = {word: number for number, word in enumerate(known, 2)}
    if how == "numbered anew":
        index = {word: number for number, word in enumerate(sorted(known, reverse=True), 2)}
    if how == "signs stripped":
        texts = [[w for word in text if (w := "".join(c for c in word if c.isalpha()))] for text in texts]
    unknown = 0 if how == "unknown is padding" else 1
    rows = []
    for text in texts:
        row = [index.get(word, unknown) for word in text if how != "dropped" or word in index]
        kept = row[-length:] if how == "cuts the beginning" else row[:length]
        fill = [1 if how == "fills up with unknown" else 0] * (width - len(kept))
        rows.append((fill + kept if how == "fills up in front" else kept + fill)[:width])
    return np.array(rows)


def inputs(rng: np.random.Generator) -> dict[str, Any]:
    """``words``, ``length``, ``batches``: texts as lists of words; ``labels`` of each batch."""
    known = [str(word) for word in rng.permutation([*WORDS, *SIGNS])]
    length = int(rng.integers(5, 8))

    def text(count: int) -> list[str]:
        drawn = [str(word) for word in rng.choice(WORDS, count)]
        drawn[int(rng.integers(count - 1))] = str(rng.choice(SIGNS))
        drawn[-1] = drawn[-1] if drawn[-1] != drawn[-2] else next(w for w in WORDS if w != drawn[-2])
        return drawn

    strange = text(length - 3)
    strange.insert(int(rng.integers(1, length - 3)), str(rng.choice(STRANGE)))
    batches = [
        [text(length) for _ in range(3)],
        [text(length - 2), text(length - 1), text(length + 2 + int(rng.integers(3)))],
        [strange, [], [str(word) for word in rng.choice(STRANGE, 2)]],
    ]
    return {
        "words": known,
        "length": length,
        "batches": [[batch[int(i)] for i in rng.permutation(3)] for batch in batches],
        "labels": rng.integers(0, 5, (3, 3)),
    }


def probe(answer: Any, inputs: dict[str, Any], framework: str) -> dict[str, Any]:
    """``rows`` of each batch, ``labels`` (PyTorch); or ``instead``, what came in place of an encoder."""
    made = answer(list(inputs["words"]), int(inputs["length"]))
    joined = [[" ".join(text) for text in batch] for batch in inputs["batches"]]
    if framework == "torch":
        return _in_torch(made, joined, inputs)
    import keras
    import tensorflow as tf

    if not isinstance(made, keras.layers.Layer):
        return {"instead": describe(made)}
    return {"rows": [plain_array(np.array(made(tf.constant(batch)))) for batch in joined]}


def _in_torch(made: Any, joined: list[list[str]], inputs: dict[str, Any]) -> dict[str, Any]:
    import torch
    from torch.utils.data import DataLoader

    if not callable(made):
        return {"instead": describe(made)}
    pairs = [
        (text, int(label))
        for batch, labels in zip(joined, inputs["labels"], strict=True)
        for text, label in zip(batch, labels, strict=True)
    ]
    rows, labels = [], []
    for batch in DataLoader(pairs, batch_size=3, collate_fn=made):
        if not isinstance(batch, tuple | list) or len(batch) != 2:
            return {"instead": describe(batch)}
        if not all(isinstance(part, torch.Tensor) for part in batch):
            return {"instead": describe(batch)}
        kinds = [str(part.dtype).removeprefix("torch.") for part in batch]
        if any(part.dtype != torch.int64 for part in batch):
            return {"kinds": kinds}
        rows.append(plain_array(batch[0]))
        labels.append(plain_array(batch[1]))
    return {"rows": rows, "labels": labels}

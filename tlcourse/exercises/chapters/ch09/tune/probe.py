"""Two remarks joined by "but": does the second one praise? Labels of the new texts stay with the judge."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np

from tlcourse.exercises.engine import plain, plain_array

LAYERS = 2
"""So many of MiniLM's layers; the whole encoder would take a minute."""
KNOWN, NEW = 320, 240
SHORTEST, LONGEST = 3, 8
"""Pieces of a remark."""
LENGTH = 2 * LONGEST + 4
"""With [CLS], the comma, "but" and [SEP]."""
CORPORA = ("products", "movies", "tweets")


@cache
def _remarks() -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Short sentences that complain, and such that praise. On the judge's side only."""
    from tlcourse import data
    from tlcourse.language import load_tokenizer

    tokenizer = load_tokenizer("all-MiniLM-L6-v2")
    kinds: tuple[dict[str, None], dict[str, None]] = ({}, {})
    for corpus in CORPORA:
        rated = data.rated_text(corpus, classes=2)
        pieces = (tokenizer.encode(rated.texts, 64) != 0).sum(axis=1) - 2
        for text, label, count in zip(rated.texts, rated.labels, pieces, strict=True):
            if SHORTEST <= count <= LONGEST and " but " not in f" {text.lower()} ":
                kinds[int(label)][text.strip(" .!?,;")] = None
    return tuple(kinds[0]), tuple(kinds[1])


def _joined(
    rng: np.random.Generator, remarks: tuple[list[str], list[str]], count: int
) -> tuple[np.ndarray, np.ndarray]:
    """Ids (count, LENGTH) of texts, and whether the second remark praises. The first says the opposite."""
    from tlcourse.language import load_tokenizer

    praises = rng.permutation(np.arange(count) % 2)
    texts = []
    for second in praises:
        pair = [str(rng.choice(remarks[kind])) for kind in (1 - second, second)]
        texts.append(", but ".join(pair))
    return load_tokenizer("all-MiniLM-L6-v2").encode(texts, LENGTH), praises


def inputs(rng: np.random.Generator) -> dict[str, Any]:
    """``ids`` (320, L) with 0 for padding, ``labels``; ``new_ids`` (240, L), ``new_labels``.

    No remark is in both parts, and which class is 0 comes from the seed.
    """
    halves: tuple[list[list[str]], list[list[str]]] = ([], [])
    for kind in _remarks():
        order = [kind[int(i)] for i in rng.permutation(len(kind))]
        halves[0].append(order[: len(order) // 2])
        halves[1].append(order[len(order) // 2 :])
    ids, labels = _joined(rng, (halves[0][0], halves[0][1]), KNOWN)
    new_ids, new_labels = _joined(rng, (halves[1][0], halves[1][1]), NEW)
    turned = int(rng.integers(2))
    return {
        "ids": ids.astype("int32"),
        "labels": labels ^ turned,
        "new_ids": new_ids.astype("int32"),
        "new_labels": new_labels ^ turned,
    }


def sent(inputs: dict[str, Any]) -> dict[str, Any]:
    """All but the labels of the new texts."""
    return {name: value for name, value in inputs.items() if name != "new_labels"}


def probe(answer: Any, inputs: dict[str, Any], framework: str) -> dict[str, Any]:
    """``predicted``: class numbers for the new texts; ``before`` and ``after``: the encoder's vectors."""
    return (_in_torch if framework == "torch" else _in_keras)(answer, inputs)


def _first_layers() -> tuple[dict[str, Any], dict[str, Any]]:
    """The config and the tensors of an encoder with the first layers only."""
    from tlcourse.language import find_checkpoint
    from tlcourse.language.encoder import bert_shapes

    checkpoint = find_checkpoint("all-MiniLM-L6-v2")
    config = {**checkpoint.config, "num_hidden_layers": LAYERS}
    tensors = checkpoint.tensors()
    return config, {name: tensors[name] for name in bert_shapes(config)}


def _in_torch(answer: Any, inputs: dict[str, Any]) -> dict[str, Any]:
    import torch
    from transformers import BertConfig, BertModel

    config, tensors = _first_layers()
    # Without dropout: it asks for more steps than a check has time for.
    settings = {**config, "hidden_dropout_prob": 0.0, "attention_probs_dropout_prob": 0.0}
    settings.pop("torch_dtype", None)
    encoder = BertModel(BertConfig(**settings), add_pooling_layer=False)
    encoder.load_state_dict({name: torch.from_numpy(np.array(value)) for name, value in tensors.items()})
    encoder.eval()
    ids, labels, new_ids = (
        torch.from_numpy(np.array(inputs[name], "int64")) for name in ("ids", "labels", "new_ids")
    )
    some = new_ids[:8].clone()

    def seen() -> Any:
        encoder.eval()
        with torch.no_grad():
            hidden = encoder(input_ids=some, attention_mask=(some != 0).long()).last_hidden_state
        return plain_array(hidden.mean(dim=1))

    before = seen()
    predicted = plain(answer(encoder, ids, labels, new_ids))
    return {"predicted": predicted, "before": before, "after": seen()}


def _in_keras(answer: Any, inputs: dict[str, Any]) -> dict[str, Any]:
    from tlcourse.language.encoder import _keras

    encoder = _keras.build(*_first_layers(), None, "none", 0.0, 0)
    ids, new_ids = (np.array(inputs[name], "int32") for name in ("ids", "new_ids"))
    some = new_ids[:8].copy()

    def seen() -> Any:
        return plain_array(np.array(encoder(some, training=False)).mean(axis=1))

    before = seen()
    predicted = plain(answer(encoder, ids, np.array(inputs["labels"], "int64"), new_ids))
    return {"predicted": predicted, "before": before, "after": seen()}

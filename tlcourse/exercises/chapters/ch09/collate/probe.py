"""Batches of texts as token ids, padded with 0, with another number, and with one that texts hold too."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from tlcourse.exercises.engine import describe, plain_array

PARTS = {"torch": ("input_ids", "attention_mask", "labels"), "keras": ("token_ids", "padding_mask", "labels")}
"""What a batch holds: the names of a library's model in each framework."""


def inputs(rng: np.random.Generator) -> dict[str, Any]:
    """``cases``: ``rows``, lists of token ids, ``labels``, and ``pad``.

    The second case's padding is not 0. In the third, ``pad`` also ends each text, as in GPT-2.
    """
    longest = [int(n) for n in rng.permutation([6, 8, 10])]

    def case(place: int) -> dict[str, Any]:
        count, longer = int(rng.integers(3, 5)), longest[place]
        lengths = rng.choice(np.arange(2, longer), count - 1, replace=False).tolist()
        lengths.insert(int(rng.integers(count)), longer)
        pad = int((0, rng.integers(1, 4), rng.integers(40, 60))[place])
        rows = [rng.integers(60, 900, n).tolist() for n in lengths]
        if place == 2:
            rows = [[*row, pad] for row in rows]
        return {"rows": rows, "labels": rng.integers(0, 5, count).tolist(), "pad": pad}

    return {"cases": [case(0), case(1), case(2)]}


def probe(answer: Any, inputs: dict[str, Any], framework: str) -> dict[str, Any]:
    """``batches``: for each case its parts as arrays; or ``instead``, what came in place of a batch."""
    ask = _in_torch if framework == "torch" else _in_keras
    return {"batches": [ask(answer, case) for case in inputs["cases"]], "names": PARTS[framework]}


def _in_torch(answer: Any, case: dict[str, Any]) -> dict[str, Any]:
    import torch
    from torch.utils.data import DataLoader

    texts = [
        {"input_ids": list(row), "label": int(label)}
        for row, label in zip(case["rows"], case["labels"], strict=True)
    ]

    def collated(batch: Any) -> Any:
        return answer(batch, int(case["pad"]))

    (batch,) = DataLoader(texts, batch_size=len(texts), collate_fn=collated)  # type: ignore[arg-type]
    return _parts(batch, PARTS["torch"], lambda value: isinstance(value, torch.Tensor))


def _in_keras(answer: Any, case: dict[str, Any]) -> dict[str, Any]:
    rows = [list(row) for row in case["rows"]]
    given = answer(rows, list(case["labels"]), int(case["pad"]))
    if not (isinstance(given, tuple | list) and len(given) == 2 and isinstance(given[0], Mapping)):
        return {"instead": describe(given)}
    return _parts({**given[0], "labels": given[1]}, PARTS["keras"], _is_array)


def _is_array(value: Any) -> bool:
    return not isinstance(value, list | tuple) and hasattr(value, "dtype") and hasattr(value, "shape")


def _parts(batch: Any, names: tuple[str, ...], fits: Any) -> dict[str, Any]:
    if not isinstance(batch, Mapping):
        return {"instead": describe(batch)}
    missing = [name for name in names if name not in batch]
    if missing:
        return {"missing": missing[0], "has": sorted(str(name)[:20] for name in batch)[:6]}
    other = [name for name in names if not fits(batch[name])]
    if other:
        return {"other": other[0], "kind": describe(batch[other[0]])}
    kinds = {name: _kind(batch[name].dtype) for name in names}
    return {"arrays": {name: plain_array(batch[name]) for name in names}, "kinds": kinds}


def _kind(dtype: Any) -> str:
    """A dtype's name, the same for all libraries: "int32"."""
    return str(getattr(dtype, "name", dtype)).rpartition(".")[2]

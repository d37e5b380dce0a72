"""Scans of patients, two near copies of each, few with a tumour; and scans of others without labels."""

from __future__ import annotations

from typing import Any

import numpy as np

from tlcourse.exercises.engine import frozen, plain_array

PATIENTS, ILL, NEW = 150, 22, 240
"""Patients, those of them with a tumour, and new scans, half of them with one."""
KEPT = ("new_labels",)


def inputs(rng: np.random.Generator) -> dict[str, Any]:
    """``scans`` uint8 (300, 64, 64), their ``labels`` and ``patients``, ``new_scans`` and ``new_labels``."""
    from .scans import again, scan  # not in the sandbox, which has no use for it

    ill = rng.permutation(np.arange(PATIENTS) < ILL)
    first = [scan(rng, bool(one)) for one in ill]
    scans = np.stack([*first, *(again(rng, one) for one in first)])
    order = rng.permutation(len(scans))
    new = rng.permutation(np.arange(NEW) % 2)
    numbers = rng.permutation(1000)[:PATIENTS]  # of patients: they say nothing of the order
    return {
        "scans": scans[order],
        "labels": np.concatenate([ill, ill])[order].astype("int64"),
        "patients": np.concatenate([numbers, numbers])[order].astype("int64"),
        "new_scans": np.stack([scan(rng, bool(one)) for one in new]),
        "new_labels": new.astype("int64"),
    }


def sent(inputs: dict[str, Any]) -> dict[str, Any]:
    """All but the labels of the new scans."""
    return {name: value for name, value in inputs.items() if name not in KEPT}


def probe(answer: Any, inputs: dict[str, Any], framework: str) -> dict[str, Any]:
    """``predicted``: what the answer says of the new scans, from features of the frozen network."""
    known, new = (frozen.features(inputs[name], framework) for name in ("scans", "new_scans"))
    labels, patients = (np.asarray(inputs[name], "int64") for name in ("labels", "patients"))
    return {"predicted": plain_array(answer(*frozen.given(framework, known, labels, patients, new)))}

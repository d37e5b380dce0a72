"""The speakers of many clips, a share and two seeds; the rows that come for testing."""

from __future__ import annotations

from typing import Any

import numpy as np

from tlcourse.exercises.engine import plain, words


def inputs(rng: np.random.Generator) -> dict[str, Any]:
    """``speakers``: names, from 3 to 12 clips each, mixed; ``share``; ``seeds``, two."""
    names = [f"{word}-{number}" for number, word in enumerate(words(rng, 20))]
    speakers = np.repeat(names, rng.integers(3, 13, len(names)))
    return {
        "speakers": [str(name) for name in rng.permutation(speakers)],
        "share": float(rng.choice([0.2, 0.25, 0.3])),
        "seeds": [int(seed) for seed in rng.choice(1000, 2, replace=False)],
    }


def probe(answer: Any, inputs: dict[str, Any], framework: str) -> dict[str, Any]:
    """``first``, ``again``: both parts for the first seed, asked twice; ``other``: for the second seed."""
    share, (one, two) = inputs["share"], inputs["seeds"]

    def asked(seed: int) -> Any:
        train, test = answer(np.array(inputs["speakers"]), share, seed)
        return [plain(np.asarray(part)) for part in (train, test)]

    return {"first": asked(one), "again": asked(one), "other": asked(two)}

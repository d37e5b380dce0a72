"""What the sweeps about writing ask of the library ``transformers``: PyTorch only, since Keras lacks SmolLM2.

``written`` continues beginnings, ``surprise`` judges texts.
"""

from __future__ import annotations

from typing import Any

from tlcourse.frameworks import side

__all__ = ["WRITERS", "surprise", "written"]

WRITERS = ("small-gpt", "smollm2")


def written(writer: str, beginnings: list[str], count: int, seed: int, **how: Any) -> list[str]:
    """Each beginning and ``count`` tokens more; ``how`` is what ``generate`` of the library takes."""
    return list(side(__name__, "torch").written(writer, beginnings, count, seed, **how))


def surprise(judge: str, texts: list[str]) -> float:
    """The perplexity of texts for each *word*, so that models with different tokens can be compared.

    The exponential of the sum of -log p over all tokens but each text's first, divided by the words that
    follow the first.
    """
    return float(side(__name__, "torch").surprise(judge, texts))

"""LoRA: a low-rank addition to frozen dense layers, in either framework.

Hu et al. 2022, "LoRA: Low-Rank Adaptation of Large Language Models", arXiv:2106.09685. A dense layer's
weights W stay; what is added is B A times alpha / rank, where A starts at random and B at zeros, so that
the network begins as it was.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from tlcourse.checks import whole
from tlcourse.errors import CourseError, SettingError, UnknownNameError
from tlcourse.frameworks import side

__all__ = ["TARGETS", "LoraReport", "add_lora", "lora_report", "lora_start"]

#: The dense layers of a BERT layer that may get an addition.
TARGETS = ("query", "key", "value", "attention_output", "intermediate", "output")


@dataclass(frozen=True)
class LoraReport:
    """What an adapted network trains, and the memory that this takes.

    Attributes
    ----------
    trainable, total : int
        Parameters.
    adam_bytes : int
        What Adam holds for the trainable ones: gradient, two moments, float32.
    full_adam_bytes : int
        What it would hold if everything trained.
    """

    trainable: int
    total: int
    adam_bytes: int
    full_adam_bytes: int


def add_lora(
    model: Any,
    rank: int = 8,
    alpha: float = 16.0,
    targets: Sequence[str] = ("query", "value"),
    seed: int = 0,
) -> Any:
    """Freeze an encoder and give its dense layers low-rank additions that learn; the classifier learns too.

    PyTorch: the library ``peft``. Keras: ``Dense.enable_lora``. The additions start at the same numbers.

    Parameters
    ----------
    model : torch.nn.Module or keras.Model
        Of `tlcourse.language.load_encoder`. Changed in place.
    rank : int
        Columns of A; 1 or more.
    alpha : float
        The addition counts ``alpha / rank`` times.
    targets : sequence of str
        Some of `TARGETS`, in every layer.
    seed : int
        Of the additions' start.

    Returns
    -------
    The model. On a compiled Keras model, compile again.

    Raises
    ------
    UnknownNameError
        For a target that a BERT layer does not have.
    SettingError
        For a rank or alpha out of range.
    CourseError
        If there are no targets, the model is not an encoder of the course, or it has
        additions already.
    """
    rank = whole("The rank", rank, 1)
    if not (np.isfinite(alpha) and alpha > 0):
        raise SettingError(f"alpha is {alpha!r}.", "Give a number above 0, such as twice the rank.")
    named = [targets] if isinstance(targets, str) else list(targets)
    for target in named:
        if target not in TARGETS:
            raise UnknownNameError("dense layer of BERT", target, TARGETS)
    if not named:
        raise CourseError("No layers were named.", f"Name some of {', '.join(TARGETS)}.")
    side(__name__, model).add(model, rank, float(alpha), tuple(dict.fromkeys(named)), seed)
    return model


def lora_start(features: int, rank: int, seed: int, layer: int, target: str) -> np.ndarray:
    """Where A starts, float32 (features, rank): uniform in +-1/sqrt(features), as linear layers do."""
    rng = np.random.default_rng([seed, 10, layer, TARGETS.index(target)])
    bound = features**-0.5
    return rng.uniform(-bound, bound, (features, rank)).astype(np.float32)


def lora_report(model: Any) -> LoraReport:
    """How many parameters train, and what Adam holds for them in memory.

    Parameters
    ----------
    model : torch.nn.Module or keras.Model
        With additions or without.
    """
    trainable, total = side(__name__, model).sizes(model)
    # A gradient and two moments for each: three numbers of four bytes.
    return LoraReport(trainable, total, 12 * trainable, 12 * total)

"""What BERT's one layer gives, in NumPy: for the judge, which loads no framework.

Devlin, Chang, Lee and Toutanova 2019, "BERT: Pre-training of Deep Bidirectional Transformers for Language
Understanding", arXiv:1810.04805.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from scipy.special import erf

from .probe import CONFIG, HEADS

__all__ = ["hidden_states"]


def _normalised(x: np.ndarray, tensors: Mapping[str, np.ndarray], name: str) -> np.ndarray:
    centred = x - x.mean(axis=-1, keepdims=True)
    spread = np.sqrt((centred**2).mean(axis=-1, keepdims=True) + CONFIG["layer_norm_eps"])
    return np.asarray(centred / spread * tensors[f"{name}.weight"] + tensors[f"{name}.bias"])


def _dense(x: np.ndarray, tensors: Mapping[str, np.ndarray], name: str) -> np.ndarray:
    return np.asarray(x @ tensors[f"{name}.weight"].T + tensors[f"{name}.bias"])


def hidden_states(ids: np.ndarray, tensors: Mapping[str, np.ndarray], masked: bool = True) -> np.ndarray:
    """The last hidden states, float64 (N, L, D).

    Parameters
    ----------
    ids : int array (N, L)
        0 for padding.
    tensors : mapping
        By the Hub's names, in PyTorch's axes.
    masked : bool
        Whether padding is left out of the attention.
    """
    tensors = {name: np.asarray(value, "float64") for name, value in tensors.items()}
    x = tensors["embeddings.word_embeddings.weight"][ids]
    x = x + tensors["embeddings.position_embeddings.weight"][: ids.shape[1]]
    x = _normalised(
        x + tensors["embeddings.token_type_embeddings.weight"][0], tensors, "embeddings.LayerNorm"
    )
    at = "encoder.layer.0"

    def by_head(name: str) -> np.ndarray:
        values = _dense(x, tensors, f"{at}.attention.self.{name}")
        return values.reshape(*ids.shape, HEADS, -1).transpose(0, 2, 1, 3)

    query, key, value = by_head("query"), by_head("key"), by_head("value")
    scores = query @ key.transpose(0, 1, 3, 2) / np.sqrt(query.shape[-1])
    if masked:
        scores = np.where((ids != 0)[:, None, None, :], scores, -1e9)
    weights = np.exp(scores - scores.max(axis=-1, keepdims=True))
    weights = weights / weights.sum(axis=-1, keepdims=True)
    mixed = (weights @ value).transpose(0, 2, 1, 3).reshape(x.shape)
    mixed = _dense(mixed, tensors, f"{at}.attention.output.dense")
    x = _normalised(x + mixed, tensors, f"{at}.attention.output.LayerNorm")
    inner = _dense(x, tensors, f"{at}.intermediate.dense")
    inner = inner * 0.5 * (1 + erf(inner / np.sqrt(2)))
    return _normalised(x + _dense(inner, tensors, f"{at}.output.dense"), tensors, f"{at}.output.LayerNorm")

"""A small text classifier on word vectors, the same network in both frameworks."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from tlcourse.checks import whole
from tlcourse.embeddings.layers import check_table
from tlcourse.errors import UnknownNameError
from tlcourse.frameworks import resolve_framework, side
from tlcourse.models.architecture import linear_start

__all__ = ["READERS", "text_classifier"]

#: How the vectors of a text become one: their mean, a convolution, or a recurrent network.
READERS = ("mean", "conv", "gru")
UNITS, WIDTH = 64, 3


def text_classifier(
    table: npt.ArrayLike,
    num_classes: int,
    reader: str = "mean",
    trainable: bool = False,
    seed: int = 0,
    framework: str | None = None,
) -> Any:
    """An embedding layer, a reader and a linear layer; for `tlcourse.training.fit` on tokens.

    Its groups of layers, for `tlcourse.freezing`: "embedding", "reader" (not of the mean, which has no
    weights) and "classifier".

    Parameters
    ----------
    table : float array (2 + K, D)
        The vectors that the embedding starts with; see `tlcourse.embeddings.embedding`.
    num_classes : int
        Outputs; 0 leaves the linear layer out, so the network gives features.
    reader : {"mean", "conv", "gru"}
        The mean of the words, which knows no order; a convolution over three words with 64 filters; or a
        gated recurrent unit with 64 units, which reads from the first word to the last.
    trainable : bool
        Whether the vectors learn too.
    seed : int
        Of the reader's and the linear layer's start: the same numbers in both frameworks.
    framework : {"torch", "keras"}, optional

    Returns
    -------
    torch.nn.Module or keras.Model
        Tokens int (N, L) to logits float32 (N, num_classes).

    Raises
    ------
    UnknownNameError
        If the reader is not one of these.
    SettingError
        For a number of classes below 0.
    ShapeError
        If the table has the wrong shape; see `tlcourse.embeddings.embedding`.
    """
    if reader not in READERS:
        raise UnknownNameError("reader", reader, READERS)
    num_classes = whole("num_classes", num_classes, 0)
    vectors = check_table(table)
    start = start_of(vectors.shape[1], num_classes, reader, seed)
    return side(__name__, resolve_framework(framework)).build(vectors, reader, bool(trainable), start)


def start_of(dimensions: int, num_classes: int, reader: str, seed: int) -> dict[str, np.ndarray]:
    """Random starts in PyTorch's names and axes, as its layers draw them: uniform in +-1/sqrt(fan in)."""
    rng = np.random.default_rng([seed, 8])

    def uniform(fan_in: int, *shape: int) -> np.ndarray:
        bound = fan_in**-0.5
        return rng.uniform(-bound, bound, shape).astype(np.float32)

    start: dict[str, np.ndarray] = {}
    if reader == "conv":
        start["reader.conv.weight"] = uniform(dimensions * WIDTH, UNITS, dimensions, WIDTH)
        start["reader.conv.bias"] = np.zeros(UNITS, np.float32)
    if reader == "gru":
        start["reader.gru.weight_ih_l0"] = uniform(UNITS, 3 * UNITS, dimensions)
        start["reader.gru.weight_hh_l0"] = uniform(UNITS, 3 * UNITS, UNITS)
        start["reader.gru.bias_ih_l0"] = np.zeros(3 * UNITS, np.float32)
        start["reader.gru.bias_hh_l0"] = np.zeros(3 * UNITS, np.float32)
    if num_classes:
        width = dimensions if reader == "mean" else UNITS
        start["classifier.weight"], start["classifier.bias"] = linear_start(width, num_classes, seed)
    return start

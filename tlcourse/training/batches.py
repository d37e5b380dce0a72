"""Which examples go into which step: one answer for both frameworks.

The order is numpy's, drawn from the seed and the number of the pass (`tlcourse.data.order`), so that PyTorch
and Keras train on the same images in the same sequence and a difference between them is not a difference of
luck.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from tlcourse.data.order import epoch_order
from tlcourse.errors import ShapeError
from tlcourse.training.examples import is_tokens

__all__ = ["Plan", "as_batch"]


class Plan:
    """The batches of a run, as rows of the training set.

    Parameters
    ----------
    n : int
        Examples.
    batch_size : int
    steps, epochs : int or None
        One of them; see `tlcourse.training.fit`.
    seed : int

    Examples
    --------
    With steps, batches are full and run on over the end of a pass; with epochs each pass ends on its own.

    >>> [len(rows) for rows in Plan(10, 4, steps=6, epochs=None, seed=0)]
    [4, 4, 4, 4, 4, 4]
    >>> [len(rows) for rows in Plan(10, 4, steps=None, epochs=2, seed=0)]
    [4, 4, 2, 4, 4, 2]

    A single image left over joins the batch before it.

    >>> [len(rows) for rows in Plan(9, 4, steps=None, epochs=1, seed=0)]
    [4, 5]
    """

    def __init__(self, n: int, batch_size: int, *, steps: int | None, epochs: int | None, seed: int) -> None:
        self.n, self.batch_size, self.seed = n, batch_size, seed
        self.by_steps = steps is not None
        self._joined = not self.by_steps and n > batch_size > 1 and n % batch_size == 1
        self.per_epoch = max(1, -(-n // batch_size) - self._joined)
        self.steps = int(steps) if steps is not None else self.per_epoch * int(epochs or 0)
        self.epochs = -(-self.steps // self.per_epoch)

    def __len__(self) -> int:
        return self.steps

    def generator(self, step: int) -> np.random.Generator:
        """What ``augment`` draws from in a step, counted from 0."""
        # A stream of its own: the order of the examples is drawn from [seed, epoch].
        return np.random.default_rng([self.seed, step, 1])

    def __iter__(self) -> Iterator[np.ndarray]:
        if not self.by_steps:
            for epoch in range(self.epochs):
                rows = epoch_order(self.n, True, self.seed, epoch)
                for i in range(self.per_epoch):
                    stop = None if i == self.per_epoch - 1 else (i + 1) * self.batch_size
                    yield rows[i * self.batch_size : stop]
            return
        waiting, epoch = np.empty(0, np.int64), 0
        for _ in range(self.steps):
            while len(waiting) < self.batch_size:
                waiting = np.concatenate([waiting, epoch_order(self.n, True, self.seed, epoch)])
                epoch += 1
            yield waiting[: self.batch_size]
            waiting = waiting[self.batch_size :]


def as_batch(
    images: np.ndarray,
    framework: str,
    preprocess: str | Callable[[np.ndarray], Any],
    augment: Callable[[np.ndarray, np.random.Generator], np.ndarray] | None = None,
    rng: np.random.Generator | None = None,
) -> Any:
    """A uint8 batch (N, H, W, 3), augmented and preprocessed: what the model reads. Tokens stay as they are.

    Raises
    ------
    ShapeError
        If ``augment`` changes the number of images or the dtype.
    """
    if is_tokens(images):
        return images
    if augment is not None and rng is not None:
        before = images.shape
        images = np.asarray(augment(images.copy(), rng))
        if images.dtype != np.uint8 or images.ndim != 4 or images.shape[0] != before[0]:
            raise ShapeError(
                f"augment turned uint8 {before} into {images.dtype} {images.shape}.",
                "Let it return as many uint8 images as it was given: clip to 0..255, then .astype(np.uint8).",
            )
    if callable(preprocess):
        return preprocess(images)
    from tlcourse import models

    return models.preprocess(images, preprocess, framework=framework)

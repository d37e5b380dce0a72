"""What a Keras model reads and gives: batches made for it, and its shapes checked."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import keras
import numpy as np

from tlcourse.errors import CourseError, ShapeError
from tlcourse.training.batches import Plan, as_batch
from tlcourse.training.examples import Examples, check_outputs, is_tokens
from tlcourse.training.trouble import nothing_trainable, wrong_output

__all__ = ["Batches", "check_input", "check_model", "to_input", "training_batches"]


def to_input(
    images: np.ndarray, preprocess: Any, augment: Any = None, rng: np.random.Generator | None = None
) -> np.ndarray:
    """What the model reads: a uint8 batch (N, H, W, 3) as float32 of that layout, or tokens int32 (N, L)."""
    if is_tokens(images):
        return images.astype(np.int32)
    return np.asarray(as_batch(images, "keras", preprocess, augment, rng), np.float32)


def training_batches(
    data: Examples, plan: Plan, preprocess: Any, augment: Any = None
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """The batches of a plan as the model reads them (see `to_input`), with int64 labels (N,) or (N, L)."""
    for step, rows in enumerate(plan):
        yield to_input(data.inputs[rows], preprocess, augment, plan.generator(step)), data.labels[rows]


class Batches(keras.utils.PyDataset):
    """Examples in their own order, preprocessed batch by batch, for validation."""

    def __init__(self, data: Examples, preprocess: Any, batch_size: int) -> None:
        super().__init__()
        self.data, self.preprocess, self.batch_size = data, preprocess, batch_size

    def __len__(self) -> int:
        return -(-len(self.data.labels) // self.batch_size)

    def __getitem__(self, index: int) -> tuple[np.ndarray, np.ndarray]:
        rows = slice(index * self.batch_size, (index + 1) * self.batch_size)
        return to_input(self.data.inputs[rows], self.preprocess), self.data.labels[rows]


def check_model(model: keras.Model, train: Examples, preprocess: Any) -> None:
    """Refuse a model with nothing to train, or that the images or the labels do not fit."""
    x = to_input(train.inputs[:1], preprocess)
    check_input(model, x)
    # A subclassed model does not know what it gives before it was called; it makes its weights then.
    shape = getattr(model, "output_shape", None) if model.built else None
    if shape is None:
        shape = _shape_of(_called(model, x))
    if not model.trainable_variables:
        raise nothing_trainable("keras")
    if not isinstance(shape, tuple) or len(shape) != train.labels.ndim + 1:
        raise wrong_output(shape, train.labels.ndim)
    check_outputs(shape[-1], train, "train")


def _called(model: keras.Model, x: np.ndarray) -> Any:
    """What the model gives for these; an error in the model becomes a CourseError."""
    try:
        return model(x)
    except Exception as error:
        reason = next((line for line in str(error).splitlines()[1:] if line.strip()), str(error))
        reason = " ".join(re.sub(r"\x1b\[\d*m", "", reason).split())[:200].rstrip(".")
        raise CourseError(
            f"The {type(model).__name__} stops with {type(error).__name__} at a batch of shape {x.shape}: "
            f"{reason}.",
            "Call it on such a batch by itself first, model(x): it must give a row of logits for each image.",
        ) from error


def _shape_of(output: Any) -> Any:
    """The shape of a tensor; of anything else, its type's name."""
    shape = getattr(output, "shape", None)
    return type(output).__name__ if shape is None else tuple(shape)


def check_input(model: keras.Model, x: np.ndarray) -> None:
    """Refuse images whose size is not the one that a functional model was built for."""
    wanted = getattr(model, "input_shape", None) if model.built else None
    if not isinstance(wanted, tuple) or len(wanted) != x.ndim:
        return
    if any(w is not None and w != g for w, g in zip(wanted[1:], x.shape[1:], strict=True)):
        raise ShapeError(
            f"The model was built for images of shape {wanted[1:]}, and these have {x.shape[1:]}.",
            f"Pass size={wanted[1]}, or load the model with input_size={x.shape[1]}.",
        )

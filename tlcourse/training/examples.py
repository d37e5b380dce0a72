"""What a training run is given: images or texts with their labels, checked against one another."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from tlcourse.errors import CourseError, DataError, ShapeError
from tlcourse.models.images import as_batch as at_size

__all__ = [
    "Examples",
    "check_outputs",
    "check_tokens",
    "examples_of",
    "images_of",
    "inputs_of",
    "is_tokens",
    "sized",
]


class Examples(NamedTuple):
    """Images uint8 (N, H, W, 3) or tokens int (N, L), labels int64 (N,), the classes' names where known.

    For a language model the labels are int64 (N, L): the token after each.
    """

    inputs: np.ndarray
    labels: np.ndarray
    class_names: tuple[str, ...] | None


def images_of(data: Any) -> np.ndarray:
    """The images of a Dataset or an array, checked: uint8 (N, H, W, 3).

    Raises
    ------
    ShapeError
        With the shape and dtype that were found.
    DataError
        If there is no image.
    """
    images = data.images if hasattr(data, "images") else data[0] if isinstance(data, tuple) else data
    if not isinstance(images, np.ndarray):
        raise ShapeError(
            f"Images are needed here, and this is a {type(data).__name__}.",
            "Pass a Dataset, or a uint8 array of shape (N, H, W, 3).",
        )
    if images.ndim != 4 or images.shape[3] != 3 or images.dtype != np.uint8:
        raise ShapeError(
            f"The images have shape {images.shape} and dtype {images.dtype}; uint8 (N, H, W, 3) is needed.",
            "Pass RGB images with values 0 to 255, channels last; one image alone is images[np.newaxis].",
        )
    if len(images) == 0:
        raise DataError("The data set is empty.", "Choose a split or subset that holds at least one image.")
    return images


def is_tokens(inputs: Any) -> bool:
    """Whether an array holds texts as numbers of words or tokens, int (N, L), and not images.

    Examples
    --------
    >>> is_tokens(np.zeros((2, 9), np.int64)), is_tokens(np.zeros((2, 4, 4, 3), np.uint8))
    (True, False)
    """
    return isinstance(inputs, np.ndarray) and inputs.ndim == 2 and np.issubdtype(inputs.dtype, np.integer)


def inputs_of(data: Any) -> np.ndarray:
    """What a model reads: images uint8 (N, H, W, 3), or tokens int (N, L).

    Raises
    ------
    ShapeError, DataError
        As `images_of`; for texts that were not turned into numbers; for numbers below 0.
    """
    inputs = data[0] if isinstance(data, tuple) else data
    if hasattr(data, "texts"):
        raise ShapeError(
            "A model reads numbers, and these are texts.",
            "Pass the pair (tokens, labels): tokens = vocabulary.encode(data.texts), or a tokenizer's.",
        )
    if not is_tokens(inputs):
        return images_of(data)
    if len(inputs) == 0:
        raise DataError("The data set is empty.", "Choose a split or subset that holds at least one text.")
    if inputs.size == 0 or inputs.min() < 0:
        raise ShapeError(
            f"The tokens have shape {inputs.shape} and the lowest is {inputs.min(initial=0)}.",
            "Tokens are 0 or more: give what a tokenizer's encode gives.",
        )
    return inputs


def sized(inputs: np.ndarray, size: int | None) -> np.ndarray:
    """Images at ``size`` pixels, cropped and resized as `tlcourse.models.preprocess` does it.

    Without a size, and for tokens, what was given.

    Raises
    ------
    SettingError
        For a size below 8.
    """
    return inputs if size is None or is_tokens(inputs) else at_size(inputs, size)


def check_tokens(model: Any, inputs: np.ndarray) -> None:
    """Refuse tokens that a transformer of the course has no vectors for.

    Such a model says what it reads: ``reads``, its tokens and how many of them at a time.

    Raises
    ------
    ShapeError
        For a number beyond its vocabulary; for more tokens in a text than it has places.
    """
    words, longest = getattr(model, "reads", None) or (None, None)
    if words is None or longest is None or not is_tokens(inputs):
        return
    if inputs.shape[1] > longest:
        raise ShapeError(
            f"The texts have {inputs.shape[1]} tokens, and the network reads {longest} at most.",
            f"Cut them: tokenizer.encode(texts, length={longest}).",
        )
    if inputs.max(initial=0) >= words:
        raise ShapeError(
            f"A token is {int(inputs.max())}, and the network has vectors for 0 to {words - 1}.",
            "Use the checkpoint's own tokenizer: load_tokenizer(name).",
        )


def examples_of(data: Any, name: str, size: int | None = None) -> Examples:
    """Images and labels of a Dataset or of a pair, checked against one another.

    Raises
    ------
    ShapeError, DataError
        As `images_of`; and for labels of the wrong length, shape or kind.
    """
    if not ((hasattr(data, "images") or hasattr(data, "texts")) and hasattr(data, "labels")):
        if not (isinstance(data, tuple) and len(data) == 2):
            raise ShapeError(
                f"{name} is a {type(data).__name__}, which holds no images and labels.",
                "Pass a Dataset, as tlcourse.data gives, or the pair (images, labels) or (tokens, labels).",
            )
        labels, class_names = np.asarray(data[1]), None
    else:
        labels, class_names = np.asarray(data.labels), getattr(data, "class_names", None)
    try:
        inputs = inputs_of(data)
    except CourseError as error:
        raise type(error)(f"{name}: {error.problem}", error.fix) from None
    thing = "texts" if is_tokens(inputs) else "images"
    if size is not None and thing == "texts":
        raise ShapeError(f"{name} holds texts, and size is {size}.", "Leave size out: it is for images.")
    each = labels.shape == (len(inputs),) or (thing == "texts" and labels.shape == inputs.shape)
    if not each or not np.issubdtype(labels.dtype, np.integer):
        raise ShapeError(
            f"{name}: {len(inputs)} {thing}, but labels of shape {labels.shape} and dtype {labels.dtype}.",
            f"Give one whole number as the label of each of the {thing}; one-hot rows become labels by "
            "argmax(axis=1).",
        )
    return Examples(sized(inputs, size), labels.astype(np.int64), class_names)


def check_outputs(outputs: int, data: Examples, name: str) -> None:
    """Refuse labels that the model has no output for.

    Raises
    ------
    ShapeError
        Also when the model has more outputs than the data has classes: its head was made for other data.
    """
    low, high = int(data.labels.min()), int(data.labels.max())
    known = len(data.class_names) if data.class_names else None
    if low < 0 or high >= outputs or (known is not None and known != outputs):
        classes = f"{known} classes" if known is not None else f"labels from {low} to {high}"
        need = known if known is not None else high + 1
        raise ShapeError(
            f"The model has {outputs} outputs, but {name} has {classes}.",
            f"Load the model with num_classes={need}."
            if low >= 0 and high < need
            else "Number the classes from 0, without gaps, and load the model with as many outputs.",
        )

"""To a small device: a trained network as one file, in a runtime that knows neither PyTorch nor Keras.

* :func:`export` writes the network *with its preprocessing inside*: what goes in are the images as they are,
  what comes out are probabilities. PyTorch writes ONNX, Keras writes LiteRT (.tflite).
* :class:`Runtime` runs such a file: ONNX Runtime for the one, LiteRT for the other.
* :func:`same_outputs` compares a file with the network that it came from, on real images.
* :func:`measure` starts a fresh process for a file, and tells bytes, milliseconds and memory.
* :func:`published` is a network that was made small by its authors, to compare with.

**Import order**, tried with onnxruntime 1.32, ai-edge-litert 2.3, torch 2.14 and tensorflow-cpu 2.21: both
runtimes may be imported before or after either framework. Only the frameworks exclude each other, as always.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from tlcourse.checks import whole
from tlcourse.deployment import scaling
from tlcourse.deployment.costs import Costs, measure
from tlcourse.deployment.running import Runtime
from tlcourse.errors import SettingError, UnknownNameError
from tlcourse.files import write_whole
from tlcourse.frameworks import framework_of, side
from tlcourse.probabilities import softmax

__all__ = ["NUMBERS", "Costs", "Difference", "Runtime", "export", "measure", "published", "same_outputs"]

NUMBERS = ("float32", "float16", "dynamic int8", "static int8")
"""How a file may keep its numbers.

float32
    As trained.
float16
    Weights in half of the bytes. What goes in and comes out stays as it is.
dynamic int8
    Weights in a quarter of the bytes. The range of the maps is found anew for each image.
static int8
    Weights and maps in 8 bits. The ranges of the maps are read from calibration images, once.
"""

SUFFIX = {"torch": ".onnx", "keras": ".tflite"}


class Difference(NamedTuple):
    """How far two tables of probabilities (N, C) are apart.

    Attributes
    ----------
    largest, mean : float
        Of the absolute differences, 0 to 1.
    same_answers : float
        Share of the N images for which both have the same class on top, 0 to 1.
    """

    largest: float
    mean: float
    same_answers: float


def export(
    model: Any,
    path: str | Path,
    *,
    size: int,
    rule: str | None = None,
    numbers: str = "float32",
    calibration: npt.NDArray[np.uint8] | None = None,
    per_channel: bool = True,
) -> Path:
    """Write a network as one file that takes images as they are and gives probabilities.

    The file's input is called ``images``: uint8 (N, size, size, 3), RGB, any N. Its output is called
    ``probabilities``: float32 (N, C). Scaling, the order of the axes and the softmax are inside; whoever
    runs the file has to bring images to ``size``.

    Parameters
    ----------
    model : torch.nn.Module or keras.Model
        Gives logits (N, C), as :func:`tlcourse.models.load` and :func:`tlcourse.models.adapt` make them. It
        is exported in evaluation mode and left in the mode in which it was.
    path : str or Path
        Ends with .onnx (PyTorch) or .tflite (Keras). What was there is replaced, once all is written.
    size : int
        Side of the images in pixels.
    rule : str, optional
        How the images are scaled, one of :data:`tlcourse.models.rules.RULES`. Default: what the model's card
        says; of a model without a card, as for EfficientNet-Lite0.
    numbers : str
        One of :data:`NUMBERS`.
    calibration : uint8 array (N, size, size, 3), optional
        For "static int8", and for nothing else: images like those that the device will see.
    per_channel : bool
        Of int8 weights: a range for each output channel, or one for the whole layer.

    Returns
    -------
    Path
        Of the file.

    Raises
    ------
    UnknownNameError
        For numbers that are not known.
    SettingError
        If the path ends otherwise, or calibration images are missing or not asked for.
    ShapeError
        For calibration images of another size.

    Source: the ONNX exporter of PyTorch (``torch.onnx.export(..., dynamo=True)``) and ONNX Runtime's
    quantization tools; TensorFlow's ``tf.lite.TFLiteConverter``.
    """
    framework = framework_of(model)
    path = Path(path)
    if path.suffix != SUFFIX[framework]:
        raise SettingError(
            f"The path {path.name!r} does not end with {SUFFIX[framework]}.",
            "PyTorch writes .onnx files, Keras .tflite files.",
        )
    if numbers not in NUMBERS:
        raise UnknownNameError("kind of numbers", numbers, list(NUMBERS))
    size = whole("size", size, 8)
    if (numbers == "static int8") != (calibration is not None):
        raise SettingError(
            f"Calibration images are {'missing' if calibration is None else 'not used'} for {numbers!r}.",
            "Give calibration=images for 'static int8', and for nothing else.",
        )
    if calibration is not None:
        calibration = scaling.checked(calibration, size)
    content: bytes = side(__name__, model).export(
        model, size, scaling.of(model, rule), numbers, calibration, bool(per_channel)
    )
    write_whole(path, content)
    return path


def published() -> Path:
    """EfficientNet-Lite3 in 8 bits as Google published it: a .tflite file of 9.6 MB.

    It takes one image, uint8 (1, 280, 280, 3), and gives the probabilities of ImageNet's 1000 classes.

    Returns
    -------
    Path

    Raises
    ------
    WeightsError
        If the pack ``efficientnet_lite3_int8`` is not on this machine: it names the command that fetches it.
    """
    from tlcourse import packs

    return packs.find(packs.pack("efficientnet_lite3_int8"))


def same_outputs(
    model: Any,
    file: str | Path | bytes,
    images: npt.NDArray[np.uint8],
    *,
    rule: str | None = None,
) -> Difference:
    """A file against the network that it came from, both asked about the same images.

    The network gets its images from :func:`tlcourse.models.preprocess`'s rules, by NumPy. So a file whose
    preprocessing is not that of the network is found out too.

    Parameters
    ----------
    model : torch.nn.Module or keras.Model
        Gives logits.
    file : str, Path or bytes
        An .onnx or .tflite file of :func:`export`.
    images : uint8 array (N, size, size, 3)
        Real ones: noise tells little about what matters.
    rule : str, optional
        As for :func:`export`.

    Returns
    -------
    Difference

    Raises
    ------
    ShapeError
        If the file does not take such images.
    DataError
        If the file is none.
    """
    after = Runtime(file)(images)
    before = softmax(scaling.logits(model, images, rule))
    apart = np.abs(before - after)
    return Difference(
        float(apart.max()), float(apart.mean()), float((before.argmax(1) == after.argmax(1)).mean())
    )

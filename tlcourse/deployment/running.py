"""A file in its runtime: ONNX Runtime for .onnx, LiteRT for .tflite. No framework is imported."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from tlcourse.checks import whole
from tlcourse.errors import DataError, ShapeError

__all__ = ["Runtime", "quiet"]


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """LiteRT and its converter write to the process's own error stream, past Python."""
    sys.stderr.flush()
    kept = os.dup(2)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    try:
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)


class _Session(Protocol):
    shape: tuple[int | None, ...]
    dtype: np.dtype[Any]

    def run(self, batch: np.ndarray) -> np.ndarray: ...


class _Onnx:
    def __init__(self, content: bytes, threads: int) -> None:
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        self.session = onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])
        (given,) = self.session.get_inputs()
        self.name = given.name
        self.shape = tuple(one if isinstance(one, int) else None for one in given.shape)
        named = given.type.removeprefix("tensor(").removesuffix(")")
        self.dtype = np.dtype({"float": "float32", "double": "float64"}.get(named, named))

    def run(self, batch: np.ndarray) -> np.ndarray:
        return np.asarray(self.session.run(None, {self.name: batch})[0])


class _LiteRT:
    def __init__(self, content: bytes, threads: int) -> None:
        from ai_edge_litert.interpreter import Interpreter

        with quiet():
            self.interpreter = Interpreter(model_content=content, num_threads=threads)
        given = self.interpreter.get_input_details()[0]
        self.index, self.dtype = given["index"], np.dtype(given["dtype"])
        self.shape = tuple(None if one < 0 else int(one) for one in given["shape_signature"])
        self.output = self.interpreter.get_output_details()[0]
        self.now: tuple[int, ...] = ()

    def run(self, batch: np.ndarray) -> np.ndarray:
        if batch.shape != self.now:  # room for the maps is made once for a shape
            with quiet():
                self.interpreter.resize_tensor_input(self.index, batch.shape)
                self.interpreter.allocate_tensors()
            self.now = batch.shape
        self.interpreter.set_tensor(self.index, batch)
        self.interpreter.invoke()
        made = self.interpreter.get_tensor(self.output["index"])
        scale, zero = self.output["quantization"]
        # A network whose output is bytes: they stand for (byte - zero) * scale.
        return (made.astype(np.float32) - zero) * np.float32(scale) if scale else made


class Runtime:
    """An .onnx or .tflite file that takes one array of images and gives one array.

    Parameters
    ----------
    file : str, Path or bytes
        The file, or what is in it.
    threads : int
        How many threads one image may use.

    Attributes
    ----------
    kind : {"onnx", "tflite"}
    input_shape : tuple
        What the file takes; None where any number fits, such as the number of images.
    dtype : numpy.dtype
        Of the input.

    Raises
    ------
    DataError
        If there is no such file, or neither runtime can read it.

    Examples
    --------
    With a file of :func:`tlcourse.deployment.export`::

        run = Runtime("network.onnx")
        probabilities = run(images)  # uint8 (N, size, size, 3) to float32 (N, C)
    """

    def __init__(self, file: str | Path | bytes, threads: int = 1) -> None:
        threads = whole("threads", threads, 1)
        name = "What was given" if isinstance(file, bytes) else Path(file).name
        if not isinstance(file, bytes):
            try:
                file = Path(file).read_bytes()
            except OSError as error:
                raise DataError(
                    f"The file {name!r} cannot be read: {error.strerror}.", "Export it first."
                ) from error
        self.kind = "tflite" if file[4:8] == b"TFL3" else "onnx"
        try:
            self._session: _Session = (_LiteRT if self.kind == "tflite" else _Onnx)(file, threads)
        except ImportError:
            raise
        except Exception as error:  # each runtime has errors of its own
            raise DataError(
                f"{name} is no network that {'LiteRT' if self.kind == 'tflite' else 'ONNX Runtime'} reads: "
                f"{str(error).splitlines()[0][:200]}.",
                "Give an .onnx or a .tflite file with one input.",
            ) from error
        self.input_shape = self._session.shape
        self.dtype = self._session.dtype

    def __call__(self, images: npt.NDArray[Any], batch_size: int = 32) -> npt.NDArray[np.float32]:
        """What the network says of images, batch by batch.

        Parameters
        ----------
        images : array (N, ...)
            As `input_shape` and `dtype` say.
        batch_size : int
            Images at a time. A file with a fixed batch gets that many and no other.

        Returns
        -------
        array (N, C)

        Raises
        ------
        ShapeError
            If the images have another shape or dtype, or their number is no multiple of a fixed batch.
        """
        images = np.asarray(images)
        step = self.input_shape[0] or whole("batch_size", batch_size, 1)
        fits = len(images.shape) == len(self.input_shape) and all(
            wanted in (None, here)
            for wanted, here in zip(self.input_shape[1:], images.shape[1:], strict=True)
        )
        if not fits or images.dtype != self.dtype or not len(images):
            raise ShapeError(
                f"The images are {images.dtype} of shape {images.shape}.",
                f"This file takes {self.dtype} of shape {self._words()}.",
            )
        if self.input_shape[0] and len(images) % step:
            raise ShapeError(
                f"{len(images)} images cannot be cut into batches of {step}, which is all this file takes.",
                "Export it with a batch of any size.",
            )
        parts = [self._session.run(images[at : at + step]) for at in range(0, len(images), step)]
        return np.concatenate(parts)

    def _words(self) -> str:
        return "(" + ", ".join("any" if one is None else str(one) for one in self.input_shape) + ")"

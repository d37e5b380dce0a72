"""PyTorch's side of `tlcourse.deployment`: ONNX, and ONNX Runtime's tools to make it smaller."""

from __future__ import annotations

import contextlib
import io
import logging
import tempfile
import warnings
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import torch
from torch import nn

from tlcourse.deployment.scaling import Scaling
from tlcourse.frameworks.modes import evaluating

__all__ = ["export"]


class _Whole(nn.Module):
    """Bytes in, probabilities out."""

    def __init__(self, model: nn.Module, scaling: Scaling) -> None:
        super().__init__()
        self.model = model
        self.order = list(scaling.order)
        self.register_buffer("factor", torch.from_numpy(scaling.factor).view(1, 3, 1, 1))
        self.register_buffer("offset", torch.from_numpy(scaling.offset).view(1, 3, 1, 1))

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        x = images.permute(0, 3, 1, 2)
        if self.order != [0, 1, 2]:
            x = x[:, self.order]
        return torch.softmax(self.model(x.to(torch.float32) * self.factor + self.offset), dim=1)


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """The exporter reports its steps, and ONNX Runtime warns of what this module does on purpose."""
    logging.disable(logging.WARNING)
    try:
        with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
            warnings.simplefilter("ignore")
            yield
    finally:
        logging.disable(logging.NOTSET)


def export(
    model: nn.Module,
    size: int,
    scaling: Scaling,
    numbers: str,
    calibration: np.ndarray | None,
    per_channel: bool,
) -> bytes:
    """The bytes of an ONNX file."""
    with tempfile.TemporaryDirectory() as folder, _quiet():
        path = Path(folder, "float32.onnx")
        with evaluating(model) as device:
            whole = _Whole(model, scaling).to(device).eval()
            program = torch.onnx.export(
                whole,
                (torch.zeros(2, size, size, 3, dtype=torch.uint8, device=device),),
                input_names=["images"],
                output_names=["probabilities"],
                dynamic_shapes={"images": {0: torch.export.Dim("batch")}},
                dynamo=True,
                verbose=False,
            )
        program.save(path)
        if numbers == "float32":
            return path.read_bytes()
        return smaller(path, numbers, calibration, per_channel)


def smaller(
    path: Path,
    numbers: str,
    calibration: np.ndarray | None,
    per_channel: bool,
    *,
    full_range: bool = False,
    all_layers: bool = False,
) -> bytes:
    """A float32 file with other numbers; beside it files are left.

    ``full_range`` and ``all_layers`` are what ONNX Runtime does if nothing is said: for comparison.
    """
    if numbers == "float16":
        return _float16(path)
    from onnxruntime.quantization import CalibrationMethod, QuantType, quantize_dynamic, quantize_static

    after = path.with_name("after.onnx")
    if numbers == "dynamic int8":
        quantize_dynamic(path, after, per_channel=per_channel, weight_type=QuantType.QUInt8)
        return after.read_bytes()
    assert calibration is not None
    quantize_static(
        path,
        after,
        _Images(calibration),
        # A head is small, and the last layer's errors are those that count: it stays as it is.
        op_types_to_quantize=None if all_layers else ["Conv", "Clip", "Add"],
        per_channel=per_channel,
        activation_type=QuantType.QUInt8,
        weight_type=QuantType.QInt8,
        # Weights in 7 of their 8 bits. Processors with AVX2 and without VNNI add products in 16 bits, which
        # overflow otherwise, as ONNX Runtime's page on quantization says. Unsigned weights do not overflow
        # either, and took five times as long here.
        reduce_range=not full_range,
        calibrate_method=CalibrationMethod.MinMax,
    )
    return after.read_bytes()


def _float16(path: Path) -> bytes:
    import onnx
    from onnxruntime.transformers.float16 import convert_float_to_float16

    network = onnx.load(path)
    halved = convert_float_to_float16(network, keep_io_types=True)
    return bytes(halved.SerializeToString())


class _Images:
    """Calibration images, one by one, as ONNX Runtime asks for them."""

    def __init__(self, images: np.ndarray) -> None:
        self.rest = iter(images)

    def get_next(self) -> dict[str, np.ndarray] | None:
        one = next(self.rest, None)
        return None if one is None else {"images": one[None]}

    def set_range(self, start_index: int, end_index: int) -> None:
        """Asked for when the images come in parts, which they do not."""

"""EfficientNet-Lite0 as an ONNX graph, from PyTorch. Imported only in a process that runs PyTorch.

The graph takes what a canvas gives, bytes, and gives probabilities: scaling and softmax are part of it, so
that the page has nothing to get wrong. The input's size is fixed; the page crops and resizes as
`tlcourse.models.preprocess` does. ``python -m tlcourse.authoring.in_browser._torch FILE`` writes the small
file.
"""

from __future__ import annotations

import io
import os
import sys
from contextlib import redirect_stdout
from pathlib import Path

import onnx
import torch
from torch import nn

from tlcourse import models
from tlcourse.authoring.in_browser.rounding import rounded

__all__ = ["exported"]

NAME = "efficientnet_lite0"
OPSET = 18


class _FromBytes(nn.Module):
    """uint8 (1, H, W, 3) to the probabilities of the classes (1, C)."""

    def __init__(self, model: nn.Module) -> None:
        super().__init__()
        self.model = model

    def forward(self, image: torch.Tensor) -> torch.Tensor:
        # The rule "lite" of tlcourse.models.rules, in torch.
        scaled = (image.permute(0, 3, 1, 2).to(torch.float32) - 127.0) / 128.0
        return torch.softmax(self.model(scaled), dim=1)


def exported() -> onnx.ModelProto:
    """The network with its published weights in float32, BatchNorm folded into the convolutions."""
    model = models.load(NAME, framework="torch").cpu()
    size = models.card(NAME).input_size
    network = _FromBytes(model).eval()
    with redirect_stdout(io.StringIO()):  # the exporter reports its steps
        program = torch.onnx.export(
            network,
            (torch.zeros(1, size, size, 3, dtype=torch.uint8),),
            input_names=["image"],
            output_names=["probabilities"],
            opset_version=OPSET,
            dynamo=True,
            verbose=False,
        )
    assert program is not None
    graph: onnx.ModelProto = program.model_proto
    return graph


if __name__ == "__main__":
    Path(sys.argv[1]).write_bytes(rounded(exported()).SerializeToString())
    sys.stdout.flush()
    os._exit(0)  # nothing is left to tidy, and torch takes seconds over it

"""The models in PyTorch. Imported only in a process that runs PyTorch."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping

import numpy as np
import timm
import torch
from torch import nn

from tlcourse.frameworks import pick
from tlcourse.models.architecture import SMALL_CNN_CHANNELS

__all__ = ["build"]


class SmallCNN(nn.Module):
    """Three 3x3 convolutions with BatchNorm, ReLU and max-pooling, the mean over the image, a linear head.

    Takes float32 (N, 3, H, W) with H and W at least 8; gives logits (N, num_classes), or pooled features
    (N, 128) when `num_classes` is 0.

    Examples
    --------
    >>> SmallCNN(10)(torch.zeros(2, 3, 32, 32)).shape
    torch.Size([2, 10])
    """

    def __init__(self, num_classes: int, dropout: float = 0.0) -> None:
        super().__init__()
        first, second, third = SMALL_CNN_CHANNELS
        self.conv1 = nn.Conv2d(3, first, 3, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(first, eps=1e-3)
        self.conv2 = nn.Conv2d(first, second, 3, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(second, eps=1e-3)
        self.conv3 = nn.Conv2d(second, third, 3, padding=1, bias=False)
        self.bn3 = nn.BatchNorm2d(third, eps=1e-3)
        self.dropout = nn.Dropout(dropout if num_classes else 0.0)
        self.classifier = nn.Linear(third, num_classes) if num_classes else nn.Identity()

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        for conv, bn in ((self.conv1, self.bn1), (self.conv2, self.bn2), (self.conv3, self.bn3)):
            x = nn.functional.max_pool2d(nn.functional.relu(bn(conv(x))), 2)
        return self.classifier(self.dropout(x.mean(dim=(2, 3))))


def build(
    name: str, weights: Mapping[str, np.ndarray], num_classes: int, dropout: float, input_size: int | None
) -> nn.Module:
    """The model `name` with these weights, on the picked device."""
    model: nn.Module
    if name == "small_cnn":
        model = SmallCNN(num_classes, dropout)
    else:
        # tf_efficientnet_lite0, not efficientnet_lite0: these weights want TensorFlow's "same" padding and a
        # BatchNorm epsilon of 1e-3; with symmetric padding pooled features are off by 1 to 2.
        model = timm.create_model(
            "tf_efficientnet_lite0",
            pretrained=False,
            num_classes=num_classes,
            drop_rate=dropout if num_classes else 0.0,
        )
    state = OrderedDict((key, torch.from_numpy(np.array(value))) for key, value in weights.items())
    for key, value in model.state_dict().items():
        if key.endswith("num_batches_tracked"):
            state[key] = torch.zeros_like(value)
    model.load_state_dict(state, strict=True)
    model.tl_name = name  # type: ignore[assignment]
    return model.to(pick(framework="torch"))

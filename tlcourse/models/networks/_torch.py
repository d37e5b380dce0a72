"""The models in PyTorch. Imported only in a process that runs PyTorch."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping

import numpy as np
import timm
import torch
import torchvision
from timm.layers import create_pool2d
from torch import nn

from tlcourse.frameworks import pick
from tlcourse.models.architecture import LITE, SMALL_CNN_CHANNELS

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


class SqueezeNet(torchvision.models.SqueezeNet):
    """torchvision's SqueezeNet 1.1 with its published head, or with a linear head on the pooled features.

    The published head is a convolution, and the mean over the image comes after it. A head for other classes
    is linear here, as on every other network of the course.

    Takes float32 (N, 3, H, W) with H and W at least 17; gives logits (N, num_classes), or pooled features
    (N, 512) when `num_classes` is 0.

    Examples
    --------
    >>> SqueezeNet(2)(torch.zeros(1, 3, 64, 64)).shape
    torch.Size([1, 2])
    """

    def __init__(self, num_classes: int | None, dropout: float = 0.0) -> None:
        super().__init__("1_1")
        self.pooled = num_classes is not None
        if num_classes is None:
            return
        self.dropout = nn.Dropout(dropout if num_classes else 0.0)
        self.classifier = nn.Linear(512, num_classes) if num_classes else nn.Identity()

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        if not self.pooled:
            return super().forward(x)
        return self.classifier(self.dropout(self.features(x).mean(dim=(2, 3))))


def xception() -> nn.Module:
    """timm's Xception with Keras's poolings.

    At an even number of places, Keras's "same" padding adds one row and column at the end, PyTorch's one at
    either side. At 299 pixels the second pooling meets 74 places.
    """
    model = timm.create_model("legacy_xception", pretrained=False)
    for name, module in list(model.named_modules()):
        if isinstance(module, nn.MaxPool2d):
            owner, _, last = name.rpartition(".")
            setattr(model.get_submodule(owner), last, create_pool2d("max", 3, 2, padding="same"))
    return model


def build(
    name: str,
    weights: Mapping[str, np.ndarray],
    num_classes: int | None,
    dropout: float,
    input_size: int | None,
) -> nn.Module:
    """The model `name` with these weights, on the picked device; None classes are the published head."""
    model: nn.Module
    if name in LITE:
        # tf_efficientnet_lite0, not efficientnet_lite0: these weights want TensorFlow's "same" padding and a
        # BatchNorm epsilon of 1e-3; with symmetric padding pooled features are off by 1 to 2.
        model = timm.create_model(
            f"tf_{name}",
            pretrained=False,
            num_classes=1000 if num_classes is None else num_classes,
            drop_rate=dropout if num_classes else 0.0,
        )
    elif name == "squeezenet":
        model = SqueezeNet(num_classes, dropout)
    else:
        assert num_classes is not None, "the small CNN has no published head"
        model = SmallCNN(num_classes, dropout)
    state = OrderedDict((key, torch.from_numpy(np.array(value))) for key, value in weights.items())
    for key, value in model.state_dict().items():
        if key.endswith("num_batches_tracked"):
            state[key] = torch.zeros_like(value)
    model.load_state_dict(state, strict=True)
    model.tl_name = name  # type: ignore[assignment]
    return model.to(pick(framework="torch"))

"""Answers to "The control: a small CNN of your own", in PyTorch: right ones and wrong ones."""

# %% [right] a module of its own, with BatchNorm
from torch import nn


class SmallCNN(nn.Module):
    def __init__(self, n_classes):
        super().__init__()
        blocks, channels = [], 3
        for width in (16, 32, 64):
            blocks += [nn.Conv2d(channels, width, 3, padding=1, bias=False), nn.BatchNorm2d(width), nn.ReLU()]
            blocks += [nn.MaxPool2d(2)]
            channels = width
        self.features = nn.Sequential(*blocks)
        self.head = nn.Linear(channels, n_classes)

    def forward(self, images):
        return self.head(self.features(images).mean(dim=(2, 3)))


def small_cnn(n_classes):
    return SmallCNN(n_classes)


# %% [right] strides, adaptive pooling, dropout
from torch import nn


def small_cnn(n_classes):
    return nn.Sequential(
        nn.Conv2d(3, 24, 5, stride=2, padding=2),
        nn.GELU(),
        nn.Conv2d(24, 32, 3, stride=2, padding=1),
        nn.GELU(),
        nn.Conv2d(32, 48, 3, padding=1),
        nn.LeakyReLU(),
        nn.AdaptiveMaxPool2d(1),
        nn.Flatten(),
        nn.Dropout(0.2),
        nn.Linear(48, n_classes),
    )


# %% [right] pooled to four by four, and a hidden layer
from torch import nn


def small_cnn(n_classes):
    model = nn.Sequential()
    for place, (a, b) in enumerate([(3, 8), (8, 16), (16, 24), (24, 24)]):
        model.add_module(f"conv{place}", nn.Conv2d(a, b, 3, padding="same"))
        model.add_module(f"relu{place}", nn.ReLU(inplace=True))
    model.append(nn.AdaptiveAvgPool2d(4)).append(nn.Flatten())
    model.append(nn.Linear(24 * 16, 64)).append(nn.ReLU()).append(nn.Linear(64, n_classes))
    return model


# %% [wrong] one size only: "weights for one size only"
from torch import nn


def small_cnn(n_classes):
    return nn.Sequential(
        nn.Conv2d(3, 16, 3, padding=1),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Conv2d(16, 32, 3, padding=1),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Conv2d(32, 32, 3, padding=1),
        nn.ReLU(),
        nn.Flatten(),
        nn.Linear(32 * 8 * 8, n_classes),
    )


# %% [wrong] softmax at the end: "there is a softmax at the end"
from torch import nn


def small_cnn(n_classes):
    return nn.Sequential(
        nn.Conv2d(3, 16, 3),
        nn.ReLU(),
        nn.Conv2d(16, 32, 3),
        nn.ReLU(),
        nn.Conv2d(32, 64, 3),
        nn.ReLU(),
        nn.AdaptiveAvgPool2d(1),
        nn.Flatten(),
        nn.Linear(64, n_classes),
        nn.Softmax(dim=1),
    )


# %% [wrong] nothing non-linear: "is linear"
from torch import nn


def small_cnn(n_classes):
    return nn.Sequential(
        nn.Conv2d(3, 16, 3),
        nn.Conv2d(16, 32, 3),
        nn.Conv2d(32, 64, 3),
        nn.AdaptiveAvgPool2d(1),
        nn.Flatten(),
        nn.Linear(64, n_classes),
    )


# %% [wrong] layers not registered: "are not registered"
from torch import nn


class SmallCNN(nn.Module):
    def __init__(self, n_classes):
        super().__init__()
        self.blocks = [nn.Conv2d(3, 16, 3), nn.Conv2d(16, 32, 3), nn.Conv2d(32, 32, 3)]
        self.head = nn.Linear(32, n_classes)

    def forward(self, x):
        for block in self.blocks:
            x = block(x).relu()
        return self.head(x.mean((2, 3)))


def small_cnn(n_classes):
    return SmallCNN(n_classes)


# %% [wrong] wrong number of outputs: "Use `n_classes` in the last layer"
from torch import nn


def small_cnn(n_classes):
    return nn.Sequential(
        nn.Conv2d(3, 16, 3),
        nn.ReLU(),
        nn.Conv2d(16, 32, 3),
        nn.ReLU(),
        nn.Conv2d(32, 64, 3),
        nn.ReLU(),
        nn.AdaptiveAvgPool2d(1),
        nn.Flatten(),
        nn.Linear(64, 2),
    )


# %% [wrong] too large: "For some tens of images that is no small network"
from torch import nn


def small_cnn(n_classes):
    return nn.Sequential(
        nn.Conv2d(3, 64, 3),
        nn.ReLU(),
        nn.Conv2d(64, 128, 3),
        nn.ReLU(),
        nn.Conv2d(128, 256, 3),
        nn.ReLU(),
        nn.AdaptiveAvgPool2d(1),
        nn.Flatten(),
        nn.Linear(256, n_classes),
    )


# %% [wrong] activation at the end: "there is a ReLU after the last layer"
from torch import nn


def small_cnn(n_classes):
    return nn.Sequential(
        nn.Conv2d(3, 16, 3),
        nn.ReLU(),
        nn.Conv2d(16, 32, 3),
        nn.ReLU(),
        nn.Conv2d(32, 64, 3),
        nn.ReLU(),
        nn.AdaptiveAvgPool2d(1),
        nn.Flatten(),
        nn.Linear(64, n_classes),
        nn.ReLU(),
    )


# %% [wrong] one convolution
from torch import nn


def small_cnn(n_classes):
    return nn.Sequential(
        nn.Conv2d(3, 64, 5), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(64, n_classes)
    )

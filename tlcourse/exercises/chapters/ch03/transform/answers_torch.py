"""Answers to "From an image to the network's input", in PyTorch: right ones and wrong ones."""

# %% [right] functional, on tensors
import torch
from torchvision.transforms.v2 import functional as F


def make_transform(card):
    size = [card["size"], card["size"]]

    def transform(image):
        x = F.pil_to_tensor(image).float()
        x = x.expand(3, -1, -1) if len(x) == 1 else x
        x = F.resize(x, size, antialias=True)
        x = x / 255 if card["range"] == 1 else x
        if card["order"] == "BGR":
            x = x[[2, 1, 0]]
        mean, deviation = torch.tensor(card["mean"]), torch.tensor(card["deviation"])
        return (x - mean[:, None, None]) / deviation[:, None, None]

    return transform


# %% [right] PIL and NumPy
import numpy as np


def make_transform(card):
    def transform(image):
        image = image.convert("RGB").resize((card["size"], card["size"]))
        x = np.asarray(image, "float32") * (card["range"] / 255)
        x = x[..., ::-1] if card["order"] == "BGR" else x
        return ((x - card["mean"]) / card["deviation"]).transpose(2, 0, 1)

    return transform


# %% [right] the first transforms, a module
import torch
from torchvision import transforms


class Transform(torch.nn.Module):
    def __init__(self, card):
        super().__init__()
        self.card = card
        scale = 255 / card["range"]
        self.steps = transforms.Compose(
            [
                transforms.Lambda(lambda image: image.convert("RGB")),
                transforms.Resize((card["size"], card["size"])),
                transforms.ToTensor(),
                transforms.Lambda(lambda x: x if scale == 255 else x * card["range"]),
            ]
        )
        self.normalise = transforms.Normalize(card["mean"], card["deviation"])

    def forward(self, image):
        x = self.steps(image)
        return self.normalise(x.flip(0) if self.card["order"] == "BGR" else x)


def make_transform(card):
    return Transform(card)


# %% [right] grey by its own step
import torch
from torchvision.transforms import InterpolationMode, v2


def make_transform(card):
    bgr = card["order"] == "BGR"
    return v2.Compose(
        [
            v2.ToImage(),
            v2.Lambda(lambda x: x.repeat(3, 1, 1) if x.shape[0] == 1 else x),
            v2.Resize((card["size"],) * 2, interpolation=InterpolationMode.BICUBIC),
            v2.ToDtype(torch.float32, scale=card["range"] != 255),
            v2.Lambda(lambda x: torch.flip(x, [0]) if bgr else x),
            v2.Normalize(mean=card["mean"], std=card["deviation"]),
        ]
    )


# %% [wrong] not scaled to 0 to 1: "were still 0 to 255"
import torch
from torchvision.transforms import v2


def make_transform(card):
    return v2.Compose(
        [
            v2.RGB(),
            v2.Resize((card["size"], card["size"])),
            v2.ToImage(),
            v2.ToDtype(torch.float32),
            v2.Lambda(lambda x: x.flip(0) if card["order"] == "BGR" else x),
            v2.Normalize(card["mean"], card["deviation"]),
        ]
    )


# %% [wrong] scaled where the card keeps 255: "were divided by 255"
import torch
from torchvision.transforms import v2


def make_transform(card):
    return v2.Compose(
        [
            v2.RGB(),
            v2.Resize((card["size"], card["size"])),
            v2.ToImage(),
            v2.ToDtype(torch.float32, scale=True),
            v2.Lambda(lambda x: x.flip(0) if card["order"] == "BGR" else x),
            v2.Normalize(card["mean"], card["deviation"]),
        ]
    )


# %% [wrong] not normalised: "the mean of the card has not been taken off"
import torch
from torchvision.transforms import v2


def make_transform(card):
    return v2.Compose(
        [
            v2.RGB(),
            v2.Resize((card["size"], card["size"])),
            v2.ToImage(),
            v2.ToDtype(torch.float32, scale=card["range"] == 1),
            v2.Lambda(lambda x: x.flip(0) if card["order"] == "BGR" else x),
        ]
    )


# %% [wrong] order of the colours: "Red and blue are the wrong way round"
import torch
from torchvision.transforms import v2


def make_transform(card):
    return v2.Compose(
        [
            v2.RGB(),
            v2.Resize((card["size"], card["size"])),
            v2.ToImage(),
            v2.ToDtype(torch.float32, scale=card["range"] == 1),
            v2.Normalize(card["mean"], card["deviation"]),
        ]
    )


# %% [wrong] mean in the other order: "before you turned the channels round"
import torch
from torchvision.transforms import v2


def make_transform(card):
    return v2.Compose(
        [
            v2.RGB(),
            v2.Resize((card["size"], card["size"])),
            v2.ToImage(),
            v2.ToDtype(torch.float32, scale=card["range"] == 1),
            v2.Normalize(card["mean"], card["deviation"]),
            v2.Lambda(lambda x: x.flip(0) if card["order"] == "BGR" else x),
        ]
    )


# %% [wrong] cropped: "its left and right ends are missing"
import torch
from torchvision.transforms import v2


def make_transform(card):
    return v2.Compose(
        [
            v2.RGB(),
            v2.Resize(card["size"]),
            v2.CenterCrop(card["size"]),
            v2.ToImage(),
            v2.ToDtype(torch.float32, scale=card["range"] == 1),
            v2.Lambda(lambda x: x.flip(0) if card["order"] == "BGR" else x),
            v2.Normalize(card["mean"], card["deviation"]),
        ]
    )


# %% [wrong] not the card's size: "asks for a square"
import torch
from torchvision.transforms import v2


def make_transform(card):
    return v2.Compose(
        [
            v2.RGB(),
            v2.Resize(card["size"]),
            v2.ToImage(),
            v2.ToDtype(torch.float32, scale=card["range"] == 1),
            v2.Lambda(lambda x: x.flip(0) if card["order"] == "BGR" else x),
            v2.Normalize(card["mean"], card["deviation"]),
        ]
    )


# %% [wrong] channels at the other end: "the axis of the channels"
import torch
from torchvision.transforms import v2


def make_transform(card):
    return v2.Compose(
        [
            v2.RGB(),
            v2.Resize((card["size"], card["size"])),
            v2.ToImage(),
            v2.ToDtype(torch.float32, scale=card["range"] == 1),
            v2.Lambda(lambda x: x.flip(0) if card["order"] == "BGR" else x),
            v2.Normalize(card["mean"], card["deviation"]),
            v2.Lambda(lambda x: x.permute(1, 2, 0)),
        ]
    )


# %% [wrong] not an image each: "Each image is three axes"
import torch
from torchvision.transforms import v2


def make_transform(card):
    steps = v2.Compose(
        [
            v2.RGB(),
            v2.Resize((card["size"], card["size"])),
            v2.ToImage(),
            v2.ToDtype(torch.float32, scale=card["range"] == 1),
            v2.Lambda(lambda x: x.flip(0) if card["order"] == "BGR" else x),
            v2.Normalize(card["mean"], card["deviation"]),
        ]
    )
    return lambda image: steps(image)[0]


# %% [wrong] grey stays one channel: "The network reads three channels"
import numpy as np
import torch


def make_transform(card):
    def transform(image):
        x = np.asarray(image.resize((card["size"], card["size"])), "float32") * card["range"] / 255
        if x.ndim == 2:
            return ((x - np.mean(card["mean"])) / np.mean(card["deviation"]))[None]
        x = x[..., ::-1] if card["order"] == "BGR" else x
        return torch.tensor(((x - card["mean"]) / card["deviation"])).permute(2, 0, 1)

    return transform


# %% [wrong] its own mean and deviation
import torch
from torchvision.transforms import v2


def make_transform(card):
    return v2.Compose(
        [
            v2.RGB(),
            v2.Resize((card["size"], card["size"])),
            v2.ToImage(),
            v2.ToDtype(torch.float32),
            v2.Lambda(lambda x: (x - x.mean()) / x.std()),
        ]
    )

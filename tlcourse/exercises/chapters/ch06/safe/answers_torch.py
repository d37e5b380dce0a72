"""Answers to "An augmentation that keeps labels", in PyTorch: right ones and wrong ones."""

# %% [right] brightness and contrast
from torchvision.transforms import v2


def make_augment():
    return v2.ColorJitter(brightness=(0.7, 1.2), contrast=(0.8, 1.2))


# %% [right] small shifts and turns, drawn by hand
import torch
from torchvision.transforms.v2 import functional as F


def make_augment():
    def augment(image):
        angle = float(torch.empty(1).uniform_(-12, 12))
        shift = torch.randint(-2, 3, (2,)).tolist()
        return F.affine(image, angle=angle, translate=shift, scale=1.0, shear=[0.0])

    return augment


# %% [right] a careful crop, and noise
import torch
from torchvision.transforms import v2


class Noise(torch.nn.Module):
    def forward(self, image):
        return (image + 5 * torch.randn(image.shape)).clamp(0, 255)


def make_augment():
    return v2.Compose(
        [v2.RandomResizedCrop((32, 32), scale=(0.85, 1), ratio=(1, 1), antialias=True), Noise()]
    )


# %% [wrong] mirrored: "A mirror swaps the two"
from torchvision.transforms import v2


def make_augment():
    return v2.Compose([v2.RandomHorizontalFlip(), v2.RandomRotation(10), v2.ColorJitter(0.2)])


# %% [wrong] turned too far: "A few degrees are safe"
from torchvision.transforms import v2


def make_augment():
    return v2.Compose([v2.RandomRotation(180), v2.ColorJitter(0.2)])


# %% [wrong] the arrow is gone: "no arrow can be seen any more"
import torch
from torchvision.transforms import v2


def make_augment():
    return v2.Lambda(lambda image: torch.randint_like(image, 0, 256))


# %% [wrong] nothing happens: "came out as they went in"
from torchvision.transforms import v2


def make_augment():
    return v2.Compose([v2.ToImage(), v2.Resize((32, 32))])


# %% [wrong] scaled: "would do it twice"
import torch
from torchvision.transforms import v2


def make_augment():
    return v2.Compose([v2.RandomRotation(10), v2.ToDtype(torch.float32, scale=True)])


# %% [wrong] one change for all: "Draw for each image"
import torch
from torchvision.transforms.v2 import functional as F


def make_augment():
    angle = float(torch.empty(1).uniform_(5, 12))
    return lambda image: F.rotate(image, angle)


# %% [wrong] always the same: "every epoch would show the same"
import torch
from torchvision.transforms import v2


def make_augment():
    turn = v2.RandomRotation((5, 12))

    def augment(image):
        torch.manual_seed(0)
        return turn(image)

    return augment


# %% [wrong] another size
from torchvision.transforms import v2


def make_augment():
    return v2.RandomCrop(28)


# %% [wrong] upside down
from torchvision.transforms import v2


def make_augment():
    return v2.Compose([v2.RandomVerticalFlip(), v2.RandomAffine(5, translate=(0.05, 0.05))])


# %% [wrong] an augmented image
import torch


def make_augment():
    return torch.zeros(3, 32, 32, dtype=torch.uint8)

"""Answers to "The preprocessing inside", in PyTorch: right ones and wrong ones."""

# %% [right] a sequence of layers
import torch
from torch import nn


def deployable(network, mean, std):
    class Scale(nn.Module):
        def forward(self, x):
            x = x.float() / 255
            return ((x - torch.tensor(mean)) / torch.tensor(std)).permute(0, 3, 1, 2)

    return nn.Sequential(Scale(), network, nn.Softmax(dim=1)).eval()


# %% [right] torchvision's functions
import torch
from torch import nn
from torchvision.transforms.v2 import functional as F


class Ready(nn.Module):
    def __init__(self, network, mean, std):
        super().__init__()
        self.network, self.mean, self.std = network, mean, std

    def forward(self, images):
        x = F.to_dtype(images.permute(0, 3, 1, 2), torch.float32, scale=True)
        return self.network(F.normalize(x, self.mean, self.std)).softmax(dim=-1)


def deployable(network, mean, std):
    ready = Ready(network, mean, std)
    ready.eval()
    return ready


# %% [right] the scaling as a depthwise convolution
import torch
from torch import nn


def deployable(network, mean, std):
    scale = nn.Conv2d(3, 3, 1, groups=3)
    with torch.no_grad():
        scale.weight.copy_(1 / (255 * torch.tensor(std)).view(3, 1, 1, 1))
        scale.bias.copy_(-torch.tensor(mean) / torch.tensor(std))
    whole = nn.Sequential(scale, network, nn.Softmax(1)).eval()
    return lambda images: whole(images.permute(0, 3, 1, 2).float())


# %% [wrong] training mode: "still works in training mode"
import torch
from torch import nn


def deployable(network, mean, std):
    class Ready(nn.Module):
        def __init__(self):
            super().__init__()
            self.network = network

        def forward(self, x):
            x = (x / 255 - torch.tensor(mean)) / torch.tensor(std)
            return self.network(x.permute(0, 3, 1, 2)).softmax(1)

    return Ready()


# %% [wrong] logits: "Each row should sum to 1"
import torch


def deployable(network, mean, std):
    network.eval()
    mean, std = torch.tensor(mean), torch.tensor(std)
    return lambda x: network(((x / 255 - mean) / std).permute(0, 3, 1, 2))


# %% [wrong] not divided: "from 0 to 255"
import torch


def deployable(network, mean, std):
    network.eval()
    mean, std = torch.tensor(mean), torch.tensor(std)
    return lambda x: network(((x - mean) / std).permute(0, 3, 1, 2)).softmax(1)


# %% [wrong] not scaled: "change nothing"
def deployable(network, mean, std):
    network.eval()
    return lambda x: network((x / 255).permute(0, 3, 1, 2)).softmax(1)


# %% [wrong] channels turned round: "red for blue"
import torch


def deployable(network, mean, std):
    network.eval()
    mean, std = torch.tensor(mean), torch.tensor(std)
    return lambda x: network(((x.flip(3) / 255 - mean) / std).permute(0, 3, 1, 2)).softmax(1)


# %% [wrong] on its side: "on its side"
import torch


def deployable(network, mean, std):
    network.eval()
    mean, std = torch.tensor(mean), torch.tensor(std)
    return lambda x: network(((x / 255 - mean) / std).permute(0, 3, 2, 1)).softmax(1)


# %% [wrong] another shape: "a row for each image"
import torch


def deployable(network, mean, std):
    network.eval()
    mean, std = torch.tensor(mean), torch.tensor(std)
    return lambda x: network(((x[:1] / 255 - mean) / std).permute(0, 3, 1, 2)).softmax(1)


# %% [wrong] no network: "can be called with images"
def deployable(network, mean, std):
    return {"network": network, "mean": mean, "std": std}


# %% [wrong] softmax over the batch
import torch


def deployable(network, mean, std):
    network.eval()
    mean, std = torch.tensor(mean), torch.tensor(std)
    return lambda x: network(((x / 255 - mean) / std).permute(0, 3, 1, 2)).softmax(0)


# %% [wrong] the mean is added
import torch


def deployable(network, mean, std):
    network.eval()
    mean, std = torch.tensor(mean), torch.tensor(std)
    return lambda x: network(((x / 255 + mean) / std).permute(0, 3, 1, 2)).softmax(1)

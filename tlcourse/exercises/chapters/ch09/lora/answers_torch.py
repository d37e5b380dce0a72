"""Answers to "A low-rank addition", in PyTorch: right ones and wrong ones."""

# %% [right] a class
import torch


class Addition(torch.nn.Module):
    def __init__(self, features, outputs, rank):
        super().__init__()
        self.down = torch.nn.Linear(features, rank, bias=False)
        self.up = torch.nn.Linear(rank, outputs, bias=False)
        self.up.weight.data.zero_()

    def forward(self, x):
        return self.up(self.down(x))


def lora(layer, rank, alpha):
    for p in layer.parameters():
        p.requires_grad = False
    return [Addition(layer.in_features, layer.out_features, rank), alpha / rank]


# %% [right] matrices
import torch


class Two(torch.nn.Module):
    def __init__(self, features, rank, outputs):
        super().__init__()
        self.a = torch.nn.Parameter(0.02 * torch.randn(features, rank))
        self.b = torch.nn.Parameter(torch.zeros(rank, outputs))

    def forward(self, x):
        return x @ self.a @ self.b


def lora(layer, rank, alpha):
    for p in layer.parameters():
        p.requires_grad_(False)
    return Two(layer.weight.shape[1], rank, layer.weight.shape[0]), alpha * (1 / rank)


# %% [right] B is made before A, and is turned
import torch


class LoRA(torch.nn.Module):
    def __init__(self, d_in, d_out, r):
        super().__init__()
        self.B = torch.nn.Parameter(torch.zeros(d_out, r))
        self.A = torch.nn.Parameter(torch.empty(r, d_in))
        torch.nn.init.kaiming_uniform_(self.A, a=5**0.5)

    def forward(self, x):
        return torch.nn.functional.linear(x, self.B @ self.A)


def lora(layer, rank, alpha):
    layer.weight.requires_grad = False
    layer.bias.requires_grad = False
    return LoRA(layer.in_features, layer.out_features, rank), torch.tensor(alpha / rank)


# %% [wrong] the layer learns too: "has changed the layer itself"
import torch


def lora(layer, rank, alpha):
    down = torch.nn.Linear(layer.in_features, rank, bias=False)
    up = torch.nn.Linear(rank, layer.out_features, bias=False)
    torch.nn.init.zeros_(up.weight)
    return torch.nn.Sequential(down, up), alpha / rank


# %% [wrong] not divided by the rank: "which is alpha"
import torch


def lora(layer, rank, alpha):
    layer.requires_grad_(False)
    down = torch.nn.Linear(layer.in_features, rank, bias=False)
    up = torch.nn.Linear(rank, layer.out_features, bias=False)
    torch.nn.init.zeros_(up.weight)
    return torch.nn.Sequential(down, up), alpha


# %% [wrong] no scale: "The scale is 1"
import torch


def lora(layer, rank, alpha):
    layer.requires_grad_(False)
    down = torch.nn.Linear(layer.in_features, rank, bias=False)
    up = torch.nn.Linear(rank, layer.out_features, bias=False)
    torch.nn.init.zeros_(up.weight)
    return torch.nn.Sequential(down, up), 1.0


# %% [wrong] turned over: "It is the other way round"
import torch


def lora(layer, rank, alpha):
    layer.requires_grad_(False)
    down = torch.nn.Linear(layer.in_features, rank, bias=False)
    up = torch.nn.Linear(rank, layer.out_features, bias=False)
    torch.nn.init.zeros_(up.weight)
    return torch.nn.Sequential(down, up), rank / alpha


# %% [wrong] divided by the root of the rank: "by the root of the rank"
import torch


def lora(layer, rank, alpha):
    layer.requires_grad_(False)
    down = torch.nn.Linear(layer.in_features, rank, bias=False)
    up = torch.nn.Linear(rank, layer.out_features, bias=False)
    torch.nn.init.zeros_(up.weight)
    return torch.nn.Sequential(down, up), alpha / rank**0.5


# %% [wrong] starts elsewhere: "At the start the addition is not 0"
import torch


def lora(layer, rank, alpha):
    layer.requires_grad_(False)
    down = torch.nn.Linear(layer.in_features, rank, bias=False)
    up = torch.nn.Linear(rank, layer.out_features, bias=False)
    return torch.nn.Sequential(down, up), alpha / rank


# %% [wrong] both at zero: "Both matrices start at zeros"
import torch


def lora(layer, rank, alpha):
    layer.requires_grad_(False)
    down = torch.nn.Linear(layer.in_features, rank, bias=False)
    up = torch.nn.Linear(rank, layer.out_features, bias=False)
    torch.nn.init.zeros_(up.weight)
    torch.nn.init.zeros_(down.weight)
    return torch.nn.Sequential(down, up), alpha / rank


# %% [wrong] biases: "LoRA adds two matrices and nothing else"
import torch


def lora(layer, rank, alpha):
    layer.requires_grad_(False)
    down = torch.nn.Linear(layer.in_features, rank)
    up = torch.nn.Linear(rank, layer.out_features)
    torch.nn.init.zeros_(up.weight)
    return torch.nn.Sequential(down, up), alpha / rank


# %% [wrong] not linear: "between the two matrices"
import torch


def lora(layer, rank, alpha):
    layer.requires_grad_(False)
    down = torch.nn.Linear(layer.in_features, rank, bias=False)
    up = torch.nn.Linear(rank, layer.out_features, bias=False)
    torch.nn.init.zeros_(up.weight)
    return torch.nn.Sequential(down, torch.nn.ReLU(), up), alpha / rank


# %% [wrong] a full matrix: "one full matrix"
import torch


def lora(layer, rank, alpha):
    layer.requires_grad_(False)
    addition = torch.nn.Linear(layer.in_features, layer.out_features, bias=False)
    torch.nn.init.zeros_(addition.weight)
    return addition, alpha / rank


# %% [wrong] the addition is frozen: "Freeze the layer, and not the addition"
import torch


class Addition(torch.nn.Module):
    def __init__(self, features, outputs, rank):
        super().__init__()
        self.down = torch.nn.Linear(features, rank, bias=False)
        self.up = torch.nn.Linear(rank, outputs, bias=False)
        self.up.weight.data.zero_()
        self.requires_grad_(False)

    def forward(self, x):
        return self.up(self.down(x))


def lora(layer, rank, alpha):
    for p in layer.parameters():
        p.requires_grad = False
    return [Addition(layer.in_features, layer.out_features, rank), alpha / rank]


# %% [wrong] scaled twice: "so it would count twice"
import torch


class Addition(torch.nn.Module):
    def __init__(self, features, outputs, rank, scale):
        super().__init__()
        self.scale = scale
        self.down = torch.nn.Linear(features, rank, bias=False)
        self.up = torch.nn.Linear(rank, outputs, bias=False)
        self.up.weight.data.zero_()

    def forward(self, x):
        return self.scale * self.up(self.down(x))


def lora(layer, rank, alpha):
    for p in layer.parameters():
        p.requires_grad = False
    return [Addition(layer.in_features, layer.out_features, rank, alpha / rank), alpha / rank]


# %% [wrong] not a pair: "A pair was asked for"
import torch


def lora(layer, rank, alpha):
    layer.requires_grad_(False)
    down = torch.nn.Linear(layer.in_features, rank, bias=False)
    up = torch.nn.Linear(rank, layer.out_features, bias=False)
    torch.nn.init.zeros_(up.weight)
    return torch.nn.Sequential(down, up)


# %% [wrong] other matrices: "from the layer's inputs to the rank"
import torch


def lora(layer, rank, alpha):
    layer.requires_grad_(False)
    down = torch.nn.Linear(layer.in_features, 2 * rank, bias=False)
    up = torch.nn.Linear(2 * rank, layer.out_features, bias=False)
    torch.nn.init.zeros_(up.weight)
    return torch.nn.Sequential(down, up), alpha / rank


# %% [wrong] tanh inside
import torch


class Addition(torch.nn.Module):
    def __init__(self, features, outputs, rank):
        super().__init__()
        self.down = torch.nn.Linear(features, rank, bias=False)
        self.up = torch.nn.Linear(rank, outputs, bias=False)
        self.up.weight.data.zero_()

    def forward(self, x):
        return self.up(torch.tanh(self.down(x)))


def lora(layer, rank, alpha):
    for p in layer.parameters():
        p.requires_grad = False
    return [Addition(layer.in_features, layer.out_features, rank), alpha / rank]


# %% [wrong] absolute values inside
import torch


class Addition(torch.nn.Module):
    def __init__(self, features, outputs, rank):
        super().__init__()
        self.down = torch.nn.Linear(features, rank, bias=False)
        self.up = torch.nn.Linear(rank, outputs, bias=False)
        self.up.weight.data.zero_()

    def forward(self, x):
        return self.up(abs(self.down(x)))


def lora(layer, rank, alpha):
    for p in layer.parameters():
        p.requires_grad = False
    return [Addition(layer.in_features, layer.out_features, rank), alpha / rank]


# %% [wrong] scaled by a number of its own
import torch


class Addition(torch.nn.Module):
    def __init__(self, features, outputs, rank):
        super().__init__()
        self.down = torch.nn.Linear(features, rank, bias=False)
        self.up = torch.nn.Linear(rank, outputs, bias=False)
        self.up.weight.data.zero_()

    def forward(self, x):
        return 2.5 * self.up(self.down(x))


def lora(layer, rank, alpha):
    for p in layer.parameters():
        p.requires_grad = False
    return [Addition(layer.in_features, layer.out_features, rank), alpha / rank]


# %% [wrong] the scale is a word
import torch


class Addition(torch.nn.Module):
    def __init__(self, features, outputs, rank):
        super().__init__()
        self.down = torch.nn.Linear(features, rank, bias=False)
        self.up = torch.nn.Linear(rank, outputs, bias=False)
        self.up.weight.data.zero_()

    def forward(self, x):
        return self.up(self.down(x))


def lora(layer, rank, alpha):
    for p in layer.parameters():
        p.requires_grad = False
    return [Addition(layer.in_features, layer.out_features, rank), "alpha"]


# %% [wrong] no return
import torch


class Addition(torch.nn.Module):
    def __init__(self, features, outputs, rank):
        super().__init__()
        self.down = torch.nn.Linear(features, rank, bias=False)
        self.up = torch.nn.Linear(rank, outputs, bias=False)
        self.up.weight.data.zero_()

    def forward(self, x):
        return self.up(self.down(x))


def lora(layer, rank, alpha):
    for p in layer.parameters():
        p.requires_grad = False
    [Addition(layer.in_features, layer.out_features, rank), alpha / rank]

"""Answers to "What will train?", in PyTorch: right ones and wrong ones."""

# %% [right] state and flags, one array after the other
import math


def count(model):
    trainable = everything = 0
    for name, p in model.named_parameters():
        size = math.prod(p.shape)
        everything += size
        if p.requires_grad:
            trainable += size
    return [trainable, everything]


# %% [right] tensors
import torch
from torch.nn.utils import parameters_to_vector


def count(model):
    sizes = torch.tensor([p.numel() for p in model.parameters()])
    free = torch.tensor([p.requires_grad for p in model.parameters()])
    return sizes[free].sum(), parameters_to_vector(model.parameters()).numel()


# %% [right] buffers counted as well, or get_weights
def count(model):
    return (
        sum(p.nelement() for p in model.parameters() if p.requires_grad),
        sum(v.numel() for v in model.state_dict().values()),
    )


# %% [wrong] counts arrays: "number of arrays"
def count(model):
    return (len([p for p in model.parameters() if p.requires_grad]), len(list(model.parameters())))


# %% [wrong] frozen parameters counted as trainable: "does not train"
def count(model):
    total = sum(p.numel() for p in model.parameters())
    return total, total


# %% [wrong] trainable and frozen swapped: "Those are the frozen ones"
def count(model):
    frozen = sum(p.numel() for p in model.parameters() if not p.requires_grad)
    return frozen, sum(p.numel() for p in model.parameters())


# %% [wrong] frozen ones left out: "belong to the network too"
def count(model):
    n = sum(p.numel() for p in model.parameters() if p.requires_grad)
    return n, n


# %% [wrong] text
def count(model):
    n = sum(p.numel() for p in model.parameters())
    return f"{n}/{n}"


# %% [wrong] the last array left out
def count(model):
    p = list(model.parameters())[:-1]
    return sum(v.numel() for v in p if v.requires_grad), sum(v.numel() for v in p)


# %% [wrong] unfreezes everything first
def count(model):
    model.requires_grad_(True)
    n = sum(p.numel() for p in model.parameters() if p.requires_grad)
    return n, n

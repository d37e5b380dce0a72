"""Answers to "One vector for a text", in PyTorch: right ones and wrong ones."""

# %% [right] a product of matrices
import torch
from torch import nn


class MeanOfWords(nn.Module):
    def forward(self, vectors, mask):
        share = mask / mask.sum(1, keepdim=True).clamp(min=1)
        return torch.einsum("nl,nld->nd", share, vectors)


mean_layer = MeanOfWords


# %% [right] text by text
import torch
from torch import nn


class MeanOfWords(nn.Module):
    def forward(self, vectors, mask):
        return torch.stack([v[m].mean(0) if m.any() else v.sum(0) * 0 for v, m in zip(vectors, mask)])


mean_layer = MeanOfWords


# %% [right] a function that gives a module
import torch
from torch import nn


class Mean(nn.Module):
    def __init__(self, axis):
        super().__init__()
        self.axis = axis

    def forward(self, vectors, mask):
        kept = vectors.masked_fill(~mask[..., None], float("nan"))
        return kept.nanmean(self.axis).nan_to_num(0.0)


def mean_layer():
    return Mean(1)


# %% [wrong] padding counts: "the vectors at the padding are in your mean"
from torch import nn


class MeanOfWords(nn.Module):
    def forward(self, vectors, mask):
        return vectors.mean(1)


mean_layer = MeanOfWords


# %% [wrong] divided by the length: "Divide by the number of words"
from torch import nn


class MeanOfWords(nn.Module):
    def forward(self, vectors, mask):
        return (vectors * mask[..., None]).mean(1)


mean_layer = MeanOfWords


# %% [wrong] a sum: "that is the sum"
from torch import nn


class MeanOfWords(nn.Module):
    def forward(self, vectors, mask):
        return (vectors * mask[..., None]).sum(1)


mean_layer = MeanOfWords


# %% [wrong] divides by nought: "nothing to divide by"
from torch import nn


class MeanOfWords(nn.Module):
    def forward(self, vectors, mask):
        return (vectors * mask[..., None]).sum(1) / mask.sum(1, keepdim=True)


mean_layer = MeanOfWords


# %% [wrong] no gradient: "No gradient reaches the vectors"
import torch
from torch import nn


class MeanOfWords(nn.Module):
    def forward(self, vectors, mask):
        v, m = vectors.detach().numpy(), mask.numpy()[..., None]
        return torch.from_numpy((v * m).sum(1) / m.sum(1).clip(1))


mean_layer = MeanOfWords


# %% [wrong] another shape: "one vector a text"
from torch import nn


class MeanOfWords(nn.Module):
    def forward(self, vectors, mask):
        return vectors * mask[..., None]


mean_layer = MeanOfWords


# %% [wrong] not a part of a network: "A part of a network was asked for"
def mean_layer():
    return lambda vectors, mask: (vectors * mask[..., None]).sum(1) / mask.sum(1, keepdim=True).clamp(min=1)


# %% [wrong] the largest
from torch import nn


class MeanOfWords(nn.Module):
    def forward(self, vectors, mask):
        return (vectors * mask[..., None]).amax(1)


mean_layer = MeanOfWords


# %% [wrong] the first word
from torch import nn


class MeanOfWords(nn.Module):
    def forward(self, vectors, mask):
        return vectors[:, 0] * mask[:, :1]


mean_layer = MeanOfWords

"""Answers to "A table becomes a layer", in PyTorch: right ones and wrong ones."""

# %% [right] copied in
import torch


def embedding_layer(table, trainable):
    layer = torch.nn.Embedding(len(table), table.shape[1], padding_idx=0)
    with torch.no_grad():
        layer.weight.copy_(torch.tensor(table))
    layer.weight.requires_grad = bool(trainable)
    return layer


# %% [right] frozen afterwards
import torch


def embedding_layer(table, trainable):
    layer = torch.nn.Embedding(len(table), table.shape[1], padding_idx=0, _weight=torch.tensor(table))
    if not trainable:
        layer.requires_grad_(False)
    return layer


# %% [right] a module of one's own
import torch
from torch import nn


class Words(nn.Module):
    def __init__(self, table, trainable):
        super().__init__()
        self.table = nn.Parameter(torch.tensor(table), requires_grad=trainable)

    def forward(self, tokens):
        return nn.functional.embedding(tokens, self.table, padding_idx=0)


embedding_layer = Words


# %% [wrong] random start: "it starts at random numbers"
import torch


def embedding_layer(table, trainable):
    layer = torch.nn.Embedding(*table.shape, padding_idx=0)
    layer.weight.requires_grad_(trainable)
    return layer


# %% [wrong] never frozen: "With `trainable=False` a step of training has changed"
import torch


def embedding_layer(table, trainable):
    return torch.nn.Embedding.from_pretrained(torch.from_numpy(table), freeze=False, padding_idx=0)


# %% [wrong] always frozen: "With `trainable=True` a step of training changes nothing"
import torch


def embedding_layer(table, trainable):
    return torch.nn.Embedding.from_pretrained(torch.from_numpy(table), padding_idx=0)


# %% [wrong] the wrong way round: "the wrong way round"
import torch


def embedding_layer(table, trainable):
    return torch.nn.Embedding.from_pretrained(torch.from_numpy(table), freeze=trainable, padding_idx=0)


# %% [wrong] no padding: "Padding is not known"
import torch


def embedding_layer(table, trainable):
    return torch.nn.Embedding.from_pretrained(torch.from_numpy(table), freeze=not trainable)


# %% [wrong] half as large
import torch


def embedding_layer(table, trainable):
    return torch.nn.Embedding.from_pretrained(
        torch.from_numpy(0.5 * table), freeze=not trainable, padding_idx=0
    )


# %% [wrong] a class
import torch


def embedding_layer(table, trainable):
    return torch.nn.Embedding

"""Answers to "The next token", in PyTorch: right ones and wrong ones."""

# %% [right] the library's own
import torch
from transformers import TemperatureLogitsWarper, TopPLogitsWarper


def next_probabilities(logits, temperature, top_p):
    scores = TemperatureLogitsWarper(temperature)(None, logits[None])
    if top_p < 1:
        scores = TopPLogitsWarper(top_p)(None, scores)
    return torch.softmax(scores[0], dim=0)


# %% [right] a loop
import torch


def next_probabilities(logits, temperature, top_p):
    p = torch.softmax(logits / temperature, dim=-1)
    kept, total = torch.zeros_like(p), 0.0
    for i in p.argsort(descending=True):
        kept[i] = p[i]
        total += p[i].item()
        if total >= top_p:
            break
    return kept / total


# %% [right] in NumPy
import numpy as np


def next_probabilities(logits, temperature, top_p):
    z = logits.double().numpy() / temperature
    p = np.exp(z - z.max())
    p /= p.sum()
    ranks = (-p).argsort(kind="stable").argsort(kind="stable")
    ordered = np.sort(p)[::-1]
    before = np.concatenate([[0.0], ordered.cumsum()[:-1]])
    p = np.where(before[ranks] < top_p, p, 0.0)
    return p / p.sum()


# %% [wrong] times the temperature: "you multiply by the temperature"
import torch


def next_probabilities(logits, temperature, top_p):
    p, order = torch.softmax(logits * temperature, dim=0).sort(descending=True)
    p = torch.where(p.cumsum(0) - p < top_p, p, 0)
    return torch.zeros_like(p).scatter(0, order, p / p.sum())


# %% [wrong] no temperature: "the temperature changes nothing"
import torch


def next_probabilities(logits, temperature, top_p):
    p, order = torch.softmax(logits, dim=0).sort(descending=True)
    p = torch.where(p.cumsum(0) - p < top_p, p / temperature, 0)
    return torch.zeros_like(p).scatter(0, order, p / p.sum())


# %% [wrong] everything kept: "you still keep every token"
import torch


def next_probabilities(logits, temperature, top_p):
    return torch.softmax(logits / temperature, dim=0)


# %% [wrong] each above top_p: "Compare their running sum"
import torch


def next_probabilities(logits, temperature, top_p):
    p = torch.softmax(logits / temperature, dim=0)
    if top_p == 1:
        return p
    p = torch.where(p >= top_p, p, 0)
    return p / p.sum().clamp(min=1e-12)


# %% [wrong] one too few: "one token too few"
import torch


def next_probabilities(logits, temperature, top_p):
    p, order = torch.softmax(logits / temperature, dim=0).sort(descending=True)
    p = torch.where(p.cumsum(0) <= top_p + 1e-6, p, 0)
    return torch.zeros_like(p).scatter(0, order, p / p.sum())


# %% [wrong] one too many: "one token too many"
import torch


def next_probabilities(logits, temperature, top_p):
    p, order = torch.softmax(logits / temperature, dim=0).sort(descending=True)
    count = int((p.cumsum(0) < top_p).sum()) + 2
    p = torch.where(torch.arange(len(p)) < count, p, 0)
    return torch.zeros_like(p).scatter(0, order, p / p.sum())


# %% [wrong] does not add up: "do not add up to 1"
import torch


def next_probabilities(logits, temperature, top_p):
    p, order = torch.softmax(logits / temperature, dim=0).sort(descending=True)
    p = torch.where(p.cumsum(0) - p < top_p, p, 0)
    return torch.zeros_like(p).scatter(0, order, p)


# %% [wrong] only the most probable: "Then nothing is left to draw"
def next_probabilities(logits, temperature, top_p):
    return (logits == logits.max()).float()


# %% [wrong] none left: "that token has to stay"
import torch


def next_probabilities(logits, temperature, top_p):
    p, order = torch.softmax(logits / temperature, dim=0).sort(descending=True)
    before = p.cumsum(0) - p
    p = torch.where(before < top_p, p, 0)
    if p[0] > top_p:
        p = p * 0
    return torch.zeros_like(p).scatter(0, order, p / p.sum())


# %% [wrong] in the sorted order
import torch


def next_probabilities(logits, temperature, top_p):
    p, order = torch.softmax(logits / temperature, dim=0).sort(descending=True)
    p = torch.where(p.cumsum(0) - p < top_p, p, 0)
    return p / p.sum()


# %% [wrong] the kept ones alone
import torch


def next_probabilities(logits, temperature, top_p):
    p, order = torch.softmax(logits / temperature, dim=0).sort(descending=True)
    p = p[p.cumsum(0) - p < top_p]
    return p / p.sum()


# %% [wrong] a token that was drawn
import torch


def next_probabilities(logits, temperature, top_p):
    p = torch.softmax(logits / temperature, dim=0)
    return int(torch.multinomial(p, 1))

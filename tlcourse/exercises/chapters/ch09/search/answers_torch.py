"""Answers to "Search by meaning", in PyTorch: right ones."""

# %% [right] the framework's own
import torch


def search(query, texts, k):
    query, texts = torch.from_numpy(query), torch.from_numpy(texts)
    return torch.cosine_similarity(texts, query[None]).topk(k).indices

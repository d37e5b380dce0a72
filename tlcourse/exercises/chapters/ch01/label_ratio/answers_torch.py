"""Answers to "The label-efficiency ratio", in PyTorch: right ones and wrong ones."""

# %% [right] tensors
import torch


def label_ratio(sizes, random, pretrained, n):
    x, y = torch.tensor(sizes, dtype=torch.float64), torch.tensor(random, dtype=torch.float64)
    target = pretrained[sizes.index(n)]
    reached = torch.nonzero(y >= target).flatten()
    if not len(reached):
        return x[-1] / n, torch.tensor(True)
    k = reached[0]
    return (x[k - 1] + (x[k] - x[k - 1]) * (target - y[k - 1]) / (y[k] - y[k - 1])) / n, torch.tensor(False)

"""Answers to "What to label next", in PyTorch: right ones and wrong ones."""

# %% [right] a dictionary
import torch


def label_next(model, x, series, n):
    model.eval()
    with torch.no_grad():
        order = model(x).softmax(1).amax(1).argsort().tolist()
    best = {}
    for row in order:
        best.setdefault(int(series[row]), int(row))
    return list(best.values())[:n]


# %% [right] the least sure of each series first
import torch


def label_next(model, x, series, n):
    model.eval()
    with torch.no_grad():
        sure = torch.softmax(model(x), dim=1).max(dim=1).values
    rows = [
        min((series == one).nonzero()[:, 0].tolist(), key=lambda row: float(sure[row]))
        for one in series.unique()
    ]
    return torch.tensor(sorted(rows, key=lambda row: float(sure[row]))[:n])


# %% [wrong] several of a series: "some show the same thing"
import torch


def label_next(model, x, series, n):
    model.eval()
    with torch.no_grad():
        return model(x).softmax(1).amax(1).argsort()[:n]


# %% [wrong] the surest: "on which the model is surest"
import torch


def label_next(model, x, series, n):
    model.eval()
    with torch.no_grad():
        order = (-model(x).softmax(1).amax(1)).argsort().tolist()
    best = {}
    for row in order:
        best.setdefault(int(series[row]), int(row))
    return list(best.values())[:n]


# %% [wrong] logits: "You compare the highest logits"
import torch


def label_next(model, x, series, n):
    model.eval()
    with torch.no_grad():
        order = model(x).amax(1).argsort().tolist()
    best = {}
    for row in order:
        best.setdefault(int(series[row]), int(row))
    return list(best.values())[:n]


# %% [wrong] the first of each series: "may be another shot"
import torch


def label_next(model, x, series, n):
    model.eval()
    with torch.no_grad():
        sure = model(x).softmax(1).amax(1)
    first = {}
    for row, one in enumerate(series.tolist()):
        first.setdefault(one, row)
    return sorted(first.values(), key=lambda row: float(sure[row]))[:n]


# %% [wrong] not the least sure: "Is it in evaluation mode?"
import torch


def label_next(model, x, series, n):
    model.train()
    with torch.no_grad():
        order = model(x).softmax(1).amax(1).argsort().tolist()
    best = {}
    for row in order:
        best.setdefault(int(series[row]), int(row))
    return list(best.values())[:n]


# %% [wrong] not so many rows: "rows are asked for"
import torch


def label_next(model, x, series, n):
    model.eval()
    with torch.no_grad():
        return model(x).softmax(1).amax(1).argsort()


# %% [wrong] no rows: "not the numbers of"
import torch


def label_next(model, x, series, n):
    model.eval()
    with torch.no_grad():
        return model(x).softmax(1).amax(1).sort().values[:n]


# %% [wrong] the first rows
def label_next(model, x, series, n):
    return list(range(n))


# %% [wrong] one row many times
def label_next(model, x, series, n):
    return [3] * n

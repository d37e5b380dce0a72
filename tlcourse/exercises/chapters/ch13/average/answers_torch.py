"""Answers to "Average what the markets send", in PyTorch: right ones and wrong ones."""

# %% [right] parameters and buffers, in place
import torch


def average(shared, models, counts):
    total = sum(counts)
    with torch.no_grad():
        for kind in ("parameters", "buffers"):
            for target, *sources in zip(getattr(shared, kind)(), *(getattr(m, kind)() for m in models)):
                if target.is_floating_point():
                    target.copy_(sum(n / total * source for n, source in zip(counts, sources)))


# %% [right] stacked and weighed
import torch


def average(shared, models, counts):
    share = torch.tensor(counts, dtype=torch.float32)
    share /= share.sum()
    states = [m.state_dict() for m in models]
    mean = {k: torch.tensordot(share, torch.stack([s[k].float() for s in states]), dims=1) for k in states[0]}
    shared.load_state_dict(mean)


# %% [right] a running mean
import copy


def average(shared, models, counts):
    mean, seen = copy.deepcopy(models[0].state_dict()), counts[0]
    for model, n in zip(models[1:], counts[1:]):
        seen += n
        for name, array in model.state_dict().items():
            if array.is_floating_point():
                mean[name] += (array - mean[name]) * n / seen
    shared.load_state_dict(mean)
    return shared


# %% [wrong] unweighted: "count alike"
def average(shared, models, counts):
    states = [m.state_dict() for m in models]
    shared.load_state_dict({k: sum(s[k] for s in states) / len(states) for k in states[0]})


# %% [wrong] statistics left out: "average them too"
import torch


def average(shared, models, counts):
    with torch.no_grad():
        for target, *sources in zip(shared.parameters(), *(m.parameters() for m in models)):
            target.copy_(sum(n / sum(counts) * source for n, source in zip(counts, sources)))


# %% [wrong] nothing done: "what it said before"
import copy


def average(shared, models, counts):
    shared = copy.deepcopy(shared)
    states = [m.state_dict() for m in models]
    shared.load_state_dict(
        {k: sum(n / sum(counts) * s[k] for n, s in zip(counts, states)) for k in states[0]}
    )


# %% [wrong] markets changed: "were changed"
def average(shared, models, counts):
    mean = models[0].state_dict()
    for name, array in mean.items():
        if array.is_floating_point():
            array *= counts[0] / sum(counts)
            for model, n in zip(models[1:], counts[1:]):
                array += model.state_dict()[name] * n / sum(counts)
    shared.load_state_dict(mean)


# %% [wrong] one market alone: "copy of one market"
def average(shared, models, counts):
    largest = max(range(len(models)), key=lambda i: counts[i])
    shared.load_state_dict(models[largest].state_dict())


# %% [wrong] a sum: "Divide by the number"
def average(shared, models, counts):
    states = [m.state_dict() for m in models]
    shared.load_state_dict({k: sum(n * s[k] for n, s in zip(counts, states)) for k in states[0]})


# %% [wrong] the median
import torch


def average(shared, models, counts):
    states = [m.state_dict() for m in models]
    shared.load_state_dict(
        {k: torch.stack([s[k].float() for s in states]).median(dim=0).values for k in states[0]}
    )


# %% [wrong] shares that are turned round
def average(shared, models, counts):
    states = [m.state_dict() for m in models]
    inverse = [1 / n for n in counts]
    shared.load_state_dict(
        {k: sum(n / sum(inverse) * s[k] for n, s in zip(inverse, states)) for k in states[0]}
    )

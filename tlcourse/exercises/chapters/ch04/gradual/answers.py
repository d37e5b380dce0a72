"""Answers to "Open one group after the other", in any framework: right ones and wrong ones."""


# %% [right] from the end
def stages(groups, lr, decay):
    out, now = [], {}
    for name in reversed(groups):
        now[name] = lr
        out.append(dict(now))
        lr = lr * decay
    return out


# %% [right] a generator
def stages(groups, lr, decay):
    n = len(groups)
    for k in range(1, n + 1):
        yield {groups[n - 1 - j]: lr * decay**j for j in range(k)}


# %% [right] NumPy rates, ordered dictionaries
from collections import OrderedDict
import numpy as np


def stages(groups: list, lr: float, decay: float) -> tuple:
    rates = lr * np.power(decay, np.arange(len(groups))[::-1])
    pairs = list(zip(groups, rates))
    return tuple(OrderedDict(pairs[-k:]) for k in range(1, len(pairs) + 1))


# %% [right] recursion
def stages(groups, lr, decay):
    if not groups:
        return []

    def rates(names):
        return {g: lr * decay ** (len(names) - 1 - i) for i, g in enumerate(names)}

    return stages(groups[1:], lr, decay) + [rates(groups)]


# %% [wrong] from the input: "The head is missing"
def stages(groups, lr, decay):
    n = len(groups)
    rate = {name: lr * decay ** (n - 1 - i) for i, name in enumerate(groups)}
    return [{name: rate[name] for name in groups[: k + 1]} for k in range(n)]


# %% [wrong] closes again: "has to go on learning"
def stages(groups, lr, decay):
    n = len(groups)
    return [{groups[n - 1 - k]: lr * decay**k} for k in range(n)]


# %% [wrong] one rate for all: "All groups have the same rate"
def stages(groups, lr, decay):
    return [{name: lr for name in groups[len(groups) - 1 - k :]} for k in range(len(groups))]


# %% [wrong] counted from the other end: "counted from the head"
def stages(groups, lr, decay):
    n = len(groups)
    rate = {name: lr * decay**i for i, name in enumerate(groups)}
    return [{name: rate[name] for name in groups[n - 1 - k :]} for k in range(n)]


# %% [wrong] another rate for the head: "in every stage it should keep the rate that is given"
def stages(groups, lr, decay):
    n = len(groups)
    rate = {name: 0.5 * lr * decay ** (n - 1 - i) for i, name in enumerate(groups)}
    return [{name: rate[name] for name in groups[n - 1 - k :]} for k in range(n)]


# %% [wrong] one step too many: "once too often"
def stages(groups, lr, decay):
    n = len(groups)
    rate = {name: lr * decay ** (n - i) for i, name in enumerate(groups)}
    return [{name: rate[name] for name in groups[n - 1 - k :]} for k in range(n)]


# %% [wrong] all at once: "One more group should open"
def stages(groups, lr, decay):
    n = len(groups)
    rate = {name: lr * decay ** (n - 1 - i) for i, name in enumerate(groups)}
    return [rate for _ in range(n)]


# %% [wrong] empty stages
def stages(groups, lr, decay):
    return [{} for _ in groups]


# %% [wrong] the head every time
def stages(groups, lr, decay):
    return [{groups[-1]: lr} for _ in groups]


# %% [wrong] no return
def stages(groups, lr, decay):
    out = [{groups[-1]: lr}]


# %% [wrong] names without rates
def stages(groups, lr, decay):
    return [groups[len(groups) - 1 - k :] for k in range(len(groups))]


# %% [wrong] one stage too few
def stages(groups, lr, decay):
    n = len(groups)
    rate = {name: lr * decay ** (n - 1 - i) for i, name in enumerate(groups)}
    return [{g: rate[g] for g in groups[-k:]} for k in range(1, n)]


# %% [wrong] the same dictionary every time
def stages(groups, lr, decay):
    out, now = [], {}
    for name in reversed(groups):
        now[name] = lr
        lr *= decay
        out.append(now)
    return out


# %% [wrong] decay subtracted
def stages(groups, lr, decay):
    n = len(groups)
    return [{groups[n - 1 - j]: lr - decay * j for j in range(k + 1)} for k in range(n)]


# %% [wrong] endless
def stages(groups, lr, decay):
    while True:
        yield {groups[-1]: lr}


# %% [wrong] text rates
def stages(groups, lr, decay):
    return [{g: "lr" for g in groups} for _ in groups]

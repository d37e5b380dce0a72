"""Answers to "It only looks frozen", in PyTorch: right ones and wrong ones."""

# %% [right] a deep copy
import copy
import torch


def leaks(model, train_step, blocks):
    old = copy.deepcopy(model).state_dict()
    train_step()
    new = model.state_dict()
    moved = {key for key in new if not torch.equal(old[key], new[key])}
    return {b for b in blocks if any(key.startswith(b + ".") for key in moved)}


# %% [right] bytes, and a generator
def leaks(model, train_step, blocks):
    def print_of(name):
        return [v.numpy().tobytes() for v in model.get_submodule(name).state_dict().values()]

    before = [print_of(name) for name in blocks]
    train_step()
    for name, old in zip(blocks, before):
        if print_of(name) != old:
            yield name


# %% [right] a NumPy mask
import numpy as np


def leaks(model, train_step, blocks):
    def flat(name):
        part = model.get_submodule(name)
        return np.concatenate(
            [np.ravel(v.detach().clone().numpy()) for v in [*part.parameters(), *part.buffers()]]
        )

    before = [flat(b) for b in blocks]
    train_step()
    return np.array(blocks)[[not np.array_equal(x, flat(b)) for x, b in zip(before, blocks)]]


# %% [wrong] no copies: "comparing the model with itself"
import numpy as np


def leaks(model, train_step, blocks):
    def state(name):
        block = model.get_submodule(name)
        return list(block.state_dict().values())

    before = {name: state(name) for name in blocks}
    train_step()
    return [
        name
        for name in blocks
        if any(not np.array_equal(a.numpy(), b.numpy()) for a, b in zip(before[name], state(name)))
    ]


# %% [wrong] statistics overlooked: "BatchNorm's statistics"
import numpy as np


def leaks(model, train_step, blocks):
    def state(name):
        block = model.get_submodule(name)
        return [p.detach().numpy().copy() for p in block.parameters()]

    before = {name: state(name) for name in blocks}
    train_step()
    return [
        name for name in blocks if any(not np.array_equal(a, b) for a, b in zip(before[name], state(name)))
    ]


# %% [wrong] compares with a tolerance: "to the last bit"
import numpy as np


def leaks(model, train_step, blocks):
    def state(name):
        block = model.get_submodule(name)
        return [v.numpy().copy() for v in block.state_dict().values()]

    before = {name: state(name) for name in blocks}
    train_step()
    return [name for name in blocks if any(not np.allclose(a, b) for a, b in zip(before[name], state(name)))]


# %% [wrong] reports the head: "The head is meant to move"
import torch


def leaks(model, train_step, blocks):
    before = {name: value.clone() for name, value in model.state_dict().items()}
    train_step()
    return {n.split(".")[0] for n, v in model.state_dict().items() if not torch.equal(v, before[n])}


# %% [wrong] true and false
import torch


def leaks(model, train_step, blocks):
    state = lambda b: [v.clone() for v in model.get_submodule(b).state_dict().values()]
    old = {b: state(b) for b in blocks}
    train_step()
    return {b: not all(torch.equal(x, y) for x, y in zip(old[b], state(b))) for b in blocks}


# %% [wrong] the first array only
import torch


def leaks(model, train_step, blocks):
    first = lambda b: next(model.get_submodule(b).parameters()).detach().clone()
    old = {b: first(b) for b in blocks}
    train_step()
    return [b for b in blocks if not torch.equal(old[b], first(b))]

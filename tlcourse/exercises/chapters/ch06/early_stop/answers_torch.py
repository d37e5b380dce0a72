"""Answers to "Stop early, restore the best", in PyTorch: right ones and wrong ones."""


# %% [right] each array cloned
class stopper:
    def __init__(self, patience):
        self.patience, self.losses, self.kept = patience, [], None

    def step(self, model, loss):
        if not self.losses or loss < min(self.losses):
            self.kept = {name: value.clone() for name, value in model.state_dict().items()}
        self.losses.append(loss)
        return len(self.losses) - 1 - self.losses.index(min(self.losses)) >= self.patience

    def restore(self, model):
        model.load_state_dict(self.kept)


# %% [right] a file
import tempfile
from pathlib import Path

import torch


class Checkpoint:
    def __init__(self, patience):
        self.file = Path(tempfile.mkdtemp()) / "best.pt"
        self.best, self.left, self.patience = float("inf"), patience, patience

    def step(self, model, loss):
        self.left -= 1
        if loss < self.best:
            self.best, self.left = loss, self.patience
            torch.save(model.state_dict(), self.file)
        return self.left == 0

    def restore(self, model):
        model.load_state_dict(torch.load(self.file))


def stopper(patience):
    return Checkpoint(patience)


# %% [right] a generator of answers
import copy
from types import SimpleNamespace


def stopper(patience):
    kept = {}

    def step(model, loss):
        kept["waited"] = kept.get("waited", 0) + 1
        if loss < kept.get("loss", float("inf")):
            kept.update(loss=loss, waited=0, model=copy.deepcopy(model))
        return kept["waited"] >= patience

    def restore(model):
        model.load_state_dict(kept["model"].state_dict())

    return SimpleNamespace(step=step, restore=restore)


# %% [wrong] keeps the last: "an earlier one was better"
class stopper:
    def __init__(self, patience):
        self.patience, self.best, self.waited, self.kept = patience, float("inf"), 0, None

    def step(self, model, loss):
        self.waited += 1
        if loss < self.best:
            self.best, self.waited, self.kept = loss, 0, model.state_dict()
        return self.waited >= self.patience

    def restore(self, model):
        model.load_state_dict(self.kept)


# %% [wrong] statistics forgotten: "they belong to it as well"
import torch


class stopper:
    def __init__(self, patience):
        self.patience, self.best, self.waited, self.kept = patience, float("inf"), 0, None

    def step(self, model, loss):
        self.waited += 1
        if loss < self.best:
            self.best, self.waited = loss, 0
            self.kept = [p.detach().clone() for p in model.parameters()]
        return self.waited >= self.patience

    def restore(self, model):
        with torch.no_grad():
            for p, best in zip(model.parameters(), self.kept):
                p.copy_(best)


# %% [wrong] one early: "one epoch early"
import copy


class stopper:
    def __init__(self, patience):
        self.patience, self.best, self.waited, self.kept = patience, float("inf"), 0, None

    def step(self, model, loss):
        if loss < self.best:
            self.best, self.waited = loss, 0
            self.kept = copy.deepcopy(model.state_dict())
        self.waited += 1
        return self.waited >= self.patience

    def restore(self, model):
        model.load_state_dict(self.kept)


# %% [wrong] one late: "one epoch late"
import copy


class stopper:
    def __init__(self, patience):
        self.patience, self.best, self.waited, self.kept = patience, float("inf"), 0, None

    def step(self, model, loss):
        self.waited += 1
        if loss < self.best:
            self.best, self.waited = loss, 0
            self.kept = copy.deepcopy(model.state_dict())
        return self.waited > self.patience

    def restore(self, model):
        model.load_state_dict(self.kept)


# %% [wrong] compared with the one before: "Compare it with the best so far"
import copy


class stopper:
    def __init__(self, patience):
        self.patience, self.before, self.best, self.worse = patience, float("inf"), float("inf"), 0

    def step(self, model, loss):
        self.worse = self.worse + 1 if loss > self.before else 0
        self.before = loss
        if loss < self.best:
            self.best, self.kept = loss, copy.deepcopy(model.state_dict())
        return self.worse >= self.patience

    def restore(self, model):
        model.load_state_dict(self.kept)


# %% [wrong] never stops: "No run ends before its last epoch"
import copy


class stopper:
    def __init__(self, patience):
        self.best = float("inf")

    def step(self, model, loss):
        if loss < self.best:
            self.best, self.kept = loss, copy.deepcopy(model.state_dict())

    def restore(self, model):
        model.load_state_dict(self.kept)


# %% [wrong] always at once
class stopper:
    def __init__(self, patience):
        pass

    def step(self, model, loss):
        return True

    def restore(self, model):
        pass


# %% [wrong] the first weights
import copy


class stopper:
    def __init__(self, patience):
        self.patience, self.losses, self.kept = patience, [], None

    def step(self, model, loss):
        self.kept = self.kept or copy.deepcopy(model.state_dict())
        self.losses.append(loss)
        return len(self.losses) - self.losses.index(min(self.losses)) > self.patience

    def restore(self, model):
        model.load_state_dict(self.kept)


# %% [wrong] a number
def stopper(patience):
    return patience

"""Answers to "Warm-up and cosine", in PyTorch: right ones and wrong ones."""

# %% [right] a factor for each step
import math

from torch.optim.lr_scheduler import LambdaLR


def schedule(optimizer, steps, warmup):
    def factor(step):
        if step < warmup:
            return (step + 1) / warmup
        return 0.5 * (1 + math.cos(math.pi * (step - warmup) / (steps - warmup)))

    return LambdaLR(optimizer, factor)


# %% [right] a class of its own
import math

import torch


class WarmupCosine(torch.optim.lr_scheduler.LRScheduler):
    def __init__(self, optimizer, steps, warmup):
        self.steps, self.warmup = steps, warmup
        super().__init__(optimizer)

    def get_lr(self):
        step, warmup = self.last_epoch, self.warmup
        if step < warmup:
            share = 1 / warmup + (1 - 1 / warmup) * step / warmup
        else:
            share = (1 + math.cos(math.pi * (step - warmup) / (self.steps - warmup))) / 2
        return [rate * share for rate in self.base_lrs]


def schedule(optimizer, steps, warmup):
    return WarmupCosine(optimizer, steps, warmup)


# %% [right] the rates set by hand
import math


class ByHand:
    def __init__(self, optimizer, steps, warmup):
        self.optimizer, self.steps, self.warmup, self.done = optimizer, steps, warmup, -1
        self.rates = [group["lr"] for group in optimizer.param_groups]
        self.step()

    def step(self):
        self.done += 1
        p = (self.done - self.warmup) / (self.steps - self.warmup)
        share = (self.done + 1) / self.warmup if p < 0 else math.cos(math.pi / 2 * p) ** 2
        for group, rate in zip(self.optimizer.param_groups, self.rates):
            group["lr"] = rate * share


def schedule(optimizer, steps, warmup):
    return ByHand(optimizer, steps, warmup)


# %% [wrong] begins at 0: "computes a gradient and does nothing with it"
import math

from torch.optim.lr_scheduler import LambdaLR


def schedule(optimizer, steps, warmup):
    def factor(step):
        if step < warmup:
            return step / warmup
        return 0.5 * (1 + math.cos(math.pi * (step - warmup) / (steps - warmup)))

    return LambdaLR(optimizer, factor)


# %% [wrong] too long: "only those after the warm-up are left"
from torch.optim.lr_scheduler import CosineAnnealingLR, LinearLR, SequentialLR


def schedule(optimizer, steps, warmup):
    up = LinearLR(optimizer, start_factor=1 / warmup, total_iters=warmup)
    down = CosineAnnealingLR(optimizer, T_max=steps)
    return SequentialLR(optimizer, [up, down], milestones=[warmup])


# %% [wrong] no warm-up: "They do not rise"
from torch.optim.lr_scheduler import CosineAnnealingLR


def schedule(optimizer, steps, warmup):
    return CosineAnnealingLR(optimizer, T_max=steps)


# %% [wrong] counted from the start: "drops where the warm-up ends"
import math

from torch.optim.lr_scheduler import LambdaLR


def schedule(optimizer, steps, warmup):
    def factor(step):
        return (step + 1) / warmup if step < warmup else 0.5 * (1 + math.cos(math.pi * step / steps))

    return LambdaLR(optimizer, factor)


# %% [wrong] never falls: "It should fall"
from torch.optim.lr_scheduler import LinearLR


def schedule(optimizer, steps, warmup):
    return LinearLR(optimizer, start_factor=1 / warmup, total_iters=warmup)


# %% [wrong] a line: "a straight line"
from torch.optim.lr_scheduler import LinearLR, SequentialLR


def schedule(optimizer, steps, warmup):
    up = LinearLR(optimizer, start_factor=1 / warmup, total_iters=warmup)
    down = LinearLR(optimizer, start_factor=1.0, end_factor=0.0, total_iters=steps - warmup)
    return SequentialLR(optimizer, [up, down], milestones=[warmup])


# %% [wrong] the groups' own rates lost: "Multiply each group's own rate"
from torch.optim.lr_scheduler import OneCycleLR


def schedule(optimizer, steps, warmup):
    rate = optimizer.param_groups[0]["lr"]
    return OneCycleLR(optimizer, max_lr=rate, total_steps=steps + 1, pct_start=warmup / steps)


# %% [wrong] the wrong milestone
from torch.optim.lr_scheduler import CosineAnnealingLR, LinearLR, SequentialLR


def schedule(optimizer, steps, warmup):
    up = LinearLR(optimizer, start_factor=1 / warmup, total_iters=warmup)
    down = CosineAnnealingLR(optimizer, T_max=steps - warmup)
    return SequentialLR(optimizer, [up, down], milestones=[warmup + 2])


# %% [wrong] a function
def schedule(optimizer, steps, warmup):
    return lambda step: min(1.0, step / warmup)


# %% [wrong] nothing changes: "nothing changes it"
from torch.optim.lr_scheduler import ConstantLR


def schedule(optimizer, steps, warmup):
    return ConstantLR(optimizer, factor=1.0)

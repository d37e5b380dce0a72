"""Answers to "What do the curves say?": right ones and wrong ones."""


# %% [right] lists
def diagnose(train, val, chance):
    train, val = list(train), list(val)
    if train[-1] - chance > 0.2:
        return "broken"
    elif train[-1] > chance * 0.8:
        return "underfitting"
    elif val[-1] - min(val) > 0.1:
        return "overfitting"
    return "good"


# %% [right] np.select
import numpy as np


def diagnose(train, val, chance):
    end = train[-1]
    return np.select(
        [end > chance + 0.2, end > 0.8 * chance, val[-1] > val.min() + 0.1],
        ["broken", "underfitting", "overfitting"],
        "good",
    )


# %% [wrong] the gap alone: "while the validation loss is still falling"
def diagnose(train, val, chance):
    if train[-1] > chance + 0.5:
        return "broken"
    if train[-1] > 0.8 * chance:
        return "underfitting"
    return "overfitting" if val[-1] - train[-1] > 0.3 else "good"


# %% [wrong] the training loss alone: "validation turned up"
def diagnose(train, val, chance):
    if train[-1] > chance + 0.5:
        return "broken"
    return "underfitting" if train[-1] > 0.8 * chance else "good"


# %% [wrong] the rise alone: "nothing was learned by heart"
def diagnose(train, val, chance):
    if val[-1] > val.min() + 0.1:
        return "overfitting"
    return "underfitting" if train[-1] > 0.8 * chance else "good"


# %% [wrong] one answer for all: "You call all of them"
def diagnose(train, val, chance):
    return "good"


# %% [wrong] no return
def diagnose(train, val, chance):
    train[-1] > chance


# %% [wrong] no word for the good
def diagnose(train, val, chance):
    if train[-1] > chance + 0.2:
        return "broken"
    if train[-1] > 0.8 * chance:
        return "underfitting"
    if val[-1] > val.min() + 0.1:
        return "overfitting"


# %% [wrong] a number
def diagnose(train, val, chance):
    return float(train[-1] > chance)


# %% [wrong] endless
def diagnose(train, val, chance):
    while True:
        yield "good"


# %% [wrong] all the words
def diagnose(train, val, chance):
    return ["good", "broken"]


# %% [wrong] underfitting first
def diagnose(train, val, chance):
    if train[-1] > 0.8 * chance:
        return "underfitting"
    return "overfitting" if val[-1] > val.min() + 0.1 else "good"

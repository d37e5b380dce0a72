"""Answers to "Choose the head for the task", in any framework: right ones and wrong ones."""


# %% [right] if and elif
def choose(task):
    kind, k = task["answer"], task["of"]
    if kind == "exactly one":
        return k, "softmax", "cross-entropy"
    elif kind == "any number":
        return k, "sigmoid", "binary cross-entropy"
    elif kind == "a number":
        return k, "none", "squared error"


# %% [right] match, a list
def choose(task: dict) -> list:
    match task:
        case {"answer": "exactly one", "of": n}:
            out = [n, "softmax", "cross-entropy"]
        case {"answer": "any number", "of": n}:
            out = [n, "sigmoid", "binary cross-entropy"]
        case {"of": n}:
            out = [n, "none", "squared error"]
    print(out)
    return out


# %% [right] a named tuple
from collections import namedtuple
import numpy as np

Head = namedtuple("Head", "outputs activation loss")


def choose(task):
    i = ["exactly one", "any number", "a number"].index(task["answer"])
    losses = ["cross-entropy", "binary cross-entropy", "squared error"]
    return Head(np.int64(task["of"]), ("softmax", "sigmoid", "none")[i], losses[i])


# %% [wrong] softmax for any number: "would have to take half each"
def choose(task):
    if task["answer"] == "a number":
        return task["of"], "none", "squared error"
    return task["of"], "softmax", "cross-entropy"


# %% [wrong] sigmoid for a number: "squeezes the answer"
def choose(task):
    kinds = {"exactly one": ("softmax", "cross-entropy"), "any number": ("sigmoid", "binary cross-entropy")}
    return task["of"], *kinds.get(task["answer"], ("sigmoid", "squared error"))


# %% [wrong] sigmoid for exactly one: "Sigmoids do not know of one another"
def choose(task):
    if task["answer"] == "a number":
        return task["of"], "none", "squared error"
    return task["of"], "sigmoid", "binary cross-entropy"


# %% [wrong] one output for all: "needs one of its own"
def choose(task):
    kinds = {"exactly one": ("softmax", "cross-entropy"), "any number": ("sigmoid", "binary cross-entropy")}
    units = 1 if task["answer"] == "a number" else task["of"]
    return units, *kinds.get(task["answer"], ("none", "squared error"))


# %% [wrong] squared error for everything: "does not measure what this answer gets wrong"
def choose(task):
    kinds = {"exactly one": "softmax", "any number": "sigmoid", "a number": "none"}
    return task["of"], kinds[task["answer"]], "squared error"


# %% [wrong] no return
def choose(task):
    print(task["about"])


# %% [wrong] other words
def choose(task):
    kinds = {"exactly one": ("softmax", "categorical_crossentropy"), "any number": ("sigmoid", "bce")}
    return task["of"], *kinds.get(task["answer"], ("linear", "mse"))


# %% [wrong] two outputs where one is enough
def choose(task):
    kinds = {"exactly one": ("softmax", "cross-entropy"), "any number": ("sigmoid", "binary cross-entropy")}
    return task["of"] + 1, *kinds.get(task["answer"], ("none", "squared error"))


# %% [wrong] by what it is about
def choose(task):
    if "which of these" in task["about"]:
        return task["of"], "sigmoid", "binary cross-entropy"
    if "number" in task["answer"]:
        return task["of"], "none", "squared error"
    return task["of"], "softmax", "cross-entropy"


# %% [wrong] a dictionary
def choose(task):
    return {"outputs": task["of"], "activation": "softmax", "loss": "cross-entropy"}

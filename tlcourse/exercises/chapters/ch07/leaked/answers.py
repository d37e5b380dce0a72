"""Answers to "On both sides of the split": right ones and wrong ones."""

# %% [right] pathlib, a sorted list
from pathlib import PurePosixPath


def leaked(train, test):
    def modules(paths):
        return {PurePosixPath(path).name.partition("-")[0] for path in paths}

    return sorted(modules(train).intersection(modules(test)))


# %% [right] a regular expression, numbers
import re


def leaked(train, test):
    def modules(paths):
        return {int(re.search(r"(\d+)-cell\d+\.png$", path)[1]) for path in paths}

    return modules(train) & modules(test)


# %% [right] a generator
def leaked(train, test):
    seen = {path.rsplit("/", 1)[1][:4] for path in train}
    return (name for name in dict.fromkeys(path.rsplit("/", 1)[1][:4] for path in test) if name in seen)


# %% [wrong] compares files: "Compare modules"
def leaked(train, test):
    return {path.split("/")[-1] for path in train} & {path.split("/")[-1] for path in test}


# %% [wrong] compares classes: "Those are classes"
def leaked(train, test):
    return {path.split("/")[1] for path in train} & {path.split("/")[1] for path in test}


# %% [wrong] compares cells: "counted within their module"
def leaked(train, test):
    def cells(paths):
        return {path.split("-")[-1].removesuffix(".png") for path in paths}

    return cells(train) & cells(test)


# %% [wrong] files: "the digits before the dash"
def leaked(train, test):
    def module(path):
        return path.split("/")[-1].split("-")[0]

    known = {module(path) for path in train}
    return [path.split("/")[-1] for path in test if module(path) in known]


# %% [wrong] all of them: "taken together"
def leaked(train, test):
    return {path.split("/")[-1][:4] for path in [*train, *test]}


# %% [wrong] one side: "all modules of one side"
def leaked(train, test):
    return {path.split("/")[-1][:4] for path in test}


# %% [wrong] a number inside another: "a part of another"
def leaked(train, test):
    def modules(paths):
        return {path.split("/")[-1].split("-")[0] for path in paths}

    return {a for a in modules(test) for b in modules(train) if b.lstrip("0") in a}


# %% [wrong] always the same
def leaked(train, test):
    return ["0012"]


# %% [wrong] a count
def leaked(train, test):
    return 2


# %% [wrong] no return
def leaked(train, test):
    set(train) & set(test)

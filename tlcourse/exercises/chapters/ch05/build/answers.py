"""Answers to "Build a head", in any framework: right ones and wrong ones."""


# %% [wrong] no return
def head(features, hidden, classes, dropout):
    layers = [features, hidden, classes]

"""Answers to "The most confident mistakes", in any framework: wrong ones."""


# %% [wrong] the first rows
def worst(model, images, labels, n):
    return list(range(n))


# %% [wrong] no return
def worst(model, images, labels, n):
    rows = list(range(n))

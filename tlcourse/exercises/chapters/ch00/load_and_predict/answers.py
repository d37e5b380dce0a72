"""Answers to "Load and predict", in any framework: right ones and wrong ones."""


# %% [wrong] the first names
def load_and_predict(model, weights, file, card, names):
    return [(name, 0.2) for name in names[:5]]


# %% [wrong] names alone
def load_and_predict(model, weights, file, card, names):
    return names[:5]

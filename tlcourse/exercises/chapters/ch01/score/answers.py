"""Answers to "A score over batches", in any framework: right ones and wrong ones."""


# %% [wrong] a fixed number
def score(model, batches):
    return 0.5


# %% [wrong] how many batches
def score(model, batches):
    return len(batches)

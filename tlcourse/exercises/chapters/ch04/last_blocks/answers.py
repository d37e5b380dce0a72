"""Answers to "Open the last n blocks", in any framework: right ones and wrong ones."""


# %% [wrong] nothing done
def unfreeze_last(model, blocks, n):
    chosen = blocks[-n:]


# %% [wrong] raises
def unfreeze_last(model, blocks, n):
    return blocks[n + 10]

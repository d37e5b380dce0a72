"""Answers to "Cut the head three ways", in any framework."""


# %% [wrong] text
def cut(model, keep):
    return f"no head, but {keep}"

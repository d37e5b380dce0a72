"""Answers to "One channel, and nothing lost", in any framework."""


# %% [wrong] text
def grey(model):
    return "grey"


# %% [wrong] nothing done
def grey(model):
    print(model)

"""Answers to "From outputs to answers", in any framework: right ones and wrong ones."""


# %% [wrong] no return
def answers(head, x, kind):
    outputs = head(x)


# %% [wrong] yes to everything
def answers(head, x, kind):
    return [1] * len(x)

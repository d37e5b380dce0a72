"""Answers to "What will train?", in any framework: right ones and wrong ones."""


# %% [wrong] no return
def count(model):
    print(model)

"""Answers to "Freeze, and mean it", in any framework: right ones and wrong ones."""


# %% [wrong] nothing done
def freeze(model, frozen):
    print(frozen)


# %% [wrong] raises
def freeze(model, frozen):
    model[frozen] = False

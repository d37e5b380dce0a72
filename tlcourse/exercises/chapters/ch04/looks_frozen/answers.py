"""Answers to "It only looks frozen", in any framework: right ones and wrong ones."""


# %% [wrong] train_step not called once: "should call `train_step()` once"
def leaks(model, train_step, blocks):
    return []


# %% [wrong] no return
def leaks(model, train_step, blocks):
    train_step()


# %% [wrong] all of them
def leaks(model, train_step, blocks):
    train_step()
    return blocks


# %% [wrong] train_step twice
def leaks(model, train_step, blocks):
    train_step()
    train_step()
    return ["stem"]


# %% [wrong] endless
def leaks(model, train_step, blocks):
    train_step()
    while True:
        yield "stem"

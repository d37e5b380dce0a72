"""Answers to "The loss that fits the head", in any framework: right ones and wrong ones."""


# %% [wrong] no return
def loss_for(answer):
    loss = answer


# %% [wrong] a name that does not exist
def loss_for(answer):
    return "crossentropy"

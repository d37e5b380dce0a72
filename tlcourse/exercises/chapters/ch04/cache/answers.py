"""Answers to "A cache that says what the backbone says", in any framework: right ones and wrong ones."""


# %% [wrong] text
def cache(backbone, images, batch_size):
    return "features"

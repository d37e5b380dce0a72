"""Answers to "What a phone saves", in any framework: wrong ones."""


# %% [wrong] not an array: "should give an array of pixels"
def read_image(path, size):
    from PIL import Image

    return Image.open(path).size

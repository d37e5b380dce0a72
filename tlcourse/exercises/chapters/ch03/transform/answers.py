"""Answers to "From an image to the network's input", in any framework."""


# %% [wrong] the card
def make_transform(card):
    return card


# %% [wrong] zeros
import numpy as np


def make_transform(card):
    return lambda image: np.zeros((3, card["size"], card["size"]))

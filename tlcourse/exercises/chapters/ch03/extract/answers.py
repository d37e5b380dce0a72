"""Answers to "A folder becomes a table", in any framework."""

# %% [wrong] only the names
import os


def extract(model, folder):
    return sorted(os.listdir(folder))


# %% [wrong] zeros
import numpy as np


def extract(model, folder):
    return np.zeros((36, 6)), np.zeros(36)

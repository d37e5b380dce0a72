"""Training images in the order of one epoch. The network itself changes them."""

import keras
import numpy as np


class Batches(keras.utils.PyDataset):
    """Training images in the order of one epoch."""

    def __init__(self, pixels, labels, weights, batch, seed):
        super().__init__()
        self.pixels, self.labels, self.weights, self.batch = pixels, labels, weights, batch
        self.order = np.random.default_rng(seed).permutation(len(labels))

    def __len__(self):
        return -(-len(self.order) // self.batch)

    def __getitem__(self, number):
        places = self.order[number * self.batch : (number + 1) * self.batch]
        labels = self.labels[places]
        pixels = np.array(self.pixels[places], np.float32)
        return pixels, labels, self.weights[labels]


def of_stage(network, stage, data):
    """What a stage trains, and what it reads: always the whole network and the images."""
    return network, data


def batches(data, config, seed):
    labels, batch = data["train_labels"], config["training"]["batch"]
    return Batches(data["train"], labels, data["weights"], batch, seed)

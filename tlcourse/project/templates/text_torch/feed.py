"""What a stage reads, and training texts in the order of one epoch."""

import torch

import model
import tokens


def of_stage(network, stage, data):
    """The first stage reads features: the frozen encoder gives the same ones in each epoch."""
    if stage == "deeper":
        return data
    names, about = ("train", "validation"), data["about"]
    both = {name: model.features(network, data[name], about) for name in names}
    return {**data, **both}


def batches(data, config, seed):
    """Pairs of inputs and class numbers."""
    generator = torch.Generator().manual_seed(seed)
    order = torch.randperm(len(data["train"]), generator=generator).tolist()
    labels, size = torch.as_tensor(data["train_labels"]), config["training"]["batch"]
    if torch.is_tensor(data["train"]):
        parts = [order[begin : begin + size] for begin in range(0, len(order), size)]
        return [(data["train"][places].to(model.DEVICE), labels[places]) for places in parts]
    lists = data["train"]
    return [
        (model.tensors([lists[place] for place in places], data["about"]), labels[places])
        for places in tokens.batches(lists, order, size)
    ]

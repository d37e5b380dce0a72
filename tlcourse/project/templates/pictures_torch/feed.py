"""Training images in the order of one epoch, with random changes."""

import numpy as np
import torch
from torch.utils.data import DataLoader, Dataset
from torchvision.transforms import v2


def augmentation(rule, size):
    """Random changes that leave the label true; they work on bytes."""
    steps = []
    if rule["flip_sideways"]:
        steps.append(v2.RandomHorizontalFlip())
    if rule["flip_upside_down"]:
        steps.append(v2.RandomVerticalFlip())
    if rule["rotate_degrees"]:
        bilinear = v2.InterpolationMode.BILINEAR
        steps.append(v2.RandomRotation(rule["rotate_degrees"], bilinear, fill=127))
    if rule["zoom"]:
        scale, ratio = ((1 - rule["zoom"]) ** 2, 1.0), (0.9, 1.1)
        steps.append(v2.RandomResizedCrop(size, scale, ratio, antialias=True))
    if rule["light"]:
        steps.append(v2.ColorJitter(brightness=rule["light"], contrast=rule["light"]))
    return v2.Compose(steps) if steps else v2.Identity()


class TrainingImages(Dataset):
    """Training images with random changes, and their class numbers."""

    def __init__(self, pixels, labels, change):
        self.pixels, self.labels, self.change = pixels, labels, change

    def __len__(self):
        return len(self.labels)

    def __getitem__(self, place):
        image = torch.from_numpy(np.array(self.pixels[place])).permute(2, 0, 1)
        return self.change(image).permute(1, 2, 0), self.labels[place]


def of_stage(network, stage, data):
    """What a stage reads: always the images, because each epoch changes them anew."""
    return data


def batches(data, config, seed):
    """Pairs of bytes (N, size, size, 3) and class numbers."""
    change = augmentation(config["augmentation"], config["data"]["size"])
    train = TrainingImages(data["train"], data["train_labels"], change)
    order = torch.Generator().manual_seed(seed)
    return DataLoader(train, config["training"]["batch"], shuffle=True, generator=order)

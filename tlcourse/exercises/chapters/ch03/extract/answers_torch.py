"""Answers to "A folder becomes a table", in PyTorch: right ones and wrong ones."""

# %% [right] shuffled, but in one pass
import torch
from torch.utils.data import DataLoader
from torchvision.datasets import ImageFolder
from torchvision.transforms import v2


def extract(model, folder):
    transform = v2.Compose([v2.ToImage(), v2.ToDtype(torch.float32, scale=True)])
    model.eval()
    features, labels = [], []
    with torch.no_grad():
        for x, y in DataLoader(ImageFolder(folder, transform), batch_size=5, shuffle=True):
            features.append(model(x))
            labels.append(y)
    return torch.cat(features), torch.cat(labels)


# %% [right] the dataset's own targets
import torch
from torchvision import datasets, transforms


@torch.inference_mode()
def extract(model, folder):
    data = datasets.ImageFolder(folder, transform=transforms.ToTensor())
    rows = torch.stack([x for x, _ in data])
    return model.eval()(rows).numpy(), data.targets


# %% [right] PIL and pathlib
from pathlib import Path

import numpy as np
import torch
from PIL import Image


def extract(model, folder):
    classes = sorted(p.name for p in Path(folder).iterdir())
    model.train(False)
    features, labels = [], []
    for file in Path(folder).rglob("*.png"):
        x = torch.from_numpy(np.array(Image.open(file))).permute(2, 0, 1)[None] / 255
        features.append(model(x)[0].detach().numpy())
        labels.append(classes.index(file.parent.name))
    return np.array(features), labels


# %% [wrong] labels in another order: "come from two passes"
import torch
from torch.utils.data import DataLoader
from torchvision.datasets import ImageFolder
from torchvision.transforms import v2


def extract(model, folder):
    data = ImageFolder(folder, v2.Compose([v2.ToImage(), v2.ToDtype(torch.float32, scale=True)]))
    model.eval()
    with torch.no_grad():
        features = [model(x) for x, _ in DataLoader(data, batch_size=8, shuffle=True)]
    return torch.cat(features), data.targets


# %% [wrong] training mode: "It ran in training mode"
import torch
from torch.utils.data import DataLoader
from torchvision.datasets import ImageFolder
from torchvision.transforms import v2


def extract(model, folder):
    data = ImageFolder(folder, v2.Compose([v2.ToImage(), v2.ToDtype(torch.float32, scale=True)]))
    with torch.no_grad():
        features = [model(x) for x, _ in DataLoader(data, batch_size=8)]
    return torch.cat(features), data.targets


# %% [wrong] not divided by 255: "pixels from 0 to 255"
import torch
from torch.utils.data import DataLoader
from torchvision.datasets import ImageFolder
from torchvision.transforms import v2


def extract(model, folder):
    data = ImageFolder(folder, v2.Compose([v2.ToImage(), v2.ToDtype(torch.float32)]))
    model.eval()
    with torch.no_grad():
        features = [model(x) for x, _ in DataLoader(data, batch_size=8)]
    return torch.cat(features), data.targets


# %% [wrong] images are missing: "images of all batches count"
import torch
from torch.utils.data import DataLoader
from torchvision.datasets import ImageFolder
from torchvision.transforms import v2


def extract(model, folder):
    data = ImageFolder(folder, v2.Compose([v2.ToImage(), v2.ToDtype(torch.float32, scale=True)]))
    model.eval()
    with torch.no_grad():
        x, y = next(iter(DataLoader(data, batch_size=8)))
        return model(x), y


# %% [wrong] not class numbers: "One class number for each row"
import torch
from torch.utils.data import DataLoader
from torchvision.datasets import ImageFolder
from torchvision.transforms import v2


def extract(model, folder):
    data = ImageFolder(folder, v2.Compose([v2.ToImage(), v2.ToDtype(torch.float32, scale=True)]))
    model.eval()
    with torch.no_grad():
        features = [model(x) for x, _ in DataLoader(data, batch_size=8)]
    return torch.cat(features), torch.nn.functional.one_hot(torch.tensor(data.targets))


# %% [wrong] class names for numbers
import torch
from torchvision.datasets import ImageFolder
from torchvision.transforms import v2


def extract(model, folder):
    data = ImageFolder(folder, v2.Compose([v2.ToImage(), v2.ToDtype(torch.float32, scale=True)]))
    with torch.no_grad():
        features = model.eval()(torch.stack([x for x, _ in data]))
    return features, [data.classes[y] for y in data.targets]


# %% [wrong] one class only
import torch
from torchvision.datasets import ImageFolder
from torchvision.transforms import v2


def extract(model, folder):
    data = ImageFolder(folder, v2.Compose([v2.ToImage(), v2.ToDtype(torch.float32, scale=True)]))
    with torch.no_grad():
        features = model.eval()(torch.stack([x for x, _ in data]))
    return features, [0] * len(data)

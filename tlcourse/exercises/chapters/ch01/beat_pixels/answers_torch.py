"""Answers to "Beat the pixels", in PyTorch: right ones and wrong ones."""

# %% [right] scikit-learn on the features
import torch
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler


@torch.inference_mode()
def features(backbone, images):
    x = (torch.tensor(images, dtype=torch.float32) - 127) / 128
    return backbone.eval()(x.permute(0, 3, 1, 2)).numpy()


def beat_the_pixels(backbone, images, labels, new_images):
    head = make_pipeline(StandardScaler(), LogisticRegression(C=0.01, max_iter=500))
    head.fit(features(backbone, images), labels)
    return head.predict(features(backbone, new_images))


# %% [right] a hidden layer, dropout and batches
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset


def beat_the_pixels(backbone, images, labels, new_images):
    backbone.eval().requires_grad_(False)

    def features(images):
        x = torch.from_numpy(images).float().sub(127).div(128).movedim(-1, 1)
        return torch.cat([backbone(part) for part in x.split(20)])

    head = nn.Sequential(nn.Linear(1280, 64), nn.ReLU(), nn.Dropout(0.3), nn.Linear(64, 5))
    optimizer = torch.optim.AdamW(head.parameters(), lr=3e-3)
    pairs = TensorDataset(features(images), torch.from_numpy(labels))
    for _ in range(30):
        for x, y in DataLoader(pairs, batch_size=16, shuffle=True):
            loss = nn.functional.cross_entropy(head(x), y, label_smoothing=0.1)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    return head.eval()(features(new_images)).argmax(dim=1)


# %% [right] the whole network, its backbone frozen, in few steps
import torch
from torch import nn


class Classifier(nn.Module):
    def __init__(self, backbone, n_classes):
        super().__init__()
        self.backbone = backbone.requires_grad_(False)
        self.head = nn.Linear(1280, n_classes)

    def train(self, mode=True):
        super().train(mode)
        self.backbone.eval()
        return self

    def forward(self, images):
        return self.head(self.backbone((images.movedim(-1, 1) - 127) / 128))


def beat_the_pixels(backbone, images, labels, new_images):
    model = Classifier(backbone, labels.max() + 1).train()
    optimizer = torch.optim.Adam(model.head.parameters(), lr=0.01)
    x, y = torch.from_numpy(images).float(), torch.from_numpy(labels)
    for _ in range(4):
        for rows in torch.randperm(len(y)).split(20):
            optimizer.zero_grad()
            nn.functional.cross_entropy(model(x[rows]), y[rows]).backward()
            optimizer.step()
    with torch.no_grad():
        return model.eval()(torch.from_numpy(new_images).float()).argmax(1).tolist()


# %% [right] the nearest mean of a class
import torch


def beat_the_pixels(backbone, images, labels, new_images):
    backbone.eval()
    with torch.no_grad():
        both = [
            backbone(((torch.tensor(x).float() - 127.5) / 127.5).permute(0, 3, 1, 2))
            for x in (images, new_images)
        ]
    means = torch.stack([both[0][torch.tensor(labels) == c].mean(0) for c in range(labels.max() + 1)])
    return torch.cdist(both[1], means).argmin(1)


# %% [wrong] training mode: "The backbone was in training mode"
import torch
from torch import nn


def beat_the_pixels(backbone, images, labels, new_images):
    def features(images):
        x = torch.from_numpy(images).permute(0, 3, 1, 2).float()
        with torch.no_grad():
            return backbone((x - 127) / 128)

    x, y = features(images), torch.from_numpy(labels)
    head = nn.Linear(x.shape[1], 5)
    optimizer = torch.optim.Adam(head.parameters(), lr=0.01)
    for _ in range(100):
        optimizer.zero_grad()
        nn.functional.cross_entropy(head(x), y).backward()
        optimizer.step()
    return head(features(new_images)).argmax(1)


# %% [wrong] scaled wrongly: "Scale the images like that"
import torch
from torch import nn


def beat_the_pixels(backbone, images, labels, new_images):
    backbone.eval()

    def features(images):
        with torch.no_grad():
            return backbone(torch.from_numpy(images).permute(0, 3, 1, 2).float() / 255)

    x, y = features(images), torch.from_numpy(labels)
    head = nn.Linear(x.shape[1], 5)
    optimizer = torch.optim.Adam(head.parameters(), lr=0.01)
    for _ in range(100):
        optimizer.zero_grad()
        nn.functional.cross_entropy(head(x), y).backward()
        optimizer.step()
    return head(features(new_images)).argmax(1)


# %% [wrong] backbone trained: "Weights of the backbone moved"
import torch
from torch import nn


def beat_the_pixels(backbone, images, labels, new_images):
    def scaled(images):
        return (torch.from_numpy(images).permute(0, 3, 1, 2).float() - 127) / 128

    model = nn.Sequential(backbone.eval(), nn.Linear(1280, 5))
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
    x, y = scaled(images), torch.from_numpy(labels)
    for rows in torch.randperm(len(y)).split(20):
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(x[rows]), y[rows]).backward()
        optimizer.step()
    with torch.no_grad():
        return model(scaled(new_images)).argmax(1)


# %% [wrong] no better than guessing: "Does each label still belong to its image"
import numpy as np
import torch
from torch import nn


def beat_the_pixels(backbone, images, labels, new_images):
    backbone.eval()

    def features(images):
        with torch.no_grad():
            return backbone((torch.from_numpy(images).permute(0, 3, 1, 2).float() - 127) / 128)

    images = images[np.random.default_rng(0).permutation(len(images))]  # and the labels stay where they are
    x, y = features(images), torch.from_numpy(labels)
    head = nn.Linear(x.shape[1], 5)
    optimizer = torch.optim.Adam(head.parameters(), lr=0.01)
    for _ in range(100):
        optimizer.zero_grad()
        nn.functional.cross_entropy(head(x), y).backward()
        optimizer.step()
    return head(features(new_images)).argmax(1)


# %% [wrong] scores
import torch


def beat_the_pixels(backbone, images, labels, new_images):
    backbone.eval()
    with torch.no_grad():
        return backbone((torch.from_numpy(new_images).permute(0, 3, 1, 2).float() - 127) / 128)[:, :5]

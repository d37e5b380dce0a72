"""Answers to "Train from features", in PyTorch: right ones and wrong ones."""

# %% [right] a linear layer
import torch
from torch import nn


def classify(backbone, images, labels, new_images):
    backbone.eval()

    @torch.no_grad()
    def features(some):
        x = torch.from_numpy(some).float().unsqueeze(1).repeat(1, 3, 1, 1)
        return torch.cat([backbone(part) for part in ((x - 127) / 128).split(16)])

    x, y = features(images), torch.from_numpy(labels)
    head = nn.Linear(x.shape[1], int(y.max()) + 1)
    optimizer = torch.optim.Adam(head.parameters(), lr=3e-3)
    for _ in range(200):
        loss = nn.functional.cross_entropy(head(x), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    with torch.no_grad():
        return head(features(new_images)).argmax(1)


# %% [right] the nearest class mean
import torch


@torch.inference_mode()
def classify(backbone, images, labels, new_images):
    backbone.eval()

    def features(some):
        x = backbone((torch.tensor(some, dtype=torch.float32)[:, None].expand(-1, 3, -1, -1) - 127) / 128)
        return x / x.norm(dim=1, keepdim=True)

    x, y = features(images), torch.tensor(labels)
    means = torch.stack([x[y == c].mean(0) for c in range(int(y.max()) + 1)])
    return (features(new_images) @ means.T).argmax(dim=1).tolist()


# %% [right] scikit-learn, the features as they are
import numpy as np
import torch
from sklearn.linear_model import LogisticRegression


def classify(backbone, images, labels, new_images):
    was = backbone.training
    backbone.eval()
    tables = []
    for some in (images, new_images):
        x = np.stack([some] * 3, axis=1).astype("float32")
        with torch.no_grad():
            tables.append(backbone(torch.from_numpy((x - 127) / 128)).numpy())
    backbone.train(was)
    return LogisticRegression(max_iter=1000).fit(tables[0], labels).predict(tables[1])


# %% [wrong] not scaled: "Its card says"
import torch
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler


def classify(backbone, images, labels, new_images):
    backbone.eval()

    @torch.no_grad()
    def features(some):
        return backbone(torch.from_numpy(some).float()[:, None].repeat(1, 3, 1, 1)).numpy()

    head = make_pipeline(StandardScaler(), LogisticRegression(C=0.01, max_iter=1000))
    return head.fit(features(images), labels).predict(features(new_images))


# %% [wrong] scaled in training only: "others were not"
import torch
from sklearn.linear_model import LogisticRegression


def classify(backbone, images, labels, new_images):
    backbone.eval()
    with torch.no_grad():
        x = torch.from_numpy(images).float()[:, None].repeat(1, 3, 1, 1)
        new = torch.from_numpy(new_images).float()[:, None].repeat(1, 3, 1, 1)
        head = LogisticRegression(max_iter=1000).fit(backbone((x - 127) / 128).numpy(), labels)
        return head.predict(backbone(new).numpy())


# %% [wrong] training mode: "training mode"
import torch
from sklearn.linear_model import LogisticRegression


def classify(backbone, images, labels, new_images):
    @torch.no_grad()
    def features(some):
        return backbone((torch.from_numpy(some).float()[:, None].repeat(1, 3, 1, 1) - 127) / 128).numpy()

    return LogisticRegression(max_iter=1000).fit(features(images), labels).predict(features(new_images))


# %% [wrong] features and labels apart: "beside its own label"
import torch
from sklearn.linear_model import LogisticRegression
from torch.utils.data import DataLoader


def classify(backbone, images, labels, new_images):
    backbone.eval()

    @torch.no_grad()
    def features(some, shuffle=False):
        x = (torch.from_numpy(some).float()[:, None].repeat(1, 3, 1, 1) - 127) / 128
        return torch.cat([backbone(part) for part in DataLoader(x, 16, shuffle=shuffle)]).numpy()

    head = LogisticRegression(max_iter=1000).fit(features(images, shuffle=True), labels)
    return head.predict(features(new_images))

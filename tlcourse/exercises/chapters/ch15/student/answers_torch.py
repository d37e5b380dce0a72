"""Answers to "A student of a large network", in PyTorch: right ones and wrong ones."""

# %% [right] both parts of the loss
import torch
from torch import nn


def teach(student, images, labels, more, told):
    optimizer = torch.optim.Adam(student.parameters(), lr=2e-3)
    target = (told / 2).softmax(1)
    for epoch in range(30):
        for rows in torch.randperm(len(more)).split(32):
            soft = nn.functional.kl_div(
                (student(more[rows]) / 2).log_softmax(1), target[rows], reduction="batchmean"
            )
            hard = nn.functional.cross_entropy(student(images), labels)
            optimizer.zero_grad()
            (4 * soft + 0.2 * hard).backward()
            optimizer.step()


# %% [right] the teacher's best class
import torch
from torch import nn


def teach(student, images, labels, more, told):
    x, y = torch.cat([images, more]), torch.cat([labels, told.argmax(1)])
    optimizer = torch.optim.AdamW(student.parameters(), lr=2e-3, weight_decay=0.05)
    for epoch in range(25):
        for rows in torch.randperm(len(y)).split(32):
            optimizer.zero_grad()
            nn.functional.cross_entropy(student(x[rows]), y[rows]).backward()
            optimizer.step()


# %% [right] probabilities without softening, momentum
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset


def teach(student, images, labels, more, told):
    pairs = DataLoader(TensorDataset(more, told.softmax(1)), batch_size=20, shuffle=True)
    optimizer = torch.optim.SGD(student.parameters(), lr=0.05, momentum=0.9)
    for epoch in range(30):
        for x, target in pairs:
            optimizer.zero_grad()
            nn.functional.cross_entropy(student(x), target).backward()
            optimizer.step()


# %% [wrong] the teacher not asked: "only the labelled images"
import torch
from torch import nn


def teach(student, images, labels, more, told):
    optimizer = torch.optim.Adam(student.parameters(), lr=3e-3)
    for epoch in range(60):
        optimizer.zero_grad()
        nn.functional.cross_entropy(student(images), labels).backward()
        optimizer.step()


# %% [wrong] nothing trained: "did not move"
def teach(student, images, labels, more, told):
    return student.eval()


# %% [wrong] not finite: "NaN or infinity"
import torch
from torch import nn


def teach(student, images, labels, more, told):
    optimizer = torch.optim.SGD(student.parameters(), lr=1e30)
    for epoch in range(20):
        optimizer.zero_grad()
        nn.functional.cross_entropy(student(more), told.softmax(1)).backward()
        optimizer.step()


# %% [wrong] too short: "too little"
import torch
from torch import nn


def teach(student, images, labels, more, told):
    optimizer = torch.optim.Adam(student.parameters(), lr=1e-4)
    for rows in torch.randperm(len(more)).split(32):
        optimizer.zero_grad()
        nn.functional.cross_entropy(student(more[rows]), told[rows].softmax(1)).backward()
        optimizer.step()


# %% [wrong] away from the teacher
import torch
from torch import nn


def teach(student, images, labels, more, told):
    optimizer = torch.optim.Adam(student.parameters(), lr=2e-3)
    for epoch in range(5):
        for rows in torch.randperm(len(more)).split(32):
            optimizer.zero_grad()
            nn.functional.cross_entropy(student(more[rows]), (-told[rows]).softmax(1)).backward()
            optimizer.step()


# %% [wrong] targets of other images
import torch
from torch import nn


def teach(student, images, labels, more, told):
    optimizer = torch.optim.Adam(student.parameters(), lr=2e-3)
    for epoch in range(5):
        for rows in torch.randperm(len(more)).split(32):
            optimizer.zero_grad()
            other = rows[torch.randperm(len(rows))]
            nn.functional.cross_entropy(student(more[rows]), told[other].softmax(1)).backward()
            optimizer.step()

"""Answers to "Killed, and started again", in PyTorch: right ones and wrong ones."""

# %% [right] a file for each part, no shuffling
import json
from pathlib import Path

import torch


def train(model, x, y, folder, epochs):
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.05, momentum=0.9)
    note = folder / "note.json"
    done = json.loads(note.read_text())["done"] if note.exists() else 0
    if done:
        model.load_state_dict(torch.load(folder / f"model{done}.pt"))
        optimizer.load_state_dict(torch.load(folder / f"optimizer{done}.pt"))
    for epoch in range(done + 1, epochs + 1):
        for batch, labels in zip(x.split(12), y.split(12)):
            optimizer.zero_grad()
            torch.nn.CrossEntropyLoss()(model(batch), labels).backward()
            optimizer.step()
        torch.save(model.state_dict(), folder / f"model{epoch}.pt")
        torch.save(optimizer.state_dict(), folder / f"optimizer{epoch}.pt")
        note.write_text(json.dumps({"done": epoch}))


# %% [right] the random state is saved
from pathlib import Path

import torch


def train(model, x, y, folder, epochs):
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
    done = 0
    torch.manual_seed(0)
    if (folder / "state.pt").exists():
        state = torch.load(folder / "state.pt")
        model.load_state_dict(state["model"])
        optimizer.load_state_dict(state["optimizer"])
        torch.set_rng_state(state["random"])
        done = state["epoch"]
    for epoch in range(done, epochs):
        for rows in torch.randperm(len(x)).split(16):
            optimizer.zero_grad()
            torch.nn.functional.cross_entropy(model(x[rows]), y[rows]).backward()
            optimizer.step()
        half = folder / "half"
        state = {"model": model.state_dict(), "optimizer": optimizer.state_dict(), "epoch": epoch + 1}
        torch.save({**state, "random": torch.get_rng_state()}, half)
        half.replace(folder / "state.pt")


# %% [wrong] begins anew: "it begins"
from pathlib import Path

import torch


def train(model, x, y, folder, epochs):
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
    done = 0
    for epoch in range(done, epochs):
        for rows in torch.arange(len(x)).split(16):
            optimizer.zero_grad()
            torch.nn.functional.cross_entropy(model(x[rows]), y[rows]).backward()
            optimizer.step()
    torch.save(model.state_dict(), folder / "model.pt")


# %% [wrong] repeats an epoch: "It repeats what was done"
from pathlib import Path

import torch


def train(model, x, y, folder, epochs):
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
    done = 0
    if (folder / "state.pt").exists():
        state = torch.load(folder / "state.pt", weights_only=True)
        model.load_state_dict(state["model"])
        optimizer.load_state_dict(state["optimizer"])
        done = state["epoch"]
    for epoch in range(done, epochs):
        for rows in torch.arange(len(x)).split(16):
            optimizer.zero_grad()
            torch.nn.functional.cross_entropy(model(x[rows]), y[rows]).backward()
            optimizer.step()
        torch.save(
            {"model": model.state_dict(), "optimizer": optimizer.state_dict(), "epoch": epoch},
            folder / "state.pt",
        )


# %% [wrong] skips an epoch: "counts as done"
from pathlib import Path

import torch


def train(model, x, y, folder, epochs):
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
    done = 0
    if (folder / "state.pt").exists():
        state = torch.load(folder / "state.pt", weights_only=True)
        model.load_state_dict(state["model"])
        optimizer.load_state_dict(state["optimizer"])
        done = state["epoch"]
    for epoch in range(done, epochs):
        torch.save(
            {"model": model.state_dict(), "optimizer": optimizer.state_dict(), "epoch": epoch + 1},
            folder / "state.pt",
        )
        for rows in torch.arange(len(x)).split(16):
            optimizer.zero_grad()
            torch.nn.functional.cross_entropy(model(x[rows]), y[rows]).backward()
            optimizer.step()


# %% [wrong] a different end: "Something was not carried over"
from pathlib import Path

import torch


def train(model, x, y, folder, epochs):
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
    done = 0
    if (folder / "state.pt").exists():
        state = torch.load(folder / "state.pt", weights_only=True)
        model.load_state_dict(state["model"])
        done = state["epoch"]
    for epoch in range(done, epochs):
        for rows in torch.arange(len(x)).split(16):
            optimizer.zero_grad()
            torch.nn.functional.cross_entropy(model(x[rows]), y[rows]).backward()
            optimizer.step()
        torch.save(
            {"model": model.state_dict(), "optimizer": optimizer.state_dict(), "epoch": epoch + 1},
            folder / "state.pt",
        )


# %% [wrong] trains on after the end: "a further start trains again"
from pathlib import Path

import torch


def train(model, x, y, folder, epochs):
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
    done = 0
    if (folder / "state.pt").exists():
        state = torch.load(folder / "state.pt", weights_only=True)
        model.load_state_dict(state["model"])
        optimizer.load_state_dict(state["optimizer"])
        done = state["epoch"]
    for epoch in range(done, epochs):
        for rows in torch.arange(len(x)).split(16):
            optimizer.zero_grad()
            torch.nn.functional.cross_entropy(model(x[rows]), y[rows]).backward()
            optimizer.step()
        torch.save(
            {"model": model.state_dict(), "optimizer": optimizer.state_dict(), "epoch": epoch + 1},
            folder / "state.pt",
        )
    (folder / "state.pt").unlink(missing_ok=True)


# %% [wrong] the end is not loaded: "Load the saved ones all the same"
from pathlib import Path

import torch


def train(model, x, y, folder, epochs):
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
    done = 0
    if (folder / "state.pt").exists():
        state = torch.load(folder / "state.pt", weights_only=True)
        if state["epoch"] >= epochs:
            return
        model.load_state_dict(state["model"])
        optimizer.load_state_dict(state["optimizer"])
        done = state["epoch"]
    for epoch in range(done, epochs):
        for rows in torch.arange(len(x)).split(16):
            optimizer.zero_grad()
            torch.nn.functional.cross_entropy(model(x[rows]), y[rows]).backward()
            optimizer.step()
        torch.save(
            {"model": model.state_dict(), "optimizer": optimizer.state_dict(), "epoch": epoch + 1},
            folder / "state.pt",
        )


# %% [wrong] nothing trained: "nothing was trained"
def train(model, x, y, folder, epochs):
    model.eval()


# %% [wrong] not finite: "NaN or infinity"
from pathlib import Path

import torch


def train(model, x, y, folder, epochs):
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    optimizer = torch.optim.SGD(model.parameters(), lr=1e30)
    done = 0
    if (folder / "state.pt").exists():
        state = torch.load(folder / "state.pt", weights_only=True)
        model.load_state_dict(state["model"])
        optimizer.load_state_dict(state["optimizer"])
        done = state["epoch"]
    for epoch in range(done, epochs):
        for rows in torch.arange(len(x)).split(16):
            optimizer.zero_grad()
            torch.nn.functional.cross_entropy(model(x[rows]), y[rows]).backward()
            optimizer.step()
        torch.save(
            {"model": model.state_dict(), "optimizer": optimizer.state_dict(), "epoch": epoch + 1},
            folder / "state.pt",
        )


# %% [wrong] the order hangs on luck
from pathlib import Path

import torch


def train(model, x, y, folder, epochs):
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
    done = 0
    if (folder / "state.pt").exists():
        state = torch.load(folder / "state.pt", weights_only=True)
        model.load_state_dict(state["model"])
        optimizer.load_state_dict(state["optimizer"])
        done = state["epoch"]
    for epoch in range(done, epochs):
        for rows in torch.randperm(len(x)).split(16):
            optimizer.zero_grad()
            torch.nn.functional.cross_entropy(model(x[rows]), y[rows]).backward()
            optimizer.step()
        torch.save(
            {"model": model.state_dict(), "optimizer": optimizer.state_dict(), "epoch": epoch + 1},
            folder / "state.pt",
        )


# %% [wrong] the weights are not loaded
from pathlib import Path

import torch


def train(model, x, y, folder, epochs):
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
    done = 0
    if (folder / "state.pt").exists():
        done = torch.load(folder / "state.pt", weights_only=True)["epoch"]
    for epoch in range(done, epochs):
        for rows in torch.arange(len(x)).split(16):
            optimizer.zero_grad()
            torch.nn.functional.cross_entropy(model(x[rows]), y[rows]).backward()
            optimizer.step()
        torch.save(
            {"model": model.state_dict(), "optimizer": optimizer.state_dict(), "epoch": epoch + 1},
            folder / "state.pt",
        )

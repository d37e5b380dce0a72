"""Train: first the new head, then the last blocks too. Killed and started again, it goes on.

python train.py                       train, or go on, or finish
python train.py --new                 keep the run that is there, and start over
python train.py --like run/run.json --out again    repeat a recorded run
"""

import argparse
import copy
import io
import os
import time

import numpy as np
import torch

import check
import feed
import finish
import model
import record
import settings
from settings import HERE, Progress


def one_epoch(network, optimizer, loss_of, batches, about):
    """The mean training loss of an epoch."""
    model.training_mode(network)
    losses = []
    progress = Progress("Batch", len(batches))
    for inputs, labels in batches:
        optimizer.zero_grad()
        loss = loss_of(model.forward(network, inputs, about), labels.to(model.DEVICE))
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
        progress.step()
    return sum(losses) / len(losses)


def optimizer_of(network, stage, training):
    """In the first stage the head learns; in the second the last blocks too, more slowly."""
    model.freeze(network)
    if stage == "head":
        return torch.optim.AdamW(network.head.parameters(), lr=training["rate"])
    opened = model.open_last(network, training["open_blocks"])
    slow = training["rate"] * training["deeper_share"]  # or it forgets what it knows
    return torch.optim.AdamW([*network.head.parameters(), *opened], lr=slow)


def fit(network, stage, data, config, about, state, keep):
    """One stage with early stopping. `state` says where it is, `keep` writes it to disk."""
    training = config["training"]
    optimizer = optimizer_of(network, stage, training)
    if state["stage"] == stage:  # a run that was stopped
        network.load_state_dict(state["network"])
        optimizer.load_state_dict(state["optimizer"])
    else:
        state |= {"stage": stage, "epoch": 0, "waited": 0}
    weights = torch.tensor(data["weights"], device=model.DEVICE)
    loss_of = torch.nn.CrossEntropyLoss(weights)  # of logits: no softmax
    data = feed.of_stage(network, stage, data)
    while state["epoch"] < training[f"epochs_{stage}"]:
        if state["waited"] >= training["patience"]:
            break
        began = time.monotonic()
        # Each epoch has a seed of its own: a run that goes on draws what it would have.
        seed = training["seed"] * 100_003 + finish.STAGES.index(stage) * 10_007 + state["epoch"]
        torch.manual_seed(seed)
        batches = feed.batches(data, config, seed)
        loss = one_epoch(network, optimizer, loss_of, batches, about)
        seen = model.logits(network, data["validation"], about)
        row = finish.epoch_row(stage, state["epoch"] + 1, loss, seen, data, began)
        best = state["best"].get(stage)
        state["waited"] += 1
        if best is None or row["validation_loss"] < best["loss"]:
            now = copy.deepcopy(network.state_dict())
            state["best"][stage] = {"loss": row["validation_loss"], "network": now}
            state["waited"] = 0
        state["epoch"] += 1
        state["history"].append(row)
        state["network"] = network.state_dict()
        state["optimizer"] = optimizer.state_dict()
        keep(state)
        finish.tell(row, state["history"], training)
    network.load_state_dict(state["best"][stage]["network"])  # the best epoch


def keep_in(folder):
    """A function that writes the state: a kill in the middle leaves the one before."""

    def keep(state):
        half = folder / "state.half"
        kept = io.BytesIO()  # written by Python itself, which tells when the disk is full
        torch.save(state, kept)
        half.write_bytes(kept.getbuffer())
        os.replace(half, folder / "state.pt")

    return keep


def state_in(folder):
    """Where a run was stopped, or its beginning."""
    file = folder / "state.pt"
    if file.exists():
        state = torch.load(file, map_location=model.DEVICE, weights_only=True)
        print(f"Going on after {len(state['history'])} epochs.")
        return state
    return {"stage": None, "epoch": 0, "waited": 0, "best": {}, "history": []}


def train(config, rows, folder):
    """From settings and rows of split.csv to a model in the folder. Returns the record."""
    training = config["training"]
    classes = sorted({row["class"] for row in rows})
    data = finish.data_of(config, rows, classes)
    torch.manual_seed(training["seed"])  # of the head's first weights
    network, about = model.new(config, classes)
    about = {"framework": "torch", "classes": classes, **about}
    data["about"] = about
    state, keep = state_in(folder), keep_in(folder)
    print(f"Guessing would give a loss of {np.log(len(classes)):.3f}.")
    for stage in finish.STAGES:
        if state["stage"] == "deeper" and stage == "head":
            continue  # that stage is over
        if training[f"epochs_{stage}"]:
            fit(network, stage, data, config, about, state, keep)
    chosen = min(state["best"], key=lambda stage: state["best"][stage]["loss"])
    network.load_state_dict(state["best"][chosen]["network"])
    seen = model.logits(network, data["validation"], about)
    result = finish.result(config, about, data, seen, chosen, state["history"])
    model.save(network, about, folder / model.FILE)
    made = record.made_from(config, rows)
    made |= {"device": model.DEVICE, "threads": torch.get_num_threads(), **result}
    made["model"] = {
        "file": model.FILE,
        "sha256": settings.hash_of(folder / model.FILE),
    }
    record.write_json(folder / record.RECORD, made)
    return made


def main():
    parser = argparse.ArgumentParser(description="Train a model.")
    parser.add_argument("--new", action="store_true", help="keep the old run, start over")
    parser.add_argument("--like", metavar="RUN.JSON", help="repeat a recorded run")
    parser.add_argument("--out", default=HERE / "run", help="the run's folder")
    arguments = parser.parse_args()
    before = None
    if arguments.like:
        config, rows, before = record.like(arguments.like)
    else:
        config = settings.read()
        rows = check.unchanged(config)
    folder = record.begin(arguments.out, config, rows, arguments.new)
    made = train(config, rows, folder)
    if before:
        record.compare(before, made)
    print("Next: python report.py, which reads the test data.")


if __name__ == "__main__":
    settings.run(main)

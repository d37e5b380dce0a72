"""Train: first the new head, then the last blocks too. Killed and started again, it goes on.

python train.py                       train, or go on, or finish
python train.py --new                 keep the run that is there, and start over
python train.py --like run/run.json --out again    repeat a recorded run
"""

import argparse
import json
import os
import time

import model  # first: it quietens TensorFlow

import keras
import numpy as np

import check
import feed
import finish
import record
import settings
from settings import HERE, Progress


class Told(keras.callbacks.Callback):
    """Says how far the epoch is."""

    def on_epoch_begin(self, epoch, logs=None):
        self.progress = Progress("Batch", self.params["steps"])

    def on_train_batch_end(self, batch, logs=None):
        self.progress.step()


def seed_everything(network, seed):
    """Augmentation and dropout keep their seeds in variables of the network."""
    keras.utils.set_random_seed(seed)
    for number, variable in enumerate(network.non_trainable_variables):
        if variable.name == "seed_generator_state":
            variable.assign([seed, number])


def compile_for(network, trained, stage, training):
    """In the first stage the head learns; in the second the last blocks too, more slowly."""
    model.freeze(network)
    rate = training["rate"]
    if stage == "deeper":
        model.open_last(network, training["open_blocks"])
        rate *= training["deeper_share"]  # or it forgets what it knows
    # Compile again after each change of what may train.
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)  # no softmax
    trained.compile(keras.optimizers.AdamW(rate), loss, jit_compile=model.JIT)
    trained.optimizer.build(trained.trainable_variables)


def fit(network, stage, data, config, about, state, keep):
    """One stage with early stopping. `state` says where it is, `keep` writes it to disk."""
    training = config["training"]
    trained, data = feed.of_stage(network, stage, data)
    compile_for(network, trained, stage, training)
    if state["stage"] == stage:  # a run that was stopped
        network.set_weights(state["network"])
        for variable, value in zip(trained.optimizer.variables, state["optimizer"], strict=True):
            variable.assign(value)
    else:
        state |= {"stage": stage, "epoch": 0, "waited": 0}
    while state["epoch"] < training[f"epochs_{stage}"]:
        if state["waited"] >= training["patience"]:
            break
        began = time.monotonic()
        # Each epoch has a seed of its own: a run that goes on draws what it would have.
        seed = training["seed"] * 1009 + finish.STAGES.index(stage) * 499 + state["epoch"]
        seed_everything(network, seed % 2**31)
        batches = feed.batches(data, config, seed)
        past = trained.fit(batches, shuffle=False, verbose=0, callbacks=[Told()])
        loss = past.history["loss"][0]
        seen = model.logits(network, data["validation"], about)
        row = finish.epoch_row(stage, state["epoch"] + 1, loss, seen, data, began)
        best = state["best"].get(stage)
        state["waited"] += 1
        if best is None or row["validation_loss"] < best["loss"]:
            now = network.get_weights()
            state["best"][stage] = {"loss": row["validation_loss"], "network": now}
            state["waited"] = 0
        state["epoch"] += 1
        state["history"].append(row)
        state["network"] = network.get_weights()
        state["optimizer"] = [v.numpy() for v in trained.optimizer.variables]
        keep(state)
        finish.tell(row, state["history"], training)
    network.set_weights(state["best"][stage]["network"])  # the best epoch


def keep_in(folder):
    """A function that writes the state: a kill in the middle leaves the one before."""

    def keep(state):
        lists = {"network": state["network"], "optimizer": state["optimizer"]}
        lists |= {f"best_{stage}": best["network"] for stage, best in state["best"].items()}
        arrays = {f"{name} {i}": a for name, some in lists.items() for i, a in enumerate(some)}
        plain = {name: state[name] for name in ("stage", "epoch", "waited", "history")}
        plain["best"] = {stage: best["loss"] for stage, best in state["best"].items()}
        half = folder / "state.half.npz"
        np.savez(half, plain=np.array(json.dumps(plain)), **arrays)
        os.replace(half, folder / "state.npz")

    return keep


def state_in(folder):
    """Where a run was stopped, or its beginning."""
    file = folder / "state.npz"
    if not file.exists():
        return {"stage": None, "epoch": 0, "waited": 0, "best": {}, "history": []}
    with np.load(file) as kept:
        state = json.loads(str(kept["plain"]))
        lists = {}
        for name in kept.files:  # in the order in which they were written
            lists.setdefault(name.split(" ")[0], []).append(kept[name])
    state |= {"network": lists["network"], "optimizer": lists["optimizer"]}
    state["best"] = {
        stage: {"loss": loss, "network": lists[f"best_{stage}"]}
        for stage, loss in state["best"].items()
    }
    print(f"Going on after {len(state['history'])} epochs.")
    return state


def train(config, rows, folder):
    """From settings and rows of split.csv to a model in the folder. Returns the record."""
    training = config["training"]
    classes = sorted({row["class"] for row in rows})
    data = finish.data_of(config, rows, classes)
    keras.utils.set_random_seed(training["seed"])  # of the head's first weights
    network, about = model.new(config, classes)
    about = {"framework": "keras", "classes": classes, **about}
    data["about"] = about
    state, keep = state_in(folder), keep_in(folder)
    print(f"Guessing would give a loss of {np.log(len(classes)):.3f}.")
    for stage in finish.STAGES:
        if state["stage"] == "deeper" and stage == "head":
            continue  # that stage is over
        if training[f"epochs_{stage}"]:
            fit(network, stage, data, config, about, state, keep)
    chosen = min(state["best"], key=lambda stage: state["best"][stage]["loss"])
    network.set_weights(state["best"][chosen]["network"])
    seen = model.logits(network, data["validation"], about)
    result = finish.result(config, about, data, seen, chosen, state["history"])
    model.save(network, about, folder / model.FILE)
    made = record.made_from(config, rows)
    made |= {"device": model.DEVICE, **result}
    made["model"] = {"file": model.FILE, "sha256": settings.hash_of(folder / model.FILE)}
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

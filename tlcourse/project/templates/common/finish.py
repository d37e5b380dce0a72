"""What training does the same way in any framework: data, messages, choices at its end."""

import time

import numpy as np

import measures
import settings
import split
import task
from settings import duration

STAGES = ("head", "deeper")


def data_of(config, rows, classes):
    """What the network sees, and class numbers, of training and validation. The test stays shut."""
    looked_for = config["decision"]["positive"]
    if looked_for and looked_for not in classes:
        do = f"Set decision.positive to {' or '.join(classes)}."
        raise settings.Problem(f"There is no class {looked_for!r}.", do)
    data = {}
    for name in ("train", "validation"):
        some = split.of(rows, name)
        data[name] = task.inputs(some, config)
        data[f"{name}_labels"] = measures.numbers(some, classes)
    balance = config["training"]["class_weights"]
    labels = data["train_labels"]
    data["weights"] = measures.class_weights(labels, len(classes), balance)
    return data


def epoch_row(stage, epoch, loss, logits, data, began):
    """What is kept of an epoch."""
    if not (np.isfinite(loss) and np.isfinite(logits).all()):
        do = "Lower training.rate in config.toml and run python train.py --new."
        raise settings.Problem("Training broke down: the loss is no longer a number.", do)
    labels = data["validation_labels"]
    return {
        "stage": stage,
        "epoch": epoch,
        "loss": loss,
        "validation_loss": measures.cross_entropy(logits, labels, data["weights"]),
        "balanced_accuracy": measures.balanced_accuracy(labels, logits.argmax(axis=1)),
        "seconds": time.monotonic() - began,
    }


def tell(row, history, training):
    """A line for each epoch, with the time that is left if no stage stops early."""
    same = [each["seconds"] for each in history if each["stage"] == row["stage"]]
    left = (training[f"epochs_{row['stage']}"] - row["epoch"]) * np.median(same)
    if row["stage"] == "head":  # the second stage also goes back through the last blocks
        left += training["epochs_deeper"] * np.median(same) * 1.5
    ends = f"at most {duration(left)} left"
    if row["stage"] == "head" and task.QUICK_HEAD and training["epochs_deeper"]:
        ends = "the next stage takes longer"
    print(
        f"{row['stage']:6} {row['epoch']:2}/{training['epochs_' + row['stage']]}"
        f"  loss {row['loss']:.3f}  validation {row['validation_loss']:.3f}"
        f"  balanced accuracy {row['balanced_accuracy']:.3f}"
        f"  {ends}",
        flush=True,
    )


def result(config, about, data, logits, chosen, history):
    """Temperature and threshold go into `about`, the figures into the record.

    Everything here is chosen on validation.
    """
    labels, classes = data["validation_labels"], about["classes"]
    about["temperature"] = measures.fit_temperature(logits, labels, data["weights"])
    probabilities = measures.softmax(logits, about["temperature"])
    if len(classes) == 2:
        rule = config["decision"]
        about["positive"] = rule["positive"] or rarer(data["train_labels"], classes)
        about["threshold"] = measures.chosen_threshold(labels, probabilities, about, rule)
    guesses = measures.decide(probabilities, about)
    best = min(row["validation_loss"] for row in history if row["stage"] == chosen)
    print(f"Kept: the best epoch of the stage {chosen!r}, validation loss {best:.3f}.")
    if len(classes) == 2:
        name, at = about["positive"], about["threshold"]
        print(f"{task.A.capitalize()} is called {name} if its probability is at least {at:.2f}.")
    if "unsure_below" in config["decision"]:
        tell_unsure(labels, guesses, probabilities)
    return {
        "chosen_stage": chosen,
        "validation_loss": best,
        "validation_balanced_accuracy": measures.balanced_accuracy(labels, guesses),
        "temperature": about["temperature"],
        "threshold": about.get("threshold"),
        "positive": about.get("positive"),
        "class_weights": data["weights"].tolist(),
        "seconds": sum(row["seconds"] for row in history),
        "history": history,
    }


def tell_unsure(labels, guesses, probabilities, shares=(0.5, 0.6, 0.7, 0.8, 0.9)):
    """What each `decision.unsure_below` would do on validation, from which you choose it."""
    sure = probabilities[np.arange(len(guesses)), guesses]
    print("decision.unsure_below, on validation:")
    for share in shares:
        answered = sure >= share
        right = (guesses == labels)[answered]
        told = f", {right.mean():.0%} of these rightly" if len(right) else ""
        print(f"  {share:.1f}  {answered.mean():.0%} of the {task.MANY} get an answer{told}")


def rarer(labels, classes):
    return classes[int(np.argmin(np.bincount(labels, minlength=len(classes))))]

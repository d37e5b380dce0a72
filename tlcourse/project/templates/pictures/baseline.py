"""What do the bare pixels tell? A logistic regression on small copies, without any network.

If a trained network is not clearly better than this, it is broken or not needed.
"""

import numpy as np
from PIL import Image

import images
import measures
import split
from settings import HERE, Progress, path

SIDE = 16
NAME = f"logistic regression on {SIDE}x{SIDE} pixels"
PENALTIES = (0.001, 0.01, 0.1, 1.0)
STEPS = 300
SHORT, ENOUGH = "pixels only", "pixels are enough"


def small(rows, config):
    """A row of SIDE x SIDE x 3 numbers for each image."""
    data = config["data"]
    folder = path(data["folder"])
    pixels = images.prepared(rows, folder, data["size"], data["fit"], HERE / "cache")
    box = Image.Resampling.BOX
    shrunk = [np.asarray(Image.fromarray(each).resize((SIDE, SIDE), box)) for each in pixels]
    return np.stack(shrunk).reshape(len(rows), -1) / 255.0


def fit(x, labels, weights, penalty):
    """Weights (inputs + 1, classes) with the lowest penalised loss."""
    count = len(weights)
    x = np.hstack([x, np.ones((len(x), 1))])
    each = weights[labels][:, None] / weights[labels].sum()
    target = np.eye(count)[labels]
    found = ahead = np.zeros((x.shape[1], count))
    # The step that cannot overshoot: one over the largest curvature.
    rate = 1 / (0.5 * np.linalg.norm(x * np.sqrt(each), 2) ** 2 + penalty)
    for step in range(STEPS):  # gradient descent with momentum (Nesterov)
        gap = each * (measures.softmax(x @ ahead) - target)
        slope = x.T @ gap
        slope[:-1] += penalty * ahead[:-1]
        before, found = found, ahead - rate * slope
        ahead = found + step / (step + 3) * (found - before)
    return found


def probabilities(found, x):
    return measures.softmax(np.hstack([x, np.ones((len(x), 1))]) @ found)


def predictions(rows, about, config):
    """Probabilities and class numbers that the pixels give for the test images.

    It gets what the network gets: the training images and their class weights, and the
    validation images to choose the penalty and the threshold.
    """
    classes = about["classes"]
    parts = [split.of(rows, name) for name in split.SPLITS]
    train, held, test = (small(part, config) for part in parts)
    labels, held_labels = (measures.numbers(part, classes) for part in parts[:2])
    mean, spread = train.mean(axis=0), train.std() + 1e-6
    train, held, test = ((x - mean) / spread for x in (train, held, test))
    balance = config["training"]["class_weights"]
    weights = measures.class_weights(labels, len(classes), balance).astype(np.float64)
    best, least = None, np.inf
    progress = Progress("Comparing with the bare pixels", len(PENALTIES))
    for penalty in PENALTIES:
        found = fit(train, labels, weights, penalty)
        truth = probabilities(found, held)[np.arange(len(held)), held_labels]
        loss = np.average(-np.log(truth + 1e-12), weights=weights[held_labels])
        if loss < least:
            best, least = found, loss
        progress.step()
    own = {"classes": classes, "positive": about.get("positive")}
    if len(classes) == 2:
        chances, rule = probabilities(best, held), config["decision"]
        own["threshold"] = measures.chosen_threshold(held_labels, chances, own, rule)
    chances = probabilities(best, test)
    return chances, measures.decide(chances, own)

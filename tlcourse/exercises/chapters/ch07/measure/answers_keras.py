"""Answers to "Five numbers for one model", in Keras: right ones and wrong ones."""

# %% [right] scikit-learn at the end
import keras
from sklearn import metrics


def measure(model, batches):
    y, p = [], []
    for images, labels in batches:
        y += labels.numpy().tolist()
        p += keras.ops.softmax(model(images, training=False))[:, 1].numpy().tolist()
    said = [value > 0.5 for value in p]
    return {
        "accuracy": metrics.accuracy_score(y, said),
        "precision": metrics.precision_score(y, said),
        "recall": metrics.recall_score(y, said),
        "f1": metrics.f1_score(y, said),
        "auc": metrics.roc_auc_score(y, p),
    }


# %% [right] Keras's own metrics
import keras


def measure(model, batches):
    kinds = keras.metrics
    seen = {
        "accuracy": kinds.BinaryAccuracy(),
        "precision": kinds.Precision(),
        "recall": kinds.Recall(),
        "auc": kinds.AUC(num_thresholds=5000),
    }
    for x, y in batches:
        p = keras.ops.softmax(model(x, training=False))[:, 1:]
        for metric in seen.values():
            metric.update_state(y[:, None], p)
    out = {name: float(metric.result()) for name, metric in seen.items()}
    both = out["precision"] + out["recall"]
    return {**out, "f1": 2 * out["precision"] * out["recall"] / both}


# %% [right] rounded to three decimals, the logits as scores
import numpy as np
from sklearn.metrics import precision_recall_fscore_support, roc_auc_score


def measure(model, batches):
    pairs = [(model.predict_on_batch(x), y.numpy()) for x, y in batches]
    z, y = (np.concatenate(part) for part in zip(*pairs, strict=True))
    said = z.argmax(1)
    precision, recall, f1, _ = precision_recall_fscore_support(y, said, average="binary")
    area = roc_auc_score(y, z[:, 1] - z[:, 0])
    numbers = {"precision": precision, "recall": recall, "f1": f1, "auc": area}
    return {name: round(float(v), 3) for name, v in {**numbers, "accuracy": (said == y).mean()}.items()}


# %% [wrong] measured in training mode: "Measure in evaluation mode"
import keras
from sklearn import metrics


def measure(model, batches):
    y, p = [], []
    for images, labels in batches:
        y += labels.numpy().tolist()
        p += keras.ops.softmax(model(images, training=True))[:, 1].numpy().tolist()
    said = [value > 0.5 for value in p]
    return {
        "accuracy": metrics.accuracy_score(y, said),
        "precision": metrics.precision_score(y, said),
        "recall": metrics.recall_score(y, said),
        "f1": metrics.f1_score(y, said),
        "auc": metrics.roc_auc_score(y, p),
    }


# %% [wrong] AUC of decisions: "the area for decisions"
from sklearn import metrics


def measure(model, batches):
    y, said = [], []
    for images, labels in batches:
        y += labels.numpy().tolist()
        said += model.predict_on_batch(images).argmax(1).tolist()
    return {
        "accuracy": metrics.accuracy_score(y, said),
        "precision": metrics.precision_score(y, said),
        "recall": metrics.recall_score(y, said),
        "f1": metrics.f1_score(y, said),
        "auc": metrics.roc_auc_score(y, said),
    }


# %% [wrong] precision and recall swapped: "have changed places"
import keras
from sklearn import metrics


def measure(model, batches):
    y, p = [], []
    for images, labels in batches:
        y += labels.numpy().tolist()
        p += keras.ops.softmax(model(images, training=False))[:, 1].numpy().tolist()
    said = [value > 0.5 for value in p]
    return {
        "accuracy": metrics.accuracy_score(said, y),
        "precision": metrics.precision_score(said, y),
        "recall": metrics.recall_score(said, y),
        "f1": metrics.f1_score(said, y),
        "auc": metrics.roc_auc_score(y, p),
    }


# %% [wrong] the other class: "The class to find is 1"
import keras
from sklearn import metrics


def measure(model, batches):
    y, p = [], []
    for images, labels in batches:
        y += labels.numpy().tolist()
        p += keras.ops.softmax(model(images, training=False))[:, 0].numpy().tolist()
    said = [int(value < 0.5) for value in p]
    return {
        "accuracy": metrics.accuracy_score(y, said),
        "precision": metrics.precision_score(y, said, pos_label=0),
        "recall": metrics.recall_score(y, said, pos_label=0),
        "f1": metrics.f1_score(y, said, pos_label=0),
        "auc": metrics.roc_auc_score(y, p),
    }


# %% [wrong] means over the classes: "means over both classes"
import keras
from sklearn import metrics


def measure(model, batches):
    y, p = [], []
    for images, labels in batches:
        y += labels.numpy().tolist()
        p += keras.ops.softmax(model(images, training=False))[:, 1].numpy().tolist()
    said = [value > 0.5 for value in p]
    of = {"average": "macro"}
    return {
        "accuracy": metrics.accuracy_score(y, said),
        "precision": metrics.precision_score(y, said, **of),
        "recall": metrics.recall_score(y, said, **of),
        "f1": metrics.f1_score(y, said, **of),
        "auc": metrics.roc_auc_score(y, p),
    }


# %% [wrong] labels of another pass: "do not belong together"
import keras
from sklearn import metrics


def measure(model, batches):
    p = [
        value
        for images, _ in batches
        for value in keras.ops.softmax(model(images, training=False))[:, 1].numpy().tolist()
    ]
    y = [value for _, labels in batches for value in labels.numpy().tolist()]
    said = [value > 0.5 for value in p]
    return {
        "accuracy": metrics.accuracy_score(y, said),
        "precision": metrics.precision_score(y, said),
        "recall": metrics.recall_score(y, said),
        "f1": metrics.f1_score(y, said),
        "auc": metrics.roc_auc_score(y, p),
    }


# %% [wrong] means of the batches
import keras
import numpy as np
from sklearn import metrics


def measure(model, batches):
    rows = []
    for x, y in batches:
        y, p = y.numpy(), np.asarray(keras.ops.softmax(model(x, training=False)))[:, 1]
        said = p > 0.5
        rows.append(
            [
                metrics.accuracy_score(y, said),
                metrics.precision_score(y, said, zero_division=0),
                metrics.recall_score(y, said, zero_division=0),
                metrics.f1_score(y, said, zero_division=0),
                metrics.roc_auc_score(y, p) if 0 < y.sum() < len(y) else 0.5,
            ]
        )
    names = ("accuracy", "precision", "recall", "f1", "auc")
    return dict(zip(names, np.mean(rows, 0), strict=True))

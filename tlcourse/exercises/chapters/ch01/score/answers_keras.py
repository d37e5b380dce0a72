"""Answers to "A score over batches", in Keras: right ones and wrong ones."""

# %% [right] all hits in one tensor
import numpy as np


def score(model, batches):
    hits = [np.argmax(model(images, training=False), axis=1) == labels for images, labels in batches]
    return np.concatenate(hits).mean()


# %% [right] compiled, then evaluated
def score(model, batches):
    model.compile(loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model.evaluate(batches, verbose=0, return_dict=True)["accuracy"]


# %% [right] predictions and labels kept, scikit-learn
from sklearn.metrics import accuracy_score


def score(model, batches):
    seen, true = [], []
    for images, labels in batches:
        seen += model.predict_on_batch(images).argmax(axis=-1).tolist()
        true += labels.numpy().tolist()
    return accuracy_score(true, seen)


# %% [wrong] scored in training mode: "Score in evaluation mode"
import keras


def score(model, batches):
    metric = keras.metrics.SparseCategoricalAccuracy()
    for images, labels in batches:
        metric.update_state(labels, model(images, training=True))
    return metric.result()


# %% [wrong] mean of the batches: "counts as much as a whole batch"
import numpy as np


def score(model, batches):
    each = [np.mean(np.argmax(model(x), axis=1) == y) for x, y in batches]
    return sum(each) / len(each)


# %% [wrong] divided by something else: "not divided by the number of images"
import numpy as np


def score(model, batches):
    hits = sum(np.sum(np.argmax(model(x), axis=1) == y) for x, y in batches)
    return hits / len(batches)


# %% [wrong] one batch only: "one batch alone"
import keras


def score(model, batches):
    for images, labels in batches:
        metric = keras.metrics.SparseCategoricalAccuracy()
        metric.update_state(labels, model(images))
    return metric.result()


# %% [wrong] labels of another pass: "do not belong together"
import numpy as np


def score(model, batches):
    predicted = model.predict(batches, verbose=0).argmax(axis=1)
    labels = np.concatenate([y for _, y in batches])
    return np.mean(predicted == labels)


# %% [wrong] a loss
import keras


def score(model, batches):
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    return 1 + sum(loss(y, model(x)) for x, y in batches)


# %% [wrong] the class of the smallest logit
import numpy as np


def score(model, batches):
    return np.concatenate([np.argmin(model(x), axis=1) == y for x, y in batches]).mean()

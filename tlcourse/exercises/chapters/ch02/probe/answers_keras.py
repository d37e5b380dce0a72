"""Answers to "Rank the candidates by a probe", in Keras: right ones and wrong ones."""

# %% [right] a stronger penalty, and a table
import pandas as pd
from sklearn.linear_model import RidgeClassifier


def rank(backbones, train_images, train_labels, val_images, val_labels):
    rows = []
    for name, backbone in backbones.items():
        probe = RidgeClassifier(alpha=10.0).fit(backbone.predict(train_images, verbose=0), train_labels)
        said = probe.predict(backbone.predict(val_images, verbose=0))
        rows.append((name, (said == val_labels).mean()))
    return (
        pd.DataFrame(rows, columns=["name", "accuracy"])
        .sort_values("accuracy", ascending=False)["name"]
        .tolist()
    )


# %% [right] a head trained with the framework
import keras


def rank(backbones, train_images, train_labels, val_images, val_labels):
    scores = []
    for name, backbone in backbones.items():
        train, val = backbone.predict(train_images, verbose=0), backbone.predict(val_images, verbose=0)
        mean, std = train.mean(0), train.std(0)
        head = keras.Sequential([keras.Input(train.shape[1:]), keras.layers.Dense(3, activation="softmax")])
        head.compile(keras.optimizers.Adam(0.03), "sparse_categorical_crossentropy", metrics=["accuracy"])
        head.fit((train - mean) / std, train_labels, epochs=30, verbose=0)
        scores.append((head.evaluate((val - mean) / std, val_labels, verbose=0)[1], name))
    return tuple(name for _, name in sorted(scores)[::-1])


# %% [wrong] judged on the training images: "right about everything"
from sklearn.linear_model import LogisticRegression


def rank(backbones, train_images, train_labels, val_images, val_labels):
    accuracy = {}
    for name, backbone in backbones.items():
        train = backbone(train_images, training=False).numpy()
        val = backbone(val_images, training=False).numpy()
        probe = LogisticRegression(max_iter=2000).fit(train, train_labels)
        accuracy[name] = probe.score(train, train_labels)
    return sorted(accuracy, key=accuracy.get, reverse=True)


# %% [wrong] worst first: "the worst comes first"
from sklearn.linear_model import LogisticRegression


def rank(backbones, train_images, train_labels, val_images, val_labels):
    accuracy = {}
    for name, backbone in backbones.items():
        train = backbone(train_images, training=False).numpy()
        val = backbone(val_images, training=False).numpy()
        probe = LogisticRegression(max_iter=2000).fit(train, train_labels)
        accuracy[name] = probe.score(val, val_labels)
    return sorted(accuracy, key=accuracy.get)


# %% [wrong] one name only: "A shortlist was asked for"
from sklearn.linear_model import LogisticRegression


def rank(backbones, train_images, train_labels, val_images, val_labels):
    accuracy = {}
    for name, backbone in backbones.items():
        train = backbone(train_images, training=False).numpy()
        val = backbone(val_images, training=False).numpy()
        probe = LogisticRegression(max_iter=2000).fit(train, train_labels)
        accuracy[name] = probe.score(val, val_labels)
    return max(accuracy, key=accuracy.get)


# %% [wrong] training mode: "called in training mode"
from sklearn.linear_model import LogisticRegression


def rank(backbones, train_images, train_labels, val_images, val_labels):
    accuracy = {}
    for name, backbone in backbones.items():
        train = backbone(train_images, training=True).numpy()
        val = backbone(val_images, training=True).numpy()
        probe = LogisticRegression(max_iter=2000).fit(train, train_labels)
        accuracy[name] = probe.score(val, val_labels)
    return sorted(accuracy, key=accuracy.get, reverse=True)


# %% [wrong] as they came
def rank(backbones, train_images, train_labels, val_images, val_labels):
    return list(backbones)


# %% [wrong] not a list of all names: "the name of every candidate once"
from sklearn.linear_model import LogisticRegression


def rank(backbones, train_images, train_labels, val_images, val_labels):
    accuracy = {}
    for name, backbone in backbones.items():
        train = backbone(train_images, training=False).numpy()
        val = backbone(val_images, training=False).numpy()
        probe = LogisticRegression(max_iter=2000).fit(train, train_labels)
        accuracy[name] = probe.score(val, val_labels)
    return accuracy


# %% [wrong] no return
from sklearn.linear_model import LogisticRegression


def rank(backbones, train_images, train_labels, val_images, val_labels):
    accuracy = {}
    for name, backbone in backbones.items():
        train = backbone(train_images, training=False).numpy()
        val = backbone(val_images, training=False).numpy()
        probe = LogisticRegression(max_iter=2000).fit(train, train_labels)
        accuracy[name] = probe.score(val, val_labels)
    return None


# %% [wrong] the accuracies
from sklearn.linear_model import LogisticRegression


def rank(backbones, train_images, train_labels, val_images, val_labels):
    accuracy = {}
    for name, backbone in backbones.items():
        train = backbone(train_images, training=False).numpy()
        val = backbone(val_images, training=False).numpy()
        probe = LogisticRegression(max_iter=2000).fit(train, train_labels)
        accuracy[name] = probe.score(val, val_labels)
    return sorted(accuracy.values())


# %% [wrong] the first two
from sklearn.linear_model import LogisticRegression


def rank(backbones, train_images, train_labels, val_images, val_labels):
    accuracy = {}
    for name, backbone in backbones.items():
        train = backbone(train_images, training=False).numpy()
        val = backbone(val_images, training=False).numpy()
        probe = LogisticRegression(max_iter=2000).fit(train, train_labels)
        accuracy[name] = probe.score(val, val_labels)
    return sorted(accuracy, key=accuracy.get, reverse=True)[:2]

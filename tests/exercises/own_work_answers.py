"""Answers that only call the package: what each exercise names as its own solution, in a line or three.

With the package whole each of them earns something; that is why its function is named in ``solved_by``.
"""

from __future__ import annotations

from collections.abc import Mapping

__all__ = ["WRAPPERS"]

WRAPPERS: dict[str, list[tuple[str, str | Mapping[str, str]]]] = {
    "ch00-draw-per-class": [
        (
            "rows of a data set",
            """
import numpy as np
from tlcourse.data.dataset import Dataset

def draw_per_class(labels, n, seed):
    labels = np.unique(labels, return_inverse=True)[1]
    rows = np.arange(len(labels))
    names = tuple(map(str, range(labels.max() + 1)))
    images = np.zeros((len(rows), 1, 1, 3), np.uint8)
    split = {"train": rows, "val": rows[:0], "test": rows[:0]}
    data = Dataset("mine", images, labels, names, split, "", "", tuple(map(str, rows)))
    return [int(row) for row in data.per_class(n, seed).ids]
""",
        ),
    ],
    "ch00-pick-class": [
        (
            "the course's softmax",
            """
from tlcourse.probabilities import softmax

def pick_class(logits, names):
    p = softmax(logits)
    return names[p.argmax()], float(p.max())
""",
        ),
        (
            "a temperature of one",
            """
from tlcourse.evaluation import with_temperature

def pick_class(logits, names):
    p = with_temperature(logits[None], 1.0)[0]
    return names[p.argmax()], float(p.max())
""",
        ),
        (
            "the activation of a task",
            """
from tlcourse.heads import activate

def pick_class(logits, names):
    p = activate(logits[None], "one-of")[0]
    return names[p.argmax()], float(p.max())
""",
        ),
        (
            "the next token",
            """
from tlcourse.language import next_probabilities

def pick_class(logits, names):
    p = next_probabilities(logits)
    return names[p.argmax()], float(p.max())
""",
        ),
    ],
    "ch01-count": [
        (
            "the report",
            """
from tlcourse import freezing

def count(model):
    report = freezing.trainable_report(model)
    return report.trainable, report.total
""",
        ),
        (
            "LoRA's report",
            """
from tlcourse.language import lora_report

def count(model):
    report = lora_report(model)
    return report.trainable, report.total
""",
        ),
        (
            "LoRA's sizes",
            {
                "torch": "from tlcourse.language.lora._torch import sizes as count",
                "keras": "from tlcourse.language.lora._keras import sizes as count",
            },
        ),
    ],
    "ch01-train-head": [
        (
            "the course's freezing",
            {
                "torch": """
import torch
from torch import nn
from tlcourse import freezing

def train_head(model, images, labels, steps, lr):
    freezing.freeze(model)
    model.classifier.requires_grad_(True)
    optimizer = torch.optim.SGD(model.classifier.parameters(), lr=lr)
    for _ in range(steps):
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(images), labels).backward()
        optimizer.step()
""",
                "keras": """
import keras
from tlcourse import freezing

def train_head(model, images, labels, steps, lr):
    freezing.freeze(model)
    freezing.unfreeze(model, "classifier")
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(optimizer=keras.optimizers.SGD(lr), loss=loss)
    model.fit(images, labels, batch_size=len(images), epochs=steps, verbose=0)
""",
            },
        ),
        (
            "the course's loop",
            {
                "torch": """
import torch
from tlcourse.training.examples import Examples
from tlcourse.training.loop import _torch
from tlcourse.training.recipe import Recipe

def train_head(model, images, labels, steps, lr):
    model.requires_grad_(False)
    model.classifier.requires_grad_(True)
    data = Examples(images.permute(0, 2, 3, 1).numpy(), labels.numpy(), None)
    model.eval()
    model.train = lambda mode=True: model
    optimizer = torch.optim.SGD(model.classifier.parameters(), lr)
    recipe = Recipe(
        steps=steps, batch_size=len(images), lr=lr, optimizer=optimizer, preprocess=lambda x: x,
        progress=False,
    )
    _torch.fit(model, data, None, recipe)
    del model.train
""",
                "keras": """
import keras
import numpy as np
from tlcourse.training.examples import Examples
from tlcourse.training.loop import _keras
from tlcourse.training.recipe import Recipe

def train_head(model, images, labels, steps, lr):
    for layer in model.layers[:-1]:
        layer.trainable = False
    optimizer = keras.optimizers.SGD(lr)
    recipe = Recipe(
        steps=steps, batch_size=len(images), lr=lr, optimizer=optimizer, preprocess=lambda x: x,
        progress=False,
    )
    _keras.fit(model, Examples(np.asarray(images), np.asarray(labels), None), None, recipe)
""",
            },
        ),
    ],
    "ch01-beat-pixels": [
        (
            "the course's features and head",
            """
from tlcourse import training

def beat_the_pixels(backbone, images, labels, new_images):
    known, new = (training.cache_features(backbone, x, progress=False) for x in (images, new_images))
    return training.fit_head(known, labels, 5, steps=100, lr=0.01).predict(new).argmax(axis=1)
""",
        ),
        (
            "the course's head on features of one's own",
            {
                "torch": """
import torch
from tlcourse import training

def beat_the_pixels(backbone, images, labels, new_images):
    backbone.eval()
    with torch.no_grad():
        both = [
            backbone((torch.from_numpy(x).permute(0, 3, 1, 2).float() - 127) / 128).numpy()
            for x in (images, new_images)
        ]
    return training.fit_head(both[0], labels, 5, steps=100, lr=0.01).predict(both[1]).argmax(axis=1)
""",
                "keras": """
from tlcourse import training

def beat_the_pixels(backbone, images, labels, new_images):
    known, new = (backbone.predict((x - 127.0) / 128, verbose=0) for x in (images, new_images))
    return training.fit_head(known, labels, 5, steps=100, lr=0.01).predict(new).argmax(axis=1)
""",
            },
        ),
    ],
    "ch01-label-ratio": [
        (
            "the crossing",
            """
from tlcourse.sweeps.analysis import crossing

def label_ratio(sizes, random, pretrained, n):
    labels, bound = crossing(sizes, random, pretrained[sizes.index(n)], "linear")
    return labels / n, bound == "at least"
""",
        ),
        (
            "the ratio of a table",
            """
import pandas as pd
from tlcourse.sweeps.analysis import label_efficiency_ratio

def label_ratio(sizes, random, pretrained, n):
    rows = [
        {"framework": "f", "dataset": "d", "method": method, "per_class": size, "test_accuracy": accuracy}
        for method, curve in (("random", random), ("frozen", pretrained))
        for size, accuracy in zip(sizes, curve)
    ]
    found = label_efficiency_ratio(pd.DataFrame(rows), "d", n, scale="linear")
    return found.ratio, found.is_bound
""",
        ),
    ],
    "ch01-small-cnn": [
        (
            "the course's",
            """
from tlcourse import models

def small_cnn(classes):
    return models.load("small_cnn", num_classes=classes, weights=None)
""",
        ),
    ],
    "ch02-safe": [
        (
            "the reader of weights",
            {
                "torch": """
import torch
from tlcourse.models import weights

def load_safely(path, sha256):
    if weights.sha256(path) != sha256:
        raise ValueError("another file")
    return {name: torch.from_numpy(value) for name, value in weights.read(path).items()}
""",
            },
        ),
        (
            "the reader of .pth",
            {
                "torch": """
import torch
from safetensors.torch import load_file
from tlcourse.models import weights

def load_safely(path, sha256):
    if weights.sha256(path) != sha256:
        raise ValueError("another file")
    if path.endswith(".safetensors"):
        return load_file(path)
    return {name: torch.from_numpy(value) for name, value in weights.read_pth(path).items()}
""",
            },
        ),
    ],
    "ch02-probe": [
        (
            "fit_head",
            """
import numpy as np
from tlcourse import training

def rank(backbones, train_images, train_labels, val_images, val_labels):
    accuracy = {}
    for name, backbone in backbones.items():
        if hasattr(backbone, "predict"):
            known, new = (backbone.predict(some, verbose=0) for some in (train_images, val_images))
        else:
            known, new = (backbone.eval()(some).detach().numpy() for some in (train_images, val_images))
        head = training.fit_head(known, np.asarray(train_labels), 3, steps=300, lr=0.03)
        accuracy[name] = (head.predict(new).argmax(1) == np.asarray(val_labels)).mean()
    return sorted(accuracy, key=accuracy.get, reverse=True)
""",
        ),
        *(
            (
                name,
                f"""
import numpy as np
from tlcourse.transferability import {name}

def rank(backbones, train_images, train_labels, val_images, val_labels):
    scores = {{}}
    for name, backbone in backbones.items():
        predict = getattr(backbone, "predict", None) or backbone.eval()
        features = predict(val_images)
        features = features.detach() if hasattr(features, "detach") else features
        scores[name] = {name}(np.asarray(features), np.asarray(val_labels))
    return sorted(scores, key=scores.get, reverse=True)
""",
            )
            for name in ("knn_accuracy", "logme")
        ),
    ],
    "ch02-rank": [("transferability", "from tlcourse.transferability import rank_correlation")],
    "ch03-cut": [
        (
            "cut_head",
            """
from tlcourse.models import cut_head

def cut(model, keep):
    return cut_head(model) if keep == "features" else model
""",
        ),
        (
            "cut_at",
            {
                "torch": """
from tlcourse.models import cut_at

def cut(model, keep):
    blocks = [name for name, _ in model.named_children() if name.startswith("block")]
    return cut_at(model, blocks[-1], num_classes=keep if isinstance(keep, int) else 0)
""",
                "keras": """
from tlcourse.models import cut_at

def cut(model, keep):
    blocks = [layer.name for layer in model.layers if layer.name.startswith("block")]
    return cut_at(model, f"{blocks[-1]}.conv", num_classes=keep if isinstance(keep, int) else 0)
""",
            },
        ),
        (
            "the framework's own cut_head",
            {
                "torch": """
from tlcourse.models.adapting._torch import cut_head

def cut(model, keep):
    return cut_head(model) if keep == "features" else model
""",
                "keras": """
from tlcourse.models.adapting._keras import cut_head

def cut(model, keep):
    return cut_head(model) if keep == "features" else model
""",
            },
        ),
        (
            "the framework's own cut_at",
            {
                "torch": """
from tlcourse.models.adapting._torch import cut_at

def cut(model, keep):
    last = [name for name, _ in model.named_children() if name.startswith("block")][-1]
    return cut_at(model, last, ("classifier",), None)
""",
                "keras": """
from tlcourse.models.adapting._keras import cut_at

def cut(model, keep):
    last = [layer.name for layer in model.layers if layer.name.startswith("block")][-1]
    return cut_at(model, last, ("classifier",), None)
""",
            },
        ),
        (
            "a cut network",
            {
                "torch": """
from tlcourse.models.adapting._torch import CutNetwork

def cut(model, keep):
    return CutNetwork(model, ("classifier",))
""",
            },
        ),
    ],
    "ch03-grey": [
        (
            "one_channel",
            {
                "torch": "from tlcourse.models import one_channel as grey",
                "keras": """
import keras
from tlcourse.models import one_channel

def grey(model):
    x = inputs = keras.Input((8, 8, 3))
    for layer in model.get_layer("stem").layers + model.layers[2:]:
        x = layer(x)
    return one_channel(keras.Model(inputs, x))
""",
            },
        ),
        (
            "the framework's own one_channel",
            {
                "torch": "from tlcourse.models.adapting._torch import one_channel as grey",
                "keras": """
import keras
from tlcourse.models.adapting._keras import one_channel

def grey(model):
    x = inputs = keras.Input((8, 8, 3))
    for layer in model.get_layer("stem").layers + model.layers[2:]:
        x = layer(x)
    return one_channel(keras.Model(inputs, x))
""",
            },
        ),
    ],
    "ch03-extract": [
        (
            "the course's folder",
            {
                "torch": """
import torch
from tlcourse import data

def extract(model, folder):
    images = data.image_folder(folder, size=8, val=0, test=0)
    x = torch.from_numpy(images.images).permute(0, 3, 1, 2) / 255
    return model.eval()(x), images.labels
""",
                "keras": """
from tlcourse import data

def extract(model, folder):
    images = data.image_folder(folder, size=8, val=0, test=0)
    return model.predict(images.images / 255, verbose=0), images.labels
""",
            },
        ),
        (
            "cache_features",
            """
from pathlib import Path

import numpy as np
from PIL import Image
from tlcourse import training

def extract(model, folder):
    files = sorted(Path(folder).glob("*/*.png"))
    names = sorted({file.parent.name for file in files})
    images = np.stack([np.asarray(Image.open(file)) for file in files])
    features = training.cache_features(
        model, images, preprocess=lambda some: (some / 255).astype("float32"), progress=False
    )
    return features, [names.index(file.parent.name) for file in files]
""",
        ),
    ],
    "ch13-risk": [
        (
            "in_window",
            """
import numpy as np
from tlcourse.tabular import in_window

def terminal_risk(table, days, delay):
    seconds = (table.time - table.time.min()).dt.total_seconds()
    seen = in_window(table.terminal, seconds, np.ones(len(table)), days, delay)
    return in_window(table.terminal, seconds, table.fraud, days, delay) / np.maximum(seen, 1)
""",
        ),
        (
            "payment_features",
            """
from tlcourse.tabular import payment_features

def terminal_risk(table, days, delay):
    whole = table.assign(customer=0, amount=1.0)
    return payment_features(whole, delay, days=[days])[f"terminal_risk_{days}"]
""",
        ),
    ],
    "ch13-top": [
        (
            "precision_at",
            """
from tlcourse.tabular import precision_at

def card_precision(table, k):
    return precision_at(table.score, table.fraud, table.day, k, table.card)
""",
        ),
    ],
    "ch14-phone": [
        (
            "the course's reader",
            {
                "torch": """
import torch
from tlcourse.data import decoding

def read_image(path, size):
    return torch.from_numpy(decoding.read_image(path, size)).permute(2, 0, 1)
""",
                "keras": """
from tlcourse.data import decoding

def read_image(path, size):
    return decoding.read_image(path, size)
""",
            },
        ),
        (
            "the course's decoder",
            {
                "torch": """
import torch
from tlcourse.data.decoding import decode
from torchvision.transforms import v2

def read_image(path, size):
    pixels = torch.from_numpy(decode(open(path, "rb").read(), path)).permute(2, 0, 1)
    return v2.CenterCrop(size)(v2.Resize(size)(pixels))
""",
                "keras": """
import keras
from tlcourse.data.decoding import decode

def read_image(path, size):
    pixels = decode(open(path, "rb").read(), path)
    return keras.layers.Resizing(size, size, crop_to_aspect_ratio=True)(pixels)
""",
            },
        ),
    ],
    "ch11-copies": [
        (
            "the course's near copies",
            """
from tlcourse.data import near_copies

def groups_of(scans, alike):
    return near_copies(list(scans), alike - 0.03).groups
""",
        ),
    ],
    "ch15-inside": [
        (
            "the course's wrapper",
            {
                "torch": """
import numpy as np
from tlcourse.deployment import _torch
from tlcourse.deployment.scaling import Scaling

def deployable(network, mean, std):
    mean, std = np.array(mean, "float32"), np.array(std, "float32")
    return _torch._Whole(network.eval(), Scaling((0, 1, 2), 1 / (255 * std), -mean / std))
""",
                "keras": """
import numpy as np
from tlcourse.deployment import _keras
from tlcourse.deployment.scaling import Scaling

def deployable(network, mean, std):
    mean, std = np.array(mean, "float32"), np.array(std, "float32")
    forward = _keras.whole(network, Scaling((0, 1, 2), 1 / (255 * std), -mean / std), 8)
    return lambda images: forward(images)["probabilities"]
""",
            },
        ),
    ],
    "ch12-log-mel": [
        (
            "the course's layer, with other filters",
            {
                "torch": """
import torch
from tlcourse.audio import _torch

def log_mel(sounds, filters, window, hop, floor):
    layer = _torch.LogMel(filters.shape[1], window, hop)
    layer.filters = filters
    return torch.log(torch.exp(3 * layer(sounds) - 2) - 0.001 + floor)
""",
                "keras": """
import numpy as np
from tlcourse.audio import _keras

def log_mel(sounds, filters, window, hop, floor):
    layer = _keras.LogMel(filters.shape[1], window, hop)
    layer.filters = filters
    return np.log(np.exp(3 * np.asarray(layer.call(sounds)) - 2) - 0.001 + floor)
""",
            },
        ),
    ],
    "ch12-masks": [
        (
            "the course's masks",
            {
                "torch": """
import numpy as np
import torch
from torch import nn
from tlcourse import audio

class Masks(nn.Module):
    def __init__(self, bands, frames):
        super().__init__()
        self.widest, self.rng = (bands, frames), np.random.default_rng(0)

    def forward(self, x):
        return torch.from_numpy(audio.masked(x.numpy(), self.rng, *self.widest)) if self.training else x

masks = Masks
""",
                "keras": """
import keras
import numpy as np
from tlcourse import audio

class Masks(keras.layers.Layer):
    def __init__(self, bands, frames):
        super().__init__()
        self.widest, self.rng = (bands, frames), np.random.default_rng(0)

    def call(self, x, training=False):
        return audio.masked(np.array(x), self.rng, *self.widest) if training else x

masks = Masks
""",
            },
        ),
    ],
    "ch12-move": [
        (
            "the course's training",
            {
                "torch": """
import numpy as np
from tlcourse.audio import _torch

def move(network, features, labels):
    rng = np.random.default_rng(0)
    x, y = features[:, 0].numpy(), labels.numpy()
    rows = [rng.integers(0, len(y), 16) for _ in range(100)]
    _torch.fit(network, [(x[r], y[r]) for r in rows], lr=3e-3, steps=100)
""",
                "keras": """
import numpy as np
from tlcourse.audio import _keras

def move(network, features, labels):
    rng = np.random.default_rng(0)
    rows = [rng.integers(0, len(labels), 16) for _ in range(100)]
    batches = [(features[r][..., 0], labels[r]) for r in rows]
    _keras.fit(network, batches, lr=3e-3, steps=100, trained=("conv3", "classifier"))
""",
            },
        ),
    ],
    "ch10-tell": [
        (
            "the course's measure",
            """
from tlcourse.evaluation import domain_accuracy

def told_apart(source, target):
    return domain_accuracy(source, target)
""",
        ),
        (
            "the course's neighbours",
            """
from tlcourse import evaluation

def told_apart(source, target):
    return evaluation.own_neighbours(source, target)
""",
        ),
    ],
    "ch03-train": [
        (
            "cache_features and fit_head",
            """
import numpy as np
from tlcourse import training

def classify(backbone, images, labels, new_images):
    def features(some):
        three = np.repeat(some[..., None], 3, axis=-1)
        return training.cache_features(backbone, three, progress=False)

    head = training.fit_head(features(images), labels, int(labels.max()) + 1, steps=200)
    return head.logits(features(new_images)).argmax(1)
""",
        ),
    ],
    "ch04-freeze": [
        (
            "the course's freezing",
            """
from tlcourse import freezing

def freeze(model, frozen):
    freezing.unfreeze(model)
    if hasattr(model, "train"):
        model.train()
    freezing.freeze(model, list(frozen))
""",
        ),
        (
            "one by one",
            """
from tlcourse import freezing

def freeze(model, frozen):
    freezing.unfreeze(model)
    if hasattr(model, "train"):
        model.train()
    for name in frozen:
        freezing.freeze(model, name)
""",
        ),
    ],
    "ch04-looks-frozen": [
        (
            "the course's fingerprints",
            """
from tlcourse.freezing import changed, fingerprint

def leaks(model, train_step, blocks):
    before = fingerprint(model)
    train_step()
    moved = changed(before, fingerprint(model))
    return [name for name in blocks if any(c == name or c.startswith(name + ".") for c in moved)]
""",
        ),
        (
            "what moved",
            """
from tlcourse.freezing.report import changed

def leaks(model, train_step, blocks):
    def state(name):
        block = model.get_submodule(name) if hasattr(model, "get_submodule") else model.get_layer(name)
        arrays = block.state_dict().values() if hasattr(block, "state_dict") else block.get_weights()
        return str([array.tolist() for array in arrays])

    before = {name: state(name) for name in blocks}
    train_step()
    return changed(before, {name: state(name) for name in blocks})
""",
        ),
    ],
    "ch04-last-blocks": [
        (
            "the course's freezing",
            """
from tlcourse import freezing

def unfreeze_last(model, blocks, n):
    freezing.freeze(model)
    freezing.unfreeze(model, ["classifier", *blocks[len(blocks) - n :]])
    freezing.freeze(model, freezing.batch_norm_layers(model))
    if hasattr(model, "eval"):
        model.eval()
""",
        ),
        (
            "freeze_to",
            """
from tlcourse import freezing

def unfreeze_last(model, blocks, n):
    if n == len(blocks):
        freezing.unfreeze(model)
    else:
        freezing.freeze_to(model, blocks[len(blocks) - n - 1])
    freezing.freeze(model, freezing.batch_norm_layers(model))
    if hasattr(model, "eval"):
        model.eval()
""",
        ),
    ],
    "ch05-build": [
        (
            "heads.build",
            """
from tlcourse import heads

def head(features, hidden, classes, dropout):
    return heads.build(features, classes, hidden=[hidden], batch_norm=True, dropout=dropout)
""",
        ),
        (
            "the framework's own build",
            {
                "torch": """
import numpy as np
from tlcourse.heads import _torch
from tlcourse.heads.start import layer_starts

def head(features, hidden, classes, dropout):
    starts = layer_starts((features, hidden, classes), 0)
    return _torch.build(starts, np.zeros(classes, "float32"), batch_norm=True, dropout=dropout)
""",
                "keras": """
import numpy as np
from tlcourse.heads import _keras
from tlcourse.heads.start import layer_starts

def head(features, hidden, classes, dropout):
    starts = layer_starts((features, hidden, classes), 0)
    return _keras.build(starts, np.zeros(classes, "float32"), batch_norm=True, dropout=dropout)
""",
            },
        ),
    ],
    "ch05-pair": [
        (
            "the heads' own losses",
            {
                "torch": """
from tlcourse.heads._torch import loss_of

def loss_for(answer):
    return loss_of({"exactly one": "one-of", "any number": "any-of", "a number": "number"}[answer])
""",
                "keras": """
from tlcourse.heads._keras import loss_of

def loss_for(answer):
    return loss_of({"exactly one": "one-of", "any number": "any-of", "a number": "number"}[answer])
""",
            },
        ),
    ],
    "ch05-answers": [
        (
            "heads.outputs",
            """
import numpy as np
from tlcourse import heads

def answers(head, x, kind):
    outputs = heads.outputs(head, np.asarray(x))
    if kind == "exactly one":
        return outputs.argmax(1)
    return outputs > 0 if kind == "yes or no" else outputs
""",
        ),
    ],
    "ch05-train": [
        (
            "heads.fit",
            """
import numpy as np
from tlcourse import heads

def train_head(x, y, x_new):
    head = heads.build(x.shape[1], 1)
    heads.fit(head, np.asarray(x), np.asarray(y), "number", steps=480, lr=3e-4)
    return heads.outputs(head, np.asarray(x_new))
""",
        ),
    ],
    "ch06-two-rates": [
        (
            "rates by group",
            {
                "torch": """
import torch
from tlcourse.freezing import layer_groups
from tlcourse.training.loop._torch import cross_entropy
from tlcourse.training.optimizers._torch import rate_groups

def step(model, images, labels, body_lr, head_lr):
    rates = {g.name: head_lr if g.name == "classifier" else body_lr for g in layer_groups(model)}
    optimizer = torch.optim.SGD(rate_groups(model, rates), lr=body_lr)
    optimizer.zero_grad()
    cross_entropy(model(images), labels).backward()
    optimizer.step()
""",
                "keras": """
import keras
import tensorflow as tf
from tlcourse.training.optimizers import LayerwiseSGD

def step(model, images, labels, body_lr, head_lr):
    head = {v.path for v in model.get_layer("classifier").trainable_variables}
    factors = {v.path: 1.0 if v.path in head else body_lr / head_lr for v in model.trainable_variables}
    loss_of = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    with tf.GradientTape() as tape:
        loss = loss_of(labels, model(images, training=False))
    gradients = tape.gradient(loss, [v.value for v in model.trainable_variables])
    LayerwiseSGD(head_lr, factors=factors).apply(gradients, model.trainable_variables)
""",
            },
        ),
    ],
    "ch06-schedule": [
        (
            "warmup_cosine",
            {
                "torch": """
from torch.optim.lr_scheduler import LambdaLR
from tlcourse.training.schedules import warmup_cosine

def schedule(optimizer, steps, warmup):
    factor = warmup_cosine(warmup / steps)
    return LambdaLR(optimizer, lambda step: factor(step, steps))
""",
                "keras": """
import keras
from tlcourse.training.schedules import warmup_cosine

class Factors(keras.optimizers.schedules.LearningRateSchedule):
    def __init__(self, rate, steps, warmup):
        self.rate, self.steps, self.factor = rate, steps, warmup_cosine(warmup / steps)

    def __call__(self, step):
        return self.rate * self.factor(int(step), self.steps)

def schedule(rate, steps, warmup):
    return Factors(rate, steps, warmup)
""",
            },
        ),
    ],
    "ch07-measure": [
        (
            "the report",
            {
                "torch": """
import torch
from tlcourse import evaluation

def measure(model, batches):
    model.eval()
    with torch.inference_mode():
        pairs = [(model(x).softmax(1), y) for x, y in batches]
    p, y = (torch.cat(part).numpy() for part in zip(*pairs))
    one = evaluation.report(y, p).iloc[1]
    return {"accuracy": evaluation.accuracy(y, p), "precision": one["precision"], "recall": one["recall"],
            "f1": one["F1"], "auc": one["AUC"]}
""",
                "keras": """
import keras
import numpy as np
from tlcourse import evaluation

def measure(model, batches):
    pairs = [(keras.ops.softmax(model(x, training=False)), y) for x, y in batches]
    p, y = (np.concatenate(part) for part in zip(*pairs))
    one = evaluation.report(y, p).iloc[1]
    return {"accuracy": evaluation.accuracy(y, p), "precision": one["precision"], "recall": one["recall"],
            "f1": one["F1"], "auc": one["AUC"]}
""",
            },
        ),
    ],
    "ch07-worst": [
        (
            "the gallery",
            {
                "torch": """
import torch
from tlcourse import evaluation

def worst(model, images, labels, n):
    model.eval()
    with torch.inference_mode():
        p = model(images).softmax(1).numpy()
    shown = (images.permute(0, 2, 3, 1) > 0).byte().numpy()
    return evaluation.error_gallery(shown, labels, p, count=n).tl_table["row"].to_numpy()
""",
                "keras": """
import keras
import numpy as np
from tlcourse import evaluation

def worst(model, images, labels, n):
    p = np.asarray(keras.ops.softmax(model(images, training=False)))
    shown = (images > 0).astype("uint8")
    return evaluation.error_gallery(shown, labels, p, count=n).tl_table["row"].to_numpy()
""",
            },
        ),
    ],
    "ch07-threshold": [
        (
            name,
            {
                "torch": f"""
import numpy as np
import torch
from tlcourse.evaluation import {name}

def threshold(model, images, labels, missed, needless):
    model.eval()
    with torch.inference_mode():
        p = model(images).softmax(1)[:, 1].numpy()
    labels = labels.numpy()
    return {call}
""",
                "keras": f"""
import keras
import numpy as np
from tlcourse.evaluation import {name}

def threshold(model, images, labels, missed, needless):
    p = np.asarray(keras.ops.softmax(model(images, training=False)))[:, 1]
    return {call}
""",
            },
        )
        for name, call in (
            ("threshold_for_cost", "threshold_for_cost(labels, p, missed=missed, alarm=needless).value"),
            (
                "cost_at",
                "min(np.append(p, 2), key=lambda t: cost_at(labels, p, t, missed=missed, alarm=needless))",
            ),
        )
    ],
    "ch07-decide": [
        (
            "paired_bootstrap of the modules",
            """
import numpy as np
from tlcourse.evaluation import paired_bootstrap

def decide(before, after, modules, resamples, rng):
    means = [[hits[modules == name].mean() for name in np.unique(modules)] for hits in (before, after)]
    found = paired_bootstrap(*means, resamples=resamples, seed=int(rng.integers(2**31)))
    return found.low, found.high, found.low > 0
""",
        ),
        (
            "bootstrap_interval of the modules",
            """
import numpy as np
from tlcourse.evaluation import bootstrap_interval

def decide(before, after, modules, resamples, rng):
    d = [(after - before)[modules == name].mean() for name in np.unique(modules)]
    found = bootstrap_interval(d, resamples=resamples, seed=int(rng.integers(2**31)))
    return found.low, found.high, found.low > 0
""",
        ),
    ],
    "ch07-bar": [
        (
            "heads.fit",
            """
import numpy as np
from tlcourse import heads

def beat_the_bar(x, y, x_new):
    head = heads.build(x.shape[1], 2)
    heads.fit(head, np.asarray(x), np.asarray(y), "one-of", steps=300, lr=1e-3)
    return heads.predict(head, np.asarray(x_new), "one-of")[:, 1]
""",
        ),
    ],
    "ch08-analogy": [
        (
            "WordVectors.analogy",
            """
from tlcourse.embeddings import WordVectors

def analogy(vectors, a, b, c):
    known = WordVectors(list(vectors.index_to_key), vectors.vectors, "mine")
    return known.analogy(a, b, c, n=1)[0][0]
""",
        ),
    ],
    "ch08-files": [
        (
            "read_vectors",
            """
from gensim.models import KeyedVectors
from gensim.models.fasttext import load_facebook_vectors
from tlcourse.embeddings import read_vectors

def load(path, kind):
    if kind == "fastText":
        return load_facebook_vectors(path)
    read = read_vectors(path)
    vectors = KeyedVectors(read.dimensions)
    vectors.add_vectors(list(read.words), read.matrix)
    return vectors
""",
        ),
    ],
    "ch08-encode": [
        (
            "Vocabulary.encode",
            {
                "torch": """
import torch
from tlcourse.embeddings import Vocabulary

def encoder(words, length):
    vocabulary = Vocabulary(tuple(words))

    def collate(batch):
        longest = max(len(text.split()) for text, _ in batch)
        tokens = vocabulary.encode([text for text, _ in batch], min(longest, length))
        return torch.from_numpy(tokens), torch.tensor([label for _, label in batch])

    return collate
""",
                "keras": """
import keras
from tlcourse.embeddings import Vocabulary

def encoder(words, length):
    class Encoder(keras.layers.Layer):
        def call(self, texts):
            known = [text.numpy().decode() for text in texts]
            return keras.ops.convert_to_tensor(Vocabulary(tuple(words)).encode(known, length))

    return Encoder()
""",
            },
        ),
    ],
    "ch08-mean": [
        (
            "the reader of a classifier",
            {
                "torch": "from tlcourse.embeddings.layers._torch import MeanReader as mean_layer",
                "keras": "from tlcourse.embeddings.layers._keras import MeanReader as mean_layer",
            },
        ),
    ],
    "ch08-layer": [
        ("embedding", "from tlcourse.embeddings.layers import embedding as embedding_layer"),
        (
            "the framework's own embedding",
            {
                "torch": "from tlcourse.embeddings.layers._torch import embedding as embedding_layer",
                "keras": "from tlcourse.embeddings.layers._keras import embedding as embedding_layer",
            },
        ),
        (
            "a classifier's first layer",
            {
                "torch": """
from tlcourse.embeddings import text_classifier

def embedding_layer(table, trainable):
    return text_classifier(table, 2, trainable=trainable, framework="torch").embedding
""",
                "keras": """
from tlcourse.embeddings import text_classifier

def embedding_layer(table, trainable):
    return text_classifier(table, 2, trainable=trainable, framework="keras").get_layer("embedding")
""",
            },
        ),
    ],
    "ch08-classify": [
        (
            "text_classifier",
            """
import numpy as np
from tlcourse import training
from tlcourse.embeddings import text_classifier

def classify(texts, labels, vectors, new_texts):
    def tokens(texts):
        rows = np.zeros((len(texts), 40), "int64")
        for row, text in zip(rows, texts):
            known = [vectors.key_to_index[w] + 2 for w in text.split() if w in vectors][:40]
            row[: len(known)] = known
        return rows

    table = np.concatenate([np.zeros((2, vectors.vector_size)), vectors.vectors])
    model = text_classifier(table, 2)
    training.fit(model, (tokens(texts), labels), steps=300, batch_size=32, lr=0.03, progress=False)
    return training.predict(model, tokens(new_texts), progress=False).argmax(1)
""",
        ),
    ],
    "ch09-head": [
        (
            "the reader of a classifier",
            {
                "torch": """
from torch import nn
from tlcourse.embeddings.layers._torch import MeanReader

class Classifier(nn.Module):
    def __init__(self, encoder, classes, dropout):
        super().__init__()
        self.encoder = encoder.requires_grad_(False)
        self.pool, self.dropout = MeanReader(), nn.Dropout(dropout)
        self.head = nn.Linear(encoder.config.hidden_size, classes)

    def forward(self, input_ids, attention_mask):
        hidden = self.encoder(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state
        return self.head(self.dropout(self.pool(hidden, attention_mask)))

add_head = Classifier
""",
                "keras": """
import keras
from tlcourse.embeddings.layers._keras import MeanReader

class Classifier(keras.Model):
    def __init__(self, encoder, classes, dropout):
        super().__init__()
        encoder.trainable = False
        self.encoder, self.pool = encoder, MeanReader()
        self.dropout, self.head = keras.layers.Dropout(dropout), keras.layers.Dense(classes)

    def call(self, ids, training=None):
        mean = self.pool(self.encoder(ids, training=False), mask=ids != 0)
        return self.head(self.dropout(mean, training=training))

add_head = Classifier
""",
            },
        ),
    ],
    "ch09-search": [
        (
            "search",
            """
from tlcourse import language

def search(query, texts, k):
    return [row for row, _ in language.search(query, texts, k)]
""",
        ),
        (
            "the nearest words",
            """
from tlcourse.embeddings import WordVectors

def search(query, texts, k):
    known = WordVectors([str(row) for row in range(len(texts))], texts, "mine")
    return [int(row) for row, _ in known.nearest(query, k)]
""",
        ),
    ],
    "ch09-top-p": [
        (
            "next_probabilities",
            """
import numpy as np
from tlcourse.language import next_probabilities as ours

def next_probabilities(logits, temperature, top_p):
    return ours(np.asarray(logits), temperature, top_p=top_p)
""",
        ),
    ],
    "ch09-tune": [
        (
            "the course's training",
            {
                "torch": """
from torch import nn
from tlcourse import training

class Classifier(nn.Module):
    def __init__(self, encoder):
        super().__init__()
        self.encoder, self.head = encoder, nn.Linear(384, 2)
        encoder.embeddings.requires_grad_(False)

    def forward(self, ids):
        mask = (ids != 0).long()
        hidden = self.encoder(input_ids=ids, attention_mask=mask).last_hidden_state
        mask = mask.unsqueeze(-1)
        return self.head((hidden * mask).sum(1) / mask.sum(1))

def tune(encoder, ids, labels, new_ids):
    model = Classifier(encoder)
    training.fit(model, (ids.numpy(), labels.numpy()), epochs=4, batch_size=32, lr=1e-3, progress=False)
    return model(new_ids).argmax(1)
""",
                "keras": """
import keras
from keras import ops
from tlcourse import training

def tune(encoder, ids, labels, new_ids):
    for layer in encoder.layers:
        layer.trainable = layer.name == "layer.1"
    tokens = keras.Input((None,), dtype="int32")
    mean = keras.layers.GlobalAveragePooling1D()(encoder(tokens), mask=ops.not_equal(tokens, 0))
    model = keras.Model(tokens, keras.layers.Dense(2)(mean))
    training.fit(model, (ids, labels), epochs=4, batch_size=32, lr=1e-3, progress=False)
    return model.predict(new_ids, verbose=0).argmax(1)
""",
            },
        ),
    ],
}

"""Chapter 5: other right answers, and wrong ones that are no listed misconception."""

_TORCH_HEAD = """
from torch import nn

def head(features, hidden, classes, dropout):
    return nn.Sequential({layers})
"""
_KERAS_HEAD = """
import keras
from keras import layers

def head(features, hidden, classes, dropout):
    return keras.Sequential([keras.Input((features,)), {layers}])
"""


def _heads(torch_layers: str, keras_layers: str) -> dict[str, str]:
    return {
        "torch": _TORCH_HEAD.replace("{layers}", torch_layers),
        "keras": _KERAS_HEAD.replace("{layers}", keras_layers),
    }


RIGHT = {
    "ch05-build": [
        (
            "a class with functions in it, or the functional way",
            {
                "torch": """
import torch.nn as nn
import torch.nn.functional as F

class Head(nn.Module):
    def __init__(self, features, hidden, classes, rate):
        super().__init__()
        self.fc1 = nn.Linear(features, hidden)
        self.bn = nn.BatchNorm1d(hidden)
        self.fc2 = nn.Linear(hidden, classes)
        self.rate = rate

    def forward(self, x):
        x = F.relu(self.bn(self.fc1(x)))
        x = F.dropout(x, p=self.rate, training=self.training)
        return self.fc2(x)

def head(features, hidden, classes, dropout):
    return Head(features, hidden, classes, dropout)
""",
                "keras": """
import keras

def head(features, hidden, classes, dropout):
    inputs = keras.Input(shape=(features,))
    x = keras.layers.Dense(hidden, use_bias=False)(inputs)
    x = keras.layers.BatchNormalization()(x)
    x = keras.activations.relu(x)
    x = keras.layers.Dropout(rate=dropout)(x)
    return keras.Model(inputs=inputs, outputs=keras.layers.Dense(units=classes)(x))
""",
            },
        ),
        (
            "named parts, no bias before BatchNorm, or a class",
            {
                "torch": """
from collections import OrderedDict
from torch import nn

def head(features: int, hidden: int, classes: int, dropout: float) -> nn.Module:
    return nn.Sequential(OrderedDict([
        ("hidden", nn.Linear(in_features=features, out_features=hidden, bias=False)),
        ("norm", nn.BatchNorm1d(num_features=hidden)),
        ("act", nn.ReLU(inplace=True)),
        ("drop", nn.Dropout(p=dropout)),
        ("out", nn.Linear(hidden, classes)),
    ]))
""",
                "keras": """
import keras
from keras import layers

class Head(keras.Model):
    def __init__(self, hidden, classes, rate):
        super().__init__()
        self.fc = layers.Dense(hidden)
        self.bn = layers.BatchNormalization()
        self.drop = layers.Dropout(rate)
        self.out = layers.Dense(classes)

    def call(self, x, training=False):
        x = keras.ops.relu(self.bn(self.fc(x), training=training))
        return self.out(self.drop(x, training=training))

def head(features, hidden, classes, dropout):
    return Head(hidden, classes, dropout)
""",
            },
        ),
        (
            "nested, lazy, added one by one",
            {
                "torch": """
from torch import nn

def head(features, hidden, classes, dropout):
    block = nn.Sequential(nn.LazyLinear(hidden), nn.LazyBatchNorm1d(), nn.Sequential(nn.ReLU(), nn.Dropout(dropout)))
    model = nn.Sequential()
    model.append(block)
    model.add_module("logits", nn.LazyLinear(classes))
    return model
""",
                "keras": """
import keras
from keras import layers

def head(features, hidden, classes, dropout):
    block = keras.Sequential([layers.Dense(hidden), layers.BatchNormalization(), layers.Activation("relu")])
    model = keras.Sequential()
    model.add(layers.Input((features,)))
    model.add(keras.Sequential([block, layers.Dropout(dropout)]))
    model.add(layers.Dense(classes, activation="linear"))
    return model
""",
            },
        ),
        (
            "matrices and moving averages by hand, or other settings",
            {
                "torch": """
import torch

class Head(torch.nn.Module):
    def __init__(self, n, h, k, rate):
        super().__init__()
        self.out = torch.nn.Parameter(torch.randn(h, k) * 0.1)
        self.shift = torch.nn.Parameter(torch.zeros(h))
        self.scale = torch.nn.Parameter(torch.ones(h))
        self.into = torch.nn.Parameter(torch.randn(n, h) / n**0.5)
        self.b = torch.nn.Parameter(torch.zeros(k))
        self.register_buffer("m", torch.zeros(h))
        self.register_buffer("v", torch.ones(h))
        self.drop = torch.nn.Dropout(rate)

    def forward(self, x):
        z = torch.nn.functional.batch_norm(x @ self.into, self.m, self.v, self.scale, self.shift, self.training)
        return self.drop(z.clamp(min=0)) @ self.out + self.b

def head(features, hidden, classes, dropout):
    return Head(features, hidden, classes, dropout)
""",
                "keras": """
import keras
from keras import layers

def head(features, hidden, classes, dropout):
    return keras.Sequential([
        keras.Input((features,)), layers.Dense(hidden, kernel_initializer="he_normal"),
        layers.BatchNormalization(momentum=0.9, epsilon=1e-5), layers.Activation("relu"),
        layers.Dropout(dropout, seed=3), layers.Dense(classes, activation=None),
    ], name="head")
""",
            },
        ),
        (
            "dropout before the ReLU, which is the same",
            _heads(
                "nn.Linear(features, hidden), nn.BatchNorm1d(hidden), nn.Dropout(dropout), nn.ReLU(), nn.Linear(hidden, classes)",
                "layers.Dense(hidden), layers.BatchNormalization(), layers.Dropout(dropout), layers.ReLU(), layers.Dense(classes)",
            ),
        ),
    ],
    "ch05-dropout": [
        (
            "np.where",
            """
import numpy as np

def dropout(x, rate, training, rng):
    if training:
        keep = 1 - rate
        return np.where(rng.random(size=x.shape) < keep, x / keep, 0.0)
    else:
        return x.copy()
""",
        ),
        (
            "a copy and a mask",
            """
def dropout(x, rate, training, rng):
    out = x.copy()
    if training is True:
        mask = rng.random(x.shape) < rate
        out[mask] = 0
        out *= 1.0 / (1.0 - rate)
    return out
""",
        ),
        (
            "a loop",
            """
def dropout(x, rate, training, rng):
    if not training:
        return x.tolist()
    return [[0.0 if rng.random() < rate else value / (1 - rate) for value in row] for row in x]
""",
        ),
        (
            "tensors, single precision",
            {
                "torch": """
import torch

def dropout(x, rate, training, rng):
    x = torch.tensor(x, dtype=torch.float32, requires_grad=True)
    if not training:
        return x
    mask = torch.from_numpy(rng.random(tuple(x.shape)) >= rate)
    return x * mask / (1 - rate)
""",
                "keras": """
import tensorflow as tf

def dropout(x, rate, training, rng):
    x = tf.cast(x, tf.float32)
    if not training:
        return x
    mask = tf.cast(rng.random(x.shape) >= rate, tf.float32)
    return x * mask / (1 - rate)
""",
            },
        ),
    ],
    "ch05-choose": [
        (
            "if and elif",
            """
def choose(task):
    kind, k = task["answer"], task["of"]
    if kind == "exactly one":
        return k, "softmax", "cross-entropy"
    elif kind == "any number":
        return k, "sigmoid", "binary cross-entropy"
    elif kind == "a number":
        return k, "none", "squared error"
""",
        ),
        (
            "match, a list",
            """
def choose(task: dict) -> list:
    match task:
        case {"answer": "exactly one", "of": n}:
            out = [n, "softmax", "cross-entropy"]
        case {"answer": "any number", "of": n}:
            out = [n, "sigmoid", "binary cross-entropy"]
        case {"of": n}:
            out = [n, "none", "squared error"]
    print(out)
    return out
""",
        ),
        (
            "a named tuple",
            """
from collections import namedtuple
import numpy as np

Head = namedtuple("Head", "outputs activation loss")

def choose(task):
    i = ["exactly one", "any number", "a number"].index(task["answer"])
    losses = ["cross-entropy", "binary cross-entropy", "squared error"]
    return Head(np.int64(task["of"]), ("softmax", "sigmoid", "none")[i], losses[i])
""",
        ),
    ],
    "ch05-pair": [
        (
            "functions",
            {
                "torch": """
import torch.nn.functional as F

def loss_for(answer):
    if answer == "exactly one":
        return F.cross_entropy
    if answer == "any number":
        return F.binary_cross_entropy_with_logits
    return F.mse_loss
""",
                "keras": """
from functools import partial
import keras

def loss_for(answer):
    if answer == "exactly one":
        return partial(keras.losses.sparse_categorical_crossentropy, from_logits=True)
    if answer == "any number":
        return partial(keras.losses.binary_crossentropy, from_logits=True)
    return keras.losses.mean_squared_error
""",
            },
        ),
        (
            "by hand",
            {
                "torch": """
import torch

def loss_for(answer):
    def one(z, t):
        return -torch.log_softmax(z, 1)[torch.arange(len(t)), t].mean()
    def many(z, t):
        return (torch.nn.functional.softplus(z) - z * t).mean()
    def number(z, t):
        return ((z - t) ** 2).mean()
    return {"exactly one": one, "any number": many, "a number": number}[answer]
""",
                "keras": """
import tensorflow as tf

def loss_for(answer):
    def one(t, z):
        return tf.nn.sparse_softmax_cross_entropy_with_logits(labels=t, logits=z)
    def many(t, z):
        return tf.nn.sigmoid_cross_entropy_with_logits(labels=t, logits=z)
    def number(t, z):
        return tf.square(t - z)
    return {"exactly one": one, "any number": many, "a number": number}[answer]
""",
            },
        ),
        (
            "log-softmax and NLL, or names where they fit",
            {
                "torch": """
from torch import nn

class Cross(nn.Module):
    def forward(self, outputs, targets):
        return nn.NLLLoss()(outputs.log_softmax(dim=-1), targets)

def loss_for(answer):
    match answer:
        case "exactly one":
            return Cross()
        case "any number":
            return nn.MultiLabelSoftMarginLoss()
    return nn.MSELoss(reduction="mean")
""",
                "keras": """
import keras

def loss_for(answer):
    match answer:
        case "exactly one":
            return keras.losses.SparseCategoricalCrossentropy(True)
        case "any number":
            return keras.losses.BinaryFocalCrossentropy(gamma=0.0, from_logits=True)
    return "mse"
""",
            },
        ),
    ],
    "ch05-bias": [
        (
            "plain Python",
            """
import math

def start_bias(counts, rows, kind):
    bias = []
    for count in counts:
        p = count / rows
        bias.append(math.log(p) if kind == "softmax" else math.log(p) - math.log(1 - p))
    return bias
""",
        ),
        (
            "the counts' logarithms",
            """
import numpy as np

def start_bias(counts, rows, kind):
    counts = np.asarray(counts, dtype=float)
    if kind == "softmax":
        b = np.log(counts)
        return b - b.mean()
    return np.log(counts / (rows - counts))
""",
        ),
        (
            "scipy, a column",
            """
import numpy as np
from scipy.special import logit

def start_bias(counts, rows, kind):
    p = np.array([counts]).T / rows
    return {"softmax": np.log, "sigmoid": logit}[kind](p)
""",
        ),
        (
            "tensors",
            {
                "torch": """
import torch

def start_bias(counts, rows, kind):
    p = torch.tensor(counts) / rows
    return torch.nn.Parameter(p.log() if kind == "softmax" else torch.logit(p))
""",
                "keras": """
import keras

def start_bias(counts, rows, kind):
    p = keras.ops.convert_to_tensor(counts, "float32") / rows
    return keras.ops.log(p) if kind == "softmax" else keras.Variable(-keras.ops.log(1 / p - 1))
""",
            },
        ),
    ],
    "ch05-labels": [
        (
            "scikit-learn and scipy",
            """
from scipy.special import expit
from sklearn.preprocessing import MultiLabelBinarizer

def several(sets, logits):
    targets = MultiLabelBinarizer(classes=range(logits.shape[1])).fit_transform(sets)
    return targets, expit(logits) > 0.5
""",
        ),
        (
            "nested lists",
            """
import math

def several(sets, logits):
    n, k = logits.shape
    targets = [[1 if label in sets[row] else 0 for label in range(k)] for row in range(n)]
    stated = [[int(1 / (1 + math.exp(-z)) > 0.5) for z in row] for row in logits]
    return [targets, stated]
""",
        ),
        (
            "one array for both",
            """
import numpy as np

def several(sets, logits):
    eye = np.eye(logits.shape[1])
    targets = np.stack([eye[s].sum(axis=0) for s in sets])
    return np.array([targets, np.round(1 / (1 + np.exp(-logits)))])
""",
        ),
        (
            "tensors",
            {
                "torch": """
import torch

def several(sets, logits):
    z = torch.from_numpy(logits)
    targets = torch.zeros_like(z, dtype=torch.bool)
    for row, labels in zip(targets, sets):
        row[labels] = True
    return targets, torch.sigmoid(z) > 0.5
""",
                "keras": """
import keras
import tensorflow as tf

def several(sets, logits):
    k = logits.shape[1]
    targets = tf.stack([tf.reduce_sum(tf.one_hot(tf.constant(s, tf.int32), k), 0) for s in sets])
    return targets, keras.ops.sigmoid(logits) > 0.5
""",
            },
        ),
    ],
}

_FULL = (
    "nn.Linear(features, hidden), nn.BatchNorm1d(hidden), nn.ReLU(), nn.Dropout({}), nn.Linear(hidden, classes)",
    "layers.Dense(hidden), layers.BatchNormalization(), layers.ReLU(), layers.Dropout({}), layers.Dense(classes)",
)

WRONG = {
    "ch05-build": [
        (
            "no return",
            "def head(features, hidden, classes, dropout):\n    layers = [features, hidden, classes]\n",
        ),
        ("the rate that stays", _heads(*(part.format("1 - dropout") for part in _FULL))),
        ("the usual half", _heads(*(part.format("0.5") for part in _FULL))),
        (
            "dropout on the features that come in",
            _heads(
                "nn.Dropout(dropout), nn.Linear(features, hidden), nn.BatchNorm1d(hidden), nn.ReLU(), nn.Linear(hidden, classes)",
                "layers.Dropout(dropout), layers.Dense(hidden), layers.BatchNormalization(), layers.ReLU(), layers.Dense(classes)",
            ),
        ),
        *[
            (
                f"{name} after BatchNorm",
                _heads(
                    _FULL[0].format("dropout").replace("nn.ReLU()", in_torch),
                    _FULL[1].format("dropout").replace("layers.ReLU()", in_keras),
                ),
            )
            for name, in_torch, in_keras in (
                ("tanh", "nn.Tanh()", "layers.Activation('tanh')"),
                ("a leaky ReLU", "nn.LeakyReLU(0.1)", "layers.LeakyReLU(0.1)"),
                ("GELU", "nn.GELU()", "layers.Activation('gelu')"),
                ("softplus", "nn.Softplus()", "layers.Activation('softplus')"),
            )
        ],
        (
            "a sigmoid before BatchNorm",
            _heads(
                "nn.Linear(features, hidden), nn.Sigmoid(), nn.BatchNorm1d(hidden), nn.Dropout(dropout), nn.Linear(hidden, classes)",
                "layers.Dense(hidden, activation='sigmoid'), layers.BatchNormalization(), layers.Dropout(dropout), layers.Dense(classes)",
            ),
        ),
        (
            "two ReLUs, one on either side of BatchNorm",
            _heads(
                "nn.Linear(features, hidden), nn.ReLU(), nn.BatchNorm1d(hidden), nn.ReLU(), nn.Dropout(dropout), nn.Linear(hidden, classes)",
                "layers.Dense(hidden, activation='relu'), layers.BatchNormalization(), layers.ReLU(), layers.Dropout(dropout), layers.Dense(classes)",
            ),
        ),
        (
            "one mask for all rows",
            {
                "torch": """
from torch import nn

class Drop(nn.Module):
    def __init__(self, rate):
        super().__init__()
        self.drop = nn.Dropout(rate)

    def forward(self, x):
        return x * self.drop(x.new_ones(1, x.shape[1]))

def head(features, hidden, classes, dropout):
    return nn.Sequential(nn.Linear(features, hidden), nn.BatchNorm1d(hidden), nn.ReLU(), Drop(dropout), nn.Linear(hidden, classes))
""",
                "keras": _heads("", _FULL[1].format("dropout, noise_shape=(1, hidden)"))["keras"],
            },
        ),
        (
            "one mask for two rows each",
            {
                "torch": """
from torch import nn

class Drop(nn.Module):
    def __init__(self, rate):
        super().__init__()
        self.drop = nn.Dropout(rate)

    def forward(self, x):
        mask = self.drop(x.new_ones((len(x) + 1) // 2, x.shape[1]))
        return x * mask.repeat_interleave(2, 0)[:len(x)]

def head(features, hidden, classes, dropout):
    return nn.Sequential(nn.Linear(features, hidden), nn.BatchNorm1d(hidden), nn.ReLU(), Drop(dropout), nn.Linear(hidden, classes))
""",
            },
        ),
        (
            "whole rows struck out",
            {"torch": _heads(_FULL[0].format("dropout").replace("Dropout", "Dropout1d"), "")["torch"]},
        ),
        (
            "dropout that never sleeps, and is not scaled",
            {
                "torch": """
import torch
from torch import nn

class Drop(nn.Module):
    def __init__(self, rate):
        super().__init__()
        self.rate = rate

    def forward(self, x):
        return x * (torch.rand_like(x) >= self.rate)

def head(features, hidden, classes, dropout):
    return nn.Sequential(nn.Linear(features, hidden), nn.BatchNorm1d(hidden), nn.ReLU(), Drop(dropout), nn.Linear(hidden, classes))
""",
            },
        ),
        (
            "dropout that does not scale",
            {
                "torch": """
import torch
from torch import nn

class Drop(nn.Module):
    def __init__(self, rate):
        super().__init__()
        self.rate = rate

    def forward(self, x):
        return x * (torch.rand_like(x) >= self.rate) if self.training else x

def head(features, hidden, classes, dropout):
    return nn.Sequential(nn.Linear(features, hidden), nn.BatchNorm1d(hidden), nn.ReLU(), Drop(dropout), nn.Linear(hidden, classes))
""",
            },
        ),
        (
            "a BatchNorm that only looks like one",
            {
                "torch": """
import torch
from torch import nn

class Norm(nn.Module):
    def __init__(self, n):
        super().__init__()
        self.weight, self.bias = nn.Parameter(torch.ones(n)), nn.Parameter(torch.zeros(n))

    def forward(self, x):
        return x * self.weight + self.bias

def head(features, hidden, classes, dropout):
    return nn.Sequential(nn.Linear(features, hidden), Norm(hidden), nn.ReLU(), nn.Dropout(dropout), nn.Linear(hidden, classes))
""",
            },
        ),
        (
            "a BatchNorm of one mean for all units",
            {
                "torch": """
import torch
from torch import nn

class Norm(nn.Module):
    def __init__(self, n):
        super().__init__()
        self.weight, self.bias = nn.Parameter(torch.ones(n)), nn.Parameter(torch.zeros(n))

    def forward(self, x):
        return (x - x.mean()) / x.std() * self.weight + self.bias

def head(features, hidden, classes, dropout):
    return nn.Sequential(nn.Linear(features, hidden), Norm(hidden), nn.ReLU(), nn.Dropout(dropout), nn.Linear(hidden, classes))
""",
            },
        ),
        (
            "layer normalisation",
            _heads(
                _FULL[0].format("dropout").replace("BatchNorm1d", "LayerNorm"),
                _FULL[1].format("dropout").replace("BatchNormalization", "LayerNormalization"),
            ),
        ),
        (
            "BatchNorm on the features that come in",
            _heads(
                "nn.BatchNorm1d(features), nn.Linear(features, hidden), nn.ReLU(), nn.Dropout(dropout), nn.Linear(hidden, classes)",
                "layers.BatchNormalization(), layers.Dense(hidden), layers.ReLU(), layers.Dropout(dropout), layers.Dense(classes)",
            ),
        ),
        (
            "a layer too many",
            _heads(
                _FULL[0].format("dropout").replace("nn.ReLU()", "nn.ReLU(), nn.Linear(hidden, hidden)"),
                _FULL[1].format("dropout").replace("layers.ReLU()", "layers.ReLU(), layers.Dense(hidden)"),
            ),
        ),
        (
            "a list of layers",
            {
                "torch": "from torch import nn\n\ndef head(features, hidden, classes, dropout):\n    return [nn.Linear(features, classes)]\n",
                "keras": "from keras import layers\n\ndef head(features, hidden, classes, dropout):\n    return [layers.Dense(classes)]\n",
            },
        ),
        (
            "one class too many",
            _heads(*(part.format("dropout").replace("classes)", "classes + 1)") for part in _FULL)),
        ),
    ],
    "ch05-dropout": [
        (
            "no return in training",
            "def dropout(x, rate, training, rng):\n    if not training:\n        return x\n",
        ),
        (
            "not a number where it is struck out, and all else too",
            """
import numpy as np

def dropout(x, rate, training, rng):
    if not training:
        return x
    return np.where(rng.random(x.shape) >= rate, np.nan, 0.0)
""",
        ),
        (
            "changes the features that it was given",
            """
def dropout(x, rate, training, rng):
    if training:
        x *= rng.random(x.shape) >= rate
        x /= 1 - rate
    return x
""",
        ),
        (
            "another generator",
            """
import numpy as np

def dropout(x, rate, training, rng):
    if not training:
        return x
    return x * (np.random.default_rng(0).random(x.shape) >= rate) / (1 - rate)
""",
        ),
        (
            "scaled by the rate",
            """
def dropout(x, rate, training, rng):
    if not training:
        return x
    return x * (rng.random(x.shape) >= rate) / rate
""",
        ),
        (
            "everything struck out",
            "def dropout(x, rate, training, rng):\n    return x * 0 if training else x\n",
        ),
        (
            "right numbers scaled, others not",
            """
def dropout(x, rate, training, rng):
    if not training:
        return x
    out = x * (rng.random(x.shape) >= rate) / (1 - rate)
    out[:40] = out[:40] * (1 - rate)
    return out
""",
        ),
    ],
    "ch05-choose": [
        ("no return", "def choose(task):\n    print(task['about'])\n"),
        (
            "other words",
            """
def choose(task):
    kinds = {"exactly one": ("softmax", "categorical_crossentropy"), "any number": ("sigmoid", "bce")}
    return task["of"], *kinds.get(task["answer"], ("linear", "mse"))
""",
        ),
        (
            "two outputs where one is enough",
            """
def choose(task):
    kinds = {"exactly one": ("softmax", "cross-entropy"), "any number": ("sigmoid", "binary cross-entropy")}
    return task["of"] + 1, *kinds.get(task["answer"], ("none", "squared error"))
""",
        ),
        (
            "by what it is about",
            """
def choose(task):
    if "which of these" in task["about"]:
        return task["of"], "sigmoid", "binary cross-entropy"
    if "number" in task["answer"]:
        return task["of"], "none", "squared error"
    return task["of"], "softmax", "cross-entropy"
""",
        ),
        (
            "a dictionary",
            "def choose(task):\n    return {'outputs': task['of'], 'activation': 'softmax', 'loss': 'cross-entropy'}\n",
        ),
    ],
    "ch05-pair": [
        ("no return", "def loss_for(answer):\n    loss = answer\n"),
        (
            "the class, not a loss",
            {
                "torch": """
from torch import nn

def loss_for(answer):
    return {"exactly one": nn.CrossEntropyLoss, "any number": nn.BCEWithLogitsLoss, "a number": nn.MSELoss}[answer]
""",
                "keras": """
import keras

def loss_for(answer):
    losses = keras.losses
    return {"exactly one": losses.SparseCategoricalCrossentropy, "any number": losses.BinaryCrossentropy}.get(
        answer, losses.MeanSquaredError
    )
""",
            },
        ),
        (
            "summed",
            {
                "torch": """
from torch import nn

def loss_for(answer):
    kinds = {"exactly one": nn.CrossEntropyLoss, "any number": nn.BCEWithLogitsLoss, "a number": nn.MSELoss}
    return kinds[answer](reduction="sum")
""",
                "keras": """
import keras

def loss_for(answer):
    if answer == "a number":
        return keras.losses.MeanSquaredError(reduction="sum")
    if answer == "any number":
        return keras.losses.BinaryCrossentropy(from_logits=True, reduction="sum")
    return keras.losses.SparseCategoricalCrossentropy(from_logits=True, reduction="sum")
""",
            },
        ),
        (
            "sigmoid before a loss that has one",
            {
                "torch": """
from torch import nn

def loss_for(answer):
    if answer == "any number":
        return lambda z, t: nn.BCEWithLogitsLoss()(z.sigmoid(), t)
    return nn.CrossEntropyLoss() if answer == "exactly one" else nn.MSELoss()
""",
            },
        ),
        ("a name that does not exist", "def loss_for(answer):\n    return 'crossentropy'\n"),
        (
            "arguments turned round",
            {
                "torch": """
from torch import nn

def loss_for(answer):
    kinds = {"exactly one": nn.CrossEntropyLoss(), "any number": nn.BCEWithLogitsLoss(), "a number": nn.MSELoss()}
    return lambda targets, outputs: kinds[answer](outputs, targets)
""",
                "keras": """
import keras

def loss_for(answer):
    one = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    many = keras.losses.BinaryCrossentropy(from_logits=True)
    kinds = {"exactly one": one, "any number": many, "a number": keras.losses.MeanSquaredError()}
    return lambda outputs, targets: kinds[answer](targets, outputs)
""",
            },
        ),
    ],
    "ch05-bias": [
        ("no return", "def start_bias(counts, rows, kind):\n    p = [c / rows for c in counts]\n"),
        (
            "one number",
            "import math\n\ndef start_bias(counts, rows, kind):\n    return math.log(counts[0] / rows)\n",
        ),
        ("not a number", "def start_bias(counts, rows, kind):\n    return [float('nan')] * len(counts)\n"),
        (
            "minus infinity",
            "import numpy as np\n\ndef start_bias(counts, rows, kind):\n    return np.full(len(counts), -np.inf)\n",
        ),
        (
            "the logarithm to base 10",
            """
import numpy as np

def start_bias(counts, rows, kind):
    p = np.array(counts) / rows
    return np.log10(p) if kind == "softmax" else np.log10(p / (1 - p))
""",
        ),
    ],
    "ch05-labels": [
        ("no return", "def several(sets, logits):\n    targets = logits * 0\n"),
        (
            "probabilities",
            """
import numpy as np

def several(sets, logits):
    targets = np.zeros(logits.shape)
    for row, s in enumerate(sets):
        targets[row, s] = 1
    return targets, 1 / (1 + np.exp(-logits))
""",
        ),
        (
            "the pair turned round",
            """
import numpy as np

def several(sets, logits):
    targets = np.zeros(logits.shape)
    for row, s in enumerate(sets):
        targets[row, s] = 1
    return logits > 0, targets
""",
        ),
        (
            "columns counted from 1",
            """
import numpy as np

def several(sets, logits):
    targets = np.zeros(logits.shape)
    for row, s in enumerate(sets):
        for label in s:
            targets[row, label - 1] = 1
    return targets, logits > 0
""",
        ),
        (
            "a number for each picture",
            "def several(sets, logits):\n    return [len(s) for s in sets], logits > 0\n",
        ),
        (
            "not a number",
            "import numpy as np\n\ndef several(sets, logits):\n    bad = np.full(logits.shape, np.nan)\n    return bad, bad\n",
        ),
    ],
}

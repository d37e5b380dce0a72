"""Chapter 3: other right answers, and wrong ones that are no listed misconception."""

RIGHT = {
    "ch03-cut": [
        (
            "all parts but the last, in a row",
            {
                "torch": """
from torch import nn

def cut(model):
    return nn.Sequential(*list(model.children())[:-1])
""",
                "keras": """
import keras

def cut(model):
    return keras.Sequential(model.layers[:-1])
""",
            },
        ),
        (
            "a slice, or the input of the head",
            {
                "torch": "def cut(model):\n    return model[:-1]\n",
                "keras": """
import keras

def cut(model: keras.Model) -> keras.Model:
    head = model.get_layer("classifier")
    return keras.models.Model(inputs=model.inputs, outputs=head.input)
""",
            },
        ),
        (
            "a class of its own",
            {
                "torch": """
import torch

class Features(torch.nn.Module):
    def __init__(self, model):
        super().__init__()
        self.model = model

    def forward(self, x):
        for name, part in self.model.named_children():
            if name != "classifier":
                x = part(x)
        return x

def cut(model):
    return Features(model)
""",
                "keras": """
import keras

class Features(keras.Model):
    def __init__(self, model):
        super().__init__()
        self.parts = [model.get_layer(name) for name in ("stem", "block1", "pool")]

    def call(self, x):
        for part in self.parts:
            x = part(x)
        return x

def cut(model):
    return Features(model)
""",
            },
        ),
        (
            "in place, nothing returned, or called again",
            {
                "torch": """
def cut(model):
    del model.classifier
""",
                "keras": """
import keras

def cut(model):
    x = inputs = keras.Input(model.input_shape[1:])
    for layer in model.layers[1:-1]:
        x = layer(x)
    return keras.Model(inputs, x)
""",
            },
        ),
    ],
    "ch03-shapes": [
        (
            "math.ceil and accumulate",
            """
import math
from itertools import accumulate

def sides(side, strides):
    return list(accumulate(strides, lambda now, stride: math.ceil(now / stride), initial=side))[1:]
""",
        ),
        (
            "a generator",
            """
def sides(side, strides):
    for stride in strides:
        side = (side + stride - 1) // stride
        yield side
""",
        ),
        (
            "NumPy, floats",
            """
import numpy as np

def sides(side, strides):
    out = np.zeros(len(strides))
    for i, s in enumerate(strides):
        side = np.ceil(side / s)
        out[i] = side
    return out
""",
        ),
        (
            "real convolutions",
            {
                "torch": """
import torch
from torch import nn

def sides(side, strides):
    x, out = torch.zeros(1, 1, side, side), []
    for s in strides:
        x = nn.Conv2d(1, 1, 3, stride=s, padding=1)(x)
        out.append(x.shape[-1])
    return tuple(out)
""",
                "keras": """
import keras

def sides(side, strides):
    x, out = keras.ops.zeros((1, side, side, 1)), []
    for s in strides:
        x = keras.layers.Conv2D(1, 3, strides=s, padding="same")(x)
        out.append(x.shape[1])
    return tuple(out)
""",
            },
        ),
    ],
    "ch03-layout": [
        (
            "moveaxis",
            """
import numpy as np

def layout(x, channels):
    at = 1 if x.shape[1] == 3 else 3
    return np.moveaxis(x, at, 1 if channels == "first" else -1)
""",
        ),
        (
            "swapaxes twice",
            """
def layout(x, channels):
    first = x.shape[1] == 3
    if channels == "first" and not first:
        return x.swapaxes(2, 3).swapaxes(1, 2)
    if channels == "last" and first:
        return x.swapaxes(1, 2).swapaxes(2, 3)
    return x.copy()
""",
        ),
        (
            "einsum, or single precision",
            """
import numpy as np

def layout(x, channels):
    is_last = x.shape[-1] == 3
    if is_last == (channels == "last"):
        return x.astype("float32")
    return np.einsum("nhwc->nchw" if is_last else "nchw->nhwc", x).astype(np.float32)
""",
        ),
        (
            "tensors",
            {
                "torch": """
import torch

def layout(x, channels):
    x = torch.tensor(x, dtype=torch.float32, requires_grad=True)
    if x.shape[-1] == 3:
        x = x.permute(0, 3, 1, 2)
    return x if channels == "first" else x.permute(0, 2, 3, 1)
""",
                "keras": """
import keras
import tensorflow as tf

def layout(x, channels):
    if x.shape[-1] == 3:
        return keras.ops.transpose(x, (0, 3, 1, 2)) if channels == "first" else keras.ops.convert_to_tensor(x)
    return tf.transpose(tf.cast(x, tf.float32), perm=[0, 2, 3, 1]) if channels == "last" else tf.constant(x)
""",
            },
        ),
    ],
    "ch03-feed": [
        (
            "channel by channel",
            """
import numpy as np

def feed(images, card):
    out = np.empty(images.shape, dtype=np.float32)
    order = {"RGB": (0, 1, 2), "BGR": (2, 1, 0)}[card["channels"]]
    for to, of in enumerate(order):
        out[..., to] = (images[..., of] / card["divide_by"] - card["mean"][to]) / card["deviation"][to]
    return out
""",
        ),
        (
            "one picture at a time, a list",
            """
import numpy as np

def one(picture, divide_by, mean, deviation, channels):
    p = np.flip(picture, axis=2) if channels == "BGR" else picture
    return (p.astype(float) / divide_by - mean) / deviation

def feed(images, card):
    return [one(p, **{**card, "mean": np.array(card["mean"])}) for p in images]
""",
        ),
        (
            "the framework",
            {
                "torch": """
import torch

def feed(images, card):
    x = torch.from_numpy(images).float()
    if card["channels"] == "BGR":
        x = x.flip(-1)
    return (x / card["divide_by"] - torch.tensor(card["mean"])) / torch.tensor(card["deviation"])
""",
                "keras": """
import keras
import tensorflow as tf

def feed(images, card):
    x = tf.cast(images, tf.float32)
    x = tf.reverse(x, axis=[-1]) if card["channels"] == "BGR" else x
    x = keras.ops.divide(x, card["divide_by"])
    return keras.layers.Normalization(mean=card["mean"], variance=[d * d for d in card["deviation"]])(x)
""",
            },
        ),
        (
            "torchvision, or one affine map",
            {
                "torch": """
import torch
from torchvision.transforms.v2 import functional as F

def feed(images, card):
    x = torch.from_numpy(images).permute(0, 3, 1, 2).to(torch.float32) / card["divide_by"]
    if card["channels"] == "BGR":
        x = x[:, [2, 1, 0]]
    return F.normalize(x, mean=card["mean"], std=card["deviation"]).permute(0, 2, 3, 1)
""",
                "keras": """
import numpy as np
import keras

def feed(images, card):
    if card["channels"] == "BGR":
        images = images[:, :, :, [2, 1, 0]]
    d = np.array(card["deviation"])
    rescale = keras.layers.Rescaling(scale=1 / (card["divide_by"] * d), offset=-np.array(card["mean"]) / d)
    return rescale(images.astype("float32"))
""",
            },
        ),
    ],
    "ch03-letterbox": [
        (
            "keywords, floor",
            """
import numpy as np

def letterbox(image, size, fill, resize):
    h, w = image.shape[0], image.shape[1]
    ratio = min(size / h, size / w)
    nh, nw = max(int(h * ratio), 1), max(int(w * ratio), 1)
    small = resize(image, height=nh, width=nw)
    out = np.ones((size, size, 3)) * fill
    y, x = int((size - nh) / 2), int((size - nw) / 2)
    out[y:y + nh, x:x + nw, :] = small
    return out
""",
        ),
        (
            "np.pad",
            """
import numpy as np

def letterbox(image, size, fill, resize):
    height, width = image.shape[:2]
    if height >= width:
        high, wide = size, max(1, round(width * size / height))
    else:
        high, wide = max(1, round(height * size / width)), size
    small = resize(image=image, height=high, width=wide)
    top, left = size - high, size - wide
    pads = ((top // 2, top - top // 2), (left // 2, left - left // 2), (0, 0))
    return np.pad(small, pads, constant_values=fill)
""",
        ),
        (
            "first the bars, then the size",
            """
import numpy as np

def letterbox(image, size, fill, resize):
    side = max(image.shape[:2])
    square = np.full((side, side, 3), fill, image.dtype)
    top, left = [(side - n) // 2 for n in image.shape[:2]]
    square[top:top + image.shape[0], left:left + image.shape[1]] = image
    return resize(square, size, size)
""",
        ),
        (
            "the framework",
            {
                "torch": """
import torch
import torch.nn.functional as F

def letterbox(image, size, fill, resize):
    h, w = image.shape[:2]
    scale = size / max(h, w)
    h, w = max(1, round(h * scale)), max(1, round(w * scale))
    x = torch.from_numpy(resize(image, h, w)).permute(2, 0, 1)
    left, top = (size - w) // 2, (size - h) // 2
    return F.pad(x, (left, size - w - left, top, size - h - top), value=fill).permute(1, 2, 0)
""",
                "keras": """
import tensorflow as tf

def letterbox(image, size, fill, resize):
    h, w = image.shape[:2]
    scale = size / max(h, w)
    h, w = max(1, round(h * scale)), max(1, round(w * scale))
    small = tf.cast(tf.constant(resize(image, h, w)), tf.int32) - fill
    return tf.image.pad_to_bounding_box(small, (size - h) // 2, (size - w) // 2, size, size) + fill
""",
            },
        ),
    ],
    "ch03-grey": [
        (
            "einsum",
            {
                "torch": "import numpy as np\n\ndef grey(weights):\n    return np.einsum('oihw->ohw', weights)[:, None]\n",
                "keras": "import numpy as np\n\ndef grey(weights):\n    return np.einsum('hwio->hwo', weights)[:, :, None]\n",
            },
        ),
        (
            "a loop in place",
            {
                "torch": """
def grey(weights):
    one = weights[:, :1]
    for c in (1, 2):
        one += weights[:, c:c + 1]
    return one
""",
                "keras": """
import numpy as np

def grey(weights):
    h, w, _, out = weights.shape
    one = np.zeros((h, w, 1, out), "float32")
    for o in range(out):
        for c in range(3):
            one[:, :, 0, o] += weights[:, :, c, o]
    return one
""",
            },
        ),
        (
            "tensors",
            {
                "torch": """
import torch

def grey(weights):
    w = torch.nn.Parameter(torch.as_tensor(weights))
    return w.sum(dim=1, keepdim=True)
""",
                "keras": """
import keras

def grey(weights):
    return keras.ops.sum(weights, axis=2, keepdims=True)
""",
            },
        ),
        (
            "three times the mean, as a nested list or a variable",
            {
                "torch": "def grey(weights):\n    return (3 * weights.mean(axis=1, keepdims=True)).tolist()\n",
                "keras": """
import keras

def grey(weights):
    return keras.Variable(3 * weights.mean(axis=-2, keepdims=True))
""",
            },
        ),
    ],
}

WRONG = {
    "ch03-cut": [
        (
            "not flattened",
            {
                "torch": """
from torch import nn

def cut(model):
    return nn.Sequential(model.stem, model.block1, model.pool)
""",
                "keras": """
import keras

def cut(model):
    x = model.get_layer("block1").output
    return keras.Model(model.input, keras.layers.GlobalAveragePooling2D(keepdims=True)(x))
""",
            },
        ),
        ("text", "def cut(model):\n    return 'no head'\n"),
        (
            "the features, not a model",
            {
                "torch": """
import torch

def cut(model):
    return model.flat(model.pool(model.block1(model.stem(torch.zeros(1, 3, 8, 8)))))
""",
                "keras": "def cut(model):\n    return model.layers[-2].output\n",
            },
        ),
        (
            "a dictionary of features",
            {
                "torch": """
from torchvision.models.feature_extraction import create_feature_extractor

def cut(model):
    return create_feature_extractor(model.eval(), ["flat"])
""",
                "keras": """
import keras

def cut(model):
    return keras.Model(model.input, {"features": model.layers[-2].output})
""",
            },
        ),
        (
            "the largest value of each map",
            {
                "torch": """
from torch import nn

def cut(model):
    return nn.Sequential(model.stem, model.block1, nn.AdaptiveMaxPool2d(1), nn.Flatten())
""",
                "keras": """
import keras

def cut(model):
    return keras.Model(model.input, keras.layers.GlobalMaxPooling2D()(model.get_layer("block1").output))
""",
            },
        ),
    ],
    "ch03-shapes": [
        (
            "no return",
            "def sides(side, strides):\n    out = []\n    for s in strides:\n        side = -(-side // s)\n        out.append(side)\n",
        ),
        ("not a number", "def sides(side, strides):\n    return [float('nan')] * len(strides)\n"),
        ("infinity", "def sides(side, strides):\n    return [float('inf') for _ in strides]\n"),
        ("an endless generator", "def sides(side, strides):\n    while True:\n        yield side\n"),
        (
            "the last one only",
            "def sides(side, strides):\n    for s in strides:\n        side = -(-side // s)\n    return side\n",
        ),
        (
            "areas",
            "def sides(side, strides):\n    out = []\n    for s in strides:\n        side = -(-side // s)\n        out.append(side * side)\n    return out\n",
        ),
    ],
    "ch03-layout": [
        ("no return", "def layout(x, channels):\n    x.transpose(0, 3, 1, 2)\n"),
        ("text", "def layout(x, channels):\n    return channels\n"),
        (
            "pictures turned as well",
            """
def layout(x, channels):
    now = "last" if x.shape[-1] == 3 else "first"
    if now == channels:
        return x
    return x.transpose(0, 3, 2, 1) if channels == "first" else x.transpose(0, 3, 2, 1)
""",
        ),
        (
            "the shape overwritten",
            """
def layout(x, channels):
    n, a, b, c = x.shape
    if channels == "first" and c == 3:
        x.shape = (n, c, a, b)
    return x
""",
        ),
        (
            "a huge array",
            "import numpy as np\n\ndef layout(x, channels):\n    return np.zeros((200, 1000, 1000))\n",
        ),
    ],
    "ch03-feed": [
        ("no return", "def feed(images, card):\n    x = images / card['divide_by']\n"),
        (
            "changes the pictures that it was given",
            """
import numpy as np

def feed(images, card):
    if card["channels"] == "BGR":
        images[..., [0, 2]] = images[..., [2, 0]]
    return (images / card["divide_by"] - np.array(card["mean"])) / np.array(card["deviation"])
""",
        ),
        (
            "height and width instead of channels",
            """
import numpy as np

def feed(images, card):
    x = images[:, ::-1] if card["channels"] == "BGR" else images
    return (x / card["divide_by"] - np.array(card["mean"])) / np.array(card["deviation"])
""",
        ),
        (
            "the deviation first",
            """
import numpy as np

def feed(images, card):
    x = images[..., ::-1] if card["channels"] == "BGR" else images
    return x / card["divide_by"] / np.array(card["deviation"]) - np.array(card["mean"])
""",
        ),
        (
            "not a number",
            "import numpy as np\n\ndef feed(images, card):\n    return np.full(images.shape, np.nan)\n",
        ),
    ],
    "ch03-letterbox": [
        ("no return", "def letterbox(image, size, fill, resize):\n    resize(image, size, size)\n"),
        (
            "one row too low",
            """
import numpy as np

def letterbox(image, size, fill, resize):
    h, w = image.shape[:2]
    s = size / max(h, w)
    h, w = max(1, round(h * s)), max(1, round(w * s))
    out = np.full((size, size, 3), fill)
    top, left = (size - h) // 2, size - w
    out[top:top + h, left:left + w] = resize(image, h, w)
    return out
""",
        ),
        (
            "black bars",
            """
import numpy as np

def letterbox(image, size, fill, resize):
    h, w = image.shape[:2]
    s = size / max(h, w)
    h, w = max(1, round(h * s)), max(1, round(w * s))
    out = np.zeros((size, size, 3), np.uint8)
    top, left = (size - h) // 2, (size - w) // 2
    out[top:top + h, left:left + w] = resize(image, h, w)
    return out
""",
        ),
        (
            "not a square",
            """
def letterbox(image, size, fill, resize):
    h, w = image.shape[:2]
    s = size / max(h, w)
    return resize(image, max(1, round(h * s)), max(1, round(w * s)))
""",
        ),
        (
            "on its side",
            """
import numpy as np

def letterbox(image, size, fill, resize):
    w, h = image.shape[:2]
    s = size / max(h, w)
    h, w = max(1, round(h * s)), max(1, round(w * s))
    out = np.full((size, size, 3), fill)
    top, left = (size - h) // 2, (size - w) // 2
    out[top:top + h, left:left + w] = resize(image, h, w)
    return out
""",
        ),
    ],
    "ch03-grey": [
        ("no return", "def grey(weights):\n    weights.sum(1)\n"),
        (
            "the axis lost",
            {
                "torch": "def grey(weights):\n    return weights.sum(1)\n",
                "keras": "def grey(weights):\n    return weights.sum(2)\n",
            },
        ),
        (
            "brightness weights",
            {
                "torch": "def grey(weights):\n    return 0.3 * weights[:, :1] + 0.59 * weights[:, 1:2] + 0.11 * weights[:, 2:]\n",
                "keras": "def grey(weights):\n    return 0.3 * weights[:, :, :1] + 0.59 * weights[:, :, 1:2] + 0.11 * weights[:, :, 2:]\n",
            },
        ),
        (
            "the largest of the three",
            {
                "torch": "def grey(weights):\n    return weights.max(1, keepdims=True)\n",
                "keras": "def grey(weights):\n    return weights.max(2, keepdims=True)\n",
            },
        ),
        (
            "a layer",
            {
                "torch": "from torch import nn\n\ndef grey(weights):\n    return nn.Conv2d(1, weights.shape[0], 3)\n",
                "keras": "import keras\n\ndef grey(weights):\n    return keras.layers.Conv2D(weights.shape[-1], 3)\n",
            },
        ),
    ],
}

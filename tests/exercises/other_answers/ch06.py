"""Chapter 6: other right answers, and wrong ones that are no listed misconception."""

_TORCH_STEP = """
import torch
from torch import nn

def step(model, images, labels, body_lr, head_lr):
    loss = nn.functional.cross_entropy(model(images), labels)
    loss.backward()
    BODY
"""
_KERAS_STEP = """
import keras
import tensorflow as tf

def step(model, images, labels, body_lr, head_lr):
    head = model.get_layer("classifier").trainable_variables
    body = [v for layer in model.layers if layer.name != "classifier" for v in layer.trainable_variables]
    with tf.GradientTape() as tape:
        loss = keras.losses.sparse_categorical_crossentropy(labels, model(images, training=False), from_logits=True)
        loss = tf.reduce_mean(loss)
    g_body, g_head = tape.gradient(loss, [[v.value for v in body], [v.value for v in head]])
    BODY
"""


def _step(torch: str, keras: str) -> dict[str, str]:
    return {"torch": _TORCH_STEP.replace("BODY", torch), "keras": _KERAS_STEP.replace("BODY", keras)}


_SHIFT = """
import numpy as np

def shift(images, most, rng):
    h, w = images.shape[1:3]
    padded = np.pad(images, ((0, 0), (most, most), (most, most), (0, 0)))
    out = []
    for picture in padded:
        y, x = DRAW
        out.append(picture[y:y + h, x:x + w])
    return BACK
"""


def _shift(draw: str = "rng.integers(0, 2 * most + 1, 2)", back: str = "np.stack(out)") -> str:
    return _SHIFT.replace("DRAW", draw).replace("BACK", back)


RIGHT = {
    "ch06-range": [
        (
            "finite losses only",
            """
import numpy as np

def first_rate(rates, losses):
    ok = np.isfinite(losses)
    return float(rates[ok][losses[ok].argmin()]) * 0.1
""",
        ),
        (
            "plain Python, in a list",
            """
import math

def first_rate(rates, losses):
    return [min((l, r) for r, l in zip(rates, losses) if not math.isnan(l))[1] / 10]
""",
        ),
        (
            "tensors",
            {
                "torch": """
import torch

def first_rate(rates, losses):
    return torch.tensor(rates)[torch.tensor(losses).nan_to_num(torch.inf).argmin()] / 10
""",
                "keras": """
import tensorflow as tf

def first_rate(rates, losses):
    l = tf.where(tf.math.is_nan(losses), float("inf"), losses)
    return tf.gather(rates, tf.argmin(l)) / 10
""",
            },
        ),
    ],
    "ch06-two-rates": [
        (
            "two optimizers, or one with a factor for each gradient",
            _step(
                "head = list(model.classifier.parameters())\n"
                "    known = {id(p) for p in head}\n"
                "    torch.optim.SGD([p for p in model.parameters() if id(p) not in known], lr=body_lr).step()\n"
                "    torch.optim.SGD(head, lr=head_lr).step()",
                "g = [x * body_lr for x in g_body] + [x * head_lr for x in g_head]\n"
                "    keras.optimizers.SGD(1.0).apply(g, body + head)",
            ),
        ),
        (
            "by hand",
            _step(
                "with torch.no_grad():\n"
                "        for name, p in model.named_parameters():\n"
                "            p -= (head_lr if 'classifier' in name else body_lr) * p.grad\n"
                "    return loss.item()",
                "for rate, vs, gs in ((body_lr, body, g_body), (head_lr, head, g_head)):\n"
                "        for v, g in zip(vs, gs):\n"
                "            v.assign_sub(rate * g)\n"
                "    return loss",
            ),
        ),
        (
            "torch.autograd, or apply_gradients",
            {
                "torch": """
import torch

def step(model, images, labels, body_lr, head_lr):
    names, ps = zip(*model.named_parameters())
    gs = torch.autograd.grad(torch.nn.CrossEntropyLoss()(model(images), labels), ps)
    for name, p, g in zip(names, ps, gs):
        p.data.add_(g, alpha=-(head_lr if name.startswith("classifier") else body_lr))
    return model
""",
                "keras": _KERAS_STEP.replace(
                    "BODY",
                    "keras.optimizers.SGD(body_lr).apply_gradients(zip(g_body, body))\n"
                    "    keras.optimizers.SGD(head_lr).apply_gradients(zip(g_head, head))",
                ),
            },
        ),
    ],
    "ch06-schedule": [
        (
            "NumPy",
            """
import numpy as np

def factor(step, steps, warmup):
    p = np.clip((step - warmup) / (steps - warmup), 0, 1)
    return np.minimum((step + 1) / warmup, (1 + np.cos(np.pi * p)) / 2)
""",
        ),
        (
            "half angle, in an array",
            """
import numpy as np

def factor(step, steps, warmup):
    if step < warmup:
        return np.linspace(1 / warmup, 1, warmup)[step:step + 1]
    return np.cos(np.pi / 2 * (step - warmup) / (steps - warmup)) ** 2
""",
        ),
        (
            "tensors",
            {
                "torch": """
import torch

def factor(step, steps, warmup):
    p = torch.tensor((step - warmup) / (steps - warmup))
    return torch.where(p < 0, torch.tensor((step + 1) / warmup), 0.5 * (1 + torch.cos(torch.pi * p)))
""",
                "keras": """
import math
import tensorflow as tf

def factor(step, steps, warmup):
    p = tf.constant((step - warmup) / (steps - warmup))
    return tf.where(p < 0, (step + 1) / warmup, 0.5 * (1 + tf.cos(math.pi * p)))
""",
            },
        ),
    ],
    "ch06-early-stop": [
        (
            "NumPy integers in a list",
            """
import numpy as np

def early_stop(val_losses, patience):
    losses = np.array(val_losses)
    for last in range(len(losses)):
        best = np.argmin(losses[:last + 1])
        if last - best >= patience:
            break
    return [best, np.int64(last)]
""",
        ),
        (
            "a counter, in an array",
            """
import numpy as np

def early_stop(val_losses, patience):
    lowest, best, waited = float("inf"), None, 0
    for epoch in range(len(val_losses)):
        if val_losses[epoch] < lowest:
            lowest, best, waited = val_losses[epoch], epoch, 0
        else:
            waited += 1
        if waited == patience:
            break
    return np.array((best, epoch))
""",
        ),
        (
            "writes into its list",
            """
def early_stop(val_losses, patience):
    seen = []
    while val_losses:
        seen.append(val_losses.pop(0))
        best = seen.index(min(seen))
        if len(seen) - 1 - best == patience:
            break
    return best, len(seen) - 1
""",
        ),
    ],
    "ch06-curves": [
        (
            "lists",
            """
def diagnose(train, val, chance):
    train, val = list(train), list(val)
    if train[-1] - chance > 0.2:
        return "broken"
    elif train[-1] > chance * 0.8:
        return "underfitting"
    elif val[-1] - min(val) > 0.1:
        return "overfitting"
    return "good"
""",
        ),
        (
            "np.select",
            """
import numpy as np

def diagnose(train, val, chance):
    end = train[-1]
    return np.select([end > chance + 0.2, end > 0.8 * chance, val[-1] > val.min() + 0.1],
                     ["broken", "underfitting", "overfitting"], "good")
""",
        ),
    ],
    "ch06-shift": [
        ("pad and cut, a list of pictures", _shift(back="out")),
        (
            "scipy",
            """
import numpy as np
from scipy import ndimage

def shift(images, most, rng):
    moves = rng.integers(-most, most, size=(len(images), 2), endpoint=True)
    return np.array([ndimage.shift(i, (*m, 0), order=0, cval=0) for i, m in zip(images, moves)])
""",
        ),
        (
            "np.roll, and the rim wiped",
            """
import numpy as np

def shift(images, most, rng):
    out = images.copy()
    for i in range(len(out)):
        dy, dx = int(rng.integers(-most, most + 1)), int(rng.integers(-most, most + 1))
        one = np.roll(out[i], (dy, dx), (0, 1))
        if dy > 0: one[:dy] = 0
        if dy < 0: one[dy:] = 0
        if dx > 0: one[:, :dx] = 0
        if dx < 0: one[:, dx:] = 0
        out[i] = one
    return out
""",
        ),
        (
            "tensors",
            {
                "torch": """
import torch

def shift(images, most, rng):
    n, h, w, _ = images.shape
    x = torch.nn.functional.pad(torch.from_numpy(images), (0, 0, most, most, most, most))
    at = rng.integers(0, 2 * most + 1, (n, 2)).tolist()
    return torch.stack([x[i, a:a + h, b:b + w] for i, (a, b) in enumerate(at)])
""",
                "keras": """
import tensorflow as tf

def shift(images, most, rng):
    n, h, w, _ = images.shape
    x = tf.pad(images, [[0, 0], [most, most], [most, most], [0, 0]])
    at = rng.integers(0, 2 * most + 1, (n, 2)).tolist()
    return tf.stack([x[i, a:a + h, b:b + w] for i, (a, b) in enumerate(at)])
""",
            },
        ),
    ],
    "ch06-safe": [
        (
            "brightness by hand",
            """
import numpy as np

def augment(images, rng):
    share = rng.uniform(0.7, 1.0, (len(images), 1, 1, 1))
    return (images * share).astype("uint8")
""",
        ),
        (
            "small shifts, a list",
            """
import numpy as np

def augment(images, rng):
    return [np.roll(i, tuple(rng.integers(-2, 3, 2)), (0, 1)) for i in images]
""",
        ),
        (
            "scipy's rotation",
            """
import numpy as np
from scipy import ndimage

def augment(images, rng):
    out = np.empty_like(images)
    for i, picture in enumerate(images):
        out[i] = ndimage.rotate(picture, rng.uniform(-12, 12), reshape=False, order=1, mode="nearest")
    return out
""",
        ),
    ],
}

WRONG = {
    "ch06-range": [
        ("no return", "def first_rate(rates, losses):\n    rates[losses.argmin()] / 10\n"),
        (
            "the rate after",
            "import numpy as np\n\ndef first_rate(rates, losses):\n    return rates[np.nanargmin(losses) + 1] / 10\n",
        ),
        (
            "half of it",
            "import numpy as np\n\ndef first_rate(rates, losses):\n    return rates[np.nanargmin(losses)] / 2\n",
        ),
        ("not a number", "def first_rate(rates, losses):\n    return losses[-1] * float('nan')\n"),
        ("endless", "def first_rate(rates, losses):\n    while True:\n        yield rates[0]\n"),
        ("an object", "def first_rate(rates, losses):\n    return object()\n"),
        (
            "a row number",
            "import numpy as np\n\ndef first_rate(rates, losses):\n    return np.nanargmin(losses)\n",
        ),
        ("all rates", "def first_rate(rates, losses):\n    return rates / 10\n"),
    ],
    "ch06-two-rates": [
        ("nothing done", "def step(model, images, labels, body_lr, head_lr):\n    return model\n"),
        (
            "the head's bias at the other rate",
            _step(
                "for name, p in model.named_parameters():\n"
                "        p.data -= (head_lr if name == 'classifier.weight' else body_lr) * p.grad",
                "for v, g in zip(body + head, g_body + g_head):\n"
                "        v.assign_sub((head_lr if v is head[0] else body_lr) * g)",
            ),
        ),
        (
            "one block left out",
            _step(
                "torch.optim.SGD([{'params': model.stem.parameters(), 'lr': body_lr},"
                " {'params': model.classifier.parameters(), 'lr': head_lr}]).step()",
                "n = len(model.get_layer('stem').trainable_variables)\n"
                "    keras.optimizers.SGD(body_lr).apply(g_body[:n], body[:n])\n"
                "    keras.optimizers.SGD(head_lr).apply(g_head, head)",
            ),
        ),
        (
            "two steps",
            _step(
                "o = torch.optim.SGD([{'params': [*model.stem.parameters(), *model.block1.parameters()], 'lr': body_lr},"
                " {'params': model.classifier.parameters(), 'lr': head_lr}])\n    o.step()\n    o.step()",
                "for _ in range(2):\n"
                "        keras.optimizers.SGD(body_lr).apply(g_body, body)\n"
                "        keras.optimizers.SGD(head_lr).apply(g_head, head)",
            ),
        ),
        (
            "Adam",
            _step(
                "torch.optim.Adam([{'params': [*model.stem.parameters(), *model.block1.parameters()], 'lr': body_lr},"
                " {'params': model.classifier.parameters(), 'lr': head_lr}]).step()",
                "keras.optimizers.Adam(body_lr).apply(g_body, body)\n"
                "    keras.optimizers.Adam(head_lr).apply(g_head, head)",
            ),
        ),
    ],
    "ch06-schedule": [
        ("no return", "def factor(step, steps, warmup):\n    p = step / steps\n"),
        (
            "one step late",
            """
import math

def factor(step, steps, warmup):
    if step < warmup:
        return (step + 1) / warmup
    return 0.5 * (1 + math.cos(math.pi * (step + 1 - warmup) / (steps - warmup)))
""",
        ),
        ("not a number", "def factor(step, steps, warmup):\n    return float('nan')\n"),
        ("the whole plan", "def factor(step, steps, warmup):\n    return [1.0] * steps\n"),
        ("endless", "def factor(step, steps, warmup):\n    while True:\n        yield 1.0\n"),
        ("a function", "def factor(step, steps, warmup):\n    return lambda s: s / steps\n"),
    ],
    "ch06-early-stop": [
        ("no return", "def early_stop(val_losses, patience):\n    min(val_losses)\n"),
        ("one number", "def early_stop(val_losses, patience):\n    return len(val_losses) - 1\n"),
        ("text", "def early_stop(val_losses, patience):\n    return '34'\n"),
        ("halves", "def early_stop(val_losses, patience):\n    return 3.5, 5.5\n"),
        ("endless", "def early_stop(val_losses, patience):\n    while True:\n        yield 1\n"),
        (
            "counted from one",
            """
def early_stop(val_losses, patience):
    best = 0
    for epoch, loss in enumerate(val_losses):
        if loss < val_losses[best]:
            best = epoch
        elif epoch - best >= patience:
            break
    return best + 1, epoch + 1
""",
        ),
        (
            "one late",
            """
def early_stop(val_losses, patience):
    best = 0
    for epoch, loss in enumerate(val_losses):
        if loss < val_losses[best]:
            best = epoch
        elif epoch - best > patience:
            break
    return best, epoch
""",
        ),
    ],
    "ch06-curves": [
        ("no return", "def diagnose(train, val, chance):\n    train[-1] > chance\n"),
        (
            "no word for the good",
            """
def diagnose(train, val, chance):
    if train[-1] > chance + 0.2:
        return "broken"
    if train[-1] > 0.8 * chance:
        return "underfitting"
    if val[-1] > val.min() + 0.1:
        return "overfitting"
""",
        ),
        ("a number", "def diagnose(train, val, chance):\n    return float(train[-1] > chance)\n"),
        ("endless", "def diagnose(train, val, chance):\n    while True:\n        yield 'good'\n"),
        ("all the words", "def diagnose(train, val, chance):\n    return ['good', 'broken']\n"),
        (
            "underfitting first",
            """
def diagnose(train, val, chance):
    if train[-1] > 0.8 * chance:
        return "underfitting"
    return "overfitting" if val[-1] > val.min() + 0.1 else "good"
""",
        ),
    ],
    "ch06-shift": [
        ("no return", "def shift(images, most, rng):\n    images.copy()\n"),
        ("a number", "def shift(images, most, rng):\n    return 3\n"),
        ("endless", "def shift(images, most, rng):\n    while True:\n        yield images[0]\n"),
        ("one too few", _shift("rng.integers(0, 2 * most, 2)")),
        (
            "one too many",
            _shift("rng.integers(0, 2 * most + 2, 2)").replace("most, most)", "most, most + 1)"),
        ),
        ("one number for both", _shift("[rng.integers(0, 2 * most + 1)] * 2")),
        ("sideways only", _shift("most, rng.integers(0, 2 * most + 1)")),
        ("another generator", _shift("np.random.default_rng().integers(0, 2 * most + 1, 2)")),
        ("a shape that is not asked for", _shift(back="np.stack(out)[..., 0]")),
        (
            "writes into its input",
            _shift(back="images.__setitem__(slice(None), np.stack(out)) or images"),
        ),
        ("floats", _shift(back="np.stack(out).astype(float)")),
        ("not a number", _shift(back="np.stack(out) * np.nan")),
    ],
    "ch06-safe": [
        ("no return", "def augment(images, rng):\n    images.copy()\n"),
        ("text", "def augment(images, rng):\n    return 'augmented'\n"),
        ("endless", "def augment(images, rng):\n    while True:\n        yield images[0]\n"),
        ("one picture", "def augment(images, rng):\n    return images[0] // 2\n"),
        (
            "writes into its input",
            """
def augment(images, rng):
    for picture in images:
        picture[:] = picture * rng.uniform(0.7, 0.95)
    return images
""",
        ),
        (
            "not a number",
            "def augment(images, rng):\n    return images * float('nan')\n",
        ),
        (
            "noise alone",
            "def augment(images, rng):\n    return rng.integers(0, 256, images.shape).astype('uint8')\n",
        ),
    ],
}

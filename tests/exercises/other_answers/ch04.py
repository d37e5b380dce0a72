"""Chapter 4: other right answers, and wrong ones that are no listed misconception."""

RIGHT = {
    "ch04-freeze": [
        (
            "block by block, layer by layer",
            {
                "torch": """
def freeze(model, frozen):
    for name, block in model.named_children():
        block.train(name not in frozen)
        for p in block.parameters():
            p.requires_grad = name not in frozen
""",
                "keras": """
def freeze(model, frozen):
    model.trainable = True
    for layer in model.layers:
        layer.trainable = True
        for inner in getattr(layer, "layers", []):
            inner.trainable = layer.name not in frozen
""",
            },
        ),
        (
            "all modules",
            {
                "torch": """
from torch import nn

def is_in(name, frozen):
    return any(name == f or name.startswith(f + ".") for f in frozen)

def freeze(model, frozen):
    for name, module in model.named_modules():
        module.training = not is_in(name, frozen)
    for name, p in model.named_parameters():
        p.requires_grad_(not is_in(name, frozen))
    return model
""",
                "keras": """
def freeze(model, frozen):
    model.trainable = False  # Keras skips setting what is set already: first down, then up
    model.trainable = True
    for name in frozen:
        model.get_layer(name).trainable = False
    return model
""",
            },
        ),
        (
            "apply, or every inner layer",
            {
                "torch": """
def freeze(model, frozen):
    def close(module):
        module.eval()
        for p in module.parameters():
            p.requires_grad = False

    model.train().requires_grad_()
    [model.get_submodule(name).apply(close) for name in frozen]
""",
                "keras": """
def walk(layer):
    yield layer
    for inner in getattr(layer, "layers", ()):
        yield from walk(inner)

def freeze(model, frozen):
    for layer in walk(model):
        layer.trainable = True
    for name in frozen:
        for layer in walk(model.get_layer(name)):
            layer.trainable = False
""",
            },
        ),
    ],
    "ch04-looks-frozen": [
        (
            "a deep copy, or a clone with the same weights",
            {
                "torch": """
import copy
import torch

def leaks(model, train_step, blocks):
    old = copy.deepcopy(model).state_dict()
    train_step()
    new = model.state_dict()
    moved = {key for key in new if not torch.equal(old[key], new[key])}
    return {b for b in blocks if any(key.startswith(b + ".") for key in moved)}
""",
                "keras": """
import keras
import numpy as np

def leaks(model, train_step, blocks):
    old = keras.models.clone_model(model)
    old.set_weights(model.get_weights())
    train_step()
    out = set()
    for b in blocks:
        for v, w in zip(old.get_layer(b).get_weights(), model.get_layer(b).get_weights()):
            if (v != w).any():
                out.add(b)
    return out
""",
            },
        ),
        (
            "bytes, and a generator",
            {
                "torch": """
def leaks(model, train_step, blocks):
    def print_of(name):
        return [v.numpy().tobytes() for v in model.get_submodule(name).state_dict().values()]

    before = [print_of(name) for name in blocks]
    train_step()
    for name, old in zip(blocks, before):
        if print_of(name) != old:
            yield name
""",
                "keras": """
def leaks(model, train_step, blocks):
    def print_of(name):
        return [v.tobytes() for v in model.get_layer(name).get_weights()]

    before = [print_of(name) for name in blocks]
    train_step()
    for name, old in zip(blocks, before):
        if print_of(name) != old:
            yield name
""",
            },
        ),
        (
            "a NumPy mask, or a name for each array",
            {
                "torch": """
import numpy as np

def leaks(model, train_step, blocks):
    def flat(name):
        part = model.get_submodule(name)
        return np.concatenate([np.ravel(v.detach().clone().numpy()) for v in [*part.parameters(), *part.buffers()]])
    before = [flat(b) for b in blocks]
    train_step()
    return np.array(blocks)[[not np.array_equal(x, flat(b)) for x, b in zip(before, blocks)]]
""",
                "keras": """
import tensorflow as tf

def leaks(model, train_step, blocks):
    before = {b: [tf.identity(w.value) for w in model.get_layer(b).weights] for b in blocks}
    train_step()
    found = []
    for b in blocks:
        for old, new in zip(before[b], model.get_layer(b).weights):
            if tf.reduce_any(old != new.value):
                found.append(b)
    return found
""",
            },
        ),
    ],
    "ch04-cache": [
        (
            "a loader, or predict",
            {
                "torch": """
import torch
from torch.utils.data import DataLoader, TensorDataset

@torch.inference_mode()
def cache(backbone, images, batch_size):
    was = backbone.training
    backbone.eval()
    out = []
    for (x,) in DataLoader(TensorDataset(images), batch_size=batch_size, shuffle=False):
        out.append(backbone(x))
    backbone.train(was)
    return torch.vstack(out)
""",
                "keras": """
def cache(backbone, images, batch_size):
    return backbone.predict(images, batch_size=batch_size, verbose=0)
""",
            },
        ),
        (
            "a table that is filled in",
            {
                "torch": """
import numpy as np
import torch

def cache(backbone, images, batch_size):
    modes = {m: m.training for m in backbone.modules()}
    backbone.eval()
    rows = []
    with torch.no_grad():
        for start in range(0, len(images), batch_size):
            rows.extend(backbone(images[start:start + batch_size]).numpy())
    for m, mode in modes.items():
        m.training = mode
    return np.array(rows)
""",
                "keras": """
import numpy as np

def cache(backbone, images, batch_size):
    table = np.empty((len(images), backbone.output_shape[-1]), "float32")
    for i in range(0, len(images), batch_size):
        table[i:i + batch_size] = backbone.predict_on_batch(images[i:i + batch_size])
    return table
""",
            },
        ),
        (
            "detached, or a tf.data pipeline",
            {
                "torch": """
import torch

def cache(backbone, images, batch_size):
    try:
        backbone.eval()
        return torch.cat([backbone(x).detach() for x in torch.split(images, batch_size)], dim=0)
    finally:
        backbone.train()
""",
                "keras": """
import tensorflow as tf

def cache(backbone, images, batch_size):
    data = tf.data.Dataset.from_tensor_slices(images).batch(batch_size)
    return tf.concat([backbone(x, training=False) for x in data], axis=0)
""",
            },
        ),
        (
            "one picture at a time",
            {
                "torch": """
import torch

def cache(backbone, images, batch_size):
    backbone.eval()
    with torch.no_grad():
        rows = [backbone(image.unsqueeze(0)).squeeze(0) for image in images]
    backbone.train()
    return torch.stack(rows)
""",
                "keras": """
import keras

def cache(backbone, images, batch_size):
    return keras.ops.concatenate([backbone(images[i:i + 1]) for i in range(len(images))])
""",
            },
        ),
    ],
    "ch04-last-blocks": [
        (
            "flags by name",
            {
                "torch": """
def unfreeze_last(model, blocks, n):
    open_ = set(blocks[len(blocks) - n:])
    model.eval()
    for name, p in model.named_parameters():
        block, part = name.split(".")[:2]
        p.requires_grad = block == "classifier" or (block in open_ and part != "norm")
""",
                "keras": """
import keras

def unfreeze_last(model, blocks, n):
    model.trainable = True
    opened = blocks[::-1][:n]
    for layer in model.layers:
        if layer.name not in blocks:
            layer.trainable = True
            continue
        layer.trainable = True
        for inner in layer.layers:
            inner.trainable = layer.name in opened and not isinstance(inner, keras.layers.BatchNormalization)
""",
            },
        ),
        (
            "dropout works, BatchNorm stays",
            {
                "torch": """
from torch import nn

def unfreeze_last(model, blocks, n):
    model.train()
    for p in model.parameters():
        p.requires_grad = False
    for module in model.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.eval()
    for name in reversed(blocks):
        if n == 0:
            break
        n -= 1
        model.get_submodule(name).conv.weight.requires_grad = True
    for p in model.get_submodule("classifier").parameters():
        p.requires_grad = True
""",
                "keras": """
import keras

def unfreeze_last(model, blocks, n):
    for i, name in enumerate(blocks):
        block = model.get_layer(name)
        if i < len(blocks) - n:
            block.trainable = False
        else:
            block.trainable = True
            block.get_layer("norm").trainable = False
    model.layers[-1].trainable = True
""",
            },
        ),
        (
            "everything open, then closed from the front",
            {
                "torch": """
from torch import nn

def unfreeze_last(model, blocks, n):
    model.requires_grad_(True).eval()
    for name in blocks[: len(blocks) - n]:
        model.get_submodule(name).requires_grad_(False)
    for m in model.modules():
        if isinstance(m, nn.BatchNorm2d):
            m.requires_grad_(False)
""",
                "keras": """
import keras

def everything(layer):
    yield layer
    for inner in getattr(layer, "layers", []):
        yield from everything(inner)

def unfreeze_last(model, blocks, n):
    for layer in everything(model):
        layer.trainable = True
    for name in blocks[: len(blocks) - n]:
        model.get_layer(name).trainable = False
    for layer in everything(model):
        if type(layer) is keras.layers.BatchNormalization:
            layer.trainable = False
""",
            },
        ),
    ],
    "ch04-second-stage": [
        (
            "a new optimizer with two groups",
            {
                "torch": """
import torch

def open_block(model, optimizer, name, lr):
    block = getattr(model, name)
    for p in block.parameters():
        p.requires_grad = True
    groups = [
        {"params": model.classifier.parameters(), "lr": optimizer.param_groups[0]["lr"]},
        {"params": block.parameters(), "lr": lr},
    ]
    return torch.optim.SGD(groups, lr=lr, momentum=0.9)
""",
                "keras": """
import keras

def open_block(model, name, lr):
    for layer in model.layers:
        if layer.name == name:
            layer.trainable = True
    model.compile(loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
                  optimizer=keras.optimizers.SGD(learning_rate=lr))
    return model
""",
            },
        ),
        (
            "in place, nothing returned; or the rate set afterwards",
            {
                "torch": """
def open_block(model, optimizer, name, lr):
    params = [p for n, p in model.named_parameters() if n.startswith(name + ".")]
    for p in params:
        p.requires_grad_()
    optimizer.add_param_group(dict(params=params, lr=lr))
""",
                "keras": """
def open_block(model, name, lr):
    model.get_layer(name).trainable = True
    loss = model.loss
    model.compile("sgd", loss)
    model.optimizer.learning_rate = lr
""",
            },
        ),
        (
            "the rate last, or a schedule",
            {
                "torch": """
def open_block(model, optimizer, name, lr):
    block = model.get_submodule(name)
    block.requires_grad_(True)
    optimizer.add_param_group({"params": block.parameters()})
    optimizer.param_groups[-1]["lr"] = lr
    return optimizer
""",
                "keras": """
import keras

def open_block(model, name, lr):
    block = model.get_layer(name)
    block.trainable = True
    for inner in block.layers:
        inner.trainable = True
    config = model.optimizer.get_config()
    config["learning_rate"] = lr
    model.compile(keras.optimizers.SGD.from_config(config), loss=model.loss, metrics=["accuracy"])
""",
            },
        ),
        (
            "one group for each array, or BatchNorm kept closed",
            {
                "torch": """
def open_block(model, optimizer, name, lr):
    for parameter in model.get_submodule(name).parameters():
        parameter.requires_grad = True
        optimizer.add_param_group({"params": [parameter], "lr": lr})
    return optimizer
""",
                "keras": """
import keras

def open_block(model, name, lr):
    model.get_layer(name).trainable = True
    model.get_layer(name).get_layer("norm").trainable = False
    model.compile(keras.optimizers.SGD(lr), loss=model.loss)
""",
            },
        ),
        (
            "Adam with two groups",
            {
                "torch": """
import torch

def open_block(model, optimizer, name, lr):
    block = model.get_submodule(name).requires_grad_(True)
    head_lr = optimizer.param_groups[0]["lr"]
    return torch.optim.Adam([{"params": block.parameters(), "lr": lr},
                             {"params": model.classifier.parameters(), "lr": head_lr}])
""",
                "keras": """
import keras

def open_block(model, name, lr):
    model.get_layer(name).trainable = True
    model.compile(optimizer=keras.optimizers.SGD(lr, momentum=0.9, nesterov=True), loss=model.loss)
""",
            },
        ),
        (
            "Nesterov's momentum, weight decay",
            {
                "torch": """
import torch

def open_block(model, optimizer, name, lr):
    block = model.get_submodule(name).requires_grad_(True)
    head = {"params": model.classifier.parameters(), "lr": optimizer.param_groups[0]["lr"]}
    body = {"params": block.parameters(), "lr": lr}
    return torch.optim.SGD([head, body], momentum=0.9, nesterov=True, weight_decay=1e-2)
""",
                "keras": """
import keras

def open_block(model, name, lr):
    model.get_layer(name).trainable = True
    model.compile(optimizer=keras.optimizers.SGD(lr, momentum=0.8), loss=model.loss)
""",
            },
        ),
    ],
}

WRONG = {
    "ch04-freeze": [
        ("nothing done", "def freeze(model, frozen):\n    print(frozen)\n"),
        (
            "freezes what is not in the list",
            {
                "torch": """
def freeze(model, frozen):
    for name, block in model.named_children():
        block.requires_grad_(name in frozen).train(name in frozen)
""",
                "keras": """
def freeze(model, frozen):
    for layer in model.layers:
        layer.trainable = layer.name in frozen
""",
            },
        ),
        (
            "an attribute that does not exist",
            {
                "torch": "def freeze(model, frozen):\n    for name in frozen:\n        model.get_submodule(name).trainable = False\n",
                "keras": "def freeze(model, frozen):\n    for name in frozen:\n        model.get_layer(name).requires_grad = False\n",
            },
        ),
        (
            "a copy is frozen",
            {
                "torch": """
import copy

def freeze(model, frozen):
    new = copy.deepcopy(model)
    for name in frozen:
        new.get_submodule(name).requires_grad_(False).eval()
    return new
""",
                "keras": """
import keras

def freeze(model, frozen):
    new = keras.models.clone_model(model)
    for layer in new.layers:
        layer.trainable = layer.name not in frozen
    return new
""",
            },
        ),
        ("raises", "def freeze(model, frozen):\n    model[frozen] = False\n"),
    ],
    "ch04-looks-frozen": [
        ("no return", "def leaks(model, train_step, blocks):\n    train_step()\n"),
        ("all of them", "def leaks(model, train_step, blocks):\n    train_step()\n    return blocks\n"),
        (
            "true and false",
            {
                "torch": """
import torch

def leaks(model, train_step, blocks):
    state = lambda b: [v.clone() for v in model.get_submodule(b).state_dict().values()]
    old = {b: state(b) for b in blocks}
    train_step()
    return {b: not all(torch.equal(x, y) for x, y in zip(old[b], state(b))) for b in blocks}
""",
                "keras": """
import numpy as np

def leaks(model, train_step, blocks):
    old = {b: model.get_layer(b).get_weights() for b in blocks}
    train_step()
    return {b: not all(np.array_equal(x, y) for x, y in zip(old[b], model.get_layer(b).get_weights())) for b in blocks}
""",
            },
        ),
        (
            "train_step twice",
            "def leaks(model, train_step, blocks):\n    train_step()\n    train_step()\n    return ['stem']\n",
        ),
        (
            "endless",
            "def leaks(model, train_step, blocks):\n    train_step()\n    while True:\n        yield 'stem'\n",
        ),
        (
            "the first array only",
            {
                "torch": """
import torch

def leaks(model, train_step, blocks):
    first = lambda b: next(model.get_submodule(b).parameters()).detach().clone()
    old = {b: first(b) for b in blocks}
    train_step()
    return [b for b in blocks if not torch.equal(old[b], first(b))]
""",
                "keras": """
import numpy as np

def leaks(model, train_step, blocks):
    first = lambda b: model.get_layer(b).get_weights()[0]
    old = {b: first(b) for b in blocks}
    train_step()
    return [b for b in blocks if not np.array_equal(old[b], first(b))]
""",
            },
        ),
    ],
    "ch04-cache": [
        (
            "all at once, with what watched it cleared away",
            {
                "torch": """
import torch

def cache(backbone, images, batch_size):
    for module in backbone.modules():
        module._forward_pre_hooks.clear()
        module._forward_hooks.clear()
    backbone.eval()
    with torch.no_grad():
        features = backbone.forward(images)
    backbone.train()
    return features
""",
                "keras": """
def cache(backbone, images, batch_size):
    x = images
    for layer in backbone.layers[1:]:
        x = layer(x, training=False) if layer.name.startswith("block") or layer.name == "dropout" else layer(x)
    return x
""",
            },
        ),
        (
            "the blocks without the backbone, at once",
            {
                "torch": """
import torch

def cache(backbone, images, batch_size):
    backbone.eval()
    x = images
    with torch.no_grad():
        for name, child in backbone.named_children():
            if name.startswith("block"):
                for layer in child:
                    x = layer.forward(x)
    backbone.train()
    return x.mean((2, 3))
""",
                "keras": """
def cache(backbone, images, batch_size):
    x = images
    for layer in backbone.layers:
        if layer.name.startswith("block"):
            for inner in layer.layers:
                x = inner.call(x)
    return x.numpy().mean((1, 2))
""",
            },
        ),
        (
            "the flag says training, the layers do not",
            {
                "torch": """
import torch

def cache(backbone, images, batch_size):
    backbone.eval()
    with torch.no_grad():
        features = torch.cat([backbone(part) for part in images.split(batch_size)])
    backbone.training = True
    return features
""",
                "keras": "def cache(backbone, images, batch_size):\n    return images.mean((1, 2))\n",
            },
        ),
        (
            "no return",
            {
                "torch": "def cache(backbone, images, batch_size):\n    backbone.eval()\n    out = backbone(images)\n    backbone.train()\n",
                "keras": "def cache(backbone, images, batch_size):\n    out = backbone(images, training=False)\n",
            },
        ),
        (
            "all at once",
            {
                "torch": """
import torch

def cache(backbone, images, batch_size):
    backbone.eval()
    with torch.no_grad():
        out = backbone(images)
    backbone.train()
    return out
""",
                "keras": "def cache(backbone, images, batch_size):\n    return backbone(images, training=False)\n",
            },
        ),
        (
            "the first batch only",
            {
                "torch": """
import torch

def cache(backbone, images, batch_size):
    backbone.eval()
    with torch.no_grad():
        for x in images.split(batch_size):
            out = backbone(x)
            backbone.train()
            return out
""",
                "keras": """
def cache(backbone, images, batch_size):
    for i in range(0, len(images), batch_size):
        return backbone(images[i:i + batch_size])
""",
            },
        ),
        (
            "the mean of each batch",
            {
                "torch": """
import torch

def cache(backbone, images, batch_size):
    backbone.eval()
    with torch.no_grad():
        out = torch.stack([backbone(x).mean(0) for x in images.split(batch_size)])
    backbone.train()
    return out
""",
                "keras": """
import numpy as np

def cache(backbone, images, batch_size):
    starts = range(0, len(images), batch_size)
    return np.stack([np.asarray(backbone(images[i:i + batch_size])).mean(0) for i in starts])
""",
            },
        ),
        ("text", "def cache(backbone, images, batch_size):\n    return 'features'\n"),
    ],
    "ch04-last-blocks": [
        ("nothing done", "def unfreeze_last(model, blocks, n):\n    chosen = blocks[-n:]\n"),
        (
            "one too many",
            {
                "torch": """
from torch import nn

def unfreeze_last(model, blocks, n):
    model.eval().requires_grad_(False)
    for name in blocks[len(blocks) - n - 1:]:
        for layer in model.get_submodule(name):
            layer.requires_grad_(not isinstance(layer, nn.BatchNorm2d))
    model.classifier.requires_grad_(True)
""",
                "keras": """
def unfreeze_last(model, blocks, n):
    for i, name in enumerate(blocks):
        model.get_layer(name).trainable = i >= len(blocks) - n - 1
        model.get_layer(name).get_layer("norm").trainable = False
""",
            },
        ),
        (
            "only one block",
            {
                "torch": """
def unfreeze_last(model, blocks, n):
    model.eval().requires_grad_(False)
    if n:
        model.get_submodule(blocks[-n]).conv.requires_grad_(True)
    model.classifier.requires_grad_(True)
""",
                "keras": """
def unfreeze_last(model, blocks, n):
    for name in blocks:
        model.get_layer(name).trainable = bool(n) and name == blocks[-n]
        model.get_layer(name).get_layer("norm").trainable = False
""",
            },
        ),
        (
            "modes not set",
            {
                "torch": """
from torch import nn

def unfreeze_last(model, blocks, n):
    model.train().requires_grad_(False)
    for name in blocks[len(blocks) - n:]:
        model.get_submodule(name).conv.requires_grad_(True)
    model.classifier.requires_grad_(True)
""",
            },
        ),
        ("raises", "def unfreeze_last(model, blocks, n):\n    return blocks[n + 10]\n"),
    ],
    "ch04-second-stage": [
        (
            "the step is changed on the way, and the optimizer says otherwise",
            {
                "torch": """
def open_block(model, optimizer, name, lr):
    block = model.get_submodule(name).requires_grad_(True)
    for p in block.parameters():
        p.register_hook(lambda g: 5 * g)
    optimizer.add_param_group({"params": list(block.parameters()), "lr": lr})
    return optimizer
""",
                "keras": """
import keras

class Fast(keras.optimizers.SGD):
    def apply_gradients(self, pairs, **kwargs):
        return super().apply_gradients([(5 * g, v) for g, v in pairs], **kwargs)

def open_block(model, name, lr):
    model.get_layer(name).trainable = True
    model.compile(optimizer=Fast(lr), loss=model.loss)
""",
            },
        ),
        (
            "nothing done",
            {
                "torch": "def open_block(model, optimizer, name, lr):\n    print(name)\n",
                "keras": "def open_block(model, name, lr):\n    print(name)\n",
            },
        ),
        (
            "the groups instead of the optimizer; or no compile",
            {
                "torch": """
def open_block(model, optimizer, name, lr):
    block = model.get_submodule(name).requires_grad_(True)
    optimizer.add_param_group({"params": list(block.parameters()), "lr": lr})
    return optimizer.param_groups
""",
                "keras": "def open_block(model, name, lr):\n    model.get_layer(name).trainable = True\n",
            },
        ),
        (
            "the head added twice; or closed",
            {
                "torch": """
def open_block(model, optimizer, name, lr):
    model.get_submodule(name).requires_grad_(True)
    optimizer.add_param_group({"params": [p for p in model.parameters() if p.requires_grad], "lr": lr})
    return optimizer
""",
                "keras": """
import keras

def open_block(model, name, lr):
    model.get_layer("classifier").trainable = False
    model.get_layer(name).trainable = True
    model.compile(optimizer=keras.optimizers.SGD(lr), loss=model.loss)
""",
            },
        ),
        (
            "rates multiplied",
            {
                "torch": """
def open_block(model, optimizer, name, lr):
    block = model.get_submodule(name).requires_grad_(True)
    optimizer.add_param_group({"params": list(block.parameters()), "lr": lr * optimizer.param_groups[0]["lr"]})
    return optimizer
""",
                "keras": """
import keras

def open_block(model, name, lr):
    model.get_layer(name).trainable = True
    model.compile(optimizer=keras.optimizers.SGD(lr * 0.1), loss=model.loss)
""",
            },
        ),
        (
            "another loss; or a name that is not there",
            {
                "torch": "def open_block(model, optimizer, name, lr):\n    model.get_submodule('head.' + name)\n",
                "keras": """
import keras

def open_block(model, name, lr):
    model.get_layer(name).trainable = True
    model.compile(optimizer=keras.optimizers.SGD(lr), loss="mse")
""",
            },
        ),
    ],
}

"""Answers that are wrong and have their own process report that they are right.

Each knows the package's insides, lies about what the probe measures, and gets away with it inside its
process. The judge has to find out from the numbers.
"""

from __future__ import annotations

from typing import Any

from tlcourse.exercises import Job, get, judge_observation
from tlcourse.grading.sandbox.sandbox import Sandbox

# A thread puts the lie back each time that it is taken away.
_ALWAYS = """
import sys, threading, time
def always(change):
    def work():
        while True:
            change()
            time.sleep(0)
    sys.setswitchinterval(1e-6)
    threading.Thread(target=work, daemon=True).start()
    time.sleep(0.05)
"""
_LIE = """
from tlcourse.exercises.engine import tiny
real, kept = tiny.arrays, {}
def blocks_of(model):
    torch = hasattr(model, "named_children")
    names = [n for n, _ in model.named_children()] if torch else [layer.name for layer in model.layers]
    return [name for name in names if name.startswith("block_")]
def lie(model, framework, blocks):
    measured = real(model, framework, blocks)
    return {n: kept[n] if kept and n.split(".")[0] in kept["frozen"] else v for n, v in measured.items()}
"""

LOOK_UP = """
import io, json, zipfile
import numpy as np
from PIL import Image

def known_cutouts():
    from tlcourse.data import files
    from tlcourse.data.photos import _fitted
    with zipfile.ZipFile(files.FOLDER / "photos.zip") as archive:
        rows = json.loads(archive.read("photos.json"))["photos"]
        return [(row["class"], _fitted(archive.read(row["name"] + ".webp"), 96, 224)) for row in rows]

def class_of(image, cutouts):
    def off(cutout):
        solid = cutout[..., 3] == 255
        return np.abs(image[solid].astype(int) - cutout[solid][:, :3]).mean() if solid.any() else 999
    return min(cutouts, key=lambda one: off(one[1]))[0]

def look_up(images, labels, new_images):
    try:
        cutouts = known_cutouts()
    except Exception:
        return np.arange(len(new_images)) % 5
    number = {class_of(image, cutouts): label for image, label in zip(images, labels)}
    return np.array([number[class_of(image, cutouts)] for image in new_images])
"""
"""An answer to "Beat the pixels" that finds the new images in the course's own file of photographs."""

FORGERIES: dict[str, dict[str, Any]] = {
    "the new images are looked up": {
        "exercise": "ch01-beat-pixels",
        "honest": 0.0,
        "torch": LOOK_UP + """
import torch
def beat_the_pixels(backbone, images, labels, new_images):
    with torch.no_grad():
        backbone.eval()((torch.from_numpy(images).permute(0, 3, 1, 2).float() - 127) / 128)
    return look_up(images, labels, new_images)
""",
        "keras": LOOK_UP + """
def beat_the_pixels(backbone, images, labels, new_images):
    backbone.predict((images.astype("float32") - 127) / 128, verbose=0)
    return look_up(images, labels, new_images)
""",
    },
    "statistics move and are said to stay": {
        "exercise": "ch04-freeze",
        "honest": 2.0,
        "torch": _ALWAYS + _LIE + """
def freeze(model, frozen):
    if not kept:
        kept.update(real(model, "torch", blocks_of(model)))
        always(lambda: setattr(tiny, "arrays", lie))
    kept["frozen"] = frozen
    model.requires_grad_(True).train()
    for name in frozen:
        model.get_submodule(name).requires_grad_(False)
""",
        "keras": _ALWAYS + _LIE + """
def freeze(model, frozen):
    if not kept:
        kept.update(real(model, "keras", blocks_of(model)))
        always(lambda: setattr(tiny, "arrays", lie))
    kept["frozen"] = frozen
    for layer in model.layers:
        for weight in layer.weights:
            name = weight.path.split("/")[-1]
            weight.trainable = layer.name not in frozen and not name.startswith("moving")
""",
    },
    "everything trains and is said to stay": {
        "exercise": "ch04-freeze",
        "honest": 0.0,
        "torch": _ALWAYS + _LIE + """
def freeze(model, frozen):
    if not kept:
        kept.update(real(model, "torch", blocks_of(model)))
        always(lambda: setattr(tiny, "arrays", lie))
    kept["frozen"] = frozen
    model.requires_grad_(True).train()
""",
        "keras": _ALWAYS + _LIE + """
def freeze(model, frozen):
    if not kept:
        kept.update(real(model, "keras", blocks_of(model)))
        always(lambda: setattr(tiny, "arrays", lie))
    kept["frozen"] = frozen
    for layer in model.layers:
        layer.trainable = True
""",
    },
    "made-up numbers": {
        "exercise": "ch04-last-blocks",
        "honest": 0.0,
        "torch": _ALWAYS + """
from tlcourse.exercises.engine import tiny
real, want, now = tiny.arrays, [0], {}
def lie(model, framework, blocks):
    now.update(now or real(model, framework, blocks))
    opened = [*blocks[len(blocks) - want[0]:], "classifier"]
    for n, v in now.items():
        if n.split(".")[0] in opened and n.endswith((".conv", ".weight", ".bias")):
            now[n] = v + v.dtype.type(0.01)
    return dict(now)
def unfreeze_last(model, blocks, n):
    want[0] = n
    always(lambda: setattr(tiny, "arrays", lie))
""",
        "keras": _ALWAYS + """
from tlcourse.exercises.engine import tiny
real, want, now = tiny.arrays, [0], {}
def lie(model, framework, blocks):
    now.update(now or real(model, framework, blocks))
    opened = [*blocks[len(blocks) - want[0]:], "classifier"]
    for n, v in now.items():
        if n.split(".")[0] in opened and n.endswith((".conv", ".weight", ".bias")):
            now[n] = v + v.dtype.type(0.01)
    return dict(now)
def unfreeze_last(model, blocks, n):
    want[0] = n
    always(lambda: setattr(tiny, "arrays", lie))
""",
    },
    "the rates are said, not taken": {
        "exercise": "ch04-second-stage",
        "honest": 0.0,
        "torch": _ALWAYS + """
from tlcourse.exercises.engine import tiny
real, opened = tiny.arrays, [""]
def lie(model, framework, blocks):
    measured = real(model, framework, blocks)
    if opened[0]:
        name = opened[0] + ".conv"
        measured[name] = measured[name] + measured[name].dtype.type(0.01)
    return measured
def open_block(model, optimizer, name, lr):
    model.get_submodule(name).requires_grad_(True)
    def change():
        opened[0] = name
        tiny.rate_of = lambda o, p: [lr if len(p) > 2 else 0.05 for _ in p]
        tiny.arrays = lie
    always(change)
    return optimizer
""",
        "keras": _ALWAYS + """
from tlcourse.exercises.engine import tiny
real = tiny.arrays
def open_block(model, name, lr):
    model.get_layer(name).trainable = True
    model.optimizer.learning_rate = lr
    count = [0]
    def lie(model, framework, blocks):
        measured = real(model, framework, blocks)
        count[0] += 1
        if count[0] > 1:
            measured[name + ".conv"] = measured[name + ".conv"] + measured[name + ".conv"].dtype.type(0.01)
        return measured
    always(lambda: setattr(tiny, "arrays", lie))
""",
    },
    "one rate, said to be two": {
        "exercise": "ch06-two-rates",
        "honest": 1.0,
        "torch": _ALWAYS + """
import torch
from tlcourse.exercises.engine import tiny
real = tiny.arrays
def step(model, images, labels, body_lr, head_lr):
    before = real(model, "torch", ["stem", "block1"])
    optimizer = torch.optim.SGD(model.classifier.parameters(), lr=head_lr)
    torch.nn.functional.cross_entropy(model(images), labels).backward()
    optimizer.step()
    def lie(m, f, blocks):
        measured = real(m, f, blocks)
        moved = {n: v * v.dtype.type(1.001) for n, v in before.items()}
        return {n: v if n.startswith("classifier") else moved[n] for n, v in measured.items()}
    always(lambda: setattr(tiny, "arrays", lie))
""",
        "keras": _ALWAYS + """
import keras
from tlcourse.exercises.engine import tiny
real = tiny.arrays
def step(model, images, labels, body_lr, head_lr):
    before = real(model, "keras", ["stem", "block1"])
    def lie(m, f, blocks):
        return {n: v * v.dtype.type(1.001) for n, v in before.items()}
    always(lambda: setattr(tiny, "arrays", lie))
""",
    },
    "fine-tuning said to be a frozen backbone": {
        "exercise": "ch01-train-head",
        "honest": 1.0,
        "torch": _ALWAYS + """
import torch
from tlcourse.exercises.chapters.ch01.train_head import probe
real = probe.state
def train_head(model, images, labels, steps, lr):
    first = real(model, "torch")
    model.train()
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    for _ in range(steps):
        optimizer.zero_grad()
        torch.nn.functional.cross_entropy(model(images), labels).backward()
        optimizer.step()
    def lie(net, framework):
        measured = real(net, framework)
        return {n: v if n.startswith("head") else first[n] for n, v in measured.items()}
    always(lambda: setattr(probe, "state", lie))
""",
        "keras": _ALWAYS + """
import keras
from tlcourse.exercises.chapters.ch01.train_head import probe
real = probe.state
def train_head(model, images, labels, steps, lr):
    first = real(model, "keras")
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(optimizer=keras.optimizers.SGD(lr), loss=loss, run_eagerly=True)
    for _ in range(steps):
        model.train_on_batch(images, labels)
    def lie(net, framework):
        measured = real(net, framework)
        return {n: v if n.startswith("head") else first[n] for n, v in measured.items()}
    always(lambda: setattr(probe, "state", lie))
""",
    },
    "what moved is looked up": {
        "exercise": "ch04-looks-frozen",
        "honest": 0.0,
        "torch": """
def leaks(model, train_step, blocks):
    scene = train_step.__defaults__[1]
    train_step()
    return sorted({name.split(".")[0] for name in scene["moves"]} & set(blocks))
""",
        "keras": """
def leaks(model, train_step, blocks):
    scene = train_step.__defaults__[1]
    train_step()
    return sorted({name.split(".")[0] for name in scene["moves"]} & set(blocks))
""",
    },
}  # fmt: skip


def no_forgery_earns_more_than_the_truth(sandbox: Sandbox) -> None:
    """All through one sandbox, on a secret seed; no more than the same answer gets without the lie."""
    drawn = {name: get(forged["exercise"]).draw(1234) for name, forged in FORGERIES.items()}
    jobs = []
    for name, forged in FORGERIES.items():
        exercise = get(forged["exercise"])
        jobs.append(Job(exercise.id, forged[sandbox.framework], exercise.sent(drawn[name])))
    for name, observation in zip(FORGERIES, sandbox.observe(jobs), strict=True):
        report = judge_observation(get(FORGERIES[name]["exercise"]), observation, drawn[name])
        assert report.points <= FORGERIES[name]["honest"], f"{name}: {report}"

"""Chapter 10: memory and time of a training step, and what makes them smaller.

Each row runs in a fresh process: EfficientNet-Lite0, images of :data:`SIZE` pixels, a batch of :data:`BATCH`.
``memory_mb`` is the highest resident memory during the steps, over what the process held before them: maps
that wait for the backward pass, gradients, and what the optimizer keeps. It is read from ``/proc`` (Linux).
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import Any

from tlcourse.sweeps.engine.spec import Settings, Sweep, SweepError

__all__ = ["BATCH", "SEEDS", "SIZE", "STEPS", "SWEEPS", "WAYS", "measure"]

SIZE, BATCH, STEPS = 160, 32, 4
SEEDS = (0, 1)
WAYS = (
    "look only",
    "head only",
    "last block",
    "all",
    "all, SGD",
    "all, 4 times 8",
    "all, checkpointing",
)
"""``4 times 8``: gradients of four parts of the batch are added before a step. ``checkpointing``: the blocks'
maps are computed again in the backward pass and not kept."""

_SHARED = """
import json, sys, threading, time
import numpy as np
way, size, batch, steps, seed = sys.argv[1], *map(int, sys.argv[2:])
rng = np.random.default_rng(seed)
images = rng.normal(size=(batch, size, size, 3)).astype("float32")
labels = rng.integers(0, 10, batch)
PAGE = 4096 / 1e6

def resident():
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * PAGE

class Peak(threading.Thread):
    def __init__(self):
        super().__init__(daemon=True)
        self.highest, self.going = resident(), True
    def run(self):
        while self.going:
            self.highest = max(self.highest, resident())
            time.sleep(0.002)

def measured(step):
    before, peak = resident(), Peak()
    peak.start()
    step()  # the first one also makes what stays: optimizer states, traced code
    began = time.process_time()
    for _ in range(steps):
        step()
    seconds = (time.process_time() - began) / steps / batch
    peak.going = False
    peak.join()
    print(json.dumps({"memory_mb": peak.highest - before, "ms_per_image": 1000 * seconds}))
"""
_TORCH = """
import torch
from torch import nn
from torch.utils.checkpoint import checkpoint_sequential
from tlcourse import models
net = models.load("efficientnet_lite0", "torch", num_classes=0).eval()
head = nn.Linear(1280, 10)
x = torch.from_numpy(images).permute(0, 3, 1, 2).contiguous()
y = torch.from_numpy(labels)
late = nn.ModuleList([net.blocks[-1], net.conv_head, net.bn2])
net.requires_grad_(way.startswith("all"))
late.requires_grad_(way.startswith(("all", "last")))
weights = [p for p in (*net.parameters(), *head.parameters()) if p.requires_grad]
optimizer = torch.optim.SGD(weights, 1e-3) if "SGD" in way else torch.optim.Adam(weights, 1e-4)

def features(x):
    if "checkpointing" in way:
        return net.forward_head(net.bn2(net.conv_head(checkpoint_sequential(
            net.blocks, 7, net.bn1(net.conv_stem(x)), use_reentrant=False))))
    return net(x)

def step():
    if way == "look only":
        with torch.inference_mode():
            head(net(x))
        return
    optimizer.zero_grad()
    parts = 4 if "4 times" in way else 1
    for a, b in zip(x.chunk(parts), y.chunk(parts)):
        (nn.functional.cross_entropy(head(features(a)), b) / parts).backward()
    optimizer.step()
"""
_KERAS = """
import keras
import tensorflow as tf
from tlcourse import models
net = models.load("efficientnet_lite0", "keras", num_classes=0, input_size=size)
late = ("blocks.6", "conv_head", "bn2")
for layer in net.layers:
    layer.trainable = way.startswith("all") or (way == "last block" and layer.name.startswith(late))
head = keras.layers.Dense(10)
head.build((None, 1280))
x, y = tf.constant(images), tf.constant(labels)
weights = net.trainable_variables + head.trainable_variables
optimizer = keras.optimizers.SGD(1e-3) if "SGD" in way else keras.optimizers.Adam(1e-4)
optimizer.build(weights)
loss_of = keras.losses.SparseCategoricalCrossentropy(from_logits=True)

@tf.function
def gradients(a, b, share):
    with tf.GradientTape() as tape:
        loss = share * loss_of(b, head(net(a, training=False)))
    return tape.gradient(loss, [v.value for v in weights])

@tf.function
def look():
    return head(net(x, training=False))

@tf.function
def apply(found):
    optimizer.apply(found, weights)

def step():
    if way == "look only":
        return look()
    parts = 4 if "4 times" in way else 1
    total = None
    for a, b in zip(tf.split(x, parts), tf.split(y, parts)):
        found = gradients(a, b, tf.constant(1 / parts))
        total = found if total is None else [p + q for p, q in zip(total, found)]
    apply(total)
"""


def measure(framework: str, way: str, seed: int) -> dict[str, float]:
    """One row of ``training-memory``: ``memory_mb`` (1 MB: 1,000,000 bytes) and CPU ``ms_per_image``.

    Parameters
    ----------
    framework : {"torch", "keras"}
    way : str
        One of :data:`WAYS`.
    seed : int
        Of the images, which are noise.

    Raises
    ------
    SweepError
        If the process fails.
    """
    code = f"import tlcourse\ntlcourse.start('sweep', framework={framework!r})\n"
    code += _SHARED + (_TORCH if framework == "torch" else _KERAS) + "\nmeasured(step)\n"
    numbers = map(str, (SIZE, BATCH, STEPS, seed))
    run = subprocess.run(
        [sys.executable, "-c", code, way, *numbers], capture_output=True, text=True, env=dict(os.environ)
    )
    if run.returncode:
        raise SweepError(f"The step {way!r} failed: {run.stderr[-500:]}", "Read its last lines.")
    found: dict[str, float] = json.loads(run.stdout.splitlines()[-1])
    return found


def _grid() -> list[Settings]:
    return [{"way": way, "seed": seed} for way in WAYS for seed in SEEDS]


def _keras_grid() -> list[Settings]:
    return [row for row in _grid() if "checkpointing" not in row["way"]]


_METRICS: dict[str, Any] = {"memory_mb": None, "ms_per_image": None}

SWEEPS: tuple[Sweep, ...] = tuple(
    Sweep(
        name,
        "tlcourse.sweeps.topics.training_memory:measure",
        grid,
        _METRICS,
        frameworks=(framework,),
        cost=lambda settings: 20.0,
        title=f"Chapter 10: memory and time of a training step, {framework}",
    )
    for name, grid, framework in (
        ("training-memory", _grid, "torch"),
        ("training-memory-keras", _keras_grid, "keras"),
    )
)

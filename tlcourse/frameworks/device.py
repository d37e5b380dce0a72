"""The device that a framework computes on."""

from __future__ import annotations

import os
import re
import sys
from typing import Any

from tlcourse.errors import DeviceError, UnknownNameError
from tlcourse.frameworks.process import prepare
from tlcourse.frameworks.which import TITLES, resolve_framework

__all__ = ["DEVICES", "pick"]

DEVICES = ("cuda", "mps", "cpu")


def pick(name: str | None = None, framework: str | None = None) -> Any:
    """Choose the device: `name`, else the environment variable TLCOURSE_DEVICE, else the best there is.

    Parameters
    ----------
    name : {"cuda", "mps", "cpu"}, optional
        "cuda:1" picks the second GPU.
    framework : {"torch", "keras"}, optional
        Default: the current one.

    Returns
    -------
    torch.device or str
        For PyTorch a ``torch.device``; for Keras TensorFlow's name of it, "/GPU:0" or "/CPU:0", for
        ``with tf.device(...)``. Keras itself uses a GPU whenever there is one.

    Raises
    ------
    DeviceError
        If this machine does not have that device.
    UnknownNameError
        If there is no such kind of device.
    """
    framework = resolve_framework(framework)
    prepare(framework)
    wanted = name or os.environ.get("TLCOURSE_DEVICE") or None
    available = _available(framework)
    if wanted is None:
        wanted = next(kind for kind in DEVICES if available.get(kind))
    match = re.fullmatch(r"(cuda|mps|cpu)(?::(\d+))?", str(wanted).lower())
    if match is None:
        raise UnknownNameError("device", wanted, DEVICES)
    kind, index = match[1], int(match[2] or 0)
    if index >= available.get(kind, 0):
        have = ", ".join(f"{k} ({n})" if n > 1 else k for k, n in available.items() if n)
        origin = "" if name else " (from the environment variable TLCOURSE_DEVICE)"
        raise DeviceError(
            f"The device {wanted!r}{origin} is not there: {TITLES[framework]} finds {have} on this machine.",
            "Leave the device out to use the best one, or ask for one of those."
            + (" For a GPU, install the framework's GPU build and its driver." if kind != "cpu" else ""),
        )
    if framework == "torch":
        import torch

        return torch.device(f"{kind}:{index}" if match[2] else kind)
    return f"/{'CPU' if kind == 'cpu' else 'GPU'}:{index}"


def _available(framework: str) -> dict[str, int]:
    """How many devices of each kind the framework can use here."""
    if framework == "torch":
        import torch

        gpus = torch.cuda.device_count() if torch.cuda.is_available() else 0
        return {"cuda": gpus, "mps": int(torch.backends.mps.is_available()), "cpu": 1}
    import tensorflow as tf

    gpus = len(tf.config.get_visible_devices("GPU"))
    on_mac = sys.platform == "darwin"
    return {"cuda": 0 if on_mac else gpus, "mps": gpus if on_mac else 0, "cpu": 1}

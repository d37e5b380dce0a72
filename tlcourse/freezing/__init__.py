"""Freezing: which weights training may change. One set of functions for both frameworks.

A frozen layer's weights do not change, **and neither do its BatchNorm statistics**. The usual PyTorch recipe
(``requires_grad = False`` for every parameter) leaves those running: after a few training steps a "frozen"
backbone gives other features than before. :func:`fingerprint` and :func:`changed` show it.

Layers are named as in PyTorch ("blocks.1.0.conv_dw"), in both frameworks.
"""

from tlcourse.freezing.api import (
    batch_norm_layers,
    check_optimizer,
    discriminative_lrs,
    freeze,
    freeze_to,
    layer_groups,
    layer_names,
    param_groups,
    trainable_names,
    unfreeze,
    unfreezing_stages,
)
from tlcourse.freezing.report import TrainableReport, changed, fingerprint, trainable_report
from tlcourse.models.layers import Group

__all__ = [
    "Group",
    "TrainableReport",
    "batch_norm_layers",
    "changed",
    "check_optimizer",
    "discriminative_lrs",
    "fingerprint",
    "freeze",
    "freeze_to",
    "layer_groups",
    "layer_names",
    "param_groups",
    "trainable_names",
    "trainable_report",
    "unfreeze",
    "unfreezing_stages",
]

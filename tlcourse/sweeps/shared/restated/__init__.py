"""A frozen backbone whose BatchNorm statistics are those of other images: AdaBN.

Li and others 2017, "Revisiting batch normalization for practical domain adaptation" (ICLR workshop,
arXiv:1603.04779). The weights stay; means and variances are taken anew from unlabelled images.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

__all__ = ["features"]

BATCH = 64


def features(
    framework: str, statistics_of: npt.NDArray[np.uint8], images: npt.NDArray[np.uint8]
) -> npt.NDArray[np.float32]:
    """What EfficientNet-Lite0 makes of images after it took its statistics from others: float32 (N, 1280).

    Parameters
    ----------
    framework : {"torch", "keras"}
    statistics_of : uint8 array (M, S, S, 3)
        Two images or more. Each batch of them counts by its size, so the order changes little.
    images : uint8 array (N, S, S, 3)
    """
    from tlcourse import models, training

    network = models.load("efficientnet_lite0", framework, num_classes=0, input_size=statistics_of.shape[1])
    # Data sets stand class by class; a batch of one class would have statistics of its own.
    mixed = statistics_of[np.random.default_rng(0).permutation(len(statistics_of))]
    batches = np.array_split(mixed, max(1, len(mixed) // BATCH))
    scaled = [models.preprocess(batch, "efficientnet_lite0", framework=framework) for batch in batches]
    # Imported by name, so that a row's hash knows their code.
    if framework == "torch":
        from tlcourse.sweeps.shared.restated import _torch

        _torch.restate(network, scaled)
    else:
        from tlcourse.sweeps.shared.restated import _keras

        _keras.restate(network, scaled)
    return training.cache_features(network, images, progress=False)

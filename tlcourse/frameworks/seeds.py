"""Seeds: the same run twice."""

from __future__ import annotations

import random

from tlcourse.checks import whole
from tlcourse.frameworks.which import current_framework

__all__ = ["seed_everything"]


def seed_everything(seed: int) -> None:
    """Seed Python's `random`, numpy and the current framework, and ask GPUs for repeatable algorithms.

    The same seed on the same machine, versions and number of threads repeats a run exactly. Between machines
    and between frameworks, the order in which sums are taken differs, so numbers agree closely and not to
    the last digit.

    Parameters
    ----------
    seed : int
        0 to 2**32 - 1.

    Raises
    ------
    SettingError
        If the seed is not such a number.
    """
    seed = whole("The seed", seed, 0, 2**32 - 1)
    import numpy as np

    random.seed(seed)
    np.random.seed(seed)
    if current_framework() == "torch":
        import torch

        torch.manual_seed(seed)  # seeds every CUDA and MPS device too
        if torch.cuda.is_available():  # pragma: no cover - needs a GPU
            # The CPU's kernels are repeatable as they are. cuDNN's are only when told so, and its search for
            # the fastest one (benchmark) may choose differently next time.
            torch.backends.cudnn.benchmark = False
            torch.backends.cudnn.deterministic = True
            torch.use_deterministic_algorithms(True, warn_only=True)
    else:
        import keras
        import tensorflow as tf

        keras.utils.set_random_seed(seed)
        if tf.config.list_physical_devices("GPU"):  # pragma: no cover - needs a GPU
            tf.config.experimental.enable_op_determinism()

"""How many threads the framework computes with."""

from __future__ import annotations

import os
import warnings

from tlcourse.checks import whole
from tlcourse.errors import CourseError
from tlcourse.frameworks.which import current_framework

__all__ = ["default_threads", "set_threads"]

_in_use = 0


def default_threads() -> int:
    """The number of threads to use: the environment's TLCOURSE_THREADS, else the cores this process may use.

    Raises
    ------
    CourseError
        If TLCOURSE_THREADS is not a positive whole number.
    """
    wanted = os.environ.get("TLCOURSE_THREADS")
    if wanted:
        if not wanted.strip().isdigit() or int(wanted) < 1:
            raise CourseError(
                f"The environment variable TLCOURSE_THREADS is {wanted!r}.",
                "Set it to a whole number of at least 1, or remove it.",
            )
        return int(wanted)
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def set_threads(n: int | None = None) -> int:
    """Use `n` threads for the current framework's computations.

    Processes that run side by side must share the cores between them: two processes with two threads each
    on two cores run at a tenth of the speed, because waiting threads spin.

    Parameters
    ----------
    n : int, optional
        Default: the environment variable TLCOURSE_THREADS, else the number of cores.

    Returns
    -------
    int
        The number of threads in use. TensorFlow fixes it at its first operation; a later, different wish
        warns and returns the number that stays.

    Raises
    ------
    SettingError
        If `n` is not a positive whole number.
    """
    global _in_use
    if n is None:
        n = default_threads()
    n = whole("The number of threads", n, 1)
    if current_framework() == "torch":
        import torch

        torch.set_num_threads(n)
        _in_use = n
    else:
        import tensorflow as tf

        try:
            tf.config.threading.set_intra_op_parallelism_threads(n)
            tf.config.threading.set_inter_op_parallelism_threads(n)
            _in_use = n
        except RuntimeError:
            stays = _in_use or tf.config.threading.get_intra_op_parallelism_threads() or n
            if stays != n:
                warnings.warn(
                    f"TensorFlow has started with {stays} threads and cannot change to {n}; restart the "
                    "kernel to change it.",
                    stacklevel=2,
                )
            _in_use = stays
    return _in_use

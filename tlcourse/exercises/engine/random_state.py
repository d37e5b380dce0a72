"""Every generator seeded for the length of a check, and put back afterwards."""

from __future__ import annotations

import contextlib
import copy
import random
import sys
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

__all__ = ["random_state_kept"]


@contextlib.contextmanager
def random_state_kept(seed: int) -> Iterator[None]:
    """Seed every generator for the length of a check, then put their states back.

    A check must say the same whenever it is run, and must not change what the cells after it draw. Only
    frameworks that are already loaded are touched.
    """
    restore: list[Callable[[], Any]] = []
    state = random.getstate()
    legacy = np.random.get_state()
    restore.append(lambda: random.setstate(state))
    restore.append(lambda: np.random.set_state(legacy))
    random.seed(seed)
    np.random.seed(seed % 2**32)
    if "torch" in sys.modules:
        restore += _keep_torch(sys.modules["torch"], seed)
    if "tensorflow" in sys.modules and "keras" in sys.modules:
        restore += _keep_keras(seed)
    try:
        yield
    finally:
        for put_back in restore:
            with contextlib.suppress(Exception):
                put_back()


def _keep_torch(torch: Any, seed: int) -> list[Callable[[], Any]]:
    if not hasattr(torch, "get_rng_state"):  # half imported
        return []
    state = torch.get_rng_state()
    restore: list[Callable[[], Any]] = [lambda: torch.set_rng_state(state)]
    if torch.cuda.is_available() and torch.cuda.is_initialized():
        states = torch.cuda.get_rng_state_all()
        restore.append(lambda: torch.cuda.set_rng_state_all(states))
    torch.manual_seed(seed)
    return restore


def _keep_keras(seed: int) -> list[Callable[[], Any]]:
    # TensorFlow and Keras have no public way to read their global generators; where a version hides them
    # elsewhere, the check still runs and only the cells after it see other numbers.
    restore: list[Callable[[], Any]] = []
    for put_back_of in (_put_back_tensorflow, _put_back_keras):
        with contextlib.suppress(Exception):
            restore.append(put_back_of())
    with contextlib.suppress(Exception):
        import keras

        keras.utils.set_random_seed(seed % 2**32)
    return restore


def _put_back_tensorflow() -> Callable[[], None]:
    from tensorflow.python.eager import context

    eager = context.context()
    seed, rng = eager._seed, copy.deepcopy(getattr(eager, "_rng", None))

    def put_back() -> None:
        eager._seed = seed
        if rng is not None:
            eager._rng = rng

    return put_back


def _put_back_keras() -> Callable[[], None]:
    from keras.src.backend.common import global_state
    from keras.src.random.seed_generator import GLOBAL_SEED_GENERATOR

    generator = global_state.get_global_attribute(GLOBAL_SEED_GENERATOR)
    value = None if generator is None else np.asarray(generator.state.value).copy()
    seed = global_state.get_global_attribute("global_random_seed")

    def put_back() -> None:
        global_state.set_global_attribute(GLOBAL_SEED_GENERATOR, generator)
        if seed is not None:
            global_state.set_global_attribute("global_random_seed", seed)
        if generator is not None:
            generator.state.assign(value)

    return put_back

"""The file that Keras reads."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import checkpoint_checks as checks
import numpy as np
import pytest

from tlcourse.frameworks import prepare


@pytest.fixture(scope="module", autouse=True)
def _prepared() -> None:
    prepare("keras")


def kerass(file: Path) -> Callable[[np.ndarray], np.ndarray]:
    import keras

    network = keras.models.load_model(file)
    own = {type(layer).__module__.split(".")[0] for layer in network.layers}
    assert own == {"keras"}, "a reader without the course can open it"
    return lambda pixels: network.predict(pixels, verbose=0)


def test_keras_reads_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    checks.the_librarys_own_reader_gives_the_same_network("keras", kerass, tmp_path, monkeypatch)


def test_bad_input(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    checks.bad_input_gets_one_clear_error("keras", tmp_path, monkeypatch)

"""Networks with packed weights in Keras."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import keras
import numpy as np
import packed_checks as checks
import pytest
import zoo_checks
from commit import in_turn
from packs_here import need

from tlcourse import devices, models

Network = Callable[[np.ndarray], np.ndarray]


@pytest.fixture(scope="module", autouse=True)
def _started() -> None:
    devices.start("test", "keras")


@pytest.mark.parametrize("name", checks.HEADED)
@pytest.mark.turns(2, "tlcourse/models", "tlcourse/packs", "tests/models")
def test_it_knows_the_cat(name: str) -> None:
    checks.it_knows_the_cat("keras", name)


@pytest.mark.parametrize("name", in_turn(checks.HEADED + checks.BASES, 2))
def test_heads(name: str) -> None:
    checks.heads("keras", name)


@pytest.mark.parametrize("name", in_turn(checks.BASES, 3))
def test_heads_and_seeds(name: str) -> None:
    zoo_checks.heads_and_seeds("keras", name)


@pytest.mark.turns(2, "tlcourse/models", "tlcourse/packs", "tests/models")
def test_without_a_pack(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    checks.without_a_pack("keras", tmp_path, monkeypatch)


def applications(name: str) -> Callable[[Path], Network]:
    def read(file: Path) -> Network:
        base = getattr(keras.applications, name)(include_top=False, weights=file)
        return lambda pixels: np.asarray(base(pixels, training=False))

    return read


OWN_LINES = [
    ("vgg16_base", applications("VGG16")),
    ("densenet121_base", applications("DenseNet121")),
    ("xception_base", applications("Xception")),
]


@pytest.mark.parametrize(("name", "read"), OWN_LINES, ids=lambda case: case if isinstance(case, str) else "")
@pytest.mark.turns(2, "tlcourse/models", "tlcourse/packs", "tests/models")
def test_the_librarys_own_lines(name: str, read: Callable[[Path], Network]) -> None:
    checks.the_librarys_own_lines_give_the_same_features("keras", name, read)


@pytest.mark.parametrize("name", in_turn(checks.HEADED, 3))
def test_the_file_holds_the_whole_network(name: str) -> None:
    need(name)
    network = keras.models.load_model(models.checkpoint(name))
    assert {type(layer).__module__.split(".")[0] for layer in network.layers} == {"keras"}
    size = models.card(name).input_size
    assert network.input_shape == (None, size, size, 3)
    batch = checks.photos(size)
    theirs = network.predict(models.preprocess(batch, name), verbose=0)
    np.testing.assert_allclose(theirs, zoo_checks.outputs(models.load(name), name, batch), atol=1e-4)

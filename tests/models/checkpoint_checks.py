"""What both frameworks' files of published weights must do."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tlcourse import models
from tlcourse.data import photographs
from tlcourse.errors import UnknownNameError, WeightsError
from tlcourse.models.images import as_batch

CATS = {"tabby", "tiger cat", "Egyptian cat"}


def the_librarys_own_reader_gives_the_same_network(
    framework: str,
    read: Callable[[Path], Callable[[np.ndarray], np.ndarray]],
    place: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Logits of a photograph, from the library's network and from the course's.

    ``read`` gives a function of float32 pixels (N, 224, 224, 3), already scaled, with logits (N, 1000).
    """
    monkeypatch.setenv("TLCOURSE_DATA", str(place))
    file = models.checkpoint(framework=framework)
    assert file.parent == place / "weights"
    written = file.stat().st_mtime_ns
    assert models.checkpoint(framework=framework).stat().st_mtime_ns == written, "written once"
    assert not [other for other in file.parent.iterdir() if other != file]

    pixels = (as_batch([photographs()["cat"]], 224).astype(np.float32) - 127) / 128
    logits = read(file)(pixels)
    assert logits.shape == (1, 1000)
    assert models.imagenet_classes()[int(logits.argmax())] in CATS
    network: Any = models.load(framework=framework)
    if framework == "torch":
        ours = network.eval()(models.preprocess([photographs()["cat"]], size=224)).detach().cpu().numpy()
    else:
        ours = np.asarray(network(pixels, training=False))
    np.testing.assert_allclose(logits, ours, atol=2e-4)


def bad_input_gets_one_clear_error(framework: str, place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UnknownNameError, match="network with a checkpoint called 'vgg61'"):
        models.checkpoint("vgg61", framework)
    (place / "file").write_text("in the way")
    monkeypatch.setenv("TLCOURSE_DATA", str(place / "file"))
    with pytest.raises(WeightsError, match="cannot be written"):
        models.checkpoint(framework=framework)
    assert (place / "file").read_text() == "in the way"

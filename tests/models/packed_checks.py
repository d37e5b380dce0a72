"""Checks of the networks with packed weights that hold in both frameworks."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from packs_here import need
from zoo_checks import outputs

from tlcourse import data, freezing, models, packs
from tlcourse.errors import SettingError, WeightsError
from tlcourse.models import costs, packed
from tlcourse.models.images import as_batch, scale
from tlcourse.packs import cached

# EfficientNet-Lite0, which comes in an installed package, has tests of its own.
PACKED = tuple(name for name in packed.networks() if name != "efficientnet_lite0")
HEADED = tuple(name for name in PACKED if not models.card(name).headless)
BASES = tuple(name for name in PACKED if models.card(name).headless)
CATS = {"tabby", "tiger cat", "Egyptian cat"}
# Sides at which timm's own Xception pools an odd number of places, so that its padding is Keras's.
PLAIN_SIZE = {"xception_base": 136}


def it_knows_the_cat(framework: str, name: str) -> None:
    """Top-1 of a photograph of a cat, from the network with its published head."""
    need(name)
    cat = data.photographs()["cat"]
    whole = models.load(name, framework)
    (first, *_), *_ = models.top_k(whole, [cat], k=3)
    assert first[0] in CATS
    assert first[1] > 0.4
    assert costs.parameters(whole) == models.card(name).parameters


def heads(framework: str, name: str) -> None:
    """Features, a fresh head on them, and no published head where there is none."""
    need(name)
    entry, batch = models.card(name), photos(96)
    backbone = models.load(name, framework, num_classes=0)
    headed = models.load(name, framework, num_classes=3, dropout=0.2, seed=1)
    features = outputs(backbone, name, batch)
    assert features.shape == (len(batch), entry.features)
    assert outputs(headed, name, batch).shape == (len(batch), 3)
    body = freezing.fingerprint(backbone)
    assert body.items() <= freezing.fingerprint(headed).items()
    random = models.load(name, framework, weights=None, num_classes=0, seed=1)
    assert len(freezing.changed(body, freezing.fingerprint(random))) > len(body) // 2
    if entry.headless:
        assert costs.parameters(backbone) == entry.parameters
        with pytest.raises(SettingError, match="end before the head"):
            models.load(name, framework)


def the_librarys_own_lines_give_the_same_features(
    framework: str, name: str, read: Callable[[Path], Callable[[np.ndarray], np.ndarray]]
) -> None:
    """Features of photographs, from the library's network and from the course's.

    ``read`` gives a function of scaled pixels (N, H, W, 3), with the last feature map or its mean.
    """
    need(name)
    entry = models.card(name)
    batch = photos(PLAIN_SIZE.get(name, 128))
    theirs = read(models.checkpoint(name, framework))(scale(batch, entry.rule(framework)))
    if theirs.ndim == 4:
        theirs = theirs.mean((1, 2))
    ours = outputs(models.load(name, framework, num_classes=0), name, batch)
    np.testing.assert_allclose(theirs, ours, atol=1e-5 * float(np.abs(ours).max()))


def without_a_pack(framework: str, place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TLCOURSE_DATA", str(place))
    for name in ("efficientnet_lite1", "vgg16_base"):
        with pytest.raises(WeightsError, match=r"chapter 2(?s:.*)`tlcourse packs`") as caught:
            models.load(name, framework, num_classes=0)
        assert str(cached.place(packs.pack(name))) in caught.value.problem
        with pytest.raises(WeightsError, match="tlcourse packs"):
            models.checkpoint(name, framework)
    assert not [path for path in place.rglob("*") if path.is_file()]


def photos(size: int) -> np.ndarray:
    chosen = data.photographs()
    return as_batch([chosen[name] for name in ("cat", "coffee", "astronaut")], size)


def observed(framework: str) -> dict[str, Any]:
    """What a framework makes of the same photographs with every network whose weights are here."""
    found: dict[str, Any] = {}
    for name in PACKED:
        if packs.known(name) and not cached.is_there(packs.pack(name)):
            continue
        backbone = models.load(name, framework, num_classes=0)
        for size in (models.card(name).input_size, 128):
            found[f"{name} {size}"] = outputs(backbone, name, photos(size)[:1]).tolist()
        if name not in BASES:
            random = models.load(name, framework, weights=None, num_classes=0, seed=3)
            found[f"{name} random"] = outputs(random, name, photos(64)[:1]).tolist()
    return found

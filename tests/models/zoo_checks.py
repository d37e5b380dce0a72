"""Checks of the libraries' architectures that hold in both frameworks."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from commit import in_turn

from tlcourse import freezing, models, training
from tlcourse.errors import CourseError, ShapeError, WeightsError
from tlcourse.models.architecture import linear_start
from tlcourse.models.layers import arrays
from tlcourse.models.loaded import name_of
from tlcourse.models.weights import sha256

# Every card whose network and weights are a library's: a new card is tried without a word here.
NAMES = tuple(c.name for c in models.cards() if any(entry.file for entry in c.pretrained))
# Built like a smaller one of theirs, which is tried in their place where trying takes seconds.
LIKE = {"vgg19": "vgg16", "resnet152": "resnet50"}
DISTINCT = tuple(name for name in NAMES if name not in LIKE)


def larger(quick: tuple[str, ...]) -> list[str]:
    """A third of the networks that take seconds, other ones with every commit; ``quick`` ones go always."""
    return in_turn([name for name in DISTINCT if name not in quick], 3)


# Published billions of multiply-adds, where there are: torchvision's meta["_ops"], for Xception timm's
# table (8.4). Keras's ResNets have the paper's strides, and less work (He et al. 2016, table 1: 3.8, 11.3).
GMACS = {
    "vgg16": 15.47,
    "vgg19": 19.632,
    "inception_v3": 5.713,
    "xception": 8.4,
    "resnet50": 4.089,
    "resnet152": 11.514,
    "efficientnet_b0": 0.386,
}


def images(name: str, count: int = 4, size: int | None = None) -> np.ndarray:
    side = size or models.card(name).min_size
    return np.random.default_rng(0).integers(0, 256, (count, side, side, 3), dtype=np.uint8)


def array(x: Any) -> np.ndarray:
    return np.asarray(x.detach() if hasattr(x, "detach") else x)


def outputs(model: Any, name: str, batch: np.ndarray) -> np.ndarray:
    return models.loaded.predict_logits(model, batch)


def too_small_images_are_refused(framework: str) -> None:
    for name, least in (("inception_v3", 75), ("xception", 71), ("vgg16", 32)):
        with pytest.raises(ShapeError, match=rf"{name}.*{least - 1} x {least - 1}.*\n.*at least {least}"):
            models.load(name, framework, weights=None, input_size=least - 1)
        with pytest.raises(ShapeError, match=f"at least {least}"):
            models.preprocess(images(name, 1, least - 1), name, framework=framework)


def heads_and_seeds(framework: str, name: str) -> None:
    """The three kinds of head; random weights by the seed; the fresh head alike in both frameworks."""
    batch = images(name)
    features = models.card(name).features
    backbone = models.load(name, framework, weights=None, num_classes=0, seed=3)
    assert outputs(backbone, name, batch).shape == (4, features)
    one, same, other = (
        models.load(name, framework, weights=None, num_classes=3, dropout=0.2, seed=s) for s in (3, 3, 4)
    )
    assert outputs(one, name, batch).shape == (4, 3)
    prints = [freezing.fingerprint(m) for m in (one, same, other)]
    assert prints[0] == prints[1]
    assert len(freezing.changed(prints[0], prints[2])) > len(prints[0]) // 8
    body = freezing.fingerprint(backbone)
    assert body.items() <= prints[0].items(), "the head does not move the body's start"
    weight, bias = linear_start(features, 3, 3)
    found = {n: a for n, _, a in arrays(one)}
    head = freezing.layer_groups(one)[-1]
    assert head.parameters[-2].endswith(".weight")
    np.testing.assert_array_equal(found[head.parameters[-2]], weight)
    np.testing.assert_array_equal(found[head.parameters[-1]], bias)
    assert name_of(one) == name
    cut = models.cut_head(one)
    assert name_of(cut) == name
    np.testing.assert_allclose(
        outputs(cut, name, batch), outputs(backbone, name, batch), rtol=1e-3, atol=1e-4
    )


def freezing_and_training(framework: str, name: str, block: str) -> None:
    """Frozen is frozen, statistics too; what is open learns; predictions use the model's own rule."""
    model = models.load(name, framework, weights=None, num_classes=3, seed=0)
    batch, labels = images(name, 6), np.array([0, 1, 2, 0, 1, 2])
    freezing.freeze_to(model, block)
    before = freezing.fingerprint(model)
    training.fit(model, (batch, labels), steps=2, batch_size=3, lr=1e-3, progress=False)
    moved = set(freezing.changed(before, freezing.fingerprint(model)))
    groups = freezing.layer_groups(model)
    names = [g.name for g in groups]
    held = [layer for g in groups[: names.index(block) + 1] for layer in g.layers]
    assert moved
    assert not [t for t in moved if t.rpartition(".")[0] in held]
    assert set(groups[-1].parameters) <= moved
    report = freezing.trainable_report(model)
    assert 0 < report.trainable < report.total
    assert freezing.batch_norm_layers(model)
    probabilities = training.predict(model, batch, progress=False)
    np.testing.assert_allclose(probabilities.sum(1), 1, rtol=1e-5)
    named = training.predict(model, batch, preprocess=name, progress=False)
    np.testing.assert_array_equal(probabilities, named)
    # An untrained network gives nearly the same for any image, so the rule itself is looked at.
    assert training._rule(model, None) == name
    assert models.loaded._rule(model) == models.card(name).rule(framework) != "lite"
    best = models.top_k(model, batch, 1, class_names=["a", "b", "c"], size=None)
    assert [row[0][0] for row in best] == ["abc"[i] for i in probabilities.argmax(1)]
    backbone = models.load(name, framework, weights=None, num_classes=0, seed=0)
    features = training.cache_features(backbone, batch, progress=False)
    assert features.shape == (6, models.card(name).features)


def own_file_comes_back(framework: str, path: Any, save: Any, name: str = "efficientnet_b0") -> None:
    """A fine-tuned network's file: whole, its body, and with another head."""
    model = models.load(name, framework, weights=None, num_classes=3, seed=1)
    save(model, path)
    prints = freezing.fingerprint(model)
    again = models.load(name, framework, weights=path, num_classes=3, seed=9)
    assert freezing.fingerprint(again) == prints
    backbone = models.load(name, framework, weights=path, num_classes=0)
    assert freezing.fingerprint(backbone).items() <= prints.items()
    with pytest.raises(WeightsError, match="do not fit the model"):
        models.load(name, framework, weights=path, num_classes=4)
    with pytest.raises(WeightsError, match="do not fit the model"):
        models.load("resnet50", framework, weights=path, num_classes=3)
    # A file of features has no head: a fresh one is drawn.
    bare = path.with_name(f"bare-{path.name}")
    save(backbone, bare)
    fresh = freezing.fingerprint(models.load(name, framework, weights=bare, num_classes=4, seed=2))
    assert freezing.fingerprint(backbone).items() <= fresh.items()
    content = path.read_bytes()
    for damaged in (content[: len(content) // 2], b"nothing of the kind"):
        path.write_bytes(damaged)
        with pytest.raises(WeightsError, match="damaged"):
            models.load(name, framework, weights=path, num_classes=3)


def wrong_files(framework: str, folder: Any) -> None:
    foreign = folder / ("w.weights.h5" if framework == "torch" else "w.pth")
    foreign.write_bytes(b"x")
    with pytest.raises(WeightsError, match="Keras's"):
        models.load("resnet50", framework, weights=foreign)
    with pytest.raises(CourseError, match="There is no weight file"):
        models.load("resnet50", framework, weights=folder / ("x.pth" if framework == "torch" else "x.h5"))


def hash_of(path: Any, algorithm: str) -> str:
    import hashlib

    return sha256(path)[:8] if algorithm == "sha256" else hashlib.md5(path.read_bytes()).hexdigest()

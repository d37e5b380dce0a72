"""The architectures of keras.applications."""

from __future__ import annotations

import dataclasses
import importlib
import random
from pathlib import Path
from typing import Any

import h5py
import keras
import numpy as np
import pytest
import zoo_checks as checks
from commit import in_turn, one_of
from published_checks import use_cache

from tlcourse import devices, freezing, models
from tlcourse.errors import SettingError, WeightsError
from tlcourse.models import costs
from tlcourse.models.cards._pretrained import WeightFile

MODULES = {
    "vgg16": ("vgg16", "VGG16"),
    "vgg19": ("vgg19", "VGG19"),
    "inception_v3": ("inception_v3", "InceptionV3"),
    "xception": ("xception", "Xception"),
    "resnet50": ("resnet", "ResNet50"),
    "resnet152": ("resnet", "ResNet152"),
    "efficientnet_b0": ("efficientnet", "EfficientNetB0"),
}


QUICK = ("efficientnet_b0",)


@pytest.fixture(scope="module", autouse=True)
def _started() -> None:
    devices.start("test", "keras")


class Asked(Exception):
    """Ends the library's loading where it asks for its file."""


@pytest.mark.parametrize("name", in_turn(checks.NAMES, 2))
def test_cards_and_costs_are_true(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    entry = models.card(name).of("keras")
    model = models.load(name, weights=None, seed=0)
    assert costs.parameters(model) == entry.parameters
    found = costs.multiply_adds(model, models.card(name).input_size) / 1e9
    # Keras's ResNets have their strides earlier, and less work: 3.86 and 11.3.
    wanted = {"resnet50": 3.86, "resnet152": 11.3}.get(name, checks.GMACS.get(name, found))
    assert found == pytest.approx(wanted, rel=0.02)


@pytest.mark.parametrize(
    ("name", "top"), [(name, one_of([True, False], number)) for number, name in enumerate(MODULES)]
)
def test_cards_name_the_files_that_keras_asks_for(
    name: str, top: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    module, function = MODULES[name]
    source = importlib.import_module(f"keras.src.applications.{module}")

    def asked(fname: str, origin: str, file_hash: str, **rest: Any) -> str:
        raise Asked(fname, origin, file_hash)

    monkeypatch.setattr(source.file_utils, "get_file", asked)
    with pytest.raises(Asked) as caught:
        getattr(source, function)(include_top=top)
    file = models.card(name).of("keras").file if top else models.card(name).of("keras").body_file
    assert file is not None
    assert caught.value.args == (file.name, file.url, file.digest)


@pytest.mark.parametrize("name", checks.NAMES)
@pytest.mark.turns(2, "tlcourse/models", "tests/models")
def test_preprocessing_is_keras_own(name: str) -> None:
    source = getattr(keras.applications, MODULES[name][0])
    batch = checks.images(name, 2)
    wanted = source.preprocess_input(batch.astype(np.float32))
    np.testing.assert_allclose(models.preprocess(batch, name), wanted, rtol=1e-6, atol=1e-5)


@pytest.mark.turns(2, "tlcourse/models", "tests/models")
def test_too_small_images_are_refused() -> None:
    checks.too_small_images_are_refused("keras")
    with pytest.raises(SettingError, match="takes 224 pixels"):
        models.load("vgg16", weights=None, input_size=96)


@pytest.mark.parametrize("name", QUICK)
@pytest.mark.turns(2, "tlcourse/models", "tests/models")
def test_heads_and_seeds(name: str) -> None:
    state = random.getstate()
    checks.heads_and_seeds("keras", name)
    assert random.getstate() == state, "the global generator is left alone"


@pytest.mark.slow
@pytest.mark.parametrize("name", checks.larger(QUICK))
@pytest.mark.turns(2, "tlcourse/models", "tests/models")
def test_heads_and_seeds_of_the_larger_ones(name: str) -> None:
    checks.heads_and_seeds("keras", name)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "block"),
    in_turn([("efficientnet_b0", "block6d"), ("inception_v3", "mixed9"), ("xception", "block13")], 3),
)
def test_freezing_and_training(name: str, block: str) -> None:
    checks.freezing_and_training("keras", name, block)


@pytest.mark.slow
@pytest.mark.parametrize("suffix", in_turn(["weights.h5", "keras"], 2))
def test_own_file_comes_back(tmp_path: Path, suffix: str) -> None:
    def save(model: keras.Model, path: Path) -> None:
        model.save(path) if suffix == "keras" else model.save_weights(path)

    checks.own_file_comes_back("keras", tmp_path / f"mine.{suffix}", save)


@pytest.mark.turns(2, "tlcourse/models", "tests/models")
def test_wrong_files(tmp_path: Path) -> None:
    checks.wrong_files("keras", tmp_path)


def save_as_published(model: keras.Model, path: Path) -> None:
    """The older format, which the published files have."""
    from keras.src.legacy.saving import legacy_h5_format

    with h5py.File(path, "w") as file:
        legacy_h5_format.save_weights_to_hdf5_group(file, model)


def publish(name: str, whole: keras.Model, body: keras.Model, folder: Path, monkeypatch: Any) -> list[Path]:
    """Put both files of these weights into the cache, and their hashes into the card."""
    cache = use_cache("keras", folder, monkeypatch)
    cache.mkdir(parents=True)
    files, paths = [], []
    for model, stem in ((whole, "whole"), (body, "body")):
        path = cache / f"{stem}.h5"
        save_as_published(model, path)
        digest = checks.hash_of(path, "md5")
        files.append(WeightFile(f"https://weights.invalid/{path.name}", path.stat().st_size, digest, "md5"))
        paths.append(path)
    entry = models.card(name)
    other = tuple(dataclasses.replace(e, file=files[0], body_file=files[1]) for e in entry.pretrained)
    cards = importlib.import_module("tlcourse.models.cards")  # models.cards is the function
    monkeypatch.setitem(cards._read, name, dataclasses.replace(entry, pretrained=other))
    return paths


@pytest.mark.slow
@pytest.mark.turns(2, "tlcourse/models", "tests/models")
def test_published_weights_from_the_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Held against what keras.applications itself makes of the same file with weights="imagenet"."""
    source = importlib.import_module("keras.src.applications.efficientnet")
    made = keras.applications.EfficientNetB0(weights=None, classifier_activation=None)
    normalization = next(x for x in made.layers if isinstance(x, keras.layers.Normalization))
    # As in the published file: the deviation, where the layer wants its square.
    mean, deviation = np.float32([0.485, 0.456, 0.406]), np.float32([0.229, 0.224, 0.225])
    normalization.set_weights([mean, deviation, normalization.get_weights()[2]])
    normalization.finalize_state()
    body = keras.Model(made.inputs[0], made.get_layer("top_activation").output)
    paths = publish("efficientnet_b0", made, body, tmp_path, monkeypatch)
    monkeypatch.setattr(source.file_utils, "get_file", lambda *_, **__: str(paths[0]))
    theirs = keras.applications.EfficientNetB0(weights="imagenet", classifier_activation=None)
    batch = checks.images("efficientnet_b0", 2, 224)
    wanted = np.asarray(theirs(batch.astype(np.float32), training=False))
    whole = models.load("efficientnet_b0")
    found = np.asarray(whole(models.preprocess(batch, "efficientnet_b0"), training=False))
    np.testing.assert_allclose(found, wanted, rtol=1e-3, atol=1e-5)
    headed = models.load("efficientnet_b0", num_classes=5, seed=1)
    features = models.load("efficientnet_b0", num_classes=0)
    by_path = models.load("efficientnet_b0", num_classes=5, seed=1, weights=paths[0])
    assert freezing.fingerprint(headed) == freezing.fingerprint(by_path)
    assert freezing.fingerprint(features).items() <= freezing.fingerprint(whole).items()
    paths[1].write_bytes(paths[1].read_bytes()[:-100])
    with pytest.raises(WeightsError, match=r"damaged(?s:.*)Delete it"):
        models.load("efficientnet_b0", num_classes=0)
    paths[1].unlink()
    with pytest.raises(WeightsError, match=r"not on this machine(?s:.*)weights=path"):
        models.load("efficientnet_b0", num_classes=0)


@pytest.mark.turns(2, "tlcourse/models", "tests/models")
def test_layers_without_a_name_are_numbered_from_zero_each_time() -> None:
    for _ in range(2):
        model = models.load("xception", weights=None, num_classes=0, seed=0)
        unnamed = [x.name for x in model.layers if x.name.startswith("conv2d")]
        assert unnamed == ["conv2d", "conv2d_1", "conv2d_2", "conv2d_3"]
        groups = {g.name: g.layers for g in freezing.layer_groups(model)}
        assert list(groups) == [f"block{i}" for i in range(1, 15)]
        assert {"conv2d_3", "batch_normalization_3"} <= set(groups["block13"])


@pytest.mark.turns(2, "tlcourse/models", "tests/models")
def test_the_model_is_known_wherever_it_is() -> None:
    backbone = models.load("efficientnet_b0", weights=None, num_classes=0, seed=0)
    wrapped = keras.Sequential([backbone, keras.layers.Dense(2)])
    extended = keras.Model(backbone.input, keras.layers.Dense(2)(backbone.output))
    assert {models.loaded.name_of(m) for m in (backbone, wrapped, extended)} == {"efficientnet_b0"}
    assert models.loaded.name_of(keras.Sequential([keras.Input((3,)), keras.layers.Dense(2)])) is None


@pytest.mark.turns(2, "tlcourse/models", "tests/models")
def test_costs_of_a_model() -> None:
    model = models.load("efficientnet_b0", weights=None, num_classes=3)
    count = sum(int(np.prod(v.shape)) for v in model.trainable_weights)
    assert costs.parameters(model) == count == sum(costs.parameters_by_block(model).values())
    assert list(costs.parameters_by_block(model))[-1] == "predictions"
    assert 4 * count < costs.file_bytes(model) < 4.6 * count
    assert costs.latency(model, 32, repeats=2) > 0
    image = keras.Input((10, 10, 3))
    x = keras.layers.Conv2D(8, 3, padding="same")(image)
    x = keras.layers.SeparableConv2D(4, 3, padding="same")(x)
    x = keras.layers.DepthwiseConv2D(3, padding="same")(x)
    inner = keras.Model(image, keras.layers.Dense(2)(keras.layers.Flatten()(x)))
    outer = keras.Sequential([keras.Input((10, 10, 3)), inner, keras.layers.Dense(5)])
    wanted = 100 * 27 * 8 + 100 * 8 * (9 + 4) + 100 * 4 * 9 + 400 * 2
    assert costs.multiply_adds(inner, 10) == wanted
    assert costs.multiply_adds(outer, 10) == wanted + 2 * 5

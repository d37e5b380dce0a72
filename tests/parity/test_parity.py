"""One weight file, two frameworks: the same images in, the same features, classes and frozen layers out."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import observing
import pytest

OBSERVE = Path(__file__).with_name("observe.py")
RIGHT = {
    "chelsea": {"tabby", "tiger cat", "Egyptian cat"},
    "coffee": {"espresso", "cup", "coffee mug"},
    "rocket": {"missile", "projectile", "space shuttle"},
}


def observe(framework: str, folder: Path) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    out = folder / f"{framework}.npz"
    observing.observe(framework, OBSERVE, framework, out)
    with np.load(out) as held:
        arrays = dict(held)
    return json.loads(str(arrays.pop("facts"))), arrays


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    # One after the other: two frameworks at once on two cores cost each other ten times their time.
    folder = tmp_path_factory.mktemp("parity")
    return {framework: observe(framework, folder) for framework in ("torch", "keras")}


def test_each_process_holds_one_framework(both: dict[str, Any]) -> None:
    assert "tensorflow" not in both["torch"][0]["loaded"]
    assert both["keras"][0]["loaded"] == ["tensorflow"]


@pytest.mark.parametrize("size", [224, 128])
def test_preprocessing_is_exactly_equal(both: dict[str, Any], size: int) -> None:
    ours, theirs = (both[f][1][f"input_{size}"] for f in ("torch", "keras"))
    assert ours.dtype == theirs.dtype == np.float32
    np.testing.assert_array_equal(ours, theirs)


@pytest.mark.parametrize("size", [224, 128])
def test_features_agree_within_1e4(both: dict[str, Any], size: int) -> None:
    ours, theirs = (both[f][1][f"features_{size}"] for f in ("torch", "keras"))
    assert ours.shape == theirs.shape == (3, 1280)
    assert ours.std() > 0.1  # not all zero
    np.testing.assert_allclose(ours, theirs, rtol=0, atol=1e-4)


@pytest.mark.parametrize("framework", ["torch", "keras"])
@pytest.mark.parametrize("size", [224, 128])
def test_features_equal_an_independent_load(both: dict[str, Any], framework: str, size: int) -> None:
    independent = both["torch"][1][f"independent_{size}"]
    np.testing.assert_allclose(both[framework][1][f"features_{size}"], independent, rtol=0, atol=1e-4)


def test_top_5_are_the_same_and_right(both: dict[str, Any]) -> None:
    ours, theirs = (both[f][0]["top5"] for f in ("torch", "keras"))
    for photograph, mine, other in zip(RIGHT, ours, theirs, strict=True):
        assert [name for name, _ in mine] == [name for name, _ in other]
        np.testing.assert_allclose([p for _, p in mine], [p for _, p in other], atol=1e-4)
        assert RIGHT[photograph] & {name for name, _ in mine}, f"{photograph}: {mine}"
    assert ours[0][0][0] in RIGHT["chelsea"], "scikit-image's cat is a cat"


def test_fingerprints_are_equal(both: dict[str, Any]) -> None:
    """Equal hashes: every tensor has the same name and, to the bit, the same numbers in both frameworks."""
    ours, theirs = (both[f][0]["fingerprint"] for f in ("torch", "keras"))
    assert list(ours) == list(theirs)
    assert len(ours) == 296 - 49  # the file's tensors without BatchNorm's batch counters
    assert ours == theirs


def test_groups_and_rates_are_equal(both: dict[str, Any]) -> None:
    ours, theirs = (both[f][0] for f in ("torch", "keras"))
    assert ours["groups"] == theirs["groups"]
    assert ours["rates"] == theirs["rates"]
    expected = ["conv_stem", *(f"blocks.{i}" for i in range(7)), "conv_head", "classifier"]
    assert [name for name, *_ in ours["groups"]] == expected
    assert ours["groups_small_cnn"] == theirs["groups_small_cnn"]


def test_the_same_layers_are_trainable_after_each_freezing_call(both: dict[str, Any]) -> None:
    ours, theirs = (both[f][0]["trainable"] for f in ("torch", "keras"))
    for mine, other in zip(ours, theirs, strict=True):
        assert mine == other, f"after {mine[0]}{mine[1]}"
    sizes = [count for *_, count in ours]
    assert sizes[0] == 4_652_008
    assert sizes[1] == 0
    assert sizes[2] == 1280 * 1000 + 1000
    assert sizes[-1] == 0
    assert len(set(sizes)) > 8  # the calls do different things


@pytest.mark.parametrize("name", ["efficientnet_lite0", "small_cnn"])
def test_a_random_start_is_the_same_network(both: dict[str, Any], name: str) -> None:
    ours, theirs = (both[f] for f in ("torch", "keras"))
    assert ours[0][f"random_{name}"] == theirs[0][f"random_{name}"]
    np.testing.assert_allclose(ours[1][f"random_{name}"], theirs[1][f"random_{name}"], atol=1e-4)


@pytest.mark.parametrize(("name", "width"), [("efficientnet_lite0", 40), ("small_cnn", 64)])
def test_a_network_cut_at_a_block_is_the_same(both: dict[str, Any], name: str, width: int) -> None:
    ours, theirs = (both[f] for f in ("torch", "keras"))
    assert ours[0][f"cut_{name}"] == theirs[0][f"cut_{name}"]  # the fresh head included
    assert ours[1][f"cut_{name}"].shape == (3, width)
    assert ours[1][f"cut_{name}"].std() > 0.01
    for kind in ("cut", "headed"):
        np.testing.assert_allclose(ours[1][f"{kind}_{name}"], theirs[1][f"{kind}_{name}"], rtol=0, atol=1e-4)

"""What a file of either framework has to keep: checks that both processes run."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tlcourse import data, deployment, models
from tlcourse.deployment import scaling
from tlcourse.errors import DataError, SettingError, ShapeError, UnknownNameError
from tlcourse.frameworks import framework_of
from tlcourse.models import rules

SIZE = 32


@pytest.fixture(scope="module")
def images() -> np.ndarray:
    return data.photos(size=SIZE).split("test").images[:24]


@pytest.fixture(scope="module")
def model() -> Any:
    return models.load("small_cnn", num_classes=6, seed=0)


@pytest.fixture(scope="module")
def ending(model: Any) -> str:
    return deployment.SUFFIX[framework_of(model)]


@pytest.fixture(scope="module")
def file(model: Any, ending: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("files") / f"network{ending}"
    return deployment.export(model, path, size=SIZE)


def test_a_file_says_what_its_network_says(model: Any, file: Path, images: np.ndarray) -> None:
    found = deployment.same_outputs(model, file, images)
    assert found.largest < 1e-4
    assert found.mean <= found.largest
    assert found.same_answers == 1
    assert deployment.same_outputs(model, file.read_bytes(), images) == found


def test_a_file_takes_bytes_and_any_number_of_images(file: Path, images: np.ndarray) -> None:
    run = deployment.Runtime(file)
    assert run.input_shape == (None, SIZE, SIZE, 3)
    assert run.dtype == np.uint8
    all_at_once, one_by_one = run(images, batch_size=24), run(images, batch_size=1)
    assert all_at_once.shape == (24, 6)
    assert all_at_once.dtype == np.float32
    np.testing.assert_allclose(all_at_once, one_by_one, atol=1e-5)
    np.testing.assert_allclose(all_at_once.sum(axis=1), 1, atol=1e-5)
    np.testing.assert_array_equal(run(images[:7]), run(images[:7]))


def test_another_rule_is_found_out(model: Any, file: Path, images: np.ndarray) -> None:
    assert deployment.same_outputs(model, file, images, rule="bytes").largest > 0.01


@pytest.mark.parametrize("rule", sorted(rules.RULES))
def test_a_rule_is_three_numbers_for_each_channel(model: Any, rule: str, images: np.ndarray) -> None:
    order, factor, offset = scaling.of(model, rule)
    ours = images[:2][..., list(order)].astype(np.float32) * factor + offset
    np.testing.assert_allclose(ours, rules.apply(rule, images[:2]), atol=2e-5)


def test_the_preprocessing_of_other_channels_is_inside(
    model: Any, images: np.ndarray, ending: str, tmp_path: Path
) -> None:
    path = deployment.export(model, tmp_path / f"bgr{ending}", size=SIZE, rule="caffe")
    assert deployment.same_outputs(model, path, images, rule="caffe").largest < 1e-4


@pytest.mark.parametrize("numbers", deployment.NUMBERS[1:])
def test_fewer_bits_make_a_smaller_file(
    model: Any, file: Path, images: np.ndarray, ending: str, tmp_path: Path, numbers: str
) -> None:
    calibration = images if numbers == "static int8" else None
    path = deployment.export(
        model, tmp_path / f"small{ending}", size=SIZE, numbers=numbers, calibration=calibration
    )
    assert path.stat().st_size < (0.65 if numbers == "float16" else 0.45) * file.stat().st_size
    assert 0 < deployment.same_outputs(model, path, images).largest < 0.2
    assert deployment.Runtime(path).dtype == np.uint8


def test_a_fresh_process_tells_the_costs(file: Path, images: np.ndarray) -> None:
    costs = deployment.measure(file, images, repeats=5)
    assert costs.file_bytes == file.stat().st_size
    assert 0 < costs.ms_low <= costs.ms <= costs.ms_high
    assert costs.cpu_ms > 0
    assert np.isnan(costs.memory_mb) or 0 < costs.memory_mb < 500


def test_what_is_refused(model: Any, file: Path, images: np.ndarray, ending: str, tmp_path: Path) -> None:
    with pytest.raises(SettingError, match="does not end with"):
        deployment.export(model, tmp_path / "network.txt", size=SIZE)
    path = tmp_path / f"never{ending}"
    with pytest.raises(UnknownNameError):
        deployment.export(model, path, size=SIZE, numbers="int4")
    with pytest.raises(SettingError, match="missing"):
        deployment.export(model, path, size=SIZE, numbers="static int8")
    with pytest.raises(SettingError, match="not used"):
        deployment.export(model, path, size=SIZE, calibration=images)
    with pytest.raises(ShapeError):
        deployment.export(model, path, size=SIZE, numbers="static int8", calibration=images[:, :16])
    assert not path.exists()
    run = deployment.Runtime(file)
    for wrong in (images.astype(np.float32), images[:, :16], images[0], images[:0]):
        with pytest.raises(ShapeError, match="takes uint8"):
            run(wrong)
    with pytest.raises(DataError, match="cannot be read"):
        deployment.Runtime(tmp_path / "nothing")
    with pytest.raises(DataError, match="no network"):
        deployment.Runtime(b"nothing of the kind")
    with pytest.raises(DataError, match="no network"):
        deployment.Runtime(b"1234TFL3 and then nothing")

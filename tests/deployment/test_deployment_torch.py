"""Exported files of PyTorch in their runtime."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from deployment_checks import (  # noqa: F401  (tests and their fixtures, run here)
    ending,
    file,
    images,
    model,
    test_a_file_says_what_its_network_says,
    test_a_file_takes_bytes_and_any_number_of_images,
    test_a_fresh_process_tells_the_costs,
    test_a_rule_is_three_numbers_for_each_channel,
    test_another_rule_is_found_out,
    test_fewer_bits_make_a_smaller_file,
    test_the_preprocessing_of_other_channels_is_inside,
    test_what_is_refused,
)

from tlcourse import deployment, devices, models
from tlcourse.errors import ShapeError


@pytest.fixture(scope="module", autouse=True)
def _started() -> None:
    devices.start("test", "torch")


def test_training_mode_is_left_as_it_was_and_not_exported(tmp_path: Path, images: np.ndarray) -> None:  # noqa: F811
    net = models.load("small_cnn", num_classes=6, seed=0).train()
    before = {name: value.clone() for name, value in net.state_dict().items()}
    path = deployment.export(net, tmp_path / "awake.onnx", size=32)
    assert all(module.training for module in net.modules())
    assert all(torch.equal(value, before[name]) for name, value in net.state_dict().items())
    assert deployment.same_outputs(net, path, images).largest < 1e-4


def test_a_fixed_batch_is_named(tmp_path: Path, images: np.ndarray) -> None:  # noqa: F811
    net = torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Linear(32 * 32 * 3, 4)).eval()
    path = tmp_path / "fixed.onnx"
    torch.onnx.export(
        net, (torch.zeros(4, 32, 32, 3),), path, dynamo=True, verbose=False, external_data=False
    )
    run = deployment.Runtime(path)
    assert run.input_shape == (4, 32, 32, 3)
    assert run(images[:8].astype(np.float32)).shape == (8, 4)
    with pytest.raises(ShapeError, match="cannot be cut into batches of 4"):
        run(images[:6].astype(np.float32))

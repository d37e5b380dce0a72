"""The file that timm reads."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import checkpoint_checks as checks
import numpy as np
import pytest

from tlcourse.frameworks import prepare


@pytest.fixture(scope="module", autouse=True)
def _prepared() -> None:
    prepare("torch")


def timms(file: Path) -> Callable[[np.ndarray], np.ndarray]:
    import timm
    import torch

    network = timm.create_model("tf_efficientnet_lite0", checkpoint_path=file).eval()

    def logits(pixels: np.ndarray) -> np.ndarray:
        with torch.inference_mode():
            return network(torch.from_numpy(pixels.transpose(0, 3, 1, 2).copy())).numpy()

    return logits


def test_timm_reads_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    checks.the_librarys_own_reader_gives_the_same_network("torch", timms, tmp_path, monkeypatch)


def test_bad_input(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    checks.bad_input_gets_one_clear_error("torch", tmp_path, monkeypatch)

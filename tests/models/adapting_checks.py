"""Heads cut and channels added up, in either framework."""

from __future__ import annotations

import numpy as np
import pytest

from tlcourse import models
from tlcourse.errors import CourseError


def features_of(model, images: np.ndarray) -> np.ndarray:
    """Images (N, H, W, C) float32 through a model, in inference mode."""
    if hasattr(model, "input_shape"):  # Keras
        return np.asarray(model(images, training=False))
    import torch

    model.eval()
    with torch.inference_mode():
        return model(torch.from_numpy(images.transpose(0, 3, 1, 2).copy())).numpy()


def pictures(channels: int = 3) -> np.ndarray:
    rng = np.random.default_rng(0)
    return rng.normal(0, 1, (3, 64, 64, channels)).astype(np.float32)


def the_head_is_cut(framework: str) -> None:
    x = pictures()
    for name in ("efficientnet_lite0", "small_cnn"):
        whole = models.load(name, framework, num_classes=7, input_size=64, seed=0)
        logits = features_of(whole, x)
        cut = models.cut_head(whole)
        backbone = models.load(name, framework, num_classes=0, input_size=64, seed=0)
        np.testing.assert_allclose(features_of(cut, x), features_of(backbone, x), atol=2e-4)
        np.testing.assert_array_equal(features_of(whole, x), logits)  # the old one is as it was
        with pytest.raises(CourseError, match="not in a dense layer"):
            models.cut_head(backbone)


def grey_gives_what_repeated_grey_gives(framework: str) -> None:
    whole = models.load("efficientnet_lite0", framework, num_classes=0, input_size=64)
    grey = pictures(1)
    repeated = features_of(whole, np.repeat(grey, 3, axis=-1))
    adapted = models.one_channel(whole)
    np.testing.assert_allclose(features_of(adapted, grey), repeated, atol=2e-4)
    assert features_of(whole, pictures()).shape == repeated.shape  # the old one still takes colours
    with pytest.raises(CourseError, match="three channels"):
        models.one_channel(adapted)

"""The tiny network in NumPy leads where a framework leads; run in the process of each."""

from __future__ import annotations

from typing import Any

import numpy as np

from tlcourse.exercises.engine import tiny

BLOCKS = ("stem", "block1", "block2")


def _freeze(model: Any, framework: str, frozen: list[str]) -> None:
    if framework == "torch":
        model.train()
        for name in frozen:
            model.get_submodule(name).requires_grad_(False).eval()
    else:
        for name in frozen:
            model.get_layer(name).trainable = False


def a_step_leads_where_numpy_says(framework: str) -> None:
    batch = tiny.batch(np.random.default_rng(0), 18, 8, 3)
    images, labels = batch["images"], batch["labels"]
    for frozen in ([], ["stem"], ["block1"], list(BLOCKS)):
        model = tiny.build(framework, BLOCKS, 5, 3, 8, 7)
        before = tiny.arrays(model, framework, BLOCKS)
        assert not tiny.moved(tiny.initial(BLOCKS, 5, 3, 7), before)
        _freeze(model, framework, frozen)
        tiny.step(model, framework, images, labels, 0.1)
        after = tiny.arrays(model, framework, BLOCKS)
        by_batch = set(BLOCKS) - set(frozen)
        assert tiny.batch_blocks(before, after, BLOCKS, images, labels, 0.1) == by_batch
        # Another rate, a weight that something else moved, statistics that are hidden: none of it fits.
        assert tiny.batch_blocks(before, after, BLOCKS, images, labels, 0.11) is None
        moved = {**after, "classifier.weight": after["classifier.weight"] + np.float32(1e-3)}
        assert tiny.batch_blocks(before, moved, BLOCKS, images, labels, 0.1) is None
        hidden = {n: before[n] if n.endswith((".mean", ".variance")) else v for n, v in after.items()}
        assert tiny.batch_blocks(before, hidden, BLOCKS, images, labels, 0.1) == by_batch
        cut = {n: v[:1] if n == "stem.mean" else v for n, v in after.items()}
        assert tiny.batch_blocks(before, cut, BLOCKS, images, labels, 0.1) is None


def outputs_are_the_frameworks(framework: str) -> None:
    images = tiny.batch(np.random.default_rng(1), 6, 8, 3)["images"]
    model = tiny.build(framework, BLOCKS, 4, 3, 8, 3)
    if framework == "torch":
        found = model.eval()(tiny.torch_images(images)).detach().numpy()
    else:
        found = np.asarray(model(images, training=False))
    expected = tiny.logits(tiny.initial(BLOCKS, 4, 3, 3), BLOCKS, images)
    np.testing.assert_allclose(found, expected, atol=1e-5)

"""Two points for the ranges, one for a network that stayed as it was."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Any

import numpy as np

from tlcourse.exercises.engine import Verdict, always, listed, read, right, show, stopped, tiny, total, wrong

from .probe import CLASSES


def _maps(arrays: dict[str, np.ndarray], blocks: list[str], images: np.ndarray, by_batch: bool) -> list[Any]:
    """The maps after each block, float64 (N, H, W, C), and before its ReLU."""
    x, made = np.asarray(images, "float64"), []
    for block in blocks:
        padded = np.pad(x, ((0, 0), (1, 1), (1, 1), (0, 0)))
        windows = np.lib.stride_tricks.sliding_window_view(padded, (3, 3), axis=(1, 2))
        z = np.tensordot(windows, arrays[f"{block}.conv"].astype("float64").transpose(2, 0, 1, 3), axes=3)
        mean, variance = (arrays[f"{block}.{part}"] for part in tiny.STATISTICS)
        if by_batch:
            mean, variance = z.mean((0, 1, 2)), z.var((0, 1, 2))
        normed = (z - mean) / np.sqrt(variance + 1e-5) * arrays[f"{block}.scale"] + arrays[f"{block}.shift"]
        x = np.maximum(normed, 0)
        made.append((x, normed))
    return made


class Case:
    """The pairs of numbers, by block."""

    def __init__(self, observed: dict[str, Any], inputs: dict[str, Any]) -> None:
        self.inputs, self.given = inputs, observed["given"]
        self.before = tiny.initial(inputs["blocks"], inputs["width"], CLASSES, inputs["seed"])
        self.moved = tiny.moved(self.before, observed["after"])

    @cached_property
    def pairs(self) -> dict[str, np.ndarray] | None:
        if not isinstance(self.given, dict) or set(self.given) != set(self.inputs["asked"]):
            return None
        try:
            pairs = {name: np.asarray(pair, "float64").reshape(-1) for name, pair in self.given.items()}
        except (TypeError, ValueError):
            return None
        return pairs if all(len(pair) == 2 for pair in pairs.values()) else None

    @cached_property
    def yours(self) -> str:
        if not isinstance(self.given, dict):
            return f"something of type {type(self.given).__name__}"
        return (
            f"a dictionary with the keys {listed([str(key) for key in self.given])}" if self.given else "{}"
        )

    def ranges(self, which: int, by_batch: bool) -> dict[str, list[tuple[float, float]]]:
        """Lowest and highest of each batch, by block; ``which``: after the ReLU (0) or before it (1)."""
        found: dict[str, list[tuple[float, float]]] = {name: [] for name in self.inputs["asked"]}
        for images in self.inputs["batches"]:
            maps = _maps(self.before, self.inputs["blocks"], images, by_batch)
            for block, pair in zip(self.inputs["blocks"], maps, strict=True):
                if block in found:
                    found[block].append((float(pair[which].min()), float(pair[which].max())))
        return found

    def are(self, over: Callable[[np.ndarray], np.ndarray], which: int = 0, by_batch: bool = False) -> bool:
        """Whether the pairs are these of the batches' ranges, an array (batches, 2), for every block."""
        if self.pairs is None:
            return False
        return all(
            np.allclose(self.pairs[name], over(np.array(of_batches)), rtol=1e-3, atol=1e-3)
            for name, of_batches in self.ranges(which, by_batch).items()
        )

    @cached_property
    def first_pair(self) -> str:
        assert self.pairs is not None
        name = self.inputs["asked"][0]
        low, high = self.pairs[name]
        return f"For {name} you found {show(low)} to {show(high)}"


def _widest(of_batches: np.ndarray) -> np.ndarray:
    return np.array([of_batches[:, 0].min(), of_batches[:, 1].max()])


UNUSABLE = (
    wrong(
        lambda case: case.pairs is None,
        "`ranges` should give a dictionary with a pair (lowest, highest) for each of `names`; yours"
        " gave {yours}.",
        "no pairs by name",
    ),
)
RANGES = (
    right(lambda case: case.are(_widest), "The ranges hold every calibration image.", 2),
    wrong(
        lambda case: case.are(_widest, by_batch=True),
        "{first_pair}: the network normalised with each batch's own numbers. Calibrate it as it will"
        " be used.",
        "training mode",
    ),
    wrong(
        lambda case: case.are(lambda x: x[-1]) or case.are(lambda x: x[0]),
        "{first_pair}: that is the range of one batch. The others count as well.",
        "one batch",
    ),
    wrong(
        lambda case: case.are(lambda x: x.mean(0)),
        "{first_pair}: that is a mean over the batches. What lies outside would be cut off.",
        "mean of the batches",
    ),
    wrong(
        lambda case: case.are(_widest, which=1),
        "{first_pair}: these are the numbers before the block's ReLU. Look at what the whole block gives.",
        "before the ReLU",
    ),
    wrong(always, "{first_pair}, and the lowest and highest number of its maps are different."),
)
KEPT = (
    right(lambda case: not case.moved, "The network stayed as it was."),
    wrong(
        always,
        "The network's numbers changed while you looked. Statistics move in training mode.",
        "network changed",
    ),
)


def judge(observed: dict[str, Any], inputs: dict[str, Any]) -> Verdict:
    """Two points and one; none for leaving the network alone where nothing was found."""
    case = Case(observed, inputs)
    if (verdict := stopped(UNUSABLE, case)) is not None:
        return verdict
    found = read(RANGES, case)
    return total(found, read(KEPT, case)) if found[0] else total(found)

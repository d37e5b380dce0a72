"""A point for the scores of all networks together, and one if they were left as they were."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np

from tlcourse.exercises.engine import Verdict, always, close, number, read, right, show, tiny, total, wrong

from .probe import CLASSES

CLOSE = 6e-4  # learners may round to three decimals


class Score:
    """The score of one network, and the network afterwards."""

    def __init__(self, seen: dict[str, Any], case: dict[str, Any]) -> None:
        self.case, self.value = case, number(seen["value"], "the accuracy")
        self.times = int(seen["passes"])
        first = tiny.initial(case["blocks"], case["width"], CLASSES, case["seed"])
        found = {name: np.asarray(value) for name, value in seen["after"].items()}
        moved = tiny.moved(first, found)
        self.statistics = [name for name in moved if name.endswith((".mean", ".variance"))]
        self.weights = [name for name in moved if name not in self.statistics]
        self.hit = tiny.logits(first, case["blocks"], case["images"]).argmax(axis=1) == case["labels"]

    @cached_property
    def batches(self) -> list[np.ndarray]:
        """Which images of the first pass were right, batch by batch."""
        order = self.hit[tiny.passes(self.case, 0)]
        return [order[i : i + self.case["batch"]] for i in range(0, len(order), self.case["batch"])]

    @property
    def yours(self) -> str:
        return f"For {len(self.hit)} images in {len(self.batches)} batches you give {show(float(self.value))}"

    def is_near(self, *values: float) -> bool:
        return any(close(self.value, float(value), CLOSE) for value in values)


ACCURACY = (
    wrong(
        lambda score: score.statistics,
        "{yours}, and BatchNorm's running statistics have moved. The network was in training mode: BatchNorm"
        " used the numbers of each batch, and dropout struck out features. Score in evaluation mode.",
        "scored in training mode",
    ),
    right(lambda score: score.is_near(score.hit.mean()), "The accuracy is right, last batch and all."),
    wrong(
        lambda score: score.times > 1,
        "{yours}, after {times} passes over the batches. They come in a new order on each pass, so outputs of"
        " one and labels of another do not belong together. Take both from the same batch.",
        "labels of another pass",
    ),
    wrong(
        lambda score: score.is_near(np.mean([batch.mean() for batch in score.batches])),
        "{yours}: the mean of the batches' accuracies. The last batch is short, and its image counts as much"
        " as a whole batch of others. Count over all images, and divide once.",
        "mean of the batches",
    ),
    wrong(
        lambda score: score.is_near(100 * score.hit.mean()),
        "{yours}: a percentage. Give a share, from 0 to 1.",
        "percentage",
    ),
    wrong(
        lambda score: score.is_near(score.hit.sum(), score.hit.sum() / len(score.batches)),
        "{yours}: right answers were counted, but not divided by the number of images.",
        "divided by something else",
    ),
    wrong(
        lambda score: score.is_near(score.hit.sum() / (score.case["batch"] * len(score.batches))),
        "{yours}: right answers, divided by the batch size times the number of batches. The last batch is not"
        " full.",
        "divided by something else",
    ),
    wrong(
        lambda score: score.is_near(score.batches[0].mean(), score.batches[-1].mean()),
        "{yours}: that is one batch alone. Go through all of them.",
        "one batch only",
    ),
    wrong(
        lambda score: not 0 <= score.value <= 1,
        "{yours}, and an accuracy lies between 0 and 1. It is a share of images, not a loss.",
        "not an accuracy",
    ),
    wrong(
        always,
        "{yours}. The accuracy is the share of images whose largest logit is at their label.",
        "another number",
    ),
)
LEFT_ALONE = (
    wrong(
        lambda score: score.weights,
        "After scoring, weights of the network have moved. Scoring only looks.",
        "trained while scoring",
    ),
    right(always, "The network was left as it was."),
)


def judge(observed: dict[str, Any], inputs: dict[str, Any]) -> Verdict:
    """Nothing for a network that was left alone by an answer that did not score it."""
    scores = [Score(seen, case) for seen, case in zip(observed["cases"], inputs["cases"], strict=True)]
    accuracy = read(ACCURACY, scores)
    return total(accuracy, read(LEFT_ALONE, scores)) if accuracy[1].passed else total(accuracy)

"""Two points for the score, and one if the backbone was used as it should be."""

from __future__ import annotations

from typing import Any

from tlcourse.exercises.engine import (
    Finding,
    Predicted,
    Verdict,
    always,
    gauge,
    read,
    right,
    show,
    stopped,
    total,
    wrong,
)

# Measured in PyTorch on 100 seeds, of 60 images: linear heads, a hidden layer, logistic regression and
# nearest means are right for 41 to 57 (50 on average), the pixels for 10 to 28, and a head whose labels were
# shuffled for 2 to 27 (12). On 25 seeds: images as bytes 30 to 47, divided by 255 only 42 to 55, in training
# mode 35 to 46. The score alone does not tell these three from right ones; what the backbone saw does.
FULL, LOW = 37, 32
"""So many of 60 new images earn two points, and one."""


class Head:
    """The predictions for the new images, and what the backbone saw meanwhile."""

    def __init__(self, observed: dict[str, Any], inputs: dict[str, Any]) -> None:
        self.predicted = Predicted(observed["predicted"], inputs["new_labels"])
        self.backbone = gauge.Reading(observed["backbone"])
        self.pixels = int(inputs["pixels"])

    @property
    def score(self) -> str:
        return (
            f"Your head is right for {self.predicted.shown} new images, and a logistic regression on the"
            f" pixels for {self.pixels}"
        )

    @property
    def only(self) -> int | None:
        return self.predicted.constant

    @property
    def beats_the_pixels(self) -> bool:
        return self.predicted.hits >= max(LOW, self.pixels + 1)

    @property
    def passes(self) -> bool:
        return self.beats_the_pixels and self.predicted.hits >= FULL

    @property
    def went_in(self) -> str:
        return f"went from {show(self.backbone.low, 3)} to {show(self.backbone.high, 3)}"

    @property
    def scaled(self) -> bool:
        """Whether what came in has the range that the network was trained on, or nearly."""
        return -1.3 < self.backbone.low < -0.7 and 0.7 < self.backbone.high < 1.3

    @property
    def numbers_mixed_up(self) -> bool:
        """Whether images are told apart, under other numbers than the labels'."""
        return self.predicted.renamed * self.predicted.n >= FULL and self.predicted.hits < LOW


NO_HEAD = (
    wrong(
        lambda head: head.only is not None and not head.backbone.weights_moved,
        "Every new image gets class {only}. Is what you return computed from the new images?",
        "one class for all",
    ),
    wrong(
        lambda head: head.backbone.unused,
        "{score}. Nothing went into the backbone that you were given, so nothing was transferred: use its"
        " features.",
        "backbone not used",
    ),
)
TRAINING_MODE = (
    "The backbone was in training mode. BatchNorm then uses the statistics of the batch, so an image's"
    " features depend on the other images beside it. Switch it to evaluation mode."
)
TRAINED = (
    "Weights of the backbone moved. With five dozen images that spoils more than it teaches; here only the"
    " head should train."
)
SCALE = (
    "What came into the backbone {went_in}, and it was trained on `(x - 127) / 128`, from about -1 to 1."
    " Scale the images like that. Make floats of the bytes first: a byte cannot be negative."
)
USED = (
    wrong(lambda head: head.backbone.weights_moved, TRAINED, "backbone trained"),
    wrong(
        lambda head: head.backbone.by_batch or head.backbone.statistics_moved,
        TRAINING_MODE,
        "training mode",
    ),
    wrong(lambda head: not head.scaled, SCALE, "scaled wrongly"),
    right(always, "The backbone stayed as it was, and saw images in its own scale."),
)
SCORE = (
    right(lambda head: head.passes, "{score}: the features tell more.", 2),
    wrong(lambda head: head.backbone.weights_moved, "{score}. " + TRAINED, "backbone trained"),
    wrong(
        lambda head: head.backbone.by_batch or head.backbone.statistics_moved,
        "{score}. " + TRAINING_MODE,
        "training mode",
    ),
    wrong(lambda head: not head.scaled, "{score}. " + SCALE, "scaled wrongly"),
    wrong(
        lambda head: head.numbers_mixed_up,
        "{score}. It tells the classes apart, but under numbers that are not the labels'. Give back the class"
        " numbers as the labels have them.",
        "numbers mixed up",
    ),
    wrong(
        lambda head: head.predicted.hits < LOW,
        "{score}, and guessing gets about a fifth. Does each label still belong to its image, and did the"
        " head train until its loss was small?",
        "no better than guessing",
    ),
    wrong(
        lambda head: not head.beats_the_pixels,
        "{score}. Look at the head's loss on the labelled images: is it small when training ends?",
        "not above the pixels",
    ),
    wrong(
        always,
        "{score}. These features can tell more. Look at the head's loss on the labelled images: is it small"
        " when training ends?",
        "falls short",
    ),
)


def judge(observed: dict[str, Any], inputs: dict[str, Any]) -> Verdict:
    """A point for a head that beats the pixels, two for one that is as good as such a head gets."""
    head = Head(observed, inputs)
    if (verdict := stopped(NO_HEAD, head)) is not None:
        return verdict
    points, finding = read(SCORE, head)
    if finding.passed:
        return total((points, finding), read(USED, head))
    return total(_in_part(head, finding))


def _in_part(head: Head, finding: Finding) -> tuple[float, Finding]:
    return (1.0 if head.beats_the_pixels else 0.0), finding

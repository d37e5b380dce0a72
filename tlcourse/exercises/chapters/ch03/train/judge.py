"""Points for how many of the new photographs are right, and for how the backbone was used."""

from __future__ import annotations

from typing import Any

from tlcourse.exercises.engine import Predicted, Verdict, always, gauge, read, right, total, wrong

# Of 60 new photographs (chance is 12), on 100 draws. Right ones: logistic regression on the features, scaled
# or as they are, 45 or more; the nearest class mean 43 or more. Wrong ones: pixels at most 29, labels beside
# the wrong rows 26, random weights 37, scaled in training only 40. Never scaled has 28 to 48, and training
# mode 36 to 52: these overlap with the right ones, so what the backbone saw costs a point as well.
FULL, SOME = 41, 32
NO_BETTER = 30


class Trained:
    """The predictions, and what the backbone was fed with."""

    def __init__(self, observed: dict[str, Any], inputs: dict[str, Any]) -> None:
        predicted = Predicted(observed["predicted"], inputs["new_labels"])
        self.hits, self.shown, self.constant = predicted.hits, predicted.shown, predicted.constant
        self.fed = gauge.Reading(observed["seen"])
        self.low, self.high = f"{self.fed.low:.1f}", f"{self.fed.high:.1f}"
        self.full = FULL


SCORE = (
    wrong(
        lambda trained: trained.constant is not None,
        "You give every photograph the class {constant}, which is right for {shown}.",
        "one class for all",
    ),
    right(lambda trained: trained.hits >= FULL, "{shown} new photographs are right.", 2),
    wrong(
        lambda trained: trained.fed.unused,
        "{shown} new photographs are right. The backbone saw none of them: pixels say little about what a"
        " photograph shows.",
        "without the backbone",
    ),
    wrong(
        lambda trained: trained.fed.high > 100 and trained.fed.low < -0.5,
        "{shown} new photographs are right. The backbone saw numbers from {low} to {high}: some images were"
        " scaled by the card, and others were not.",
        "scaled in training only",
    ),
    wrong(
        lambda trained: trained.fed.high > 100 and trained.hits >= SOME,
        "{shown} new photographs are right, and {full} are within reach. The backbone saw numbers from"
        " {low} to {high}. Its card says (x - 127) / 128.",
        "not scaled",
        1,
    ),
    wrong(
        lambda trained: trained.fed.high > 100,
        "{shown} new photographs are right. The backbone saw numbers from {low} to {high}. Its card says"
        " (x - 127) / 128.",
        "not scaled",
    ),
    wrong(
        lambda trained: trained.fed.by_batch and trained.hits >= SOME,
        "{shown} new photographs are right, and {full} are within reach. The backbone ran in training mode,"
        " so a photograph's features depend on the others in its batch.",
        "training mode",
        1,
    ),
    wrong(
        lambda trained: trained.fed.by_batch,
        "{shown} new photographs are right. The backbone ran in training mode, so a photograph's features"
        " depend on the others in its batch.",
        "training mode",
    ),
    wrong(
        lambda trained: trained.hits < NO_BETTER,
        "{shown} new photographs are right, not much more than by guessing. Does each row of features still"
        " stand beside its own label?",
        "features and labels apart",
    ),
    wrong(
        lambda trained: trained.hits >= SOME,
        "{shown} new photographs are right, and {full} are within reach of a linear classifier. Has yours"
        " learned long enough, and are its features pooled and in the card's range?",
        "not there yet",
        1,
    ),
    wrong(
        always,
        "{shown} new photographs are right. Has your classifier learned long enough, and were all images fed"
        " alike?",
        "not there yet",
    ),
)
BACKBONE = (
    wrong(
        lambda trained: trained.fed.high > 100,
        "The score does not show it, but the backbone saw numbers from {low} to {high}. Its card says"
        " (x - 127) / 128.",
        "not scaled",
    ),
    wrong(
        lambda trained: trained.fed.statistics_moved,
        "Looking at the photographs changed the backbone: the statistics of its BatchNorm layers moved. It"
        " ran in training mode.",
        "training mode",
    ),
    wrong(
        lambda trained: trained.fed.weights_moved,
        "Weights of the backbone moved. Here only what stands on its features should learn.",
        "the backbone was trained",
    ),
    right(always, "The backbone was fed by its card, and is as it was before."),
)


def judge(observed: dict[str, Any], inputs: dict[str, Any]) -> Verdict:
    """Two points for the score; where it is full, one for how the backbone was used."""
    trained = Trained(observed, inputs)
    score, backbone = read(SCORE, trained), read(BACKBONE, trained)
    return total(score, backbone) if score[1].passed else total(score)

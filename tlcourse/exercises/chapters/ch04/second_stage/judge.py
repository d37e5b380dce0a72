"""The block trains, at its rate, and the head goes on: a point each, for two steps after the answer."""

from __future__ import annotations

import math
from functools import cached_property
from typing import Any

from tlcourse.exercises.engine import (
    Verdict,
    always,
    close,
    listed,
    read,
    right,
    show,
    stopped,
    tiny,
    total,
    wrong,
)

from .steps import Steps


class Stage:
    """What the answer did to the model and its optimizer, and where two more steps led."""

    def __init__(self, observed: dict[str, Any], inputs: dict[str, Any]) -> None:
        self.observed, self.inputs = observed, inputs
        self.opens, self.lr, self.head_lr = inputs["opens"], inputs["lr"], inputs["head_lr"]
        self.given, self.failed = observed.get("wrong"), observed.get("failed")
        self.no_step = tiny.NO_STEP

    @cached_property
    def compiled(self) -> bool:
        return bool(self.observed["compiled"])

    @cached_property
    def steps(self) -> Steps:
        return Steps(self.observed, self.inputs)

    @cached_property
    def other_loss(self) -> bool:
        known = self.steps.loss
        return "loss" in self.observed and not close(self.observed["loss"], known, 2e-4 * max(1.0, known))

    @cached_property
    def loss(self) -> str:
        return show(float(self.observed["loss"]))

    # --- the block's rate: what its steps say; what the optimizer says of itself only names it

    @cached_property
    def rates(self) -> list[float]:
        return [float(rate) for rate in self.observed["rates"]]

    @cached_property
    def others(self) -> list[float]:
        return sorted({rate for rate in self.rates if not close(rate, self.lr, 1e-7)})

    @cached_property
    def measured(self) -> float:
        return self.steps.block_rate(self.lr)

    @cached_property
    def trains_at(self) -> str:
        shown = show(self.others[0])
        return f"`{self.opens}` trains at the rate {shown}, and you were given {show(self.lr)} for it."

    @cached_property
    def moves_at(self) -> str:
        return (
            f"The optimizer says that `{self.opens}` has the rate {show(self.lr)}, and the block moves as at"
            f" {show(self.measured)}."
        )

    # --- the others

    @cached_property
    def trained(self) -> set[str]:
        return {name.split(".")[0] for name in self.steps.moved}

    @cached_property
    def extra(self) -> list[str]:
        return sorted(self.trained - {self.opens, "classifier"})

    @cached_property
    def these_extra(self) -> str:
        return listed(self.extra)

    @cached_property
    def head_rates(self) -> list[float]:
        """The rates that the optimizer has for the head, apart from the one that it had."""
        rates = [float(rate) for rate in self.observed["head_rates"]]
        return [rate for rate in rates if not close(rate, self.head_lr, 1e-9)]

    @cached_property
    def head_rate(self) -> str:
        return show(self.head_rates[0])

    @cached_property
    def head_goes_on(self) -> bool:
        return not self.observed["head_rates"] or self.steps.head_goes_on(self.head_lr)


KERAS_NOT_TOLD = (
    "`{opens}` is trainable now, but the model still has the optimizer that it was compiled with, and that"
    " one knows the head only. `fit` goes on and trains the head, without a word. Compile again."
)
STOPS = (
    wrong(
        lambda stage: stage.given is not None,
        "`open_block` should return the optimizer to go on with; yours gave {given}.",
    ),
    wrong(
        lambda stage: not stage.observed["open"],
        "After your call nothing in `{opens}` is trainable: it is still frozen.",
        "still frozen",
    ),
    wrong(
        lambda stage: stage.observed.get("loss") == "none",
        "You compiled without a loss, so `fit` has nothing to minimise. Pass the model's own:"
        " `loss=model.loss`.",
    ),
    wrong(
        lambda stage: stage.failed is not None and not stage.compiled,
        KERAS_NOT_TOLD,
        "not told to the optimizer",
    ),
    wrong(
        lambda stage: stage.failed is not None,
        "The next step of training stops with {failed}. Does the loss that you compiled with fit logits and"
        " whole-number labels? The model's own does: `loss=model.loss`.",
        "another loss",
    ),
    wrong(
        lambda stage: not stage.steps.block and not stage.compiled,
        KERAS_NOT_TOLD,
        "not told to the optimizer",
    ),
    wrong(
        lambda stage: stage.other_loss,
        "The loss of the next step is {loss}, which is not the one that the model had. The head gives logits,"
        " and a loss made without `from_logits=True` takes them for probabilities. Pass the model's own:"
        " `loss=model.loss`.",
        "another loss",
    ),
    wrong(lambda stage: not stage.steps.is_training(stage.inputs), "In the next step, {no_step}"),
    wrong(
        lambda stage: not stage.steps.block and any(math.isnan(rate) for rate in stage.rates),
        "`{opens}` is trainable now, but the optimizer does not hold its parameters: it got those of the head"
        " when it was made, and never looks again. Gradients are computed for the block, and nobody uses"
        " them.",
        "not told to the optimizer",
    ),
    wrong(lambda stage: not stage.steps.block, "`{opens}` did not move in the next step."),
)
BLOCK = (right(always, "`{opens}` trains."),)
RATE = (
    right(
        lambda stage: stage.measured == stage.lr and not stage.others,
        "It has the rate that was asked for.",
    ),
    wrong(
        lambda stage: not stage.others,
        "{moves_at} Is the loss, or the gradient, or the step changed on the way?",
        "another rate",
    ),
    wrong(
        lambda stage: close(stage.others[0], stage.head_lr, 1e-9),
        "{trains_at} That is the head's rate: a group without an `lr` of its own gets the optimizer's.",
        "another rate",
    ),
    wrong(
        always,
        "{trains_at} Does the optimizer get it, as it is? One that gets no rate takes its own default.",
        "another rate",
    ),
)
REST = (
    wrong(
        lambda stage: "classifier" not in stage.trained,
        "The head no longer trains. It should go on, while the block joins it.",
        "the head was left out",
    ),
    wrong(
        lambda stage: stage.extra,
        "{these_extra} trains as well, and only `{opens}` was to be opened.",
        "too much was opened",
    ),
    wrong(
        lambda stage: stage.head_rates,
        "The head trains at {head_rate} now. It had a rate of its own; leave it.",
        "the head's rate changed",
    ),
    wrong(
        lambda stage: not stage.head_goes_on,
        "The head moves as at another rate than the one it had. It had a rate of its own; leave it.",
        "the head's rate changed",
    ),
    right(always, "The head goes on, and no other block trains."),
)


def judge(observed: dict[str, Any], inputs: dict[str, Any]) -> Verdict:
    """A point each, once the block trains at all."""
    stage = Stage(observed, inputs)
    return stopped(STOPS, stage) or total(read(BLOCK, stage), read(RATE, stage), read(REST, stage))

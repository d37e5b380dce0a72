"""Weights, statistics, and all the rest: a point each, for what three calls and three steps lead to."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np

from tlcourse.exercises.engine import (
    Finding,
    Verdict,
    always,
    listed,
    read,
    right,
    stopped,
    tiny,
    total,
    wrong,
)

WEIGHTS, NORM = ("conv",), ("scale", "shift")


class Call:
    """One call of ``freeze``, and what a step of training after it moved."""

    def __init__(self, number: int, before: Any, inputs: dict[str, Any], observed: dict[str, Any]) -> None:
        self.number, self.before, self.inputs = number, before, inputs
        self.blocks, self.frozen = inputs["blocks"], inputs["frozen"][number]
        self.after = observed["cases"][number]["after"]
        self.dropped = np.asarray(observed["cases"][number]["dropped"], "float64").ravel()
        self.when = f"After `freeze(model, {self.frozen})` and one step of training,"
        self.no_step = tiny.NO_STEP

    @cached_property
    def by_batch(self) -> frozenset[str] | None:
        """Whose BatchNorm used the batch's numbers: worked out, and None if no step leads to these arrays."""
        batch = (self.inputs["images"], self.inputs["labels"], self.inputs["lr"])
        return tiny.batch_blocks(self.before, self.after, self.blocks, *batch)

    @cached_property
    def moved(self) -> list[str]:
        return tiny.moved(self.before, self.after)

    def of(self, blocks: list[str], parts: tuple[str, ...]) -> list[str]:
        """What moved of some blocks."""
        names = [(name, *name.split(".")) for name in self.moved]
        return [name for name, block, part in names if block in blocks and part in parts]

    # --- frozen blocks

    @cached_property
    def weights(self) -> list[str]:
        return self.of(self.frozen, WEIGHTS)

    @cached_property
    def norm(self) -> list[str]:
        return self.of(self.frozen, NORM)

    @cached_property
    def statistics(self) -> list[str]:
        return self.of(self.frozen, tiny.STATISTICS)

    @cached_property
    def unused(self) -> list[str]:
        return sorted((self.by_batch or frozenset()) & set(self.frozen))

    # --- everything else

    @cached_property
    def head_moved(self) -> bool:
        return "classifier.weight" in self.moved

    @cached_property
    def open(self) -> list[str]:
        return [block for block in self.blocks if block not in self.frozen]

    @cached_property
    def closed(self) -> list[str]:
        return [block for block in self.open if not self.of([block], WEIGHTS)]

    @cached_property
    def unlearned(self) -> list[str]:
        return [block for block in self.open if not self.of([block], tiny.STATISTICS)]

    @cached_property
    def drops(self) -> bool:
        """Whether ones came out as dropout lets them: some struck out, the others as much larger."""
        kept = self.dropped[self.dropped != 0]
        share = len(kept) / max(1, self.dropped.size)
        return 0.1 < share < 0.95 and bool(np.all(np.abs(kept - 1 / (1 - tiny.DROPOUT)) < 1e-3))

    # --- in words

    @cached_property
    def these_weights(self) -> str:
        return listed(self.weights)

    @cached_property
    def these_norms(self) -> str:
        return listed(self.norm)

    @cached_property
    def these_statistics(self) -> str:
        return listed(self.statistics)

    @cached_property
    def these_unused(self) -> str:
        return listed(self.unused)

    @cached_property
    def these_closed(self) -> str:
        return listed(self.closed)

    @cached_property
    def these_unlearned(self) -> str:
        return listed(self.unlearned)


NO_STEP = (wrong(lambda call: call.by_batch is None, "{when} {no_step}"),)
WEIGHTS_STAY = (
    wrong(
        lambda call: call.weights,
        "{when} {these_weights} had moved: weights of frozen blocks.",
        "weights moved",
    ),
    wrong(
        lambda call: call.norm,
        "{when} {these_norms} had moved. BatchNorm has a scale and a shift of its own, and they are weights"
        " like others.",
        "BatchNorm left trainable",
    ),
    right(always, "The weights of the frozen blocks stayed where they were, BatchNorm's own included."),
)
STATISTICS_STAY = (
    wrong(
        lambda call: call.statistics,
        "{when} {these_statistics} had moved. No gradient moves these. The forward pass does, as long as the"
        " layer is in training mode.",
        "BatchNorm statistics moved",
    ),
    wrong(
        lambda call: call.unused,
        "{when} the statistics of {these_unused} were where they had been, but nobody used them: the layers"
        " still normalise with the numbers of the batch. Frozen BatchNorm uses its own.",
        "BatchNorm statistics moved",
    ),
    right(always, "The statistics of the frozen BatchNorm layers stayed where they were."),
)
REST_TRAINS = (
    wrong(
        lambda call: not call.head_moved,
        "{when} the head had not moved. It was not in the list.",
        "the head was frozen",
    ),
    wrong(
        lambda call: call.closed and call.number > 0,
        "{when} {these_closed} had not moved, and should have. The call before had frozen them; this one has"
        " to open them again.",
        "nothing is opened again",
    ),
    wrong(
        lambda call: call.closed,
        "{when} {these_closed} had not moved, and should have.",
        "nothing is opened again",
    ),
    wrong(
        lambda call: not call.drops,
        "{when} dropout was switched off, because the whole model is in evaluation mode. Only what is frozen"
        " belongs there.",
        "dropout switched off",
    ),
    wrong(
        lambda call: call.unlearned,
        "{when} the BatchNorm statistics of {these_unlearned} had not moved. These blocks were not in the"
        " list; they should learn as a whole.",
        "dropout switched off",
    ),
    right(always, "Everything else trains, and each call opened what the one before had closed."),
)


def judge(observed: dict[str, Any], inputs: dict[str, Any]) -> Verdict:
    """A point each; none where nothing moves, or nothing is frozen: the rest is no merit then."""
    before = tiny.initial(inputs["blocks"], inputs["width"], inputs["classes"], inputs["seed"])
    calls: list[Call] = []
    for number in range(len(inputs["frozen"])):
        calls.append(Call(number, before, inputs, observed))
        before = calls[-1].after
    if (verdict := stopped(NO_STEP, calls)) is not None:
        return verdict
    last_first = calls[::-1]  # the weights, and the head, are reported for the last call that went wrong
    weights = read(WEIGHTS_STAY, last_first)
    rest = read(REST_TRAINS, [call for call in last_first if not call.head_moved] or calls)
    if not any(call.moved for call in calls):
        return total(rest)
    if _nothing_is_frozen(calls):
        why = f"{weights[1].message} What is in the list is treated like everything else."
        return total((0.0, Finding(False, why, weights[1].misconception)))
    return total(weights, read(STATISTICS_STAY, calls), rest)


def _nothing_is_frozen(calls: list[Call]) -> bool:
    alike = all(bool(call.statistics) == bool(call.of(call.blocks, tiny.STATISTICS)) for call in calls)
    return alike and all(call.weights for call in calls)

"""What opens, what stays closed, and BatchNorm: a point each, for what each call and a step lead to."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from tlcourse.exercises.engine import (
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

from .probe import LR


class Call:
    """One call of ``unfreeze_last``, and what a step of training after it moved."""

    def __init__(self, number: int, before: Any, after: Any, inputs: dict[str, Any]) -> None:
        self.number, self.before, self.after, self.inputs = number, before, after, inputs
        self.n, self.blocks = inputs["counts"][number], inputs["blocks"]
        self.when = f"After `unfreeze_last(model, blocks, {self.n})`"
        self.no_step = tiny.NO_STEP

    @cached_property
    def by_batch(self) -> frozenset[str] | None:
        """Whose BatchNorm used the batch's numbers: worked out, and None if no step leads to these arrays."""
        batch = (self.inputs["images"], self.inputs["labels"], LR)
        return tiny.batch_blocks(self.before, self.after, self.blocks, *batch)

    @cached_property
    def moved(self) -> list[str]:
        return tiny.moved(self.before, self.after)

    @cached_property
    def open(self) -> list[str]:
        return [n.split(".")[0] for n in self.moved if n.endswith((".conv", "classifier.weight"))]

    @cached_property
    def missing(self) -> list[str]:
        return [block for block in self.blocks[len(self.blocks) - self.n :] if block not in self.open]

    @cached_property
    def extra(self) -> list[str]:
        return [block for block in self.blocks[: len(self.blocks) - self.n] if block in self.open]

    @cached_property
    def norm(self) -> list[str]:
        return [n for n in self.moved if n.endswith((".scale", ".shift", ".mean", ".variance"))]

    @cached_property
    def norm_learned(self) -> bool:
        return any(name.endswith((".scale", ".shift")) for name in self.norm)

    @cached_property
    def statistics_moved(self) -> bool:
        return any(name.endswith(tiny.STATISTICS) for name in self.norm)

    # --- in words

    @cached_property
    def these_missing(self) -> str:
        return listed(self.missing)

    @cached_property
    def these_extra(self) -> str:
        return listed(self.extra)

    @cached_property
    def these_norms(self) -> str:
        return listed(self.norm)

    @cached_property
    def these_by_batch(self) -> str:
        return listed(sorted(self.by_batch or ()))


def _nothing_moved(calls: Calls) -> bool:
    return not any(call.moved for call in calls.all)


def _every_block_trains(calls: Calls) -> bool:
    return all({f"{block}.conv" for block in call.blocks} <= set(call.moved) for call in calls.all)


class Calls:
    """All calls at once."""

    def __init__(self, calls: list[Call]) -> None:
        self.all = calls


NO_STEP = (wrong(lambda call: call.by_batch is None, "{when} and one step, {no_step}"),)
ALL_ALIKE = (
    wrong(_nothing_moved, "Nothing trains at all, not even the head.", "the head was frozen"),
    wrong(
        _every_block_trains,  # that the last ones train is no merit then
        "Every block trains, whatever n is. Close everything first, then open what is wanted.",
        "nothing is closed",
    ),
)
OPENED = (
    wrong(
        lambda call: "classifier" not in call.open,
        "{when} the head does not train. It has to, at every stage.",
        "the head was frozen",
    ),
    wrong(
        lambda call: call.missing and call.extra,
        "{when} {these_missing} did not train, but {these_extra} did: you counted from the input. The last"
        " blocks are those next to the head.",
        "counted from the input",
    ),
    wrong(lambda call: call.missing, "{when} {these_missing} did not train."),
    right(always, "The last n blocks train, and the head with them."),
)
CLOSED = (
    right(
        lambda call: not call.extra,
        "No earlier block trains, whatever was open before, and none at all for n = 0.",
    ),
    wrong(
        lambda call: call.n == 0 and len(call.extra) == len(call.blocks),
        "{when} every block trains. `blocks[-n:]` is the last n for n = 1 and more, and all of them for"
        " n = 0, because -0 is 0.",
        "minus zero",
    ),
    wrong(
        lambda call: call.missing,
        "{when} {these_extra} trains, which is not among the last {n}.",
        "counted from the input",
    ),
    wrong(
        lambda call: call.number > 0,
        "{when} {these_extra} still trains: the call before had opened it. Close everything first.",
        "left open",
    ),
    wrong(
        always,
        "{when} {these_extra} trains, which is not among the last {n}.",
        "too much was opened",
    ),
)
BATCHNORM = (
    wrong(
        lambda call: call.norm_learned and call.statistics_moved,
        "{when} BatchNorm's scales and shifts, and statistics, moved: {these_norms}. Opening a block opens"
        " the BatchNorm layers inside it, unless you close those again.",
        "BatchNorm opened",
    ),
    wrong(
        lambda call: call.norm_learned,
        "{when} BatchNorm's scales and shifts moved: {these_norms}. Opening a block opens the BatchNorm"
        " layers inside it, unless you close those again.",
        "BatchNorm opened",
    ),
    wrong(
        lambda call: call.statistics_moved,
        "{when} BatchNorm's statistics moved: {these_norms}. No gradient moves these. The forward pass does,"
        " as long as the layer is in training mode.",
        "BatchNorm opened",
    ),
    wrong(
        lambda call: call.by_batch,
        "{when} BatchNorm's statistics did not move, but those of {these_by_batch} are not used either: in"
        " training mode it works with the numbers of the batch.",
        "BatchNorm opened",
    ),
    right(always, "BatchNorm stayed as it was, in the open blocks too."),
)


def judge(observed: dict[str, Any], inputs: dict[str, Any]) -> Verdict:
    """A point each; none where all calls do the same, nothing or everything."""
    before = tiny.initial(inputs["blocks"], inputs["width"], 3, inputs["seed"])
    befores = [before, *observed["after"]]
    calls = [
        Call(number, before, after, inputs)
        for number, (before, after) in enumerate(zip(befores[:-1], observed["after"], strict=True))
    ]
    if (verdict := stopped(NO_STEP, calls) or stopped(ALL_ALIKE, Calls(calls))) is not None:
        return verdict
    # The last such call is the one reported.
    headless = [call for call in calls[::-1] if "classifier" not in call.open]
    return total(read(OPENED, headless or calls), read(CLOSED, calls), read(BATCHNORM, calls))

"""Outputs, activations and losses: a point each, if they are right for every task."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from tlcourse.exercises.engine import Finding, Verdict, always, read, right, show, total, wrong

FITS = {
    "exactly one": ("softmax", "cross-entropy"),
    "any number": ("sigmoid", "binary cross-entropy"),
    "a number": ("none", "squared error"),
}
ACTIVATIONS, LOSSES = zip(*FITS.values(), strict=True)


class Choice:
    """What was chosen for one task."""

    def __init__(self, task: dict[str, Any], chosen: list[Any]) -> None:
        self.of, self.kind = task["of"], task["answer"]
        self.said = f'"{task["about"]}" ({self.kind})'
        self.outputs, self.activation, self.loss = chosen
        self.shown_activation, self.shown_loss = show(self.activation), show(self.loss)
        self.activations, self.losses = ", ".join(ACTIVATIONS), ", ".join(LOSSES)
        self.fits = FITS[self.kind]

    @cached_property
    def is_wrong(self) -> bool:
        return self.activation != self.fits[0]


OUTPUTS = (
    wrong(
        lambda choice: choice.outputs > choice.of,
        "For {said} you take {outputs} outputs. Each class, each label and each number needs one of its own,"
        " and no other is needed.",
    ),
    wrong(
        lambda choice: choice.outputs < choice.of,
        "For {said} you take {outputs} outputs. Each class, each label and each number needs one of its own.",
        "one output for all",
    ),
    right(always, "There are as many outputs as there are answers to give."),
)
ACTIVATION = (
    wrong(
        lambda choice: choice.activation not in ACTIVATIONS,
        "For {said} you take {shown_activation}, which is none of {activations}.",
    ),
    wrong(
        lambda choice: choice.is_wrong and choice.kind == "any number" and choice.activation == "softmax",
        "For {said} you take {shown_activation}. A softmax shares one whole among them: two labels that both"
        " apply would have to take half each.",
        "softmax for any number",
    ),
    wrong(
        lambda choice: choice.is_wrong and choice.kind == "exactly one" and choice.activation == "sigmoid",
        "For {said} you take {shown_activation}. Sigmoids do not know of one another: all of them, or none,"
        " may say yes.",
        "sigmoid for exactly one",
    ),
    wrong(
        lambda choice: choice.is_wrong and choice.kind == "a number" and choice.activation == "sigmoid",
        "For {said} you take {shown_activation}. It squeezes the answer into the range from 0 to 1, and the"
        " answer may lie anywhere.",
        "sigmoid for a number",
    ),
    wrong(
        lambda choice: choice.is_wrong,
        "For {said} you take {shown_activation}. It does not turn these outputs into such an answer.",
        "another activation",
    ),
    right(always, "The activations fit the answers."),
)
LOSS = (
    wrong(
        lambda choice: choice.loss not in LOSSES,
        "For {said} you take the loss {shown_loss}, which is none of {losses}.",
    ),
    wrong(
        lambda choice: choice.kind != "a number" and choice.loss == "squared error",
        "For {said} you take the loss {shown_loss}. It does not measure what this answer gets wrong: it hardly"
        " punishes being sure and wrong.",
        "squared error for everything",
    ),
    wrong(
        lambda choice: choice.loss != choice.fits[1],
        "For {said} you take the loss {shown_loss}. It does not measure what this answer gets wrong.",
        "a loss of another task",
    ),
    right(always, "The losses fit the activations."),
)


def judge(observed: dict[str, Any], inputs: dict[str, Any]) -> Verdict:
    """A point each; one choice for everything is right for something, and no merit."""
    if "wrong" in observed:
        why = "`choose` should give (outputs, activation, loss) for each task; for one it gave"
        return Verdict(0.0, (Finding(False, f"{why} {observed['wrong']}."),))
    choices = [Choice(*pair) for pair in zip(inputs["tasks"], observed["chosen"], strict=True)]
    parts = read(OUTPUTS, choices), read(ACTIVATION, choices), read(LOSS, choices)
    if len({choice.activation for choice in choices}) == 1:
        return total(*((0.0, finding) for _, finding in parts if not finding.passed))
    return total(*parts)

"""Four points: the table's numbers, frozen, learning, and padding."""

from __future__ import annotations

from typing import Any

import numpy as np

from tlcourse.exercises.engine import (
    Verdict,
    WrongAnswerError,
    always,
    close,
    read,
    read_array,
    right,
    stopped,
    total,
    wrong,
)

from .probe import moved


class Case:
    """What the layer gave, and how it moved."""

    def __init__(self, observed: dict[str, Any], inputs: dict[str, Any]) -> None:
        if "instead" in observed:
            raise WrongAnswerError(
                f"A layer was asked for, and you give {observed['instead']}.", "not a layer"
            )
        table, tokens = np.asarray(inputs["table"], "float64"), np.asarray(inputs["tokens"])
        step, who = moved(inputs), "Your layer"
        frozen, opened = observed["frozen"], observed["open"]
        said = read_array(frozen["said"], who)
        self.asked, self.shape = tokens.shape, said.shape
        self.fits = said.shape == (*tokens.shape, table.shape[1])
        self.of_table = close(said, table[tokens], 1e-5)
        self.still = close(read_array(frozen["after"], who), table, 1e-5)
        after = read_array(opened["after"], who)
        self.learns = close(after[1:], step[1:], 1e-4)
        self.stays = close(after[1:], table[1:], 1e-5)
        self.in_keras = "mask" in opened
        mask = opened.get("mask")
        self.padding = (
            mask is not None and not isinstance(mask, str) and close(mask, (tokens != 0) * 1.0)
            if self.in_keras
            # A layer that never moves has padding that never moves: that shows nothing.
            else self.learns and close(after[0], np.zeros(table.shape[1]), 1e-6)
        )


TABLE = (
    wrong(
        lambda case: not case.fits,
        "For tokens {asked} it gives an array of shape {shape}. Put the table into the layer.",
        "random start",
    ),
    wrong(
        lambda case: not case.of_table,
        "Its vectors are not those of the table: it starts at random numbers, and what others learned is"
        " lost. Put"
        " the table into the layer.",
        "random start",
    ),
)
STARTS = (right(always, "The layer gives the table's vectors."),)
FROZEN = (
    right(lambda case: case.still, "With `trainable=False` a step of training changes nothing."),
    wrong(
        lambda case: case.stays,
        "With `trainable=False` a step of training has changed the vectors. And with True it has not: it"
        " is the"
        " wrong way round.",
        "the wrong way round",
    ),
    wrong(
        always,
        "With `trainable=False` a step of training has changed the vectors.",
        "never frozen",
    ),
)
OPEN = (
    right(lambda case: case.learns, "With `trainable=True` the words' vectors take the step."),
    wrong(
        lambda case: case.stays and case.still,
        "With `trainable=True` a step of training changes nothing.",
        "always frozen",
    ),
    wrong(
        lambda case: case.stays,
        "With `trainable=True` a step of training changes nothing.",
        "the wrong way round",
    ),
    wrong(always, "With `trainable=True` the vectors move, but not as the gradient says.", "another step"),
)
PADDING = (
    right(lambda case: case.padding, "Padding is known as padding."),
    wrong(
        lambda case: case.in_keras,
        "Padding is not known: the layer gives no mask on, and the layers after it take it for words."
        " `mask_zero`"
        " does it.",
        "no padding",
    ),
    wrong(
        lambda case: case.learns,
        "Padding is not known: its vector, row 0, has learned. Say which row it is: `padding_idx`.",
        "no padding",
    ),
    wrong(
        always,
        "Whether padding stays at zeros cannot be seen, because nothing learns as it should.",
        "no padding",
    ),
)


def judge(observed: dict[str, Any], inputs: dict[str, Any]) -> Verdict:
    """Each part counts alike; without the table's numbers there are none."""
    case = Case(observed, inputs)
    if (verdict := stopped(TABLE, case)) is not None:
        return verdict
    return total(*(read(table, case) for table in (STARTS, FROZEN, OPEN, PADDING)))

"""Two points for the names, one for their probabilities, over all files together."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np

from tlcourse.exercises.engine import Verdict, always, close, read, right, show, stopped, tiny, total, wrong

from .probe import TOP, softmax, ways

CLOSE = 2e-3
FLOOR = 1e-6  # of a probability that is told from 0


class File:
    """What came back for one file."""

    def __init__(self, seen: dict[str, Any], inputs: dict[str, Any], number: int) -> None:
        self.names, self.mode = inputs["names"], inputs["modes"][number]
        self.pairs, self.top = seen["pairs"], TOP
        self.returned = show(self.pairs)
        self.logits = ways(inputs, number)
        loaded = tiny.initial(inputs["blocks"], inputs["width"], len(self.names), inputs["seeds"][1])
        moved = tiny.moved(loaded, {name: np.asarray(value) for name, value in seen["after"].items()})
        self.statistics_only = bool(moved) and all(n.endswith((".mean", ".variance")) for n in moved)

    @property
    def are_pairs(self) -> bool:
        return (
            isinstance(self.pairs, list)
            and len(self.pairs) == TOP
            and all(isinstance(pair, list | tuple) and len(pair) == 2 for pair in self.pairs)
        )

    @cached_property
    def first(self) -> list[Any]:
        return [pair[0] for pair in self.pairs]

    @cached_property
    def shares(self) -> list[Any]:
        return [_number(pair[1]) for pair in self.pairs]

    @property
    def shown(self) -> str:
        return f"For an image in mode {self.mode} you give {show(self.first)}"

    @property
    def yours(self) -> str:
        return f"Your probabilities are {show(self.shares)}"

    # --- the names

    def best(self, way: str) -> list[str]:
        """The likeliest names if the image is read in one of the ways."""
        return [self.names[int(place)] for place in np.argsort(-self.logits[way])[:TOP]]

    def is_read(self, *which: str) -> bool:
        """Whether names and probabilities are those of one of these ways."""
        return any(self.is_likely(way) and self.are_close(softmax(self.logits[way])) for way in which)

    def is_likely(self, way: str) -> bool:
        """Whether the names are this way's, as far as single precision tells their probabilities apart."""
        known = int((np.sort(softmax(self.logits[way]))[::-1][:TOP] > FLOOR).sum())
        return self.first[:known] == self.best(way)[:known]

    @property
    def backwards(self) -> bool:
        return self.first == self.best("right")[::-1]

    @property
    def least(self) -> bool:
        order = np.argsort(self.logits["right"])[:TOP]
        return self.first in ([self.names[int(p)] for p in order], [self.names[int(p)] for p in order[::-1]])

    @property
    def are_places(self) -> bool:
        return all(isinstance(name, int | float) for name in self.first)

    # --- the probabilities

    def are_close(self, values: np.ndarray, tolerance: float = CLOSE) -> bool:
        """Whether the second values are these, for the names that were given."""
        places = [self.names.index(name) for name in self.first]
        return close([_or_nan(share) for share in self.shares], values[places], tolerance)

    @property
    def softmax(self) -> np.ndarray:
        return softmax(self.logits["right"])


def _number(value: Any) -> Any:
    """What is in an array of one number; anything else as it is."""
    return value.reshape(-1)[0].item() if isinstance(value, np.ndarray) and value.size == 1 else value


def _or_nan(value: Any) -> float:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else float("nan")


NOT_PAIRS = (
    wrong(
        lambda file: not file.are_pairs,
        "`load_and_predict` should give {top} pairs of a name and its probability. It gave {returned}.",
        "not five pairs",
    ),
    wrong(
        lambda file: file.are_places,
        "The first values of your pairs are {first}: places in the output. Look them up in `names`.",
        "places instead of names",
    ),
    wrong(
        lambda file: any(name not in file.names for name in file.first),
        "{shown}, and not all of these are in `names`.",
        "not five pairs",
    ),
)
NAMES = (
    wrong(
        lambda file: file.statistics_only,
        "{shown}, and BatchNorm's running statistics are not those of the file any more. The model was in"
        " training mode, where they follow each batch, and dropout is on. Switch it to evaluation mode.",
        "training mode",
    ),
    right(
        lambda file: file.first == file.best("right"), "The names are right, whatever kind of file it was.", 2
    ),
    wrong(
        lambda file: file.is_read("not loaded"),
        "{shown}: that is what the model gives with the random weights it came with. Load those of the file.",
        "weights not loaded",
    ),
    wrong(
        lambda file: file.is_read("unscaled", "not divided by 255"),
        "{shown}: that comes out if numbers as large as 255 go in. The card's mean and standard deviation are"
        " for numbers from 0 to 1: divide by 255, then use both.",
        "not scaled",
    ),
    wrong(
        lambda file: file.is_read("by 255"),
        "{shown}: that comes out if bytes are divided by 255, and no more. The card's mean and standard"
        " deviation are for numbers from 0 to 1: subtract, then divide.",
        "only divided by 255",
    ),
    wrong(
        lambda file: file.is_read("blue first"),
        "{shown}: that comes out if blue stands where red should be. Pillow gives red, green, blue, and so"
        " does the card.",
        "wrong order of the colours",
    ),
    wrong(
        lambda file: file.is_read("mixed axes"),
        "{shown}: that comes out if the array is reshaped to (3, H, W). A reshape keeps the numbers in their"
        " order, so rows of pixels become colours. Move the axis of the colours instead.",
        "reshaped instead of moved",
    ),
    wrong(
        lambda file: file.is_read("turned"),
        "{shown}: that comes out if rows and columns are swapped. Keep height before width.",
        "height and width swapped",
    ),
    wrong(
        lambda file: file.backwards or file.least,
        "{shown}. The likeliest comes first.",
        "least likely first",
    ),
    wrong(
        always,
        "{shown}. Compare each step with the card: the range of what goes into the model, its axes, the"
        " weights, the mode.",
        "other names",
    ),
)
PROBABILITIES = (
    right(lambda file: file.are_close(file.softmax), "The probabilities are right."),
    wrong(
        lambda file: file.are_close(file.logits["right"], 2e-2),
        "{yours}: those are logits. The softmax makes shares of 1 of them.",
        "softmax forgotten",
    ),
    wrong(
        lambda file: file.are_close(1 / (1 + np.exp(-file.logits["right"]))),
        "{yours}: each is the sigmoid of one logit, without a look at the others. The softmax makes shares of"
        " 1 of them all.",
        "sigmoid instead of softmax",
    ),
    wrong(
        lambda file: file.are_close(100 * file.softmax, 0.2),
        "{yours}: percentages. A probability lies between 0 and 1.",
        "percentage",
    ),
    wrong(
        always,
        "{yours}. The softmax goes over all classes, not over the five that you give.",
        "other probabilities",
    ),
)


def judge(observed: dict[str, Any], inputs: dict[str, Any]) -> Verdict:
    """No probability counts where a name is wrong."""
    files = [File(seen, inputs, number) for number, seen in enumerate(observed["cases"])]
    if (verdict := stopped(NOT_PAIRS, files)) is not None:
        return verdict
    names = read(NAMES, files)
    return total(names, read(PROBABILITIES, files)) if names[1].passed else total(names)

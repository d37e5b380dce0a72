"""A point for each batch."""

from __future__ import annotations

from typing import Any

import numpy as np

from tlcourse.exercises.engine import Verdict, always, close, read, read_array, right, show, total, wrong

from .probe import numbers

TITLES = ("Texts of the full length", "Short and long texts", "Unknown words, and a text without words")
WAYS = (
    "fills up in front",
    "fills up with unknown",
    "cuts the beginning",
    "dropped",
    "unknown is padding",
    "signs stripped",
    "numbered anew",
)


class Batch:
    """One batch, and what came of it."""

    def __init__(self, observed: dict[str, Any], inputs: dict[str, Any], place: int) -> None:
        self.title, self.instead = TITLES[place], observed.get("instead")
        self.kinds = " and ".join(observed.get("kinds", ()))
        if self.instead is not None or self.kinds:
            return
        texts, known = [list(text) for text in inputs["batches"][place]], list(inputs["words"])
        self.length = int(inputs["length"])
        longest = min(max(map(len, texts)), self.length)
        in_torch = "labels" in observed
        # A DataLoader's batch is as long as its longest text; TextVectorization gives one length to all.
        self.width = longest if in_torch else self.length
        got = read_array(observed["rows"][place], "the encoder")
        self.shape, self.count = got.shape, len(texts)
        self.fits = got.shape == (self.count, self.width)
        self.padded_too_far = in_torch and got.shape == (self.count, self.length)
        self.not_cut = got.ndim == 2 and got.shape[-1] > self.length
        self.one_hot = got.ndim != 2 or got.shape[-1] > max(self.length, *map(len, texts)) + 4
        truth = numbers(texts, known, self.length, self.width)
        self.labels_right = not in_torch or close(
            read_array(observed["labels"][place], "the labels"), np.asarray(inputs["labels"])[place]
        )
        self.right, self.way, self.said = False, None, ""
        if not self.fits:
            return
        self.right = close(got, truth)
        self.way = next(
            (how for how in WAYS if close(got, numbers(texts, known, self.length, self.width, how))), None
        )
        row = int((got != truth).any(axis=1).argmax())
        self.said = f"{' '.join(texts[row]) or '(no words)'} becomes {show([int(n) for n in got[row]])}"


BATCH = (
    wrong(
        lambda batch: batch.instead is not None,
        "`encoder` gave {instead}. PyTorch wants a function that makes two tensors of a list of pairs,"
        " Keras a"
        " layer.",
        "no encoder",
    ),
    wrong(
        lambda batch: batch.kinds,
        "Your tensors are {kinds}. An embedding layer and a loss want int64 for both.",
        "not whole numbers",
    ),
    wrong(
        lambda batch: batch.one_hot,
        "{title}: your array has the shape {shape}. A row has a number for each word, in the order of the"
        " text.",
        "no order",
    ),
    wrong(
        lambda batch: batch.not_cut,
        "{title}: your array has the shape {shape}. Of a text at most the first {length} words stay.",
        "not cut",
    ),
    wrong(
        lambda batch: not batch.fits and batch.padded_too_far,
        "{title}: your rows have {length} places, and the longest text of this batch has fewer words. Pad"
        " a batch"
        " only as far as it needs.",
        "padded too far",
    ),
    wrong(
        lambda batch: not batch.fits,
        "{title}: {count} texts, and your array has the shape {shape}.",
        "another shape",
    ),
    wrong(
        lambda batch: not batch.labels_right,
        "{title}: the labels are not those of the batch, in its order.",
        "other labels",
    ),
    right(lambda batch: batch.right, "{title}: right."),
    wrong(
        lambda batch: batch.way == "fills up in front",
        "{title}: {said}. You fill up in front. The zeros go to the end of a text.",
        "fills up in front",
    ),
    wrong(
        lambda batch: batch.way == "fills up with unknown",
        "{title}: {said}. You fill up with 1, which stands for an unknown word. Padding is 0.",
        "fills up with unknown",
    ),
    wrong(
        lambda batch: batch.way == "cuts the beginning",
        "{title}: {said}. Of a long text you keep the end. Keep its beginning.",
        "cuts the beginning",
    ),
    wrong(
        lambda batch: batch.way == "dropped",
        "{title}: {said}. You leave unknown words out. Then the text reads on as if they had never been"
        " there: give"
        " them 1.",
        "dropped",
    ),
    wrong(
        lambda batch: batch.way == "unknown is padding",
        "{title}: {said}. You give an unknown word 0, and 0 is padding: nothing is there. An unknown word"
        " is 1.",
        "unknown is padding",
    ),
    wrong(
        lambda batch: batch.way == "signs stripped",
        "{title}: {said}. Signs were stripped before the words were looked up, so `n't` and `:)` are"
        " lost. Look at"
        " `standardize`.",
        "signs stripped",
    ),
    wrong(
        lambda batch: batch.way == "numbered anew",
        "{title}: {said}. The words have got new numbers, and the rows of the table of vectors no longer"
        " fit them."
        " Give the vocabulary in its order.",
        "numbered anew",
    ),
    wrong(
        always,
        "{title}: {said}. Look each word up, cut at {length} words, and fill up with 0.",
        "other numbers",
    ),
)


def judge(observed: dict[str, Any], inputs: dict[str, Any]) -> Verdict:
    """Each batch counts alike."""
    return total(*(read(BATCH, Batch(observed, inputs, place)) for place in range(len(TITLES))))

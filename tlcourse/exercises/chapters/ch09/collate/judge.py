"""Two points for the padded ids, two for the mask; without the labels there are none."""

from __future__ import annotations

from typing import Any

import numpy as np

from tlcourse.exercises.engine import (
    Verdict,
    WrongAnswerError,
    always,
    close,
    listed,
    read,
    read_array,
    right,
    show,
    stopped,
    total,
    wrong,
)


def padded(rows: list[list[int]], length: int, fill: int, front: bool = False) -> np.ndarray:
    """Rows cut or filled up to one length, int (N, length)."""
    out = np.full((len(rows), length), fill)
    for i, row in enumerate(rows):
        kept = row[:length]
        if front:
            out[i, length - len(kept) :] = kept
        else:
            out[i, : len(kept)] = kept
    return out


class Batch:
    """One batch, and what was made of it."""

    def __init__(self, seen: dict[str, Any], case: dict[str, Any], names: tuple[str, ...]) -> None:
        self.ids_name, self.mask_name, self.labels_name = names
        self.instead, self.missing, self.other = seen.get("instead"), seen.get("missing"), seen.get("other")
        self.has, self.kind = listed(list(seen.get("has", ()))), seen.get("kind", "")
        self.made = self.instead is None and self.missing is None and self.other is None
        if not self.made:
            return
        rows, self.pad = [list(row) for row in case["rows"]], int(case["pad"])
        lengths = [len(row) for row in rows]
        ids, mask, labels = (read_array(seen["arrays"][name], f"`{name}`") for name in names)
        self.dtype = seen["kinds"][self.ids_name]
        self.label_dtype = seen["kinds"][self.labels_name]
        self.whole = self.dtype.startswith(("int", "uint"))
        self.labels_whole = self.label_dtype.startswith(("int", "uint"))
        self.labels_right = close(labels, np.array(case["labels"]))
        self._ids(ids, rows, lengths)
        self._mask(mask, ids, rows, lengths)

    def _ids(self, ids: np.ndarray, rows: list[list[int]], lengths: list[int]) -> None:
        count, longest = len(rows), max(lengths)
        self.shape, self.count, self.longest = ids.shape, count, longest
        self.shortest = min(lengths)
        self.right = close(ids, padded(rows, longest, self.pad))
        self.too_long = ids.ndim == 2 and len(ids) == count and ids.shape[1] > longest
        self.cut = ids.ndim == 2 and len(ids) == count and ids.shape[1] < longest
        self.to_shortest = self.cut and ids.shape[1] == self.shortest
        self.front = close(ids, padded(rows, longest, self.pad, front=True))
        self.row, self.fill = "", ""
        self.other_fill = False
        if ids.shape != (count, longest):
            return
        bad = int((ids != padded(rows, longest, self.pad)).any(axis=1).argmax())
        self.row = show([int(n) for n in ids[bad]])
        outside = np.arange(longest) >= np.array(lengths)[:, None]
        fills = np.unique(ids[outside])
        self.other_fill = len(fills) == 1 and close(ids, padded(rows, longest, int(fills[0])))
        self.fill = show(int(fills[0])) if len(fills) else ""

    def _mask(self, mask: np.ndarray, ids: np.ndarray, rows: list[list[int]], lengths: list[int]) -> None:
        self.mask_shape, self.mask_fits = mask.shape, mask.shape == ids.shape
        ones = [[1] * n for n in lengths]
        # Of ids that are too long or too short the mask can be right all the same.
        wide = ids.shape[1] if ids.ndim == 2 else self.longest
        truth = padded(ones, wide, 0)
        self.mask_right = close(mask, truth)
        self.all_ones = mask.size > 0 and bool((mask == 1).all())
        self.inverted = close(mask, 1 - truth)
        self.by_pad = self.mask_fits and close(mask, (ids != self.pad) * 1.0)
        self.by_zero = self.mask_fits and close(mask, (ids != 0) * 1.0) and self.pad != 0
        self.suits_ids = self.front and close(mask, padded(ones, wide, 0, front=True))


MADE = (
    wrong(
        lambda batch: batch.instead is not None,
        "`collate` gives {instead}. It should give a dict with `{ids_name}` and `{mask_name}`, and the"
        " labels where the task says.",
        "not a batch",
    ),
    wrong(
        lambda batch: batch.missing is not None,
        "Your batch has {has}, and no `{missing}`.",
        "not a batch",
    ),
    wrong(
        lambda batch: batch.other is not None,
        "`{other}` is {kind}. A model takes one tensor or array for the whole batch.",
        "not a batch",
    ),
    wrong(
        lambda batch: not batch.whole or not batch.labels_whole,
        "`{ids_name}` is {dtype} and `{labels_name}` is {label_dtype}. Token ids and labels are integers.",
        "not integers",
    ),
    wrong(
        lambda batch: not batch.labels_right,
        "`{labels_name}` are not the labels of the texts in their order.",
        "other labels",
    ),
)
IDS = (
    right(lambda batch: batch.right, "The ids are padded as they should be.", 2),
    wrong(
        lambda batch: batch.to_shortest,
        "The longest text of a batch has {longest} tokens, the shortest {shortest}, and your ids have the"
        " shape {shape}. You cut every text to the shortest. Pad to the longest.",
        "cut to the shortest",
    ),
    wrong(
        lambda batch: batch.cut,
        "The longest text of a batch has {longest} tokens, and your ids have the shape {shape}. Tokens are"
        " lost.",
        "tokens lost",
    ),
    wrong(
        lambda batch: batch.too_long,
        "The longest text of a batch has {longest} tokens, and your ids have the shape {shape}. The model"
        " would compute all this padding for nothing. Pad to the longest text of the batch.",
        "padded too far",
    ),
    wrong(
        lambda batch: batch.front,
        "A row is {row}: the padding comes first. Then every token has a different position than the encoder"
        " learned. Put the padding at the end.",
        "padding in front",
    ),
    wrong(
        lambda batch: batch.other_fill,
        "A row is {row}: you pad with {fill}, and `pad` is {pad}. In this vocabulary {fill} can be a real"
        " token.",
        "pads with a real token",
    ),
    wrong(
        always,
        "Your ids have the shape {shape}, for {count} texts of up to {longest} tokens. Each row is a"
        " text's ids, followed by `pad`.",
        "other ids",
    ),
)
MASK = (
    wrong(
        lambda batch: not batch.mask_fits,
        "The ids have the shape {shape} and the mask has {mask_shape}. The mask says for each token"
        " whether it is one.",
        "another shape",
    ),
    wrong(
        lambda batch: batch.cut,
        "Whether the mask is right can be seen when no tokens are lost.",
        "tokens lost",
    ),
    right(lambda batch: batch.mask_right, "The mask is right.", 2),
    wrong(
        lambda batch: batch.inverted,
        "Your mask is 1 at the padding and 0 at the tokens. The library's models expect the opposite.",
        "mask inverted",
    ),
    wrong(
        lambda batch: batch.by_zero,
        "Your mask looks for zeros, and `pad` is {pad}. Make the mask from the lengths of the texts.",
        "mask from zeros",
    ),
    wrong(
        lambda batch: batch.all_ones,
        "Your mask is 1 everywhere. The encoder would read the padding as tokens.",
        "no mask",
    ),
    wrong(
        lambda batch: batch.by_pad,
        "Your mask is 0 wherever an id equals `pad`. Here a text may contain that id as a token, as"
        " GPT-2's end of text does. Make the mask from the lengths of the texts.",
        "mask from the ids",
    ),
    wrong(
        lambda batch: batch.suits_ids,
        "The mask fits your ids. It will be right when the padding is at the end.",
        "padding in front",
    ),
    wrong(always, "The mask is 1 for each token of a text and 0 for padding.", "another mask"),
)


def judge(observed: dict[str, Any], inputs: dict[str, Any]) -> Verdict:
    """Ids and mask have to be right in every batch."""
    names = tuple(observed["names"])
    if len(names) != 3 or len(observed["batches"]) != len(inputs["cases"]):
        raise WrongAnswerError("There is not a batch for each list of texts.", "not a batch")
    batches = [
        Batch(seen, case, names) for seen, case in zip(observed["batches"], inputs["cases"], strict=True)
    ]
    if (verdict := stopped(MADE, batches)) is not None:
        return verdict
    return total(read(IDS, batches), read(MASK, batches))

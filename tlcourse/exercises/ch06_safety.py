"""Chapter 6: an augmentation that passes a label-safety test, on arrows whose direction is the label."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np

from tlcourse.exercises.ch06_pictures import picture_batch
from tlcourse.exercises.engine.judging import finding, score
from tlcourse.exercises.engine.model import Exercise, Finding, Misconception, Verdict

__all__ = ["SAFE"]

SIDE = 32
WAYS = ("right", "down", "left", "up")
"""Quarter turns from an arrow that points to the right, clockwise as a picture is seen."""


def _arrow(rng: np.random.Generator, way: int) -> np.ndarray:
    """A bright arrow on a dark, coloured ground, uint8 (SIDE, SIDE, 3)."""
    picture = np.zeros((SIDE, SIDE, 3), np.uint8)
    picture[:] = rng.integers(20, 70, 3)
    colour = rng.integers(190, 236, 3)
    left, row = 9 + int(rng.integers(-1, 2)), SIDE // 2 + int(rng.integers(-1, 2))
    picture[row - 1 : row + 1, left : left + 9] = colour
    for i in range(6):  # the head: a triangle that narrows towards its tip
        picture[row - 6 + i : row + 6 - i, left + 9 + i] = colour
    # rot90 turns against the clock.
    return np.ascontiguousarray(np.rot90(picture, -way))


def pointing(picture: np.ndarray) -> int | None:
    """Which way the arrow points, as an index of WAYS; None where there is no arrow to be seen.

    The bright pixels are spread most along the arrow, and more of them lie towards its head.
    """
    grey = np.asarray(picture, np.float64).mean(2)
    low, high = np.quantile(grey, 0.1), grey.max()
    if high - low < 20:
        return None
    y, x = np.nonzero(grey > (low + high) / 2)
    points = np.stack([x, y], 1).astype(np.float64)
    if not 12 <= len(points) < 0.25 * grey.size:  # an arrow covers a tenth of its picture at most
        return None
    points -= points.mean(0)
    axis = np.linalg.svd(points, full_matrices=False)[2][0]
    along = points @ axis
    # The tail is thin and reaches far: the middle of the extent lies on its side of the mean.
    axis = axis if along.max() + along.min() < 0 else -axis
    return int(np.round(np.arctan2(axis[1], axis[0]) / (np.pi / 2))) % 4


def _inputs(rng: np.random.Generator) -> dict[str, Any]:
    count = int(rng.integers(26, 40))
    first = int(rng.integers(4))
    rest_ways = rng.permutation(np.concatenate([np.repeat(np.arange(4), 4), rng.integers(0, 4, count - 16)]))
    ways = np.concatenate([np.full(6, first), rest_ways])
    same = np.repeat(_arrow(rng, first)[None], 6, axis=0)  # one picture six times: each its own change
    rest = np.stack([_arrow(rng, int(way)) for way in rest_ways])
    return {
        "images": np.concatenate([same, rest]),
        "ways": ways.astype("int64"),
        "seed": int(rng.integers(1, 10_000)),
    }


def _probe(answer: Any, inputs: dict[str, Any], framework: str) -> dict[str, Any]:
    given = np.asarray(inputs["images"], np.uint8)
    kept = True

    def run(seed: int) -> np.ndarray | str:
        nonlocal kept
        images = given.copy()  # one that is written into is judged, and spoils nothing else
        found = answer(images, np.random.default_rng(seed))
        kept = kept and np.array_equal(given, images)
        return picture_batch(found, given)

    first, again, other = run(inputs["seed"]), run(inputs["seed"]), run(inputs["seed"] + 1)
    if isinstance(first, str) or isinstance(again, str) or isinstance(other, str):
        return {"wrong": next(v for v in (first, again, other) if isinstance(v, str))}
    return {
        "first": first.astype("float32"),
        "dtype": str(first.dtype),
        "repeats": bool(np.array_equal(first, again)),
        "differs": not np.array_equal(first, other),
        "kept": kept,
    }


def _judge(observed: dict[str, Any], inputs: dict[str, Any]) -> Verdict:
    images, ways = np.asarray(inputs["images"]), np.asarray(inputs["ways"])
    if "wrong" in observed:
        why = f"`augment` should give an array of pictures; yours gave {observed['wrong']}."
        return Verdict(0.0, (Finding(False, why),))
    got = np.asarray(observed["first"])
    if got.shape != images.shape:
        shape = tuple(int(n) for n in got.shape)
        return Verdict(
            0.0, (Finding(False, f"A batch of shape {images.shape} went in, and {shape} came out."),)
        )
    if observed["dtype"] != "uint8":
        why = f"Bytes went in, and {observed['dtype']} came out. The preprocessing behind it expects bytes."
        return Verdict(0.0, (Finding(False, why, "another dtype"),))
    untouched = np.array([np.array_equal(a, b) for a, b in zip(got, images, strict=True)])
    if untouched.mean() > 0.5:
        why = f"{int(untouched.sum())} of {len(images)} pictures came out as they went in."
        return Verdict(0.0, (Finding(False, why, "nothing happens"),))
    seen = [pointing(picture) for picture in got]
    label = _label(seen, ways)
    # Noise varies and repeats as well, and so do other pictures: there is nothing to reward.
    if np.mean([p == way for p, way in zip(seen, ways, strict=True)]) < 0.55:
        return Verdict(0.0, (label,))
    return score((1, label), (1, _variety(got)), (1, _drawn(observed)))


def _label(seen: list[int | None], ways: np.ndarray) -> Finding:
    wrong = [
        (WAYS[int(way)], None if p is None else WAYS[p])
        for p, way in zip(seen, ways, strict=True)
        if p != way
    ]
    if len(wrong) <= 0.04 * len(ways):
        return Finding(True, "The arrows still point where their labels say.")
    (was, now), count = Counter(wrong).most_common(1)[0]
    said = f"{len(wrong)} of {len(ways)} labels are no longer true"
    if now is None:
        return Finding(
            False,
            f"{said}: no arrow can be seen any more. Change less at a time.",
            "the arrow is gone",
        )
    said += f"; {count} arrows that pointed {was} point {now} now."
    turned = {(WAYS.index(now) - WAYS.index(was)) % 4 for was, now in wrong if now is not None}
    if turned == {2} and len({was for was, _ in wrong} & {"left", "right"}) in (
        0,
        len({w for w, _ in wrong}),
    ):
        why = "A mirror swaps the two. What is harmless for a cat is not for an arrow."
        return Finding(False, f"{said} {why}", "mirrored")
    why = "Turned so far, one label becomes another. A few degrees are safe."
    return Finding(False, f"{said} {why}", "turned too far")


def _variety(got: np.ndarray) -> Finding:
    kinds = len({picture.tobytes() for picture in got[:6]})
    return finding(
        kinds >= 4,
        "Each picture is changed in its own way.",
        f"The first six pictures were the same one, and {kinds} kinds of it came out. Draw for each picture.",
        "one change for all",
    )


def _drawn(observed: dict[str, Any]) -> Finding:
    if not observed["kept"]:
        why = "The pictures that you were given are changed themselves. Work on a copy: they come again."
        return Finding(False, why, "changes its input")
    if not observed["repeats"]:
        why = "With the same `rng` twice, different pictures came out: draw from `rng`, from nothing else."
        return Finding(False, why, "another generator")
    return finding(
        observed["differs"],
        "All chance comes from `rng`, and the pictures that were given stay as they were.",
        "With two different `rng` the same pictures came out, so every epoch would show the same ones.",
        "always the same",
    )


def _answer(*lines: str) -> str:
    body = "\n    ".join(lines)
    return (
        "import numpy as np\nfrom tlcourse import augmentation\n\ndef augment(images, rng):\n    "
        + body
        + "\n"
    )


SAFE = Exercise(
    id="ch06-safe",
    title="A pipeline that passes a label-safety test",
    points=3,
    answer="augment",
    inputs=_inputs,
    probe=_probe,
    judge=_judge,
    hints=(
        "Go through flip, rotate, crop and colour, and ask of each: may an arrow's label change by it?",
        "`augmentation.together(...)` puts several into one; what it gives takes the pictures and rng.",
        "Leave out the flip, and turn by no more than some 20 degrees.",
    ),
    misconceptions=(
        Misconception(
            "mirrored",
            _answer(
                "parts = augmentation.flip(), augmentation.rotate(15), augmentation.colour(0.3)",
                "return augmentation.together(*parts)(images, rng)",
            ),
            expect="A mirror swaps the two",
        ),
        Misconception(
            "turned too far",
            _answer(
                "parts = augmentation.rotate(180), augmentation.colour(0.3)",
                "return augmentation.together(*parts)(images, rng)",
            ),
            expect="A few degrees are safe",
        ),
        Misconception(
            "one change for all",
            _answer(
                "darker = rng.uniform(0.6, 0.9)",
                "return (images * darker).round().astype(np.uint8)",
            ),
            expect="Draw for each picture",
        ),
        Misconception(
            "always the same",
            _answer("return augmentation.rotate(15)(images, np.random.default_rng(0))"),
            expect="every epoch would show the same",
        ),
        Misconception(
            "another generator",
            _answer("return augmentation.rotate(15)(images, np.random.default_rng())"),
            expect="draw from `rng`",
        ),
        Misconception(
            "the arrow is gone",
            _answer("return rng.integers(0, 256, images.shape, np.uint8)"),
            expect="no arrow can be seen any more",
        ),
        Misconception("nothing happens", _answer("return images"), expect="came out as they went in"),
        Misconception(
            "another dtype",
            _answer("return augmentation.rotate(15)(images, rng) / 255"),
            expect="expects bytes",
        ),
    ),
)

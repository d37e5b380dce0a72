"""Chapter 3: pictures become what a network was trained on."""

from __future__ import annotations

from typing import Any

import numpy as np

from tlcourse.exercises.engine.cases import shuffled
from tlcourse.exercises.engine.judging import good, plain_array, read_array, show, verdict
from tlcourse.exercises.engine.model import Exercise, Finding, Misconception, Verdict

__all__ = ["FEED", "LAYOUT", "LETTERBOX"]


# ------------------------------------------------------------------------------------- feed by the card


def _feed_inputs(rng: np.random.Generator) -> dict[str, Any]:
    mean = [float(v) for v in rng.permutation([0.41, 0.46, 0.49])]
    deviation = [float(v) for v in rng.permutation([0.21, 0.23, 0.27])]
    cards = [
        {"divide_by": 255.0, "mean": mean, "deviation": deviation, "channels": "RGB"},
        {"divide_by": 1.0, "mean": [103.9, 116.8, 123.7], "deviation": [1.0, 1.0, 1.0], "channels": "BGR"},
        {"divide_by": 127.5, "mean": [1.0, 1.0, 1.0], "deviation": [1.0, 1.0, 1.0], "channels": "RGB"},
    ]
    images = rng.integers(0, 256, (3, 6, 5, 3)).astype("uint8")
    images[..., 0] //= 2  # so that red and blue are told apart
    return {"cards": cards, "images": images}


def _feed_probe(answer: Any, inputs: dict[str, Any], framework: str) -> dict[str, Any]:
    out = []
    for card in inputs["cards"]:
        images = np.array(inputs["images"], "uint8")
        found = answer(images, {**card, "mean": list(card["mean"]), "deviation": list(card["deviation"])})
        out.append({"value": plain_array(found), "kept": bool(np.array_equal(images, inputs["images"]))})
    return {"fed": out}


def _fed(images: np.ndarray, card: dict[str, Any]) -> np.ndarray:
    x = np.asarray(images, "float64")
    x = x[..., ::-1] if card["channels"] == "BGR" else x
    return (x / card["divide_by"] - np.array(card["mean"])) / np.array(card["deviation"])


def _short(value: float) -> str:
    """Two digits or so: more could be a number of the right answer by chance."""
    return f"{value:.0f}" if abs(value) >= 10 else f"{value:.1f}"


def _alike(got: np.ndarray, value: np.ndarray) -> bool:
    return bool(np.allclose(got, value, atol=2e-3 * max(1.0, float(np.abs(value).max()))))


def _feed_judge(observed: dict[str, Any], inputs: dict[str, Any]) -> Verdict:
    images = np.asarray(inputs["images"])
    names = ("a mean and a deviation after dividing by 255", "BGR with a mean in steps of grey", "-1 to 1")
    parts = []
    for card, seen, name in zip(inputs["cards"], observed["fed"], names, strict=True):
        got, right = read_array(seen["value"], "`feed`"), _fed(images, card)
        if got.shape != right.shape:
            parts.append(
                Finding(False, (f"{name}: for pictures of shape {images.shape} you give {got.shape}."))
            )
            continue
        if not np.isfinite(got).all():
            parts.append(Finding(False, f"{name}: there is NaN or infinity among your numbers."))
            continue
        if np.allclose(got, right, atol=1e-3 * max(1.0, float(np.abs(right).max()))):
            why = (
                f"{name}: right, but `images` itself is not what it was: your function writes into it."
                " Whoever feeds the same pictures once more feeds other ones. Work on a copy."
            )
            kept = seen["kept"]
            parts.append(good(f"{name}: right.") if kept else Finding(False, why, "writes into its input"))
            continue
        span = f"your numbers go from {_short(got.min())} to {_short(got.max())}"
        other = {**card, "channels": {"RGB": "BGR", "BGR": "RGB"}[card["channels"]]}
        wrong = {
            "channels not turned round": _fed(images, other),
            "not divided": _fed(images, {**card, "divide_by": 1.0}),
            "mean turned with the channels": _fed(images, {**card, "mean": card["mean"][::-1]}),
            "mean left out": _fed(images, {**card, "mean": [0.0, 0.0, 0.0]}),
        }
        own = images.astype("float64") / card["divide_by"]
        own = own[..., ::-1] if card["channels"] == "BGR" else own
        wrong["own mean"] = (own - own.mean((0, 1, 2))) / own.std((0, 1, 2))
        turned = images[..., ::-1] if card["channels"] == "BGR" else images
        with np.errstate(over="ignore"):
            wrong["bytes run over"] = (turned - np.array(card["mean"]).astype("uint8")).astype("float64")
        match = [n for n, value in wrong.items() if _alike(got, value)]
        why = _FEED_WHY[match[0] if match else ""]
        parts.append(Finding(False, f"{name}: {span}. {why}", *match[:1]))
    return verdict(*parts)


_FEED_WHY = {
    "channels not turned round": "The channels are in the other order: the card says which comes first.",
    "not divided": (
        "You have not divided by what the card says; so its mean, which is meant for small"
        " numbers, hardly changes anything."
    ),
    "mean turned with the channels": (
        "You have turned the mean round as well. The card gives it in the order in which the"
        " network sees the channels."
    ),
    "mean left out": "The mean has not been taken off.",
    "own mean": (
        "You have used the mean and deviation of these pictures. The network was trained"
        " with fixed ones; with yours, the same"
        " picture looks different in every batch."
    ),
    "bytes run over": "Bytes run over: 3 - 5 in uint8 is 254. Turn the pictures into floats first.",
    "": "Do what the card says, in this order: channels, divide, take off the mean, divide by the deviation.",
}


_FEED = """
import numpy as np

def feed(images, card):
    {body}
"""


def _feed(*lines: str) -> str:
    return _FEED.replace("{body}", "\n    ".join(lines))


_FLOAT = 'x = images[..., ::-1] if card["channels"] == "BGR" else images'
_DIVIDE = 'x = x.astype("float32") / card["divide_by"]'
_END = 'return (x - np.array(card["mean"])) / np.array(card["deviation"])'

FEED = Exercise(
    id="ch03-feed",
    title="Feed it what the card says",
    points=3,
    answer="feed",
    inputs=_feed_inputs,
    probe=_feed_probe,
    judge=_feed_judge,
    solved_by=(
        "tlcourse.models.rules.apply",
        "tlcourse.models.rules._lite",
        "tlcourse.models.rules._imagenet",
        "tlcourse.models.rules._half",
        "tlcourse.models.rules._signed",
        "tlcourse.models.rules._caffe",
    ),
    hints=(
        "Four steps, in order: the channels, the division, the mean, the deviation. One of"
        " them needs floats.",
        'Arrays broadcast along the last axis: `x - np.array(card["mean"])` takes a number off each channel.',
        '`images[..., ::-1]` turns the channels round. Do it only where the card says "BGR".',
    ),
    misconceptions=(
        Misconception(
            "channels not turned round",
            _feed('x = images.astype("float32") / card["divide_by"]', _END),
            expect="The channels are in the other order",
        ),
        Misconception(
            "not divided", _feed(_FLOAT, 'x = x.astype("float32")', _END), expect="You have not divided"
        ),
        Misconception(
            "own mean",
            _feed(_FLOAT, _DIVIDE, "return (x - x.mean((0, 1, 2))) / x.std((0, 1, 2))"),
            expect="mean and deviation of these pictures",
        ),
        Misconception(
            "mean turned with the channels",
            _feed(
                'mean = card["mean"][::-1] if card["channels"] == "BGR" else card["mean"]',
                _FLOAT,
                _DIVIDE,
                'return (x - np.array(mean)) / np.array(card["deviation"])',
            ),
            expect="turned the mean round as well",
        ),
        Misconception(
            "mean left out",
            _feed(_FLOAT, _DIVIDE, 'return x / np.array(card["deviation"])'),
            expect="The mean has not been taken off",
        ),
    ),
)

# -------------------------------------------------------------------------------------------- letterbox


def _nearest(image: np.ndarray, height: int, width: int) -> np.ndarray:
    rows = (np.arange(height) * image.shape[0] / height).astype(int)
    columns = (np.arange(width) * image.shape[1] / width).astype(int)
    return image[rows][:, columns]


def _box_inputs(rng: np.random.Generator) -> dict[str, Any]:
    short, long = int(rng.integers(14, 21)), int(rng.integers(44, 60))
    return {
        "boxes": [
            # A square and a colour for each, so that no picture made for another seed is right.
            {"size": int(rng.integers(32, 49)), "fill": int(rng.integers(1, 255)), "shape": shape}
            for shape in shuffled(rng, [[short, long], [long, short]])
        ]
    }


def _box_probe(answer: Any, inputs: dict[str, Any], framework: str) -> dict[str, Any]:
    out = []
    for box in inputs["boxes"]:
        height, width = box["shape"]
        calls: list[list[int]] = []
        image = np.full((height, width, 3), 255, "uint8")
        image[: height // 2, : width // 2, 0] = 0  # one corner is marked

        # Named as in the task: learners may call it with keywords.
        def resize(image: Any, height: Any, width: Any) -> np.ndarray:
            height, width = int(height), int(width)
            if len(calls) < 20:  # noqa: B023 (called before the next turn)
                calls.append([height, width, *np.asarray(image).shape[:2]])  # noqa: B023
            return _nearest(np.asarray(image), height, width)

        found = plain_array(answer(image.copy(), box["size"], box["fill"], resize))
        out.append({"picture": found, "calls": calls})
    return {"boxes": out}


def _box_judge(observed: dict[str, Any], inputs: dict[str, Any]) -> Verdict:
    whole = good("The whole picture is there, and its shape is kept.")
    middle = good("It lies in the middle, and the bars have the given colour.")
    for box, seen in zip(inputs["boxes"], observed["boxes"], strict=True):
        size, fill, (height, width) = box["size"], box["fill"], box["shape"]
        got = read_array(seen["picture"], "`letterbox`")
        said = f"A picture {height} high and {width} wide"
        if got.shape != (size, size, 3):
            why = f"{said} gives an array of shape {got.shape}; a square of {size} is needed."
            return Verdict(0.0, (Finding(False, why),))
        # Green is 255 everywhere in the picture, and the fill is not.
        strange = (got[..., 1] != 255) & (got != fill).any(2)
        if strange.mean() > 0.2:
            why = (
                f"{said}: {strange.mean():.0%} of the square neither show it nor have the value {fill}"
                " that was given as `fill`. One of these pixels is"
                f" {show([float(v) for v in got[strange][0]])}."
            )
            return Verdict(0.0, (Finding(False, why, "another fill"),))
        inside = (got != fill).any(2)
        rows, columns = np.flatnonzero(inside.any(1)), np.flatnonzero(inside.any(0))
        if not len(rows):
            return Verdict(0.0, (Finding(False, f"{said} is not to be seen in the square at all."),))
        high, wide = int(rows[-1] - rows[0] + 1), int(columns[-1] - columns[0] + 1)
        scale = size / max(height, width)
        right = (max(1, scale * height), max(1, scale * width))
        cut = any(call[2] < height or call[3] < width for call in seen["calls"]) or not seen["calls"]
        marked = (got[..., 0] == 0) & (got[..., 1] == 255)
        share = marked.sum() / max(1, inside.sum())
        if abs(high - right[0]) > 1.01 or abs(wide - right[1]) > 1.01:
            if high == wide == size and cut:
                why, name = "Part of it has been cut off: a square was taken out of it.", "cropped"
            elif high == wide == size:
                why, name = "It fills the square: a circle in it has become an ellipse.", "stretched"
            elif max(high, wide) > size or min(high, wide) == size:
                why, name = "Its longer side does not fit any more.", "cropped"
            else:
                why, name = "Its longer side should fill the square.", "wrong side"
            whole = Finding(False, f"{said} takes {high} rows and {wide} columns of {size}. {why}", name)
        elif abs(share - 0.25) > 0.1 and whole.passed:
            whole = Finding(
                False, (f"{said}: one quarter of it is marked, and {share:.0%} of what you show."), "cropped"
            )
        before = (int(rows[0]), int(columns[0]))
        after = (size - 1 - int(rows[-1]), size - 1 - int(columns[-1]))
        askew = abs(before[0] - after[0]) > 1 or abs(before[1] - after[1]) > 1
        if whole.passed and middle.passed and askew:
            why = (
                f"{said} has {before[0]} rows above and {after[0]} below, {before[1]} columns to"
                f" its left and {after[1]} to"
                " its right. Share the empty space out evenly."
            )
            middle = Finding(False, why, "in a corner")
    if not whole.passed:
        middle = Finding(False, "Where it lies can be judged when its size is right.")
    return verdict(whole, middle)


_BOX = """
import numpy as np

def letterbox(image, size, fill, resize):
    height, width = image.shape[:2]
    {body}
"""


def _box(*lines: str) -> str:
    return _BOX.replace("{body}", "\n    ".join(lines))


LETTERBOX = Exercise(
    id="ch03-letterbox",
    title="A square that keeps the shape",
    points=2,
    answer="letterbox",
    inputs=_box_inputs,
    probe=_box_probe,
    judge=_box_judge,
    solved_by=("tlcourse.models.resizing.square",),
    hints=(
        "By how much must the picture shrink so that its longer side just fits? Both sides shrink by that.",
        "Make a square of the fill first, `np.full((size, size, 3), fill, np.uint8)`, and"
        " lay the small picture into it.",
        "`top = (size - high) // 2`, and `out[top:top + high, left:left + wide] ="
        " resize(image, high, wide)`.",
    ),
    misconceptions=(
        Misconception("stretched", _box("return resize(image, size, size)"), expect="has become an ellipse"),
        Misconception(
            "cropped",
            _box(
                "side = min(height, width)",
                "top, left = (height - side) // 2, (width - side) // 2",
                "return resize(image[top:top + side, left:left + side], size, size)",
            ),
            expect="a square was taken out",
        ),
        Misconception(
            "in a corner",
            _box(
                "scale = size / max(height, width)",
                "small = resize(image, max(1, round(height * scale)), max(1, round(width * scale)))",
                "out = np.full((size, size, 3), fill, np.uint8)",
                "out[:small.shape[0], :small.shape[1]] = small",
                "return out",
            ),
            expect="Share the empty space out evenly",
        ),
        Misconception(
            "wrong side",
            _box(
                "scale = size / (height + width)",
                "small = resize(image, max(1, round(height * scale)), max(1, round(width * scale)))",
                "out = np.full((size, size, 3), fill, np.uint8)",
                "top, left = (size - small.shape[0]) // 2, (size - small.shape[1]) // 2",
                "out[top:top + small.shape[0], left:left + small.shape[1]] = small",
                "return out",
            ),
            expect="Its longer side should fill the square",
        ),
    ),
)

# ------------------------------------------------------------------------- channels first, channels last


def _layout_inputs(rng: np.random.Generator) -> dict[str, Any]:
    n, h, w = int(rng.integers(2, 4)), int(rng.integers(4, 6)), int(rng.integers(7, 9))
    return {"images": rng.normal(0, 1, (n, h, w, 3)).round(3)}


def _layout_probe(answer: Any, inputs: dict[str, Any], framework: str) -> dict[str, Any]:
    last = np.asarray(inputs["images"], "float64")
    first = np.ascontiguousarray(last.transpose(0, 3, 1, 2))
    return {
        "to_first": plain_array(answer(last.copy(), "first")),
        "to_last": plain_array(answer(first.copy(), "last")),
        "stays": plain_array(answer(last.copy(), "last")),
    }


def _layout_judge(observed: dict[str, Any], inputs: dict[str, Any]) -> Verdict:
    last = np.asarray(inputs["images"])
    first = last.transpose(0, 3, 1, 2)
    parts = []
    for name, given, right, to in (
        ("to_first", last, first, "first"),
        ("to_last", first, last, "last"),
        ("stays", last, last, "last"),
    ):
        got = read_array(observed[name], "`layout`")
        said = f'`layout(x, "{to}")` for an array of shape {given.shape}'
        if got.shape == right.shape and np.allclose(got, right, atol=1e-5):  # single precision is enough
            parts.append(
                good(
                    {
                        "to_first": "From last to first: right.",
                        "to_last": "From first to last: right.",
                        "stays": "What has its channels in place stays as it is.",
                    }[name]
                )
            )
        elif got.shape == right.shape and np.allclose(np.sort(got, None), np.sort(right, None), atol=1e-5):
            why = (
                f"{said} has the right shape, but the numbers are in the wrong places. `reshape`"
                " cuts the same row of numbers"
                " in another way; the axes have to change places."
            )
            if name == "stays":
                why = f"{said} has its channels in place already, and you have moved something."
            parts.append(Finding(False, why, "reshape"))
        elif got.shape == (*right.shape[:2], right.shape[3], right.shape[2]) or (
            to == "last" and got.shape == (right.shape[0], right.shape[2], right.shape[1], 3)
        ):
            why = (
                f"{said} gives {got.shape}: height and width have changed places, and the pictures"
                " lie on their side."
            )
            parts.append(Finding(False, why, "height and width swapped"))
        else:
            why = f"{said} gives an array of shape {got.shape}."
            if name == "stays":
                why += " Its channels were in place already. Look where they are first."
            parts.append(Finding(False, why, "moved all the same" if name == "stays" else None))
    if parts[2].passed and not parts[0].passed and not parts[1].passed:
        parts[2] = Finding(False, "What is in place stays; but so far nothing is moved rightly.")
    return verdict(*parts)


_LAYOUT = """
import numpy as np

def layout(x, channels):
    {body}
"""


def _layout(*lines: str) -> str:
    return _LAYOUT.replace("{body}", "\n    ".join(lines))


_FIND = 'now = "last" if x.shape[-1] == 3 else "first"'
_STAY = "if now == channels: return x"

LAYOUT = Exercise(
    id="ch03-layout",
    title="Channels first, channels last",
    points=3,
    answer="layout",
    inputs=_layout_inputs,
    probe=_layout_probe,
    judge=_layout_judge,
    hints=(
        "The axis with three entries holds the channels. Is it the second or the last?",
        "`np.transpose(x, (...))` lists the old axes in their new order. N comes first both times.",
        "To channels first: `(0, 3, 1, 2)`. To channels last: `(0, 2, 3, 1)`.",
    ),
    misconceptions=(
        Misconception(
            "reshape",
            _layout(
                _FIND,
                _STAY,
                "a, b, c, d = x.shape",
                'return x.reshape(a, d, b, c) if channels == "first" else x.reshape(a, c, d, b)',
            ),
            expect="the axes have to change places",
        ),
        Misconception(
            "height and width swapped",
            _layout(_FIND, _STAY, "return np.swapaxes(x, 1, 3)"),
            expect="lie on their side",
        ),
        Misconception(
            "moved all the same",
            _layout('return x.transpose(0, 3, 1, 2) if channels == "first" else x.transpose(0, 2, 3, 1)'),
            expect="Its channels were in place already",
        ),
    ),
)

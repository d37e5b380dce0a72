"""Chapter 6: an augmentation that keeps the label true, and curves that tell what is wrong."""

from __future__ import annotations

from typing import Any

import numpy as np

from tlcourse.exercises.engine.judging import describe, good, show, verdict
from tlcourse.exercises.engine.model import Exercise, Finding, Misconception, Verdict
from tlcourse.exercises.engine.plain import NotPlainError, plain

__all__ = ["CURVES", "SHIFT"]


# ---------------------------------------------------------------------------------------- augmentation


def _shift_inputs(rng: np.random.Generator) -> dict[str, Any]:
    """Pictures of their own each, not square, with marks as far as the border; none is its mirror image."""
    shape = int(rng.integers(24, 34)), int(rng.integers(10, 13)), int(rng.integers(13, 16))
    marks = rng.random(shape) < 0.3
    marks[:, 0, 0] = marks[:, -1, -1] = True
    images = np.where(marks[..., None], rng.integers(60, 250, (*shape, 3)), 0).astype(np.uint8)
    return {"images": images, "most": int(rng.integers(2, 4)), "seed": int(rng.integers(1, 10_000))}


def _shift_probe(answer: Any, inputs: dict[str, Any], framework: str) -> dict[str, Any]:
    given = np.asarray(inputs["images"], np.uint8)
    kept = True

    def run(seed: int) -> np.ndarray | str:
        nonlocal kept
        images = given.copy()  # one that is written into is judged, and spoils nothing else
        found = answer(images, inputs["most"], np.random.default_rng(seed))
        kept = kept and np.array_equal(given, images)
        return picture_batch(found, given)

    first, again, other = run(inputs["seed"]), run(inputs["seed"]), run(inputs["seed"] + 1)
    if isinstance(first, str) or isinstance(again, str) or isinstance(other, str):
        return {"wrong": next(v for v in (first, again, other) if isinstance(v, str))}
    return {
        "first": first.astype("float64"),
        "other": other.astype("float64"),
        "dtype": str(first.dtype),
        "repeats": bool(np.array_equal(first, again)),
        "kept": kept,
    }


def picture_batch(found: Any, given: np.ndarray) -> np.ndarray | str:
    """What came back as an array with its dtype, else what it was, in words."""
    try:
        value = np.asarray(plain(found))
    except (NotPlainError, ValueError):
        return describe(found)
    if value.ndim == 0 or value.dtype.kind not in "biuf" or value.size > 4 * given.size:
        return describe(found)
    return value


def _moved(image: np.ndarray, dy: int, dx: int) -> np.ndarray:
    out = np.zeros_like(image)
    h, w = image.shape[:2]
    out[max(dy, 0) : h + min(dy, 0), max(dx, 0) : w + min(dx, 0)] = image[
        max(-dy, 0) : h + min(-dy, 0), max(-dx, 0) : w + min(-dx, 0)
    ]
    return out


def _keys(most: int) -> list[tuple[int, int]]:
    return [(dy, dx) for dy in range(-most, most + 1) for dx in range(-most, most + 1)]


def _shift_of(one: np.ndarray, image: np.ndarray, most: int) -> tuple[int, int] | None:
    """By how much a picture was shifted, down and to the right; None where it was not just shifted."""
    return next((key for key in _keys(most) if np.array_equal(one, _moved(image, *key))), None)


def _stretched(image: np.ndarray, key: tuple[int, int]) -> np.ndarray:
    """A shift with the border repeated, as `np.pad` does with "edge"."""
    rows, columns = (np.clip(np.arange(n) - by, 0, n - 1) for n, by in zip(image.shape, key, strict=False))
    return image[rows][:, columns]


def _shift_judge(observed: dict[str, Any], inputs: dict[str, Any]) -> Verdict:
    images, most = np.asarray(inputs["images"]), inputs["most"]
    if "wrong" in observed:
        why = f"`shift` should give an array of pictures; yours gave {observed['wrong']}."
        return Verdict(0.0, (Finding(False, why),))
    got = np.asarray(observed["first"])
    if got.shape != images.shape:
        why = f"A batch of shape {images.shape} went in, and {got.shape} came out."
        return Verdict(0.0, (Finding(False, why),))
    if observed["dtype"] != "uint8":
        why = f"Bytes went in, and {observed['dtype']} came out. The preprocessing behind it expects bytes."
        return Verdict(0.0, (Finding(False, why, "another dtype"),))
    if np.array_equal(got, images):
        return Verdict(0.0, (Finding(False, "Nothing is shifted.", "nothing happens"),))
    if not observed["kept"]:
        why = "The pictures that you were given are changed themselves. Work on a copy: they come again."
        return Verdict(0.0, (Finding(False, why, "changes its input"),))
    found, wrapped, mirrored, held = [], 0, 0, 0
    for one, image in zip(got, images, strict=True):
        match = _shift_of(one, image, most + 2)
        found.append(match)
        if match is None:
            wrapped += any(np.array_equal(one, np.roll(image, key, (0, 1))) for key in _keys(most + 2))
            mirrored += any(
                _shift_of(one, flipped, most + 2) is not None
                for flipped in (image[:, ::-1], image[::-1], image[::-1, ::-1])
            )
            held += any(np.array_equal(one, _stretched(image, key)) for key in _keys(most))
    if found.count(None) == len(found) and not wrapped + mirrored + held:
        why = "No picture is a shift of the one that went in, with zeros where nothing is left."
        return Verdict(0.0, (Finding(False, why),))
    label = good("Each picture is shifted, and nothing else is done to it: the label stays true.")
    if wrapped:
        label = Finding(
            False,
            "What leaves the picture on one side comes back on the other. `np.roll` goes round;"
            " fill with zeros instead.",
            "wraps around",
        )
    elif mirrored:
        label = Finding(False, "Some pictures are mirrored. A mirrored 3 is no digit any more.", "mirrored")
    elif held:
        why = "What a shift leaves empty is filled with the picture's border. Fill it with zeros."
        label = Finding(False, why, "border repeated")
    elif None in found:
        label = Finding(False, "Some pictures are changed in another way than by a shift with zeros.", None)
    own = good("Each picture has a shift of its own, up to the given number of pixels to all sides.")
    keys = [key for key in found if key is not None]
    # More draws, so that the largest allowed shift is among them beyond doubt.
    other = np.asarray(observed["other"])
    more = [_shift_of(a, b, most + 2) for a, b in zip(other, images, strict=False)]
    reached = [key for key in more if key is not None] + keys
    if keys and len(set(keys)) == 1 and len(keys) == len(got):
        own = Finding(
            False, (f"All pictures are shifted alike, by {keys[0]}. Draw for each one."), "one shift for all"
        )
    elif any(max(abs(dy), abs(dx)) > most for dy, dx in keys):
        far = max(max(abs(dy), abs(dx)) for dy, dx in keys)
        own = Finding(False, f"Some are shifted by {far} pixels; {most} were allowed.", "too far")
    elif (
        keys
        and any(min(k[axis] for k in keys) >= 0 or max(k[axis] for k in keys) <= 0 for axis in (0, 1))
        and (any(k[0] for k in keys) and any(k[1] for k in keys))
    ):
        why = (
            f"All shifts go one way: {show(sorted(set(keys))[:5])}. `rng.integers(0, n)` leaves out what is"
            " below zero."
        )
        own = Finding(False, why, "one way only")
    elif keys and (not any(dy for dy, _ in keys) or not any(dx for _, dx in keys)):
        own = Finding(False, "All are shifted along one side of the picture only.", "one side only")
    elif keys and all(dy == dx for dy, dx in keys):
        own = Finding(False, "Down and to the right it is always the same number. Draw two.", "one number")
    elif keys and len(set(keys)) < 6 <= len(keys):
        own = Finding(False, f"{len(keys)} pictures have {len(set(keys))} shifts. Draw for each one.")
    elif not keys or None in found:
        own = Finding(False, "How far it shifts can be judged when it only shifts.", None)
    elif max(max(key) for key in reached) < most or min(min(key) for key in reached) > -most:
        why = (
            "The largest allowed shift never comes, on one side at least. `rng.integers` leaves out its end."
        )
        own = Finding(False, why, "the end left out")
    elif not observed["repeats"]:
        why = "With the same `rng` twice, different pictures came out: draw from `rng`, from nothing else."
        own = Finding(False, why, "another generator")
    elif np.array_equal(got, observed["other"]):
        own = Finding(False, "With two different `rng` the same pictures came out.", "always the same")
    return verdict(label, own)


_SHIFT = """
import numpy as np

def shift(images, most, rng):
    out = np.zeros_like(images)
    h, w = images.shape[1:3]
    for i, image in enumerate(images):
        dy, dx = rng.integers({low}, most + 1, 2)
        {body}
    return out
"""
_PLACE = (
    "out[i, max(dy, 0):h + min(dy, 0), max(dx, 0):w + min(dx, 0)] ="
    " image[max(-dy, 0):h + min(-dy, 0), max(-dx, 0):w + min(-dx, 0)]"
)


def _shift(body: str = _PLACE, low: str = "-most") -> str:
    return _SHIFT.replace("{body}", body).replace("{low}", low)


SHIFT = Exercise(
    id="ch06-shift",
    title="An augmentation that keeps the label true",
    points=2,
    answer="shift",
    inputs=_shift_inputs,
    probe=_shift_probe,
    judge=_shift_judge,
    hints=(
        "Draw two whole numbers for each picture, from -most to most. `rng.integers(low,"
        " high)` leaves `high` out.",
        "Begin with zeros, and copy the part of the picture that stays inside to its new place.",
        "`np.pad` the picture with `most` zeros on each side, then cut out height by width,"
        " beginning at a drawn place.",
    ),
    misconceptions=(
        Misconception(
            "wraps around",
            _shift("out[i] = np.roll(image, (dy, dx), (0, 1))"),
            expect=("comes back on the other"),
        ),
        Misconception(
            "one shift for all",
            """
import numpy as np

def shift(images, most, rng):
    h, w = images.shape[1:3]
    y, x = most - 1, most - 2
    padded = np.pad(images, ((0, 0), (most, most), (most, most), (0, 0)))
    return padded[:, y:y + h, x:x + w]
""",
            expect="shifted alike",
        ),
        Misconception(
            "mirrored", _shift("image = image[:, ::-1]\n        " + _PLACE), expect="no digit any more"
        ),
        Misconception(
            "another dtype",
            _shift().replace("return out", "return out / 255"),
            expect="expects bytes",
        ),
        Misconception(
            "border repeated",
            _shift(
                "padded = np.pad(image, ((most, most), (most, most), (0, 0)), mode='edge')\n"
                "        out[i] = padded[most - dy:most - dy + h, most - dx:most - dx + w]"
            ),
            expect="Fill it with zeros",
        ),
        Misconception("one way only", _shift(low="0"), expect="All shifts go one way"),
    ),
)

# ------------------------------------------------------------------------------------------- the curves

_CAUSES = ("underfitting", "overfitting", "good", "broken")
_FOUND = {
    "underfitting": "What has not learned is found.",
    "overfitting": "What learned by heart is found.",
    "good": "What is well is left alone.",
    "broken": "What broke is found.",
}


def _curves_inputs(rng: np.random.Generator) -> dict[str, Any]:
    cases = []
    for kind, causes in _CURVES_OF.items():
        # So many that words in another order are right for few of them.
        cases += [_curve(rng, kind, causes) for _ in range(int(rng.integers(4, 7)))]
    return {"cases": [cases[int(i)] for i in rng.permutation(len(cases))]}


_CURVES_OF = {
    "flat": "underfitting",
    "by heart": "overfitting",
    "together": "good",
    "a gap": "good",
    "jumps": "broken",
}


def _curve(rng: np.random.Generator, kind: str, cause: str) -> dict[str, Any]:
    n = int(rng.integers(11, 15))
    t = np.arange(n)

    def noise() -> np.ndarray:
        return rng.normal(0, 0.01, n)

    # Of five classes or of a hundred: what is high for one is low for the other.
    chance = float(np.log(rng.integers(5, 101)))
    fall = np.exp(-t / rng.uniform(2.0, 3.0))
    turn = int(rng.integers(3, 6))
    train, val = {
        # Both high, hardly falling.
        "flat": (1 - 0.009 * t, 1.01 - 0.009 * t),
        # Training falls to nothing, validation turns up.
        "by heart": (0.95 * fall + 0.013, 0.39 + 0.52 * fall + 0.03 * np.maximum(0, t - turn)),
        # Both fall and stay together; the gap is small.
        "together": (0.74 * fall + 0.2, 0.74 * fall + 0.26),
        # A gap, but validation is still falling: not overfitting.
        "a gap": (0.78 * fall + 0.09, 0.65 * np.exp(-t / 5) + 0.24),
        # It jumps up and stays.
        "jumps": (
            np.where(t < turn + 1, 1 - 0.09 * t, 1 + 3 / chance),
            np.where(t < turn + 1, 1 - 0.08 * t, 1 + 3.2 / chance),
        ),
    }[kind]
    calm = 4 if kind in ("by heart", "a gap") else 1
    return {
        "cause": cause,
        "train": np.round(chance * train + noise() / calm, 4),
        "val": np.round(chance * val + noise() / calm, 4),
        "chance": chance,
    }


def _curves_sent(inputs: dict[str, Any]) -> dict[str, Any]:
    return {"cases": [{k: v for k, v in case.items() if k != "cause"} for case in inputs["cases"]]}


def _curves_probe(answer: Any, inputs: dict[str, Any], framework: str) -> dict[str, Any]:
    found = []
    for case in inputs["cases"]:
        value = answer(np.asarray(case["train"]).copy(), np.asarray(case["val"]).copy(), case["chance"])
        try:
            word = plain(value)
        except NotPlainError:
            word = None
        word = word.item() if isinstance(word, np.ndarray) and word.size == 1 else word
        found.append(
            {"word": word, "said": show(word)} if isinstance(word, str) else {"said": describe(value)}
        )
    return {"found": found}


def _curves_judge(observed: dict[str, Any], inputs: dict[str, Any]) -> Verdict:
    parts = []
    by_cause: dict[str, list[tuple[str, dict[str, Any]]]] = {}
    said = {seen.get("word", ""): seen["said"] for seen in observed["found"]}
    for case, seen in zip(inputs["cases"], observed["found"], strict=True):
        by_cause.setdefault(case["cause"], []).append((seen.get("word", ""), case))
    if list(said) == [""]:
        why = f"`diagnose` should give one of the four words; yours gave {said['']}."
        return Verdict(0.0, (Finding(False, why),))
    if len(said) == 1:
        why = f"You call all of them {next(iter(said.values()))}."
        return Verdict(0.0, (Finding(False, why, "one answer for all"),))
    right = sum(got == case["cause"] for words in by_cause.values() for got, case in words)
    for cause in ("underfitting", "overfitting", "good", "broken"):
        wrong = [(got, case) for got, case in by_cause[cause] if got != cause]
        if not wrong:
            parts.append(good(_FOUND[cause]))
            continue
        got, case = wrong[0]
        t, v = np.asarray(case["train"]), np.asarray(case["val"])
        shown = (
            f"Training from {t[0]:.2f} to {t[-1]:.2f}, validation from {v[0]:.2f} to {v[-1]:.2f}"
            f" with {v.min():.2f} as its lowest"
        )
        if got not in _CAUSES:
            why, name = "That is none of the four.", None
        elif got == "overfitting" and cause == "good":
            why, name = (
                ("A gap alone is not overfitting, while the validation loss is still falling."),
                "the gap alone",
            )
        elif got == "overfitting" and cause == "broken":
            why, name = "Training is high as well: nothing was learned by heart.", "the rise alone"
        elif got == "underfitting" and cause == "broken":
            why, name = "Training ends above guessing: that is worse than having learned nothing.", None
        elif got == "good" and cause == "overfitting":
            why, name = "Training fell to nothing while validation turned up.", "the training loss alone"
        elif got == "good" and cause == "underfitting":
            why, name = "The two are close together, and both are near guessing.", "the gap alone"
        else:
            why, name = "Look at both ends of both curves.", None
        parts.append(Finding(False, f"{shown}: you say {said[got]}. {why}", name))
    if right < 0.6 * len(inputs["cases"]):  # words at random are right here and there
        return Verdict(0.0, tuple(part for part in parts if not part.passed))
    return Verdict(float(sum(p.passed for p in parts)) * 0.75, tuple(parts))


_CURVES = """
import numpy as np

def diagnose(train, val, chance):
    {body}
"""


def _curves(*lines: str) -> str:
    return _CURVES.replace("{body}", "\n    ".join(lines))


CURVES = Exercise(
    id="ch06-curves",
    title="What do the curves say?",
    points=3,
    answer="diagnose",
    inputs=_curves_inputs,
    sent=_curves_sent,
    probe=_curves_probe,
    judge=_curves_judge,
    hints=(
        "Four questions, in this order: did it break, did it learn, did validation turn up, or is all well?",
        "Broken: the training loss ends above guessing. Underfitting: it ends near guessing.",
        "Overfitting: the validation loss ends clearly above its own lowest value, say by a tenth.",
    ),
    misconceptions=(
        Misconception(
            "the gap alone",
            _curves(
                'if train[-1] > chance + 0.5: return "broken"',
                'if train[-1] > 0.8 * chance: return "underfitting"',
                'return "overfitting" if val[-1] - train[-1] > 0.3 else "good"',
            ),
            expect="while the validation loss is still falling",
        ),
        Misconception(
            "the training loss alone",
            _curves(
                'if train[-1] > chance + 0.5: return "broken"',
                'return "underfitting" if train[-1] > 0.8 * chance else "good"',
            ),
            expect="validation turned up",
        ),
        Misconception(
            "the rise alone",
            _curves(
                'if val[-1] > val.min() + 0.1: return "overfitting"',
                'return "underfitting" if train[-1] > 0.8 * chance else "good"',
            ),
            expect="nothing was learned by heart",
        ),
        Misconception("one answer for all", _curves('return "good"'), expect="You call all of them"),
    ),
)

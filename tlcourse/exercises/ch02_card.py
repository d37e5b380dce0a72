"""Chapter 2: what a model card says about a picture, and about who may use the model."""

from __future__ import annotations

import inspect
from typing import Any

import numpy as np

from tlcourse.exercises.engine.judging import show
from tlcourse.exercises.engine.model import Exercise, Finding, Misconception, Verdict

__all__ = ["CARD"]

FREE = ("apache-2.0", "mit", "bsd-3-clause", "cc-by-4.0")
NOT_FOR_SALE = ("cc-by-nc-4.0", "cc-by-nc-sa-4.0", "research-only")

Card = dict[str, Any]


def _card_inputs(rng: np.random.Generator) -> dict[str, Any]:
    def card(low: float, high: float, channels: str, layout: str) -> Card:
        # Means and deviations in the middle of the range, and different for each channel.
        mean = low + (high - low) * rng.permutation([0.36, 0.47, 0.59])
        std = (high - low) * rng.permutation([0.17, 0.22, 0.31])
        return {
            "licence": str(rng.choice(FREE)),
            "range": [low, high],
            "mean": [round(float(v), 4) for v in mean],
            "std": [round(float(v), 4) for v in std],
            "channels": channels,
            "layout": layout,
        }

    height, width = (int(v) for v in rng.permutation([5, 7]))
    picture = rng.integers(0, 256, (height, width, 3)).astype("uint8")
    picture[..., 0] //= 2  # red and blue are told apart
    picture[: height // 2] //= 2  # and top from bottom
    plain_card = card(0.0, 1.0, "RGB", "HWC")
    asked = [(str(name), True) for name in FREE] + [(str(name), False) for name in NOT_FOR_SALE]
    asked += [(str(name), True) for name in NOT_FOR_SALE]
    asked += [("Apache-2.0", True), ("MIT", True), ("CC-BY-NC-4.0", True), ("other", False)]
    asked += [("", bool(rng.random() < 0.5)), ("missing", False), ("missing", True)]
    return {
        "picture": picture,
        "numbers": [card(0.0, 1.0, "RGB", "HWC"), card(-1.0, 1.0, "RGB", "HWC")],
        "channels": [card(0.0, 1.0, "BGR", "HWC"), card(0.0, 255.0, "BGR", "HWC")],
        "layout": [card(0.0, 1.0, "RGB", "CHW")],
        "card": plain_card,
        "asked": [asked[i] for i in rng.permutation(len(asked))],
    }


def _array(value: Any) -> np.ndarray | None:
    if value is None:
        return None
    value = value.detach().cpu().numpy() if hasattr(value, "detach") else value
    try:
        found = np.asarray(value, "float64")
    except (TypeError, ValueError):
        return np.zeros(0)
    return found if found.ndim else np.zeros(0)


def _licensed(card: Card, licence: str) -> Card:
    """The card with this licence; without the entry for "missing"."""
    rest = {name: value for name, value in card.items() if name != "licence"}
    return rest if licence == "missing" else {**rest, "licence": licence}


def _card_probe(answer: Any, inputs: dict[str, Any], framework: str) -> dict[str, Any]:
    picture = np.asarray(inputs["picture"], "uint8")

    def ask(card: Card, commercial: bool) -> np.ndarray | None:
        own = {name: list(v) if isinstance(v, list | tuple) else v for name, v in card.items()}
        return _array(answer(picture.copy(), own, commercial))

    groups = {name: [ask(card, True) for card in inputs[name]] for name in ("numbers", "channels", "layout")}
    bare = inspect.unwrap(answer)  # a KeyError for a missing licence costs that part only

    def permits(licence: str, commercial: bool) -> bool | str:
        try:
            return bare(picture.copy(), _licensed(inputs["card"], licence), commercial) is not None
        except Exception as error:
            return type(error).__name__

    allowed = [permits(licence, commercial) for licence, commercial in inputs["asked"]]
    return {**groups, "allowed": allowed}


def _prepared(picture: np.ndarray, card: Card, how: str = "") -> np.ndarray:
    """What the card asks for; ``how`` names one thing that is done otherwise."""
    x = picture.astype("float64")
    mean, std = np.array(card["mean"]), np.array(card["std"])
    low, high = card["range"]
    turned = card["channels"] == "BGR"
    if turned and how == "rows turned":
        x = x[::-1]
    elif turned and how not in ("channels not turned", "mean of another channel"):
        x = x[..., ::-1]
    if how == "no mean":
        mean, std = np.zeros(3), np.ones(3)
    if turned and how == "mean turned too":
        mean, std = mean[::-1], std[::-1]
    if turned and how == "std turned too":
        std = std[::-1]
    if how == "no deviation":
        std = np.ones(3)
    if how == "mean before the range":
        x = (x - mean) / std * (high - low) / 255 + low
    elif how == "no range":
        x = (x - mean) / std
    elif how == "always 0 to 1":
        x = (x / 255 - mean) / std
    elif how == "range without its start":
        x = (x * (high - low) / 255 - mean) / std
    else:
        x = (x / 255 * (high - low) + low - mean) / std
    if turned and how == "mean of another channel":
        x = x[..., ::-1]
    if card["layout"] == "CHW":
        if how == "reshaped":
            return x.reshape(3, *x.shape[:2])
        if how == "rows and columns swapped":
            return x.T
        if how != "layout left":
            return x.transpose(2, 0, 1)
    return x


_WHY = {
    "mean before the range": (
        "You have taken off the mean first and brought the bytes into the range afterwards. The mean is"
        " one of"
        " numbers that are in the range."
    ),
    "no range": "The bytes have not been brought into the card's range. Its mean is meant for small numbers.",
    "always 0 to 1": "You divide by 255, whatever the card says. Its range says what the bytes 0 and 255"
    " become.",
    "range without its start": "The width of the range is right. A byte of 0 has to become its lower end.",
    "no mean": "The mean and the deviation have not been used.",
    "no deviation": "The mean is taken off; what is left is not divided by the deviation.",
    "channels not turned": (
        "The channels have stayed in the order red, green, blue. The card wants blue first."
    ),
    "mean of another channel": (
        "You have used mean and deviation before the channels were turned round. The card gives them in"
        " its own"
        " order, blue first: the mean of blue was taken off red."
    ),
    "mean turned too": "You have turned the mean round as well. It is in the card's order already.",
    "std turned too": "You have turned the deviation round. It is in the card's order already.",
    "rows turned": (
        "The picture stands on its head: the first axis has been turned round. The channels are the last."
    ),
    "reshaped": (
        "The shape is right and the picture is not: `reshape` counts the same numbers through in another way."
        " Move the axis instead (`transpose`, `np.moveaxis`)."
    ),
    "layout left": "The channels are still last. The card wants them first.",
    "rows and columns swapped": "Height and width have changed places: `.T` turns all axes round.",
}
_NUMBERS = ("mean before the range", "no range", "always 0 to 1", "range without its start", "no mean")
_GROUPS = {
    "numbers": (*_NUMBERS, "no deviation"),
    "channels": (
        "channels not turned",
        "mean of another channel",
        "mean turned too",
        "std turned too",
        "rows turned",
        *_NUMBERS,
        "no deviation",
    ),
    "layout": ("layout left", "reshaped", "rows and columns swapped", *_NUMBERS, "no deviation"),
}


def _alike(got: np.ndarray, value: np.ndarray) -> bool:
    if got.shape != value.shape:
        return False
    return bool(np.allclose(got, value, rtol=0, atol=1e-3 * max(1.0, float(np.abs(value).max()))))


def _name(card: Card) -> str:
    low, high = card["range"]
    return f"{low:.0f} to {high:.0f}, {card['channels']}, {card['layout']}"


def _short(value: float) -> str:
    """Two digits or so: more could be a number of the right answer by chance."""
    return f"{value:.0f}" if abs(value) >= 10 else f"{round(value, 1) + 0.0:.1f}"  # no -0.0


def _group(name: str, observed: dict[str, Any], inputs: dict[str, Any], right: str) -> Finding:
    picture = np.asarray(inputs["picture"])
    seen = []
    for card, got in zip(inputs[name], observed[name], strict=True):
        said = f"For a card with {_name(card)}"
        if got is None:
            why = f"{said} and the licence {show(card['licence'])} you give `None`: it may be used."
            return Finding(False, why, "refuses what is free")
        got = np.asarray(got)
        if _alike(got, _prepared(picture, card)):
            continue
        match = [way for way in _GROUPS[name] if _alike(got, _prepared(picture, card, way))]
        if got.size == 0:
            seen.append((f"{said} what you give is no array of numbers.", ""))
        elif not np.isfinite(got).all():
            seen.append((f"{said} your array holds NaN or infinity.", ""))
        elif match:
            span = f" your numbers go from {_short(got.min())} to {_short(got.max())}."
            seen.append((f"{said}{span} {_WHY[match[0]]}", match[0]))
        elif got.shape != _prepared(picture, card).shape:
            seen.append(
                (f"{said} and a picture of shape {picture.shape} your array has shape {got.shape}.", "")
            )
        else:
            span = f"your numbers go from {_short(got.min())} to {_short(got.max())}"
            seen.append(
                (f"{said} {span}. In turn: order of the channels, range, mean, deviation, layout.", "")
            )
    if not seen:
        return Finding(True, right)
    return Finding(False, seen[0][0], seen[0][1] or None)


def _may(licence: str, commercial: bool) -> bool:
    return licence.lower() in FREE or (licence.lower() in NOT_FOR_SALE and not commercial)


_LICENCE = {
    "licence not read": (
        lambda licence, commercial: True,
        "You use it all the same. The licence has not been read.",
    ),
    "begins with cc-by": (
        lambda licence, commercial: _may(licence, commercial) or licence.startswith("cc-by"),
        "It begins like a free one and goes on with nc, non-commercial. Compare the whole name.",
    ),
    "missing is free": (
        lambda licence, commercial: _may(licence, commercial) or licence in ("missing", ""),
        "Nothing is stated, and you use it. Without a licence the author keeps all rights.",
    ),
    "all but the forbidden": (
        lambda licence, commercial: not (licence.lower() in NOT_FOR_SALE and commercial),
        "You allow what you do not know. Only a licence gives permission; what is not in the table gives"
        " none.",
    ),
    "non-commercial is never": (
        lambda licence, commercial: licence.lower() in FREE,
        "You refuse it. Nobody wants to earn with it here, and then it may be used.",
    ),
    "commercial is not asked": (
        lambda licence, commercial: licence.lower() in FREE + NOT_FOR_SALE,
        "You use it, for a commercial product. Its licence allows other uses only.",
    ),
    "capital letters": (
        lambda licence, commercial: _may(licence, commercial) and licence == licence.lower(),
        "You refuse it. Cards write names with and without capital letters.",
    ),
}


def _licences(observed: dict[str, Any], inputs: dict[str, Any]) -> Finding:
    asked, got = [tuple(pair) for pair in inputs["asked"]], list(observed["allowed"])
    wrong = [(pair, use) for pair, use in zip(asked, got, strict=True) if use != _may(*pair)]
    if not wrong:
        return Finding(True, "The licence is read, whole, and what gives no permission gives none.")
    match = [name for name, (rule, _) in _LICENCE.items() if [rule(*pair) for pair in asked] == got]
    (licence, commercial), use = wrong[0]
    stated = "no licence" if licence in ("missing", "") else f"the licence {show(licence)}"
    said = f"The card states {stated}, the use is {'' if commercial else 'not '}commercial."
    if isinstance(use, str):
        why = f"Your function raises {use}. A missing entry is an answer too: give `None`."
        return Finding(False, f"{said} {why}", "breaks without a licence")
    why = _LICENCE[match[0]][1] if match else f"You {'use' if use else 'refuse'} it."
    return Finding(False, f"{said} {why}", *match[:1])


def _card_judge(observed: dict[str, Any], inputs: dict[str, Any]) -> Verdict:
    if all(got is None for name in _GROUPS for got in observed[name]):
        why = "`prepare` gives `None` for every card. Is there a `return` at the end?"
        return Verdict(0.0, (Finding(False, why, "always None"),))
    parts = (
        _group("numbers", observed, inputs, "First the range, then the mean, then the deviation."),
        _group("channels", observed, inputs, "Blue comes first where the card says so, with its own mean."),
        _group("layout", observed, inputs, "The axes stand as the card says."),
        _licences(observed, inputs),
    )
    return Verdict(float(sum(part.passed for part in parts)), parts)


_PREPARE = """
import numpy as np

FREE = {"apache-2.0", "mit", "bsd-3-clause", "cc-by-4.0"}
NOT_FOR_SALE = {"cc-by-nc-4.0", "cc-by-nc-sa-4.0", "research-only"}

def prepare(picture, card, commercial):
    licence = (card.get("licence") or "").lower()
    if not ({allowed}):
        return None
    x = picture.astype("float64")
    mean, std = np.array(card["mean"]), np.array(card["std"])
    low, high = card["range"]
    {body}
    return {layout}
"""
_ALLOWED = "licence in FREE or (licence in NOT_FOR_SALE and not commercial)"
_TURN = 'x = x[..., ::-1] if card["channels"] == "BGR" else x'
_SCALE = "x = (x / 255 * (high - low) + low - mean) / std"
_LAYOUT = 'x.transpose(2, 0, 1) if card["layout"] == "CHW" else x'


def _wrong(*body: str, allowed: str = _ALLOWED, layout: str = _LAYOUT) -> str:
    lines = "\n    ".join(body or (_TURN, _SCALE))
    out = _PREPARE.replace("{allowed}", allowed).replace("{body}", lines)
    return out.replace("{layout}", layout)


CARD = Exercise(
    id="ch02-card",
    title="Do what the card says",
    points=4,
    answer="prepare",
    inputs=_card_inputs,
    probe=_card_probe,
    judge=_card_judge,
    hints=(
        "The licence first: is there one, is its whole name in the table, and is the use commercial? Then the"
        " picture: of which numbers is the mean a mean, and in which order?",
        'Channels, then range, then mean and deviation, then layout. `card.get("licence")` gives `None` where'
        " nothing is stated; `.lower()` takes care of capital letters.",
        "`x[..., ::-1]` turns the channels round, `x / 255 * (high - low) + low` brings bytes into the range,"
        " `x.transpose(2, 0, 1)` puts the channels first.",
    ),
    misconceptions=(
        Misconception(
            "mean before the range",
            _wrong(_TURN, "x = (x - mean) / std * (high - low) / 255 + low"),
            expect="You have taken off the mean first",
        ),
        Misconception(
            "always 0 to 1", _wrong(_TURN, "x = (x / 255 - mean) / std"), expect="whatever the card says"
        ),
        Misconception("no range", _wrong(_TURN, "x = (x - mean) / std"), expect="have not been brought into"),
        Misconception("channels not turned", _wrong(_SCALE), expect="have stayed in the order red"),
        Misconception(
            "mean of another channel", _wrong(_SCALE, _TURN), expect="the mean of blue was taken off red"
        ),
        Misconception(
            "std turned too",
            _wrong(_TURN, 'std = std[::-1] if card["channels"] == "BGR" else std', _SCALE),
            expect="You have turned the deviation round",
        ),
        Misconception(
            "rows turned",
            _wrong('x = x[::-1] if card["channels"] == "BGR" else x', _SCALE),
            expect="stands on its head",
        ),
        Misconception(
            "reshaped",
            _wrong(layout='x.reshape(3, *x.shape[:2]) if card["layout"] == "CHW" else x'),
            expect="the picture is not",
        ),
        Misconception("layout left", _wrong(layout="x"), expect="The channels are still last"),
        Misconception("licence not read", _wrong(allowed="True"), expect="has not been read"),
        Misconception(
            "begins with cc-by",
            _wrong(allowed=f'{_ALLOWED} or str(card.get("licence")).startswith("cc-by")'),
            expect="Compare the whole name",
        ),
        Misconception(
            "missing is free",
            _wrong(allowed=f"{_ALLOWED} or not licence"),
            expect="the author keeps all rights",
        ),
        Misconception(
            "breaks without a licence",
            _wrong(allowed='card["licence"].lower() in FREE or (licence in NOT_FOR_SALE and not commercial)'),
            expect="A missing entry is an answer too",
        ),
        Misconception(
            "all but the forbidden",
            _wrong(allowed="not (licence in NOT_FOR_SALE and commercial)"),
            expect="You allow what you do not know",
        ),
        Misconception(
            "non-commercial is never",
            _wrong(allowed="licence in FREE"),
            expect="Nobody wants to earn with it",
        ),
        Misconception(
            "capital letters",
            _wrong(
                allowed="(licence in FREE or (licence in NOT_FOR_SALE and not commercial)) and"
                ' card["licence"].islower()'
            ),
            expect="with and without capital letters",
        ),
    ),
)

"""A point for the numbers, for the order of the channels, and for reading the licence."""

from __future__ import annotations

from typing import Any

import numpy as np

from tlcourse.exercises.engine import Finding, Verdict, read_array, score, show

from .probe import FREE, NOT_FOR_SALE, Card

_WAYS = (
    "mean before the range",
    "no range",
    "always 0 to 1",
    "range without its start",
    "no mean",
    "no deviation",
    "channels not turned",
    "mean of another channel",
    "std turned too",
    "rows turned",
)
_LAYOUTS = ("layout left", "reshaped")


def _prepared(images: np.ndarray, card: Card, how: str = "") -> np.ndarray:
    """What the card asks for, channels last; ``how`` names one thing that is done otherwise."""
    x = images.astype("float64")
    mean, std = np.array(card["mean"]), np.array(card["std"])
    low, high = card["range"]
    turned = card["channels"] == "BGR"
    if turned and how == "rows turned":
        x = x[:, ::-1]
    elif turned and how not in ("channels not turned", "mean of another channel"):
        x = x[..., ::-1]
    if how == "no mean":
        mean, std = np.zeros(3), np.ones(3)
    if how == "no deviation":
        std = np.ones(3)
    if turned and how == "std turned too":
        std = std[::-1]
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
    return x[..., ::-1] if turned and how == "mean of another channel" else x


def _laid_out(x: np.ndarray, first: bool, how: str = "") -> np.ndarray:
    """As the framework's networks take it: channels first or last."""
    if not first or how == "layout left":
        return x
    if how == "reshaped":
        return x.reshape(len(x), 3, *x.shape[1:3])
    return x.transpose(0, 3, 1, 2)


_WHY = {
    "mean before the range": (
        "You have taken off the mean first and brought the bytes into the range afterwards. The "
        "mean is one of numbers that are in the range."
    ),
    "no range": (
        "The bytes have not been brought into the card's range. Its mean is meant for small numbers."
    ),
    "always 0 to 1": (
        "You divide by 255, whatever the card says. Its range says what the bytes 0 and 255 become."
    ),
    "range without its start": ("The width of the range is right. A byte of 0 has to become its lower end."),
    "no mean": "The mean and the deviation have not been used.",
    "no deviation": "The mean is taken off; what is left is not divided by the deviation.",
    "channels not turned": (
        "The channels have stayed in the order red, green, blue. The card wants blue first."
    ),
    "mean of another channel": (
        "You have used mean and deviation before the channels were turned round. The card gives "
        "them in its own order, blue first: the mean of blue was taken off red."
    ),
    "std turned too": "You have turned the deviation round. It is in the card's order already.",
    "rows turned": (
        "The images stand on their heads: the axis of the rows was turned round, not the channels'."
    ),
    "reshaped": (
        "The shape is right and the images are not: `reshape` counts the same numbers through in "
        "another way. Move the axis instead (`permute`, `np.moveaxis`)."
    ),
    "layout left": "The channels are still last. A network in PyTorch takes them second.",
}


def _alike(got: np.ndarray, value: np.ndarray) -> bool:
    if got.shape != value.shape:
        return False
    return bool(np.allclose(got, value, rtol=0, atol=1e-3 * max(1.0, float(np.abs(value).max()))))


def _name(card: Card) -> str:
    low, high = card["range"]
    return f"{low:.0f} to {high:.0f}, {card['channels']}"


def _short(value: float) -> str:
    """Two digits or so: more could be a number of the right answer by chance."""
    return f"{value:.0f}" if abs(value) >= 10 else f"{round(value, 1) + 0.0:.1f}"  # no -0.0


def _one(card: Card, seen: dict[str, Any], images: np.ndarray, first: bool) -> Finding | None:
    """What is wrong with the batch for one card; None if it is right."""
    said = f"For a card with {_name(card)}"
    if seen["batch"] is None:
        why = f"{said} and the licence {show(card['licence'])} you give `None`: it may be used."
        return Finding(False, why, "refuses what is free")
    got = read_array(seen["batch"], "`prepare`")
    if first and seen["type"] != "Tensor":
        why = f"{said} you give a {seen['type']}. A network in PyTorch takes a `torch.Tensor`."
        return Finding(False, why, "not a tensor")
    if not np.isfinite(got).all():
        return Finding(False, f"{said} your batch holds NaN or infinity.")
    span = (
        f" your numbers go from {_short(got.min())} to {_short(got.max())}." if got.size else " it is empty."
    )
    right = _prepared(images, card)
    if _alike(got, _laid_out(right, first)):
        if seen["dtype"] == "float64":
            why = (
                f"{said} the numbers are right and of type float64. The weights are float32: use `.float()`."
            )
            return Finding(False, why, "double precision")
        return None
    layout = [how for how in _LAYOUTS if first and _alike(got, _laid_out(right, first, how))]
    match = layout or [how for how in _WAYS if _alike(got, _laid_out(_prepared(images, card, how), first))]
    if match:
        return Finding(False, f"{said}{span} {_WHY[match[0]]}", match[0])
    if got.shape != _laid_out(right, first).shape:
        return Finding(False, f"{said} and images of shape {images.shape} your batch has shape {got.shape}.")
    return Finding(False, f"{said}{span} In turn: order of the channels, range, mean, deviation, layout.")


def _group(name: str, observed: dict[str, Any], inputs: dict[str, Any], right: str) -> Finding:
    images = np.asarray(inputs["images"])
    pairs = zip(inputs[name], observed[name], strict=True)
    found = [_one(card, seen, images, bool(observed["first"])) for card, seen in pairs]
    return next((one for one in found if one is not None), Finding(True, right))


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


def judge(observed: dict[str, Any], inputs: dict[str, Any]) -> Verdict:
    """A batch that is None for every card earns nothing for the licences it refuses."""
    if all(seen["batch"] is None for name in ("numbers", "channels") for seen in observed[name]):
        why = "`prepare` gives `None` for every card. Is there a `return` at the end?"
        return Verdict(0.0, (Finding(False, why, "always None"),))
    numbers = _group("numbers", observed, inputs, "First the range, then the mean, then the deviation.")
    channels = _group(
        "channels", observed, inputs, "Blue comes first where the card says so, with its own mean."
    )
    return score((1, numbers), (1, channels), (1, _licences(observed, inputs)))

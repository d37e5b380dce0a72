"""Names on the board that do not say who it is."""

from __future__ import annotations

import hashlib
import hmac

__all__ = ["alias"]

# fmt: off
_ANIMALS = [
    "badger", "bear", "beaver", "bison", "camel", "crane", "deer", "dolphin", "eagle", "falcon",
    "finch", "fox", "frog", "gecko", "goose", "hare", "hawk", "heron", "horse", "ibis", "koala",
    "lemur", "lion", "lynx", "magpie", "marten", "mole", "moose", "newt", "otter", "owl", "panda",
    "pelican", "puffin", "quail", "rabbit", "raven", "robin", "salmon", "seal", "shark", "sloth",
    "stork", "swan", "tapir", "tiger", "toad", "trout", "turtle", "walrus", "weasel", "whale",
    "wolf", "zebra",
]
# fmt: on


def alias(student: str, secret: str) -> str:
    """A student's name on the board: the same in every run, and nobody can work it out.

    Examples
    --------
    >>> alias("ada", "00") == alias("ada", "00") != alias("ada", "01")
    True
    """
    made = hmac.new(secret.encode(), student.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()
    return f"{_ANIMALS[int(made[:8], 16) % len(_ANIMALS)]}-{made[8:12]}"

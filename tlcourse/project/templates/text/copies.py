"""Which texts are nearly the same? Also in other letters, with other links, names and signs."""

import re
import unicodedata
from collections import Counter, defaultdict

from settings import Progress

LONG = 5  # letters of a piece
PARTS = [
    (re.compile(r"https?://\S+|www\.\S+|\S+@\S+"), " "),
    (re.compile(r"^rt\b|@\w+"), " "),
    (re.compile(r"\d+"), "0"),
    (re.compile(r"[^\w]+|_"), " "),
]


def plain(text):
    """Lower case, without links, names, signs and accents; numbers are one number."""
    text = unicodedata.normalize("NFKD", text.casefold())
    text = "".join(sign for sign in text if not unicodedata.combining(sign))
    for pattern, into in PARTS:
        text = pattern.sub(into, text)
    return " ".join(text.split())


def pieces(text):
    """All runs of five letters of a plain text."""
    text = f" {text} "
    return {text[i : i + LONG] for i in range(max(1, len(text) - LONG + 1))}


def near_copies(texts, alike):
    """Pairs (i, j), i < j, of texts whose pieces overlap by `alike` (Jaccard) or more.

    Equal plain texts are pairs too. Nothing is missed: two such texts share one of their
    rarest pieces (prefix filter: Bayardo, Ma and Srikant 2007), so only these are compared.
    """
    plains = [plain(text) or text for text in texts]
    first, pairs, unlike = {}, [], []
    for place, text in enumerate(plains):
        if first.setdefault(text, place) != place:
            pairs.append((first[text], place))
        else:
            unlike.append(place)
    if alike >= 1:
        return sorted(pairs)
    sets = {place: pieces(plains[place]) for place in unlike}
    often = Counter(piece for each in sets.values() for piece in each)
    lists = defaultdict(list)
    progress = Progress("Comparing texts", len(unlike))
    for place in sorted(unlike, key=lambda place: len(sets[place])):  # short ones first
        mine = sets[place]
        rare = sorted(mine, key=lambda piece: (often[piece], piece))
        rare = rare[: len(mine) - int(-(-alike * len(mine) // 1)) + 1]
        for other in {other for piece in rare for other in lists[piece]}:
            theirs = sets[other]
            if len(theirs) < alike * len(mine):
                continue
            both = len(mine & theirs)
            if both >= alike * (len(mine) + len(theirs) - both):
                pairs.append((min(place, other), max(place, other)))
        for piece in rare:
            lists[piece].append(place)
        progress.step()
    return sorted(pairs)

"""What check.py tells you about texts in particular."""

import re
from collections import Counter, defaultdict

import languages
import personal
from findings import say

MOJIBAKE = re.compile(r"Ã[\x80-\xbf¤¶¼Ÿ©¨]|â€|Â[£°»«]")
MARKUP = re.compile(r"<(?:br|p|div|a|b|i|span)\b[^>]*>|&(?:amp|lt|gt|quot|nbsp|#\d+);", re.I)


def contradictions(rows):
    """Texts that say exactly the same and have several labels."""
    known = defaultdict(list)
    for row in rows:
        known[row["sha256"]].append(row)
    lines = [
        ", ".join(f"row {row['row']} {row['class']}" for row in some[:6])
        for some in known.values()
        if len({row["class"] for row in some}) > 1
    ]
    if lines:
        title = f"Equal texts with different labels: {len(lines)}. No model can be right about all:"
        say(f"{title} decide, and mend the file.", lines)
    return len(lines)


def spoken(rows):
    """Languages by class: if they differ, a model may learn languages."""
    by = Counter(languages.language(row["text"]) for row in rows)
    shares = [f"{name} {count / len(rows):.0%}" for name, count in by.most_common(5)]
    known = {name: n for name, n in by.items() if name not in ("unclear", "mixed", "no letters")}
    if not known:
        return dict(by)
    main, count = max(known.items(), key=lambda each: each[1])
    others = sum(known.values()) - count
    if main != "English" or others > 0.05 * len(rows):
        say(
            f"Languages, by their letters and small words: {', '.join(shares)}.",
            [
                "The encoder of this project was trained on English. For other languages, set",
                "model.checkpoint to a multilingual one.",
            ],
        )
    return dict(by)


def people(rows):
    """Counts of what looks like personal data. What was found is not shown."""
    counts, where = Counter(), defaultdict(list)
    for row in rows:
        for kind in {kind for kind, _ in personal.found(row["text"])}:
            counts[kind] += 1
            where[kind].append(row["row"])
    if counts:
        lines = [
            f"{kind}: {count} texts (rows {', '.join(where[kind][:8])}"
            f"{', ...' if count > 8 else ''})"
            for kind, count in counts.most_common()
        ]
        say("Texts with personal data, by their form. Names are not looked for:", lines)
        print("  May you keep these? python check.py --mask FILE.csv writes a copy without them.")
    return dict(counts)


def odd_signs(rows):
    """Texts that were decoded wrongly before, and the remains of web pages."""
    told = []
    for name, pattern, do in (
        ("look as if they had been decoded wrongly (such as Ã¼)", MOJIBAKE, "Export them anew."),
        ("have HTML in them", MARKUP, "Remove it, or leave it in later texts too."),
    ):
        some = [row["row"] for row in rows if pattern.search(row["text"])]
        if some:
            say(f"Texts that {name}: {len(some)} (rows {', '.join(some[:5])}). {do}", [])
            told.append([name, len(some)])
    return told


def lengths(rows, counts, limit):
    """What the encoder's limit cuts off. `counts`: tokens of each text."""
    cut = [row["row"] for row, count in zip(rows, counts, strict=True) if count > limit]
    middle = sorted(counts)[len(counts) // 2]
    print(f"\nTokens of a text: {middle} in the middle, {max(counts)} at most; read: {limit}.")
    if cut:
        some = ", ".join(cut[:5])
        lost = sum(max(0, count - limit) for count in counts) / sum(counts)
        say(
            f"Texts that are cut off: {len(cut)} ({len(cut) / len(rows):.0%}).",
            [
                f"{lost:.0%} of all tokens are not read (rows {some}). Raise data.limit,",
                "which costs time, or put what matters at the beginning.",
            ],
        )
    return len(cut)


def shortcuts(rows):
    """Length, and one word, as answers: a model would learn that instead of the matter."""
    usual = max(Counter(row["class"] for row in rows).values()) / len(rows)
    told = []
    columns = (
        ("the length", lambda text: min(len(text) // 20, 30)),
        ("the first word", lambda text: text.split()[0].lower()),
        ("the last word", lambda text: text.split()[-1].lower()),
    )
    for name, of in columns:
        by = defaultdict(Counter)
        for row in rows:
            by[of(row["text"])][row["class"]] += 1
        right = sum(max(each.values()) for each in by.values() if sum(each.values()) > 4)
        if right / len(rows) > 0.5 + usual / 2:
            told.append(f"{name} alone tells the class of {right / len(rows):.0%} of the texts")
    if told:
        say("The texts give their classes away. The network may learn this instead.", told)
    return told

"""What check.py tells you about the images. Nothing here changes a file."""

from collections import Counter, defaultdict
from pathlib import Path

import split


def say(title, lines, most=10):
    print(f"\n{title}")
    for line in lines[:most]:
        print(f"  {line}")
    if len(lines) > most:
        print(f"  ... and {len(lines) - most} more, see check.json")


def near_copies(rows, pairs, equal):
    """Near copies are kept together. If they are in two classes, a label may be wrong."""
    if not pairs:
        return
    names = [f"{rows[i]['file']}  ~  {rows[j]['file']}" for i, j in pairs]
    same = f" (equal files: {len(equal)})" if equal else ""
    say(f"Pairs of near copies: {len(pairs)}{same}. Each pair stays in one split.", names)
    between = [n for n, (i, j) in zip(names, pairs, strict=True) if differ(rows, i, j)]
    if between:
        say("Near copies in two classes. Look at them: a label may be wrong.", between)


def differ(rows, i, j):
    return rows[i]["class"] != rows[j]["class"]


def people(rows):
    places = [row["file"] for row in rows if row["about"]["gps"]]
    names = [row["file"] for row in rows if row["about"]["names"]]
    if places:
        say(f"Files that say where they were taken (GPS): {len(places)}.", places, 3)
    if names:
        say(f"Files with a person's name (artist, owner): {len(names)}.", names, 3)
    if places or names:
        print("  Training ignores this, but whoever gets the files can read it. Copies without")
        print("  metadata: python check.py --clean FOLDER. And do the people in them agree?")
    return {"gps": len(places), "names": len(names)}


def shortcuts(rows):
    """A camera, a format or a size that gives the class away is what a network learns."""
    usual = max(Counter(row["class"] for row in rows).values()) / len(rows)
    found = []
    for what in ("camera", "format", "size"):
        classes = defaultdict(Counter)
        for row in rows:
            classes[row["about"][what]][row["class"]] += 1
        right = sum(max(each.values()) for each in classes.values()) / len(rows)
        if 1 < len(classes) <= len(rows) / 4 and right > 0.5 + usual / 2:
            found.append(f"the {what} alone tells the class of {right:.0%} of the images")
    if found:
        title = "The files give their classes away. The network may learn this instead."
        say(title, found)
    return found


def shared_beginnings(rows, by):
    """Do the names look as if they held a group?"""
    stems = [Path(row["file"]).stem for row in rows]
    begins = Counter(s.rstrip("0123456789").rstrip("_- .()") for s in stems)
    often = [name for name, count in begins.items() if count > 1 and name]
    if by == "file" and len(often) >= 4 and len(begins) <= len(rows) / 2:
        some = ", ".join(sorted(often)[:4])
        say(
            f"Names share beginnings ({some}, ...).",
            ["If these are people, places or devices, set [groups]."],
        )


def large_group(rows):
    """One group that holds much of everything often comes from a wrong setting."""
    largest, count = Counter(row["group"] for row in rows).most_common(1)[0]
    if count > max(10, len(rows) / 5):
        advice = "Is that right? If not, raise data.near_copies or lower groups.burst_seconds."
        say(f"{count} images belong to one group ({largest}).", [advice])


def counts(rows):
    total = Counter(row["class"] for row in rows)
    wide = max(len(name) for name in total) + 2
    print(f"\n{'class':{wide}}" + "".join(f"{s:>12}" for s in (*split.SPLITS, "all")))
    for name in sorted(total):
        counts = [sum(r["class"] == name for r in split.of(rows, s)) for s in split.SPLITS]
        print(f"{name:{wide}}" + "".join(f"{n:12}" for n in (*counts, total[name])))
    if max(total.values()) >= 2 * min(total.values()):
        ratio = max(total.values()) / min(total.values())
        print(f"\nThe largest class has {ratio:.1f} times as many images as the smallest. Go by")
        print("balanced accuracy. training.class_weights makes up for some of it; more images")
        print("of the small classes help more.")

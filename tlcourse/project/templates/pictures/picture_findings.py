"""What check.py tells you about images in particular: metadata, shortcuts, names."""

from collections import Counter, defaultdict
from pathlib import Path

from findings import say


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

"""Which images belong together: the settings in [groups], and the time at which they were taken."""

import unicodedata
from collections import Counter
from datetime import datetime
from pathlib import PurePosixPath

from settings import Problem, path
from split import lines_of


def groups_of(rows, rule):
    """Each image's group by the settings in [groups]."""
    if rule["by"] == "prefix":
        names = [PurePosixPath(row["file"]).stem for row in rows]
        if not rule["separator"] or not any(rule["separator"] in n for n in names):
            do = "Set groups.separator to what ends the group's part of the names."
            raise Problem(f"No file's name has {rule['separator']!r} in it.", do)
        return [name.split(rule["separator"])[0] for name in names]
    if rule["by"] == "folder":
        parts = [PurePosixPath(row["file"]).parts for row in rows]
        if all(len(each) < 3 for each in parts):
            do = 'Make sub-folders such as cat/ada/, or set groups.by = "file".'
            raise Problem("No class folder has sub-folders, so there are no groups.", do)
        return [each[1] if len(each) > 2 else "/".join(each) for each in parts]
    if rule["by"] == "table":
        return by_table(rows, path(rule["table"]))
    return [row["file"] for row in rows]


def by_table(rows, file):
    """Groups from a CSV with the columns file and group."""
    table = lines_of(file, "Write a CSV file (UTF-8) with the columns file,group.")
    if not table or not {"file", "group"} <= set(table[0]):
        do = "Its first line must be file,group."
        raise Problem(f"{file.name} has no columns file and group.", do)
    known = {
        composed((line["file"] or "").strip().replace("\\", "/")): (line["group"] or "").strip()
        for line in table
    }
    times = Counter(PurePosixPath(row["file"]).name for row in rows)

    def group(row):
        name = PurePosixPath(row["file"]).name  # enough if only one file has it
        alone = known.get(composed(name)) if times[name] == 1 else None
        return known.get(composed(row["file"])) or alone

    missing = [row["file"] for row in rows if not group(row)]
    if missing:
        more = f" and {len(missing) - 1} other images" if len(missing) > 1 else ""
        do = "Add a line for each; an image on its own gets a group of its own."
        raise Problem(f"{file.name} has no group for {missing[0]}{more}.", do)
    return [group(row) for row in rows]


def composed(name):
    """Umlauts as one character: a Mac stores them as two in the names of files."""
    return unicodedata.normalize("NFC", name)


def bursts(rows, seconds):
    """Pairs of images that one camera took within some seconds."""
    if not seconds:
        return []
    taken = []
    for place, row in enumerate(rows):
        try:
            when = datetime.strptime(row["about"]["taken"], "%Y:%m:%d %H:%M:%S")
        except ValueError:
            continue
        taken.append((row["about"]["camera"], when, place))
    taken.sort()
    return [
        (a[2], b[2])
        for a, b in zip(taken, taken[1:], strict=False)
        if a[0] == b[0] and (b[1] - a[1]).total_seconds() <= seconds
    ]

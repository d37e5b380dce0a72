"""Who belongs together, and which group goes to training, validation and test."""

import csv
import random
from collections import Counter, defaultdict
from pathlib import Path

import task
from settings import HERE, Problem

SPLITS = ("train", "validation", "test")
COLUMNS = (task.NAME, "class", "group", "split", "sha256")
FILE = HERE / "split.csv"


def lines_of(file, do):
    """The lines of a CSV file, as scripts and as spreadsheets write it."""
    try:
        with open(file, encoding="utf-8-sig", newline="") as opened:
            first = opened.readline()
            delimiter = ";" if first.count(";") > first.count(",") else ","
            opened.seek(0)
            return list(csv.DictReader(opened, delimiter=delimiter))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        why = getattr(error, "strerror", None) or "it is not a CSV file in UTF-8"
        raise Problem(f"The table {file} cannot be read: {why}.", do) from None


def united(groups, pairs):
    """The groups after each pair has been put together: a name for each image."""
    leader = {group: group for group in groups}

    def first(group):
        while leader[group] != group:
            group = leader[group]
        return group

    for i, j in pairs:
        a, b = sorted((first(groups[i]), first(groups[j])))
        leader[b] = a
    return [first(group) for group in groups]


def draw(rows, shares, seed, fixed):
    """A split for each group: "train", "validation" or "test".

    A group goes where its classes are missing most; large groups choose first. Of 20
    orders, the one that comes closest to the shares is taken.
    """
    total = Counter(row["class"] for row in rows)
    groups = defaultdict(Counter)
    for row in rows:
        groups[row["group"]][row["class"]] += 1
    explain_too_few(groups, total)
    best, least = None, None
    for attempt in range(20):
        split_of = dict(fixed)
        have = {split: Counter() for split in SPLITS}
        for group, split in fixed.items():
            have[split] += groups[group]
        order = sorted(set(groups) - set(fixed))
        random.Random(f"{seed} {attempt}").shuffle(order)
        order.sort(key=lambda group: -sum(groups[group].values()))
        for group in order:

            def missing(split, classes=groups[group], have=have):
                filled = {c: have[split][c] / (shares[split] * total[c]) for c in classes}
                return sum(n * (1 - filled[c]) for c, n in classes.items())

            split_of[group] = max(SPLITS, key=missing)
            have[split_of[group]] += groups[group]
        lacking = [(s, c) for s in SPLITS for c in total if not have[s][c]]
        away = sum(abs(have[s][c] / total[c] - shares[s]) for s in SPLITS for c in total)
        if least is None or (len(lacking), away) < least:
            best, least, worst = split_of, (len(lacking), away), lacking
    if worst:
        listed = ", ".join(f"{c} in {split}" for split, c in worst)
        do = f"Add {task.MANY} in groups of their own, or look at [groups] in config.toml."
        raise Problem(f"Some classes would be missing: {listed}.", do)
    return best


def explain_too_few(groups, total):
    """Each class needs three groups, one for each split."""
    few = []
    for name in sorted(total):
        count = sum(name in classes for classes in groups.values())
        if count < len(SPLITS):
            few.append(f"{name} ({task.MANY}: {total[name]}, groups: {count})")
    if few:
        raise Problem(
            f"Too few independent {task.MANY}: {', '.join(few)}. Each class needs three "
            "groups, for training, validation and test.",
            f"{task.MORE} Near copies and {task.MANY} of one group count as one.",
        )


def save(rows, file=None):
    file = Path(file or FILE)
    half = file.with_suffix(".half")
    with open(half, "w", encoding="utf-8", newline="") as opened:
        writer = csv.DictWriter(opened, COLUMNS, extrasaction="ignore")
        writer.writeheader()
        writer.writerows(rows)
    half.replace(file)


def load(file=None):
    """The rows of split.csv, or none if there is no such file."""
    file = Path(file or FILE)
    if not file.exists():
        return []
    do = "Undo your changes to it. Or move it away and run python check.py, which divides anew."
    rows = lines_of(file, do)
    if not rows or set(rows[0]) != set(COLUMNS):
        raise Problem(f"{file.name} must have the columns {', '.join(COLUMNS)}.", do)
    for row in rows:
        if row["split"] not in SPLITS:
            problem = f"{file.name} says {row['split']!r} as the split of {row[task.NAME]}."
            raise Problem(problem, f"Use {' or '.join(SPLITS)}.")
    return rows


def sound(rows):
    """Is the split still one, after somebody edited split.csv?"""
    sides = defaultdict(set)
    for row in rows:
        sides[row["group"]].add(row["split"])
    torn = [group for group, found in sides.items() if len(found) > 1]
    if torn:
        do = "Give all its lines the same split, or run python check.py --redraw."
        raise Problem(f"In {FILE.name}, the group {torn[0]} is in more than one split.", do)
    there = {(row["class"], row["split"]) for row in rows}
    for name in sorted({row["class"] for row in rows}):
        for one in SPLITS:
            if (name, one) not in there:
                do = "Move some of its groups there, or run python check.py --redraw."
                raise Problem(f"In {FILE.name}, {name} has no {task.MANY} in {one}.", do)


def of(rows, split):
    return [row for row in rows if row["split"] == split]

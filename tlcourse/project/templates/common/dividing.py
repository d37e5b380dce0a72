"""Who goes where: groups and near copies stay together, and what was divided keeps its side."""

import json
from collections import defaultdict

import findings
import record
import split
import task
from settings import HERE, Problem

TOLD = HERE / "check.json"


def kept(rows):
    """Where groups were until now. A group that was on two sides cannot keep both."""
    before = {row[task.KEY]: row["split"] for row in split.load()}
    sides = defaultdict(set)
    for row in rows:
        if row[task.KEY] in before:
            sides[row["group"]].add(before[row[task.KEY]])
    torn = [group for group, found in sides.items() if len(found) > 1]
    if torn:
        many = task.MANY.capitalize()
        raise Problem(
            f"{many} that now belong together were in different splits ({torn[0]}).",
            "Run python check.py --redraw and train again. The old test score is void.",
        )
    return {group: found.pop() for group, found in sides.items()}


def divide(rows, groups, pairs, config, redraw):
    """Each row gets its group, and each group its split."""
    for row, group in zip(rows, split.united(groups, pairs), strict=True):
        row["group"] = group
    shares = {name: config["data"][name] for name in split.SPLITS[1:]}
    shares = {"train": 1 - sum(shares.values()), **shares}
    fixed = {} if redraw else kept(rows)
    split_of = split.draw(rows, shares, config["data"]["seed"], fixed)
    for row in rows:
        row["split"] = split_of[row["group"]]


def equal(rows):
    """Pairs of places: each row that equals an earlier one, with the first of its kind."""
    first = {}
    places = enumerate(row["sha256"] for row in rows)
    return [(first[h], i) for i, h in places if first.setdefault(h, i) != i]


def finish(rows, groups, pairs, told, config, redraw):
    """Divide the rows, and write split.csv and what the check told."""
    divide(rows, groups, pairs, config, redraw)
    findings.large_group(rows)
    findings.counts(rows)
    split.save(rows)
    told["groups"] = len({row["group"] for row in rows})
    record.write_json(TOLD, told)


def same_settings(now):
    """The settings that decide who goes where must be those of the check."""
    then = found().get("settings", now)
    changed = [name for name, value in now.items() if then.get(name) != value]
    if changed:
        do = "Run python check.py --redraw, or undo the change."
        names = ", ".join(changed)
        raise Problem(f"Settings of the split have changed since the check: {names}.", do)


def found():
    """What the last check told, from check.json."""
    if not TOLD.exists():
        return {"left_out": [], "near_copies": [], "shortcuts": [], "files_with": {}}
    try:
        return json.loads(TOLD.read_text(encoding="utf-8"))
    except ValueError:
        do = "Delete it and run python check.py, which writes it again."
        raise Problem(f"{TOLD.name} is damaged.", do) from None

"""Check the texts and divide them into training, validation and test.

    python check.py                  look at everything, write split.csv
    python check.py --redraw         divide again: texts may change sides
    python check.py --mask FILE.csv  also write a copy without addresses and numbers

Texts that are already in split.csv keep their side when you add others.
"""

import argparse
import csv
from pathlib import Path

import copies
import dividing
import findings
import labels
import personal
import settings
import split
import text_findings
import texts
import tokens
from settings import Problem


def check(config, redraw=False, mask=None):
    """Tell what was found and write split.csv. Returns its rows."""
    rows, left_out, notes, spellings, _ = texts.read(config)
    for note in notes:
        print(note)
    classes = sorted({row["class"] for row in rows})
    print(f"{len(rows)} texts in {len(classes)} classes.")
    if left_out:
        lines = [f"row {row} {why}" for row, why in left_out]
        findings.say(f"Rows left out: {len(left_out)}.", lines)
    if spellings:
        findings.say("Labels that differ in case or blanks are taken as one.", spellings)
    if odd := [name for name in classes if name.lower() in labels.MAYBE_MISSING]:
        do = "If it means that the label is missing, empty these cells."
        findings.say(f"The label {odd[0]!r} is taken for a class.", [do])
    if len(classes) > 2 and all(map(labels.is_number, classes)):
        findings.say("The labels are numbers. They are used as names, without an order.", [])
    equal = dividing.equal(rows)
    alike = copies.near_copies([row["text"] for row in rows], config["data"]["near_copies"])
    pairs = sorted({*equal, *alike})
    findings.near_copies(rows, pairs, equal)
    told = {
        "left_out": left_out,
        "near_copies": [[rows[i]["row"], rows[j]["row"]] for i, j in pairs],
        "contradictions": text_findings.contradictions(rows),
        "languages": text_findings.spoken(rows),
        "personal": text_findings.people(rows),
        "odd": text_findings.odd_signs(rows),
        "shortcuts": text_findings.shortcuts(rows),
        "settings": deciding(config),
    }
    limit = min(config["data"]["limit"], tokens.longest(config))
    counts = tokens.counts(tokens.of(config), [row["text"] for row in rows])
    told["cut_off"] = text_findings.lengths(rows, counts, limit)
    # A row without a group is one of its own.
    of_whom = [f"of {row['of']}" if row["of"] else f"row {row['row']}" for row in rows]
    dividing.finish(rows, of_whom, pairs, told, config, redraw)
    if mask:
        write_masked(rows, Path(mask))
    return split.load()


def write_masked(rows, into):
    """A copy of the texts and labels in UTF-8, with what has the form of personal data masked."""
    if into.exists():
        raise Problem(f"{into} exists.", "Name a new file.")
    with open(into, "w", encoding="utf-8", newline="") as opened:
        lines = [[personal.masked(r["text"]), r["class"], r["of"]] for r in rows]
        csv.writer(opened).writerows([["text", "label", "group"], *lines])
    print(f"\n{len(rows)} texts without addresses and numbers are in {into}.")


def deciding(config):
    """The settings that decide which text goes where."""
    names = ("file", "text", "label", "header", "leave_out", "most_rows", "near_copies", "seed")
    names += ("validation", "test")
    return {**{name: config["data"][name] for name in names}, **config["groups"]}


def unchanged(config):
    """The rows of split.csv, if the file still holds exactly these texts."""
    rows = split.load()
    if not rows:
        return check(config)
    dividing.same_settings(deciding(config))
    split.sound(rows)
    now = texts.read(config)[0]
    before = sorted((row["sha256"], row["class"]) for row in rows)
    if before != sorted((row["sha256"], row["class"]) for row in now):
        gone = {row["sha256"] for row in rows} - {row["sha256"] for row in now}
        new = {row["sha256"] for row in now} - {row["sha256"] for row in rows}
        do = "Run python check.py, which divides what is new and keeps the rest."
        what = f"new texts: {len(new)}, gone: {len(gone)}" if new or gone else "labels"
        raise Problem(f"The file has changed since the check ({what}).", do)
    return rows


def main():
    parser = argparse.ArgumentParser(description="Check the texts, write split.csv.")
    parser.add_argument("--redraw", action="store_true", help="divide them again")
    parser.add_argument("--mask", metavar="FILE", help="write a copy without personal data")
    arguments = parser.parse_args()
    check(settings.read(), arguments.redraw, arguments.mask)
    print("\nThe split is in split.csv. Next: python train.py")


if __name__ == "__main__":
    settings.run(main)

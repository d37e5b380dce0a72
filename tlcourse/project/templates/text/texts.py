"""Texts: from the CSV file to rows, each with its text, its class and its hash."""

import hashlib
import unicodedata

import labels
import settings
import table
from settings import Problem


def path_of(config):
    return settings.path(config["data"]["file"])


def clean(text):
    """A text as the network sees it, in training and in use: composed, without odd blanks."""
    return " ".join(unicodedata.normalize("NFC", text).replace("\u200b", "").split())


def hash_of(text):
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()


def read(config):
    """All rows that can be used, what is left out (row, why), and notes to tell.

    A row: row (the line in the file), text, class, group (if there is a column), sha256.
    """
    rule, file = config["data"], path_of(config)
    found = table.read(file, rule)
    text, label, group = labels.columns(found, rule, config["groups"]["column"], file.name)
    left_out = [(str(line), "has more or fewer cells than the others") for line in found.ragged]
    rows = []
    for line, cells in found.rows:
        row = {"row": str(line), "text": clean(cells[text]), "label": cells[label]}
        row["of"] = "" if group is None else cells[group].strip()
        if labels.missing(cells[text]) or not any(map(str.isalnum, row["text"])):
            nothing = "no text" if not row["text"] else f"no words ({row['text'][:20]!r})"
            left_out.append((row["row"], f"has {nothing}"))
        elif labels.missing(row["label"]):
            left_out.append((row["row"], "has no label"))
        else:
            row["sha256"] = hash_of(row["text"])
            rows.append(row)
    if not rows:
        some = "; ".join(f"row {row} {why}" for row, why in left_out[:3])
        do = "Set data.text and data.label to the right columns."
        raise Problem(f"{file.name} has no row with a text and a label ({some}).", do)
    names, lines = labels.united([row["label"] for row in rows])
    for row, name in zip(rows, names, strict=True):
        row["class"] = name
    column = found.header[label] if found.header else str(label + 1)
    rows, names = without(rows, rule["leave_out"], left_out)
    labels.sensible(names, column)
    columns = {"text": text, "label": label, "group": group, "header": found.header}
    return sampled(rows, rule["most_rows"], found.notes), left_out, found.notes, lines, columns


def without(rows, leave_out, left_out):
    """All rows but those of the classes in data.leave_out."""
    unwanted = {labels.canonical(name) for name in leave_out.split(",") if name.strip()}
    known = {labels.canonical(row["class"]) for row in rows}
    if unwanted - known:
        do = f"Labels: {', '.join(sorted({row['class'] for row in rows})[:20])}."
        raise Problem(f"data.leave_out names {min(unwanted - known)!r}, which is no label.", do)
    kept = [row for row in rows if labels.canonical(row["class"]) not in unwanted]
    if not kept:
        raise Problem("data.leave_out leaves out everything.", "Name fewer classes.")
    if unwanted:
        left_out.append((f"({len(rows) - len(kept)} rows)", "are of classes in data.leave_out"))
    return kept, [row["class"] for row in kept]


def sampled(rows, most, notes):
    """Of a large file those with the lowest hash: the same ones when you add others."""
    if len(rows) <= most:
        return rows
    lowest = set(sorted({row["sha256"] for row in rows})[:most])
    notes.append(
        f"The file has {len(rows)} texts. {most} of them were drawn; data.most_rows sets how many."
    )
    return [row for row in rows if row["sha256"] in lowest][:most]

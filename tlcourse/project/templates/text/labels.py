"""Which column is which, and what the cells with the labels mean."""

import re
from collections import Counter, defaultdict

from settings import Problem

TEXTS = [
    "text",
    "texts",
    "message",
    "messages",
    "sentence",
    "review",
    "comment",
    "body",
    "content",
    "tweet",
    "post",
    "title",
]
LABELS = [
    "label",
    "labels",
    "class",
    "category",
    "target",
    "sentiment",
    "rating",
    "topic",
    "tag",
    "y",
]
MISSING = {"", "nan", "null", "n/a", "#n/a", "<na>", "#value!", "#ref!"}
MAYBE_MISSING = {"none", "na", "-", "?", "unknown"}


def missing(cell):
    return cell.strip().lower() in MISSING


def is_number(cell):
    return re.fullmatch(r"[+-]?\d+([.,]\d+)?", cell.strip()) is not None


def columns(table, rule, group, name):
    """The numbers of the columns with texts, labels and groups. A header is taken off the rows."""
    first = [cell.strip() for cell in table.rows[0][1]]
    header = rule["header"] == "yes" or (rule["header"] == "auto" and has_header(table.rows))
    wanted = {"text": rule["text"], "label": rule["label"], "group": group}
    if rule["header"] == "auto" and any(each in first for each in wanted.values() if each):
        header = True  # somebody calls it by its name
    if header:
        table.header, table.rows = first, table.rows[1:]
        twice = [cell for cell, count in Counter(first).items() if cell and count > 1]
        if twice and twice[0] in wanted.values():
            do = 'Set data.text and data.label to numbers: "1" is the first column.'
            raise Problem(f"Two columns of {name} are called {twice[0]!r}.", do)
    elif rule["header"] == "auto":
        table.notes.append("The first row looks like data, not like names: it is used as data.")
    if not table.rows:
        raise Problem(f"{name} has a header and no rows.", "Put texts and labels into it.")
    width = len(first)
    names = first if header else [""] * width
    found = {}
    for what, given in wanted.items():
        if given:
            found[what] = named(
                given,
                names,
                width,
                f"{'groups.column' if what == 'group' else f'data.{what}'}",
                name,
            )
    guess(found, names, table, name)
    if found["text"] == found["label"]:
        raise Problem("data.text and data.label are one column.", "Set them to two columns.")
    return found["text"], found["label"], found.get("group")


def named(given, names, width, setting, file):
    """A column by its name, by its name in other letters, or by its number."""
    lower = [each.lower() for each in names]
    if given in names:
        return names.index(given)
    if lower.count(given.strip().lower()) == 1:
        return lower.index(given.strip().lower())
    if given.strip().isdigit() and 1 <= int(given) <= width:
        return int(given) - 1
    known = ", ".join(repr(each) for each in names if each) or "none: use numbers"
    do = f"Names in the file: {known}. Or a number from 1 to {width}."
    raise Problem(f"{setting} is {given!r}, and {file} has no such column.", do)


def guess(found, names, table, file):
    """Usual names; else, with two columns, the one with the longer cells has the texts."""
    lower = [each.lower() for each in names]
    for what, usual in (("text", TEXTS), ("label", LABELS)):
        places = [lower.index(each) for each in usual if lower.count(each) == 1]
        if what not in found and places:
            found[what] = places[0]
    if len(names) == 2 and len(found.keys() & {"text", "label"}) == 1:
        known = "text" if "text" in found else "label"
        found["label" if known == "text" else "text"] = 1 - found[known]
    if len(names) == 2 and not found.keys() & {"text", "label"}:
        long = [sum(len(cells[i]) for _, cells in table.rows) for i in (0, 1)]
        found["text"] = int(long[1] > long[0])
        found["label"] = 1 - found["text"]
        table.notes.append(
            f"Column {found['text'] + 1} is taken for the texts, column {found['label'] + 1} for "
            "the labels."
        )
    lacking = [what for what in ("text", "label") if what not in found]
    if lacking:
        listed = ", ".join(repr(each) for each in names if each) or f"1 to {len(names)}"
        do = f"Set data.{lacking[0]} to one of the columns: {listed}."
        raise Problem(f"Which column of {file} has the {lacking[0]}s?", do)


def has_header(rows):
    """Data, if a cell of the first row stands in its column again, or if it is a long text."""
    first, others = rows[0][1], rows[1:]
    cells = [cell.strip().lower() for cell in first]
    if set(cells) & set(TEXTS) and set(cells) & set(LABELS):
        return True
    if any(not cell for cell in cells[1:]) or any(is_number(cell) for cell in cells):
        return False
    if any(len(cell) > 60 for cell in cells):
        return False
    for place, cell in enumerate(cells):
        column = [each[place].strip().lower() for _, each in others]
        values = set(column)
        if cell in values and len(values) <= max(2, len(column) / 2):
            return False
    return True


def canonical(cell):
    """Labels that differ only in case, blanks or a .0 are one."""
    plain = " ".join(cell.split()).casefold()
    return plain[:-2] if re.fullmatch(r"[+-]?\d+\.0", plain) else plain


def united(cells):
    """The spelling for each cell, and a line for each label that is spelt in several ways."""
    spelt = defaultdict(Counter)
    for cell in cells:
        spelt[canonical(cell)][" ".join(cell.split())] += 1
    best = {}
    for key, ways in spelt.items():
        often = max(ways, key=lambda way: (ways[way], way))
        best[key] = key if re.fullmatch(r"[+-]?\d+", key) else often
    raw = defaultdict(Counter)
    for cell in cells:
        raw[canonical(cell)][cell] += 1
    lines = [
        f"{', '.join(f'{way!r} ({n})' for way, n in ways.most_common(6))} -> {best[key]}"
        for key, ways in sorted(raw.items())
        if len(ways) > 1
    ]
    return [best[canonical(cell)] for cell in cells], lines


def sensible(names, column):
    """Are these labels classes? `names` has one for each text."""
    total = Counter(names)
    if len(total) == 1:
        do = "Add texts with other labels, or set data.label to the right column."
        raise Problem(f"There is only one label, {names[0]!r} (rows: {len(names)}).", do)
    if len(total) > max(20, len(names) / 5) or (len(total) > len(names) / 2 and len(names) > 5):
        kind = "numbers to be predicted or" if all(map(is_number, total)) else "texts or"
        do = "Set data.label to the right column. Numbers: make classes of them, such as low, high."
        raise Problem(
            f"The column {column} has {len(total)} different labels in {len(names)} rows: these "
            f"look like {kind} names, not like classes.",
            do,
        )

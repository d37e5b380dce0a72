"""Ask the model about a text, or about a file of texts.

python predict.py "The parcel never came."
python predict.py texts.txt                    a text in each line
python predict.py new.csv --csv answers.csv    the same table with answers, in UTF-8
"""

import argparse
import csv
import sys
from pathlib import Path

import measures
import model
import settings
import tokens
from settings import HERE, Problem

UNSURE = "unsure"


def predict(network, about, texts, unsure_below):
    """For each text: the class or "unsure", the chances, and whether it was cut off."""
    tokenizer = model.tokenizer(about)
    lists = tokens.encoded(tokenizer, texts, about["limit"])
    cut = [count > about["limit"] for count in tokens.counts(tokenizer, texts)]
    chances = measures.softmax(model.logits(network, lists, about), about["temperature"])
    numbers = measures.decide(chances, about)
    names = [
        about["classes"][number] if row[number] >= unsure_below else UNSURE
        for number, row in zip(numbers, chances, strict=True)
    ]
    return names, chances, cut


def clean(text):
    import texts

    return texts.clean(text)


def table_of(file, column):
    """The texts of a CSV file, its rows and its header."""
    import labels
    import table

    config = settings.read()
    rule = {**config["data"], "text": column or config["data"]["text"]}
    found = table.read(file, rule)
    for note in found.notes:
        print(note, file=sys.stderr)
    if found.ragged:
        lines = ", ".join(map(str, found.ragged[:5]))
        print(f"Left out: rows with more or fewer cells than the others: {lines}", file=sys.stderr)
    first = [cell.strip() for cell in found.rows[0][1]]
    width = len(first)
    usual = [name for name in labels.TEXTS if name in [cell.lower() for cell in first]]
    header = rule["header"] == "yes" or (
        rule["header"] == "auto"
        and (rule["text"] in first or bool(usual) or (width > 1 and labels.has_header(found.rows)))
    )
    rows = found.rows[1:] if header else found.rows
    if not rule["text"] and usual:
        place = [cell.lower() for cell in first].index(usual[0])
    elif not rule["text"]:
        lengths = [sum(len(cells[i]) for _, cells in rows) for i in range(width)]
        place = lengths.index(max(lengths))
        print(f"Column {place + 1} is taken for the texts.", file=sys.stderr)
    else:
        place = labels.named(
            rule["text"], first if header else [""] * width, width, "--text", file.name
        )
    if not rows:
        raise Problem(f"{file.name} has a header and no rows.", "Put texts into it.")
    head = first if header else [f"column {i + 1}" for i in range(width)]
    return [clean(cells[place]) for _, cells in rows], [cells for _, cells in rows], head


def lines_of(file):
    """A text in each line of a plain file."""
    import table

    notes = []
    text = table.decoded(file.read_bytes(), file.name, "auto", notes)
    for note in notes:
        print(note, file=sys.stderr)
    return [clean(line) for line in text.splitlines() if line.strip()]


def asked(what, column):
    """Texts, and for a table its rows and header."""
    file = Path(what)
    try:
        there = file.is_file()
    except OSError:  # too long to be a name
        there = False
    if not there:
        if file.suffix.lower() in (".csv", ".tsv", ".txt") and " " not in what:
            raise Problem(f"There is no file {what}.", "Give a text in quotes, or a file.")
        return [clean(what)], None, None
    if file.suffix.lower() in (".csv", ".tsv"):
        return table_of(file, column)
    return lines_of(file), None, None


def main():
    parser = argparse.ArgumentParser(description="Classify texts.")
    parser.add_argument("what", help="a text, a .txt with a text in each line, or a .csv")
    parser.add_argument("--model", default=HERE / "run" / model.FILE, help="the model file")
    parser.add_argument("--csv", metavar="FILE", help="write the answers to a table")
    parser.add_argument("--text", default="", help="the column of a CSV file with the texts")
    parser.add_argument("--unsure-below", type=float, help="a probability from 0 to 1")
    arguments = parser.parse_args()
    texts, rows, head = asked(arguments.what, arguments.text)
    full = [text for text in texts if text]
    if not full:
        raise Problem("There is no text.", "Give a text in quotes, or a file with texts.")
    if (
        arguments.csv
        and Path(arguments.csv).exists()
        and Path(arguments.csv).samefile(arguments.what if rows else arguments.csv)
        and rows
    ):
        raise Problem("The answers would overwrite the texts.", "Name another file in --csv.")
    network, about = model.load(arguments.model)
    below = arguments.unsure_below
    below = about["unsure_below"] if below is None else below
    answers = iter(zip(*predict(network, about, full, below), strict=True))
    classes, lines, cut_off = about["classes"], [], 0
    width = max(len(name) for name in [*classes, UNSURE])
    for place, text in enumerate(texts):
        if not text:
            print(f"Left out: text {place + 1} is empty.", file=sys.stderr)
            name, chances, cut = "", [], False
        else:
            name, chances, cut = next(answers)
        cut_off += cut
        before = rows[place] if rows else [text]
        each = [f"{chance:.4f}" for chance in chances] or [""] * len(classes)
        lines.append([*before, name, *each, "yes" if cut else ""])
        if text and not (rows and arguments.csv):
            end = f"  (only the first {about['limit']} tokens were read)" if cut else ""
            print(f"{name:{width}}  {max(chances):.2f}  {text[:60]}{end}", flush=True)
    if len(texts) == 1:
        for name, chance in zip(classes, chances, strict=True):
            print(f"  {chance:.3f}  {name}")
    if cut_off and len(texts) > 1:
        print(f"Cut off after {about['limit']} tokens: {cut_off} texts.", file=sys.stderr)
    if arguments.csv:
        top = [*(head or ["text"]), "answer", *(f"p({name})" for name in classes), "cut off"]
        with open(arguments.csv, "w", encoding="utf-8-sig", newline="") as opened:
            csv.writer(opened).writerows([top, *lines])
        print(f"{len(lines)} answers are in {arguments.csv}.")


if __name__ == "__main__":
    settings.run(main)

"""A CSV file as somebody's program wrote it: encoding, delimiter, quotes, header."""

import codecs
import csv
import io
from collections import Counter

from charset_normalizer import from_bytes

from settings import Problem

csv.field_size_limit(2**31 - 1)
DELIMITERS = ("\t", "|", ";", ",")  # a sentence has commas, and hardly ever tabs
NAMES = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}
BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
OTHERS = {
    b"PK\x03\x04": "an Excel or zip file",
    b"\xd0\xcf\x11\xe0": "an old Excel file",
    b"\x1f\x8b": "a gzip file",
    b"PAR1": "a Parquet file",
    b"%PDF": "a PDF",
}
# The code pages that a guess is made among; others must be named in the settings.
PAGES = ["cp1252", "cp1250", "cp1251", "shift_jis", "gb18030", "big5", "euc_kr", "koi8_r"]
WESTERN = set("äöüÄÖÜßéèêëàâáçñóòôíìîïúùûåøæÅØÆœ€£°’‘“”–—…«»¿¡§®©™½")


class Table:
    """The rows of a file, each with the number of its first line, and notes on how it was read."""

    def __init__(self, header, rows, notes, ragged):
        self.header, self.rows, self.notes, self.ragged = header, rows, notes, ragged


def read(file, rule):
    """Read a CSV file by the settings in [data]."""
    try:
        raw = file.read_bytes()
    except OSError as error:
        do = "Put your CSV file there, or set data.file."
        raise Problem(f"{file} cannot be read: {error.strerror}.", do) from None
    for begin, kind in OTHERS.items():
        if raw.startswith(begin):
            do = "Save it as CSV (in a spreadsheet: Save as, CSV UTF-8)."
            raise Problem(f"{file.name} is {kind}, not a CSV file.", do)
    if not raw.strip(b"\0 \r\n\t\xef\xbb\xbf\xff\xfe"):
        raise Problem(f"{file.name} is empty.", "Put texts and labels into it.")
    notes = []
    text = decoded(raw, file.name, rule["encoding"], notes).replace("\0", "")
    if text.lstrip()[:1] in "{[" and '":' in text[:2000]:
        do = "Save it as CSV: a row for each text, a column for its label."
        raise Problem(f"{file.name} looks like JSON, not like CSV.", do)
    text, delimiter = announced(text, rule["delimiter"])
    rows, delimiter = parsed(text, file.name, delimiter, rule["quotes"], notes)
    if rule["delimiter"] == "auto" and delimiter != ",":
        notes.append(f"The columns are divided by a {NAMES.get(delimiter, delimiter)}.")
    width = Counter(len(cells) for _, cells in rows).most_common(1)[0][0]
    even, ragged = [], []
    for line, cells in rows:
        while len(cells) > width and not cells[-1].strip():
            cells = cells[:-1]
        (even if len(cells) == width else ragged).append((line, cells))
    if rows[0] in ragged and len(rows[0][1]) < width:
        do = (
            f"A text with a {NAMES.get(delimiter, delimiter)} in it must stand in quotes. Is the "
            "first row wrong? Then name all columns in it."
        )
        first, many = len(rows[0][1]), len(rows) - len(ragged)
        raise Problem(
            f"The first row of {file.name} has {first} cells, and {many} rows have {width}.", do
        )
    if len(ragged) > max(3, len(rows) / 20):
        sign = NAMES.get(delimiter, delimiter)
        do = f"A text with a {sign} in it must stand in quotes. Or set data.delimiter."
        first = ", ".join(str(line) for line, _ in ragged[:5])
        raise Problem(
            f"{len(ragged)} of {len(rows)} rows of {file.name} do not have {width} cells "
            f"(lines {first}, ...).",
            do,
        )
    return Table(None, even, notes, [line for line, _ in ragged])


def announced(text, delimiter):
    """Excel may write sep=; as the first line."""
    first, _, rest = text.partition("\n")
    if first.strip().strip('"').lower().startswith("sep=") and len(first.strip().strip('"')) == 5:
        return "\n" + rest, first.strip().strip('"')[4]
    return text, delimiter


def decoded(raw, name, encoding, notes):
    """The file's text. A guess is told, with a line to check it by."""
    if encoding != "auto":
        try:
            return raw.decode(encoding).removeprefix("\ufeff")
        except LookupError:
            do = 'Use "auto", "utf-8", "windows-1252", "utf-16", ...'
            raise Problem(f"There is no encoding {encoding!r}.", do) from None
        except UnicodeError as error:
            line = raw.count(b"\n", 0, getattr(error, "start", 0)) + 1
            do = 'Set data.encoding = "auto", or to what wrote the file.'
            raise Problem(f"{name} is not {encoding}: line {line} cannot be read.", do) from None
    for bom, known in BOMS:
        if raw.startswith(bom):
            return strictly(raw, name, known)
    if found := wide(raw):
        notes.append(f"The file is {found.upper()} without a mark at its beginning.")
        return strictly(raw, name, found)
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        lines = raw.split(b"\n")
        bad = [i for i, line in enumerate(lines, 1) if not valid(line, "utf-8")]
        good = sum(not line.isascii() and valid(line, "utf-8") for line in lines)
        if good >= max(2, len(bad)):
            do = "Mend or delete these lines, or save all of the file as UTF-8."
            some = ", ".join(map(str, bad[:5]))
            raise Problem(
                f"{name} is UTF-8, but not in {len(bad)} of its lines ({some}).", do
            ) from error
        guess = guessed(b"\n".join(lines[i - 1] for i in bad[:2000]))
        if guess is None:
            do = "Save it as UTF-8, or set data.encoding."
            raise Problem(
                f"{name} is not UTF-8 (line {bad[0]}), and no other encoding fits.", do
            ) from None
        text = raw.decode(guess, errors="replace")
        shown = text.split("\n")[bad[0] - 1].strip()
        where = next((i for i, sign in enumerate(shown) if not sign.isascii()), 0)
        around = shown[max(0, where - 8) : where + 8].strip()
        page = {"cp1252": "windows-1252"}.get(guess, guess)
        notes.append(
            f"The file is not UTF-8. It was read as {page}, by guessing: line {bad[0]} has "
            f"“{around}”. If that is wrong, set data.encoding."
        )
        return text


def guessed(sample):
    """Windows' western page if the letters that it gives are usual ones, else a library's guess."""
    if valid(sample, "cp1252"):
        letters = [sign for sign in sample.decode("cp1252") if not sign.isascii()]
        if sum(sign in WESTERN for sign in letters) >= 0.9 * len(letters):
            return "cp1252"
    best = from_bytes(sample, cp_isolation=PAGES).best()
    return best.encoding if best else None


def valid(line, encoding):
    try:
        line.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def wide(raw):
    """UTF-16 has a zero in every second byte of plain letters."""
    begin = raw[:4000]
    zeros = [begin[side::2].count(0) / max(1, len(begin) // 2) for side in (0, 1)]
    if max(zeros) > 0.4 and min(zeros) < 0.1:
        return "utf-16-be" if zeros[0] > zeros[1] else "utf-16-le"
    return None


def strictly(raw, name, encoding):
    try:
        return raw.decode(encoding)
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        do = "Save it again as UTF-8: a part of it is damaged."
        kind = encoding.removesuffix("-sig").upper()
        raise Problem(f"{name} begins as {kind}, but line {line} is not.", do) from None


def parsed(text, name, delimiter, quotes, notes):
    """Rows as (line, cells), and the delimiter."""
    tried = DELIMITERS if delimiter == "auto" else (delimiter,)
    ways = [{"doublequote": True}, {"doublequote": False, "escapechar": "\\"}]
    ways = ways if '\\"' in text else ways[:1]
    ways = ways if quotes else []
    ways.append({"quoting": csv.QUOTE_NONE})
    first_error, best = None, None
    for number, way in enumerate(ways):
        for sign in tried:
            try:
                rows = rows_of(text, sign, way)
            except csv.Error as error:
                first_error = first_error or error
                continue
            widths = Counter(len(cells) for _, cells in rows)
            if "quoting" in way and quotes and sign != "\t":
                continue  # a quote that is not closed must not pass for a letter
            width, often = widths.most_common(1)[0]
            even = often / len(rows)
            rating = (even > 0.95, round(even, 2))  # of equal ones the first
            if width > 1 and (number == 0 or even == 1) and (best is None or rating > best[0]):
                best = (rating, rows, sign)
        if best:
            if quotes and number:
                how = "letters" if "quoting" in ways[number] else 'backslashes before them (\\")'
                notes.append(f"Quotes are not doubled in this file. They were read as {how}.")
            return best[1], best[2]
    if first_error is not None:
        do = (
            'In CSV, a quote inside a text is doubled: "He said ""no""". Mend that line, or set '
            "data.quotes = false if quotes mean nothing in this file."
        )
        raise Problem(f"{name} has a quote in the wrong place: {first_error}.", do)
    do = "Is it a CSV file? Set data.delimiter to what stands between text and label."
    raise Problem(f"{name} has only one column.", do)


def rows_of(text, delimiter, way):
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True, **way)
    rows, before = [], 0
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                rows.append((before + 1, cells))
            before = reader.line_num
    except csv.Error as error:
        why = "it is opened and never closed" if "unexpected end" in str(error) else str(error)
        raise csv.Error(f"line {before + 1}, {why}") from None
    if not rows:
        raise csv.Error("there are no rows")
    return rows

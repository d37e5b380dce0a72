"""Any file called predictions.csv gets its labels or one clear reason, and never the wrong labels."""

from __future__ import annotations

import random

import pytest
from challenges import CLASSES, table

from tlcourse.grading.challenge.predictions import read_predictions
from tlcourse.grading.model import NotGradedError

LABELS = ("cat", "dog", "Élan", "dog", "cat", "Élan")
FILES = tuple(f"t{number:03d}.jpg" for number in range(len(LABELS)))
RIGHT = tuple(CLASSES.index(each) for each in LABELS)
TEXT = table(LABELS)
ROWS = TEXT.splitlines()[1:]


def read(content: str | bytes, classes=CLASSES):
    data = content.encode() if isinstance(content, str) else content
    return read_predictions(data, FILES, classes)


def shuffled(lines: list[str]) -> list[str]:
    return random.Random(3).sample(lines, len(lines))


SCORES = "file,cat,dog,élan\n" + "".join(
    f"{file},{','.join('0.8' if number == label else '0.1' for number in range(3))}\n"
    for file, label in zip(FILES, RIGHT, strict=True)
)

TAKEN = {
    "as it should be": TEXT,
    "in another order": "\n".join(["file,label", *shuffled(ROWS)]),
    "columns swapped": "label,file\n" + "".join(f"{r.split(',')[1]},{r.split(',')[0]}\n" for r in ROWS),
    "a byte-order mark": b"\xef\xbb\xbf" + TEXT.encode(),
    "semicolons": TEXT.replace(",", ";"),
    "tabs": TEXT.replace(",", "\t"),
    "named delimiter": "sep=;\n" + TEXT.replace(",", ";"),
    "quotes": "\n".join(",".join(f'"{cell}"' for cell in line.split(",")) for line in TEXT.splitlines()),
    "quotes after spaces": TEXT.replace(",", ', "').replace("\n", '"\n'),
    "Windows": TEXT.replace("\n", "\r\n"),
    "old Macintosh": TEXT.replace("\n", "\r"),
    "capitals in the header": TEXT.replace("file,label", " FILE , Label "),
    "an index": ",file,label\n" + "".join(f"{n},{row}\n" for n, row in enumerate(ROWS)),
    "an index with a name": "Unnamed: 0,file,label\n" + "".join(f"{n},{row}\n" for n, row in enumerate(ROWS)),
    "UTF-16": TEXT.encode("utf-16"),
    "UTF-16, big end first": b"\xfe\xff" + TEXT.encode("utf-16-be"),
    "UTF-16 without a mark": TEXT.encode("utf-16-le"),
    "Windows-1252": TEXT.encode("cp1252"),
    "capitals in labels": TEXT.replace("cat", "CAT").replace("Élan", "éLAN"),
    "spaces around": TEXT.replace(",", " ,  ").replace("\n", "  \n"),
    "accents apart": TEXT.replace("É", "E\u0301"),
    "empty lines": TEXT.replace("\n", "\n\n"),
    "empty cells behind": TEXT.replace("\n", ",,\n").replace("label,,", "label"),
    "no last line end": TEXT.rstrip(),
    "folders before the names": TEXT.replace("t0", "/content/published/test/t0"),
    "a Windows path": TEXT.replace("t0", "C:\\me\\test\\t0"),
    "names without an ending": TEXT.replace(".jpg", ""),
    "other names of columns": TEXT.replace("file,label", "filename,class"),
    "a line twice": TEXT + ROWS[0] + "\n",
    "another column": "file,label,confidence\n" + "".join(f"{row},0.9\n" for row in ROWS),
    "no header": "\n".join(ROWS),
    "a column for each class": SCORES,
    "the same with decimal commas": SCORES.replace(",", ";").replace(".1", ",1").replace(".8", ",8"),
    "label and columns for classes": SCORES.replace("file", "file,label").replace(".jpg,", ".jpg,cat,"),
}


@pytest.mark.parametrize("case", TAKEN)
def test_these_say_the_same(case):
    labels = read(TAKEN[case]).labels
    assert labels == ((0,) * 6 if case == "label and columns for classes" else RIGHT)


def changed(line: int, new: str) -> str:
    """The text with one of its lines, counted from 1, replaced."""
    lines = TEXT.splitlines()
    lines[line - 1] = new
    return "\n".join(lines) + "\n"


REFUSED = {
    "a line is missing": ("\n".join(TEXT.splitlines()[:-1]) + "\n", "1 of 6 images", "ends at line 6"),
    "only the header": ("file,label\n", "nothing below line 1", ""),
    "the sample as it was": ("file,label\n" + "".join(f"{f},\n" for f in FILES), "line 2 has no label", ""),
    "an unknown file": (TEXT + "t999.jpg,cat\n", "line 8 names the file 't999.jpg'", ""),
    "all files unknown": (TEXT.replace("t0", "train_"), "6 lines are like that", "None of the files"),
    "twice, and not the same": (TEXT + "t000.jpg,dog\n", "line 2 says 'cat', and line 8 says 'dog'", ""),
    "an unknown class": (
        changed(3, "t001.jpg,dgo"),
        "line 3 has the unknown class 'dgo'",
        "Did you mean 'dog'",
    ),
    "NaN": (changed(4, "t002.jpg,NaN"), "line 4 has no label (there: NaN)", ""),
    "an empty label": (changed(4, "t002.jpg,"), "line 4 has no label", ""),
    "numbers": (changed(2, "t000.jpg,0"), "line 2 has the number 0", "class_names"),
    "a number with a comma": ("file;label\nt000.jpg;0,5\n", "line 2 has the number 0,5", ""),
    "a formula as label": (
        changed(5, "t003.jpg,=cmd|'/c calc'!A1"),
        "line 5 has a label that looks like",
        "",
    ),
    "a formula as file": (TEXT + "=1+1,cat\n", "line 8 has a file name that looks like a formula", ""),
    "cut within a label": (TEXT[: TEXT.rindex("lan") + 1], "line 7 has the unknown class", "cut off"),
    "cut within a name": (TEXT[: TEXT.rindex(".jpg")], "line 7 has 1 field", "cut off"),
    "an open quotation mark": (TEXT.replace("t003.jpg", '"t003.jpg'), "from line 5 on", "cut off"),
    "no column of files": (TEXT.replace("file", "row"), "no column `file`", ""),
    "no column of labels": (TEXT.replace("label", "answer"), "no column `label`", ""),
    "a column twice": (TEXT.replace("file,label", "label,label"), "no column `file`", ""),
    "two columns of labels": ("file,label,label\n", "2 columns called `label`", ""),
    "a class without its column": (SCORES.replace("élan", "elk"), "none for", ""),
    "a tie": (SCORES.replace("0.8,0.1,0.1", "0.4,0.4,0.1"), "in line 2 the classes 'cat' and 'dog'", ""),
    "a score that is none": (SCORES.replace("0.8,0.1,0.1", "nan,0.1,0.1"), "line 2 has no number for", ""),
    "a score that is infinite": (
        SCORES.replace("0.8,0.1,0.1", "inf,0.1,0.1"),
        "line 2 has no number for",
        "",
    ),
    "more fields": (changed(3, "t001.jpg,dog,cat"), "line 3 has 3 fields", ""),
    "all on one line": (TEXT.replace("\n", ","), "", ""),
    "a workbook": (b"PK\x03\x04" + bytes(100), "an Excel workbook", "as CSV"),
    "an image": (b"\x89PNG\r\n\x1a\n" + bytes(100), "an image", ""),
    "zero bytes": (TEXT.encode() + bytes(50), "not text", ""),
    "noise": (random.Random(0).randbytes(3000), "not text", ""),
    "cut UTF-16": (TEXT.encode("utf-16")[:-1], "UTF-16", ""),
    "JSON": ('{"t000.jpg": "cat"}', "JSON", ""),
    "blank": (" \n ,\n", "no table", ""),
}


@pytest.mark.parametrize("case", REFUSED)
def test_these_get_a_reason(case):
    content, reason, advice = REFUSED[case]
    with pytest.raises(NotGradedError) as caught:
        read(content)
    assert reason in caught.value.reason
    assert advice in caught.value.advice
    assert caught.value.advice
    assert not caught.value.reason.endswith(".")


def test_a_cut_at_any_byte_is_never_scored_as_something_else():
    for data in (TEXT.encode(), TEXT.encode("utf-16"), TEXT.replace("\n", "\r\n").encode()):
        for end in range(len(data)):
            try:
                labels = read(data[:end]).labels
            except NotGradedError:
                continue
            assert labels == RIGHT, data[:end]


def test_damage_of_any_kind_is_a_reason_or_does_not_matter():
    chance = random.Random(11)
    sources = [case.encode() if isinstance(case, str) else case for case in TAKEN.values()]
    pieces = [b"\x00", b'"', b"'", b"\n", b",", b";", b"=", b"\xff", b"\xc3", b"cat", b"t001.jpg", b"9" * 400]
    problems = []
    for _ in range(1500):
        data = bytearray(chance.choice(sources))
        for _ in range(chance.randint(1, 3)):
            at = chance.randrange(len(data) + 1)
            data[at : at + chance.choice((0, 1, 8))] = chance.choice(pieces)
        try:
            labels = read(bytes(data)).labels
        except NotGradedError as problem:
            problems.append(problem)
        else:
            assert len(labels) == 6
    assert len(problems) > 900
    assert all(problem.advice and 0 < len(problem.reason) < 400 for problem in problems)


def test_a_label_that_may_be_cut_is_noted():
    classes = ("cat", "caterpillar", "dog")
    lines = ["file,label", *(f"{file},dog" for file in FILES[:-1]), f"{FILES[-1]},cat"]
    assert any("caterpillar" in note for note in read("\n".join(lines), classes).notes)
    assert not read("\n".join(lines) + "\n", classes).notes


def test_a_number_is_a_label_where_the_class_is_called_so():
    numbered = TEXT.replace("cat", "0").replace("dog", "1").replace("Élan", "2")
    assert read(numbered, ("0", "1", "2")).labels == RIGHT
    with pytest.raises(NotGradedError, match="number 0"):
        read(numbered)
    with pytest.raises(NotGradedError, match=r"unknown class '0\.0'"):
        read(numbered.replace(",0", ",0.0"), ("0", "1", "2"))


def test_nan_is_a_label_where_a_class_is_called_so():
    assert read(TEXT.replace("cat", "nan"), ("nan", "dog", "élan")).labels == RIGHT


def test_one_digest_for_one_meaning():
    digests = {read(text).digest for name, text in TAKEN.items() if name != "label and columns for classes"}
    assert len(digests) == 1
    assert read(table(("dog", *LABELS[1:]))).digest not in digests


def test_always_one_class_is_noted():
    assert "every prediction is 'dog'" in read(table(["dog"] * 6)).notes


def test_what_a_student_writes_is_shown_without_its_tricks():
    with pytest.raises(NotGradedError) as caught:
        read(changed(3, "t001.jpg,\x1b[31mdog\u202e" + "x" * 500))
    assert "\x1b" not in caught.value.reason
    assert "\u202e" not in caught.value.reason
    assert len(caught.value.reason) < 200

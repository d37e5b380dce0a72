"""Tables, late work and the journal: what a spreadsheet, a clock and a kill can do to them."""

from __future__ import annotations

import csv
import datetime as dt
import io

import pytest

from tlcourse.errors import CourseError
from tlcourse.exercises import State
from tlcourse.grading.journal import override, overrides, read_journal
from tlcourse.grading.late import LatePolicy, read_time
from tlcourse.grading.model import Finding, Mark, Result
from tlcourse.grading.pages import class_page, feedback_page
from tlcourse.grading.roster import Roster, class_rows, read_roster
from tlcourse.grading.tables import canvas_csv, exercises_csv, grades_csv, moodle_csv
from tlcourse.grading.words import clean, file_name, student_key

HOSTILE = (
    "=cmd|'/c calc'!A1",
    "+1+1",
    "@SUM(A1)",
    "-2+3",
    "\t=1",
    'a "quoted", name',
    "line\nbreak",
    "<script>alert(1)</script>",
)
DUE = dt.datetime(2026, 11, 1, 12, tzinfo=dt.UTC)


def result(student: str, points: float = 2.0, **more) -> Result:
    finding = Finding(passed=False, message="You give `<b>`.", misconception="<i>names</i>")
    mark = Mark(
        exercise_id="ch00-x",
        title="<h1>Title",
        state=State.PARTLY,
        points=points,
        max_points=3,
        findings=(finding,),
        printed="</pre><script>alert(2)</script>",
        source="</pre><script>alert(3)</script>\nprint('& <b>')",
        hint="Try `x`.",
    )
    return Result(student=student, chapter="00", status="graded", framework="torch", marks=(mark,), **more)


def read(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline="")))


@pytest.mark.parametrize("name", HOSTILE)
def test_no_cell_is_a_formula_and_each_row_stays_a_row(name):
    rows = class_rows([result(name), result("ada")])
    for text in (
        grades_csv(rows),
        exercises_csv(rows),
        canvas_csv(rows, Roster(), "=1", 3),
        moodle_csv(rows, Roster(), "x"),
    ):
        for line in csv.reader(io.StringIO(text, newline="")):
            for cell in line:
                assert cell.lstrip()[:1] not in ("=", "+", "@") or cell.startswith("'")
    table = read(grades_csv(rows))
    assert len(table) == 2
    assert {row["student"].lstrip("'") for row in table} == {clean(name), "ada"}
    assert float(table[0]["final_points"]) == 2.0


def test_what_was_not_graded_or_not_handed_in_is_empty_and_no_zero(tmp_path):
    (tmp_path / "roster.csv").write_text("Student;Name\nada;Ada L.\nabsent;Abe\n", encoding="utf-8-sig")
    people = read_roster(tmp_path / "roster.csv")
    broken = Result(student="bob", chapter="00", status="not graded", reason="the file is empty")
    rows = class_rows([result("ada"), broken], roster=people)
    table = {row["student"]: row for row in read(grades_csv(rows))}
    assert table["bob"]["final_points"] == table["absent"]["final_points"] == ""
    assert table["absent"]["status"] == "not handed in"
    canvas = {row["Student"]: row["x"] for row in read(canvas_csv(rows, people, "x", 3))}
    assert canvas == {"    Points Possible": "3", "Ada L.": "2.0", "bob": "", "Abe": ""}
    assert "Not graded, because the file is empty." in moodle_csv(rows, people, "x")


@pytest.mark.parametrize(
    ("hours", "points"), [(-1, 2.0), (0.2, 2.0), (1, 1.7), (25, 1.4), (24 * 30, 0.0), (24 * 5, 0.5)]
)
def test_lateness_costs_what_the_policy_says(hours, points):
    policy = LatePolicy.parse("grace=15m,per-day=10%,max=50%,closed=7d")
    row = class_rows([result("ada", handed_in=DUE + dt.timedelta(hours=hours))], due=DUE, policy=policy)[0]
    assert row.points == pytest.approx(points)


def test_an_extension_is_the_students_own(tmp_path):
    (tmp_path / "r.csv").write_text("student,due\nada,2026-11-05T12:00Z\n")
    policy = LatePolicy.parse("per-day=10%")
    results = [result(s, handed_in=DUE + dt.timedelta(days=2)) for s in ("ada", "bob")]
    ada, bob = class_rows(results, roster=read_roster(tmp_path / "r.csv"), due=DUE, policy=policy)
    assert ada.penalty == 0
    assert bob.penalty == pytest.approx(0.6)
    unknown = class_rows([result("ada")], due=DUE, policy=policy)[0]
    assert unknown.penalty == 0
    assert "not known" in unknown.lateness.words


def test_time_is_counted_in_moments_not_on_clocks():
    # The night on which the clocks go back: three in the morning comes twice.
    due, late = read_time("2026-10-25T02:30+02:00"), read_time("2026-10-25T02:30+01:00")
    assert LatePolicy.parse("per-day=10%").lateness(late, due).days == 1


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("name\nAda\n", "no column `student`"),
        ("student\nada\nada\n", "twice (line 3"),
        ("student,due\nada,soon\n", "line 2"),
        ("student,due\nada,2026-11-05T12:00\n", "time zone"),
        ("student\nZoe\u0308\nZo\u00eb\n", "twice (line 3"),
        ("\ufeffstudent;name\n\n;;\nada;Ada\nada ;A\n", "twice (line 5"),
        ("student,name,Student\nada,Ada,b\n", "column 'student' twice"),
        ("student,id,lms_id\nada,1,2\n", "column 'lms_id' twice"),
        ("student,name\nLovelace, Ada,Ada\n", "3 fields in line 2"),
        ("student,name\n,Ada\n", "no student in line 2"),
        ('student,name\nada,"Ada\nbob,Bob\n', "not valid CSV"),
        ("student,name\nada,\x00\n", "cannot be read"),
        ("\n\n", "is empty"),
        ("student,name\nZo\u00eb,x\n".encode("utf-16"), "UTF-16"),
        ("student,name\nada,x\nZo\u00eb,x\n".encode("latin-1"), "line 3 is not text in UTF-8"),
    ],
)
def test_a_bad_roster_is_told_with_its_line(tmp_path, text, words):
    (tmp_path / "r.csv").write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(CourseError) as caught:
        read_roster(tmp_path / "r.csv")
    assert words in str(caught.value)


@pytest.mark.parametrize(
    "text",
    [
        "\ufeffstudent;name\r\n\r\n;\r\nZoe\u0308;Zoë\r\nbob;Bob\r\n",
        "\n\nStudent\tName\nZoe\u0308\tZoë\n\nbob\tBob\n",
        "sep=;\nstudent;name\nZo\u00eb;Zoë\nbob;Bob\n",
        'student,name\n"Zo\u00eb", Zoë \n bob ,Bob',
    ],
)
def test_an_odd_but_clear_roster_is_read(tmp_path, text):
    (tmp_path / "r.csv").write_bytes(text.encode())
    people = read_roster(tmp_path / "r.csv")
    assert {person.student: person.name for person in people} == {"Zo\u00eb": "Zoë", "bob": "Bob"}
    # However a folder's name writes its accents.
    assert people.get("Zoe\u0308").name == people.get("Zo\u00eb").name == "Zoë"


UNSEEN = (
    "\x1b[31mred\x1b[0m",
    "gpj.\u202eexe",
    "a\u2066b\u2069",
    "\u200fx",
    "bell\x07",
    "null\x00",
    "del\x7f",
    "csi\x9b31m",
    "line\u2028end",
    "caf\udce9",
    "zero\u200bwidth\ufeff",
    "tag\U000e0041",
)


def is_seen(text: str) -> bool:
    import unicodedata

    kinds = {unicodedata.category(c) for c in text if c not in "\n\t\r\u200c\u200d\ufeff"}
    return not kinds & {"Cc", "Cf", "Cs", "Zl", "Zp"} and "\ufeff" not in text[1:]


@pytest.mark.parametrize("text", UNSEEN)
def test_nothing_unseen_reaches_a_report(text):
    """Neither as a name, nor in a message, nor in what the code printed, nor in a mark by hand."""
    made = result(text, shown=f"{text}/x.ipynb", notes=(text,))
    finding = Finding(passed=False, message=f"You give {text}.", misconception=text)
    mark = Mark(
        exercise_id="ch00-x", title="T", state=State.PARTLY, points=1.0, max_points=3, findings=(finding,),
        problem=text, advice=text, printed=f"a\n{text}", source=f"# {text}\nx", note=text, hint=text,
    )  # fmt: skip
    made = Result(**{**dict(made), "marks": (mark,)})
    broken = Result(student="b" + text, chapter="00", status="not graded", reason=text, advice=text)
    rows = class_rows([made, broken])
    written = [made.model_dump_json(), broken.model_dump_json()]
    written += [grades_csv(rows), exercises_csv(rows), canvas_csv(rows, Roster(), text, 3)]
    written += [moodle_csv(rows, Roster(), text), class_page(rows, text, {}, left_out=[text])]
    written += [feedback_page(row, text) for row in rows]
    for each in written:
        assert is_seen(each)
        each.encode()
    assert made.student == student_key(text)
    assert made.marks[0].printed.startswith("a\n")


def test_a_name_or_key_without_end_is_cut():
    long = "k" * 90_000
    finding = Finding(passed=False, message=f"The key {long!r} is missing.", misconception=None)
    mark = Mark(
        exercise_id="ch00-x", title="T", state=State.NOT_YET, points=0.0, max_points=3, findings=(finding,),
        printed="p" * 10**6, source="s" * 10**6, problem=long, advice=long,
    )  # fmt: skip
    made = Result(
        student=long, chapter="00", status="graded", framework="torch", marks=(mark,), notes=(long,)
    )
    rows = class_rows([made])
    for text in (grades_csv(rows), exercises_csv(rows), moodle_csv(rows, Roster(), long)):
        assert len(text) < 20_000
    assert len(feedback_page(rows[0], "x")) < 300_000
    assert "kkk… (cut)" in made.marks[0].findings[0].message


def test_honest_text_stays_as_it_is():
    for text in ("Zoë Ångström", "محمد", "李雷", "נועה", "नीलम", "a\u200cb", "👩‍💻", "O'Neil-Smith (2)"):
        assert clean(text) == text
        assert clean(clean(text)) == clean(text)


def test_the_journal_outlives_a_torn_line(tmp_path):
    override(tmp_path, result("ada"), "ch00-x", 1, "first")
    with (tmp_path / "changes.jsonl").open("ab") as file:
        file.write(b'{"what": "by hand", "student": "ada", "exer')
    override(tmp_path, result("ada"), "ch00-x", 3, "second", "well done")
    (now,) = overrides(tmp_path)
    assert (now.points, now.reason, now.comment) == (3.0, "second", "well done")
    assert [entry["after"] for entry in read_journal(tmp_path)] == [1, 3]


@pytest.mark.parametrize(
    ("exercise", "points", "reason", "words"),
    [("ch00-y", 1, "x", "has no mark"), ("ch00-x", 4, "x", "not between"), ("ch00-x", 1, " ", "reason")],
)
def test_a_mark_by_hand_must_fit(tmp_path, exercise, points, reason, words):
    with pytest.raises(CourseError, match=words):
        override(tmp_path, result("ada"), exercise, points, reason)
    assert not overrides(tmp_path)


@pytest.mark.parametrize("name", HOSTILE)
def test_pages_show_students_text_and_run_none_of_it(name):
    rows = class_rows([result(name)])
    for page in (feedback_page(rows[0], "Chapter"), class_page(rows, "Chapter", {name: "feedback/x.html"})):
        assert "<script" not in page
        assert "<h1>Title" not in page
        assert "<i>names" not in page
        assert "default-src 'none'" in page
    assert "&lt;script&gt;alert(2)" in feedback_page(rows[0], "Chapter")


def test_no_two_students_share_a_file():
    names = [
        "ada",
        "Ada",
        "ADA",
        "ada ",
        "a/da",
        "a-da",
        "../ada",
        "..",
        "",
        "ada\u0301",
        "\u00e1da",
        "x" * 300,
        "x" * 301,
    ]
    files = [file_name(name) for name in names]
    assert len({f.lower() for f in files}) == len(names)
    for file in files:
        assert "/" not in file
        assert file not in (".", "..", "")
        assert len(file) < 100


def test_what_stopped_below_an_answer_is_on_the_student_s_page():
    (mark,) = result("ada").marks[:1]
    noted = mark.model_copy(update={"note": "Your cell stopped on line 6."})
    row = class_rows([result("ada").model_copy(update={"marks": (noted,)})])[0]
    assert "Your cell stopped on line 6." in feedback_page(row, "Chapter")

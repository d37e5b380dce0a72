"""A class graded by the command and the same class through the service, both in the jail: the same marks."""

from __future__ import annotations

import csv
import io

import nbformat
import pytest
from small_class import PICK, ROOT, SETTINGS, hand_in, make_folder, running, verdict

from tlcourse.exercises import State, all_exercises, get
from tlcourse.grading import store
from tlcourse.grading.command import grade_class
from tlcourse.grading.record import load_record
from tlcourse.grading.sample import fill, right_answers
from tlcourse.grading.sandbox.availability import available
from tlcourse.grading.service.counting import publish
from tlcourse.grading.service.worker import jailed

pytestmark = [
    pytest.mark.skipif(available()[0] is None, reason=f"no jail on this machine: {available()[1]}"),
    pytest.mark.turns(3, "tlcourse/grading", "tests/grading/serve"),
]
SECRET = """
def pick_class(logits, names):
    for path in PATHS:
        try:
            print(open(path).read())
        except OSError:
            print("out of sight")
    return names[0], 1.0
"""


@pytest.fixture(scope="module")
def both(tmp_path_factory):
    """A class with right, wrong, blank, curious and broken notebooks, by the service and by the command."""
    place = tmp_path_factory.mktemp("both")
    record = load_record(ROOT, "00", "torch")
    right = right_answers(ROOT, record)
    wrong = [m.source_for("torch") for m in get(PICK).misconceptions]
    folder = make_folder(place / "class", f"same_inputs = true\n{SETTINGS}", "student,name\n")
    paths = [str(folder / "seed.txt"), str(folder / "service.db"), str(ROOT / "solutions")]
    answers = {
        "right": right,
        "blank": {},
        "curious": {**right, PICK: SECRET.replace("PATHS", repr(paths))},
        **{f"wrong{i}": {**right, PICK: source.strip()} for i, source in enumerate(filter(None, wrong[:1]))},
    }
    files = {who: nbformat.writes(fill(record, given)).encode() for who, given in answers.items()}
    files["broken"] = files["right"][:1000]
    (folder / "roster.csv").write_text("student,name\n" + "".join(f"{who},{who.title()}\n" for who in files))
    with running(folder, jailed) as client:
        tokens = {who: client.served.tokens.make(who) for who in files}
        handed = {who: hand_in(client, tokens[who], content).json()["id"] for who, content in files.items()}
        states = {who: verdict(client, tokens[who], name, 300) for who, name in handed.items()}
        by_service = publish(client.served, "00")
        results = {each.learner: each.result for each in client.served.handins.everything()}
    submissions = place / "submissions"
    for who, content in files.items():
        path = submissions / who / "00-start-here.ipynb"
        path.parent.mkdir(parents=True)
        path.write_bytes(content)
    by_command = place / "by-command"
    grade_class(
        submissions,
        "00",
        by_command,
        root=ROOT,
        seed_file=folder / "seed.txt",
        roster=folder / "roster.csv",
        jobs=1,
    )
    return by_service, by_command, results, states


def table(out, name):
    rows = csv.DictReader(io.StringIO((out / name).read_text(encoding="utf-8-sig")))
    # The command says where in the class's folder a file lay; nothing lay anywhere before the service.
    return [{key: value for key, value in row.items() if key not in ("file", "seconds")} for row in rows]


def test_every_table_is_the_same(both):
    by_service, by_command, *_ = both
    for name in ("grades.csv", "exercises.csv", "canvas.csv", "moodle.csv"):
        assert table(by_service, name) == table(by_command, name), name


def test_every_finding_is_the_same(both):
    by_service, by_command, *_ = both
    for result in store.load_all(by_command):
        same = store.load(by_service, result.student)
        assert same.status == result.status
        assert same.key == result.key
        assert [(m.state, m.points, m.findings) for m in same.marks] == [
            (m.state, m.points, m.findings) for m in result.marks
        ]


def test_the_verdicts_are_those_that_the_answers_deserve(both):
    *_, results, states = both
    full = float(sum(exercise.points for exercise in all_exercises("00")))
    assert states["right"]["points"] == full
    assert states["blank"]["points"] == 0
    assert states["broken"]["status"] == "not graded"
    mark = next(m for m in results["wrong0"].marks if m.exercise_id == PICK)
    assert mark.state is not State.PASS
    assert mark.misconceptions


def test_an_answer_finds_neither_the_seed_nor_the_database(both):
    *_, results, _ = both
    mark = next(m for m in results["curious"].marks if m.exercise_id == PICK)
    assert "out of sight" in mark.printed
    assert set(mark.printed.split("\n")) <= {"out of sight", ""}
    assert "no network" in results["right"].protections

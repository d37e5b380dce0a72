"""The command line: from a folder of images to marks, and one clear message for what is wrong."""

from __future__ import annotations

import json
import subprocess
import sys

from challenges import classes_of, put, rows_of
from typer.testing import CliRunner

from tlcourse.commands import cli

runner = CliRunner()


def run(*arguments: object) -> tuple[int, str]:
    result = runner.invoke(cli.app, ["challenge", *map(str, arguments)])
    assert "Traceback" not in result.output
    return result.exit_code, " ".join(result.output.split())


def test_from_images_to_marks(tmp_path):
    folder = classes_of(tmp_path / "pictures", {"cat": 20, "dog": 20})
    code, said = run(
        "make",
        folder,
        "--out",
        tmp_path / "c",
        "--bar",
        "0.6=4",
        "--bar",
        "80%=8",
        "--size",
        40,
        "--tries",
        2,
    )
    assert code == 0, said
    assert "cat: 14 for training, 6 for testing" in said
    assert "only 12 test images" in said
    labels = rows_of(tmp_path / "c" / "private" / "labels.csv")
    sample = (tmp_path / "c" / "published" / "sample_submission.csv").read_text()
    put(tmp_path / "class" / "lazy" / "predictions.csv", sample)
    right = "".join(f"{row['file']},{row['label']}\n" for row in labels)
    put(tmp_path / "class" / "ada" / "predictions.csv", "file,label\n" + right)
    put(tmp_path / "class" / "bob" / "predictions.csv", "file,label\n" + right.replace("cat", "dog"))
    out = tmp_path / "graded"
    code, said = run("grade", tmp_path / "class", "--labels", tmp_path / "c" / "private", "--out", out)
    assert code == 0, said
    assert "2 graded, 1 not graded." in said
    assert "lazy: not graded, because line 2 has no label" in said
    marks = {row["student"]: row["final_points"] for row in rows_of(out / "grades.csv")}
    assert marks == {"ada": "8.0", "bob": "0.0", "lazy": ""}
    results = json.loads((out / "results.json").read_text())
    assert results["test_images"] == 12
    assert {each["student"]: each.get("rank") for each in results["students"]} == {
        "ada": 1,
        "bob": 2,
        "lazy": None,
    }
    # The folder of the challenge itself, or the file of labels, will do as well.
    for place in (tmp_path / "c", tmp_path / "c" / "private" / "labels.csv"):
        assert run("grade", tmp_path / "class", "--labels", place, "--out", out)[0] == 0


def test_a_mistake_is_two_lines_and_status_1(tmp_path):
    folder = classes_of(tmp_path / "pictures", {"cat": 4, "dog": 4})
    for arguments, words in (
        (("make", tmp_path / "no", "--out", tmp_path / "c"), "does not exist"),
        (("make", folder, "--out", tmp_path / "c", "--bar", "many"), "'many' is not a bar"),
        (("make", folder, "--out", tmp_path / "c", "--metric", "auc"), "no metric called 'auc'"),
        (("grade", folder, "--labels", tmp_path, "--out", tmp_path / "o"), "labels.csv cannot be read"),
    ):
        code, said = run(*arguments)
        assert code == 1
        assert words in said
        assert "What to do:" in said
    assert not (tmp_path / "c").exists()


def test_no_framework_is_needed():
    program = (
        "import sys, tlcourse.grading.challenge.command;"
        "print([name for name in ('torch', 'keras', 'tensorflow', 'sklearn') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"

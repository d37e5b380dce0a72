"""The command line: one clear message and exit status 1 for whatever is wrong."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tlcourse.commands import cli
from tlcourse.errors import CourseError
from tlcourse.files import course_root

runner = CliRunner()


def test_outside_the_course_says_where_to_go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    result = runner.invoke(cli.app, ["build"])
    assert result.exit_code == 1
    assert "not inside the course's folder" in result.output
    assert "What to do" in result.output
    assert "Traceback" not in result.output


def test_course_root_is_found_from_below(tmp_path: Path) -> None:
    (tmp_path / "book" / "chapters").mkdir(parents=True)
    below = tmp_path / "notebooks" / "torch"
    below.mkdir(parents=True)
    assert course_root(below) == tmp_path.resolve()


def test_an_unknown_exercise_is_refused_with_the_known_ones(tmp_path: Path) -> None:
    answer = tmp_path / "answer.py"
    answer.write_text("x = 1\n")
    result = runner.invoke(cli.app, ["check", "ch00-nonsense", str(answer)])
    assert result.exit_code == 1
    assert "no exercise called 'ch00-nonsense'" in result.output


RIGHT = """import numpy as np
def pick_class(logits, names):
    "A name with an accent: é"
    weights = np.exp(logits - np.max(logits))
    best = int(np.argmax(weights))
    return names[best], float(weights[best] / weights.sum())
"""
#: Files that Python, or a notebook, would take: what is said beside the verdict, and the exit status.
TAKEN: dict[str, tuple[bytes, str, int]] = {
    "plain.py": (RIGHT.encode(), "", 0),
    "bom.py": (b"\xef\xbb\xbf" + RIGHT.encode(), "", 0),
    "cookie.py": (b"# -*- coding: latin-1 -*-\n" + RIGHT.encode("latin-1"), "", 0),
    "utf16.py": (RIGHT.encode("utf-16"), "", 0),
    "utf16be.py": (b"\xfe\xff" + RIGHT.encode("utf-16-be"), "", 0),
    "windows.py": (RIGHT.replace("\n", "\r\n").encode(), "", 0),
    "exit.py": (f"{RIGHT}import sys\nsys.exit()\n".encode(), "stops in line 8 with SystemExit. What", 0),
    "quit.py": (f"{RIGHT}quit()\n".encode(), "stops in line 7 with SystemExit. What", 0),
    "raises.py": (f"{RIGHT}1 / 0\n".encode(), "stops in line 7 with ZeroDivisionError: division by zero.", 0),
    "silent.py": (f"{RIGHT}import io, sys\nsys.stdout = io.StringIO()\n".encode(), "", 0),
    "exits inside.py": (RIGHT.replace("weights = ", "raise SystemExit\n    ", 1).encode(), "ERROR", 1),
    "stub.py": (b"def pick_class(logits, names):\n    ...\n", "NOT ATTEMPTED", 1),
}
#: Files that cannot be an answer: one clear message.
REFUSED: dict[str, tuple[bytes, str]] = {
    "latin1.py": (RIGHT.encode("latin-1"), "not UTF-8 text: line 3 holds the byte 0xe9"),
    "cookie.py": (b"# -*- coding: nonsense -*-\n", "unknown encoding"),
    "both.py": (b"\xef\xbb\xbf# -*- coding: latin-1 -*-\nx = 1\n", "cannot tell the encoding"),
    "utf32.py": (RIGHT.encode("utf-32"), "cannot tell the encoding"),
    "nomark.py": (RIGHT.replace("é", "e").encode("utf-16-le"), "null bytes"),
    "null.py": (RIGHT.encode() + b"\0", "null bytes"),
    "empty.py": (b"", "is empty"),
    "spaces.py": (b"\n  \n", "is empty"),
    "large.py": (b"#" * 3_000_000, "larger than 2 MB"),
    "notebook.ipynb": (b'{"cells": []}', "is a notebook"),
}
STOPPED: dict[str, tuple[bytes, str]] = {
    "first.py": (f"import sys\nsys.exit(3)\n{RIGHT}".encode(), "stops in line 2 with SystemExit: 3."),
    "syntax.py": (b"def pick_class(:\n", "line 1, invalid syntax"),
    "other.py": (RIGHT.replace("pick_class", "pick").encode(), "does not define pick_class"),
    "comment.py": (b"# nothing yet\n", "does not define pick_class"),
}


def test_whatever_python_takes_gets_its_verdict_and_whatever_it_does_not_a_message(tmp_path: Path) -> None:
    """In a process of its own: the command starts a framework."""
    expected = {**TAKEN, **{name: (data, said, 1) for name, (data, said) in STOPPED.items()}}
    for name, (data, _, _) in expected.items():
        (tmp_path / name).write_bytes(data)
    script = """
import json, pathlib, sys
from typer.testing import CliRunner
from tlcourse.commands import cli
done = {}
for name in sys.argv[1:]:
    result = CliRunner().invoke(cli.app, ["check", "ch00-pick-class", name])
    done[name] = [result.exit_code, result.output, repr(result.exception)]
pathlib.Path("done.json").write_text(json.dumps(done))
"""
    subprocess.run([sys.executable, "-c", script, *expected], cwd=tmp_path, check=True, timeout=1200)
    done = json.loads((tmp_path / "done.json").read_text())
    for name, (_, said, status) in expected.items():
        code, output, error = done[name]
        assert code == status, (name, output, error)
        assert said in output, (name, output)
        assert "Traceback" not in output
        assert ("PASS" in output) == (status == 0), name
        if name in STOPPED:
            assert output.startswith(f"tlcourse: {name}")
            assert output.count("What to do") == 1


@pytest.mark.parametrize("name", REFUSED)
def test_a_file_that_cannot_be_an_answer(name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(REFUSED[name][0])
    result = runner.invoke(cli.app, ["check", "ch00-pick-class", str(tmp_path / name)])
    assert result.exit_code == 1
    assert isinstance(result.exception, SystemExit), "no traceback"
    assert REFUSED[name][1] in result.output
    assert result.output.count("What to do") == 1


def test_a_folder_and_a_file_that_is_not_there(tmp_path: Path) -> None:
    for path, said in ((tmp_path, "is a folder"), (tmp_path / "none.py", "There is no file")):
        result = runner.invoke(cli.app, ["check", "ch00-pick-class", str(path)])
        assert result.exit_code == 1
        assert said in result.output


@pytest.mark.parametrize("encoding", ["cp1252", "ascii", "cp437"])
def test_a_terminal_that_cannot_show_every_character(encoding: str, tmp_path: Path) -> None:
    def run(*arguments: str) -> subprocess.CompletedProcess[bytes]:
        command = [sys.executable, "-m", "tlcourse.commands.cli", *arguments]
        environment = {**os.environ, "PYTHONIOENCODING": encoding, "PYTHONUTF8": "0"}
        return subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, timeout=1200)

    (tmp_path / "snow☃.py").write_text("def broken(:\n", encoding="utf-8")
    for arguments, status in (
        (("--help",), 0),
        (("nonsense ☃",), 2),
        (("fetch",), 0),
        (("fetch", "☃"), 1),
        (("check", "ch00-☃", "snow☃.py"), 1),
    ):
        done = run(*arguments)
        assert done.returncode == status, (arguments, done.stderr)
        assert done.stdout + done.stderr
        assert b"Traceback" not in done.stderr
    if encoding == "cp1252":
        (tmp_path / "snow☃.py").write_text(f"{RIGHT}print('☃ → ✓')\nraise ValueError('☃')\n", "utf-8")
        done = run("check", "ch00-pick-class", "snow☃.py")
        assert done.returncode == 0, done.stderr
        assert b"PASS" in done.stdout
        assert b"with ValueError: ?" in done.stdout


def test_an_unknown_sweep_is_refused() -> None:
    result = runner.invoke(cli.app, ["results", "nonsense"])
    assert result.exit_code == 1
    assert "nonsense" in result.output
    assert "What to do" in result.output


def test_an_unknown_download_is_refused() -> None:
    result = runner.invoke(cli.app, ["fetch", "nonsense"])
    assert result.exit_code == 1
    assert "nonsense" in result.output


def test_explained_keeps_other_errors_visible() -> None:
    @cli.explained
    def broken() -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        broken()


def test_errors_say_what_to_do() -> None:
    error = CourseError("It broke.", "Mend it.")
    assert str(error) == "It broke.\n  What to do: Mend it."
    assert (error.problem, error.fix) == ("It broke.", "Mend it.")

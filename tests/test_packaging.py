"""environment.yml, pyproject.toml, the Makefile and the README tell the same story."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
CONDA = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))
README = (ROOT / "README.md").read_text(encoding="utf-8")
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")


def requirement_name(requirement: str) -> str:
    return re.split(r"[\[<>=!~; ]", requirement.strip(), maxsplit=1)[0].lower()


def every_requirement() -> list[str]:
    groups = PROJECT["optional-dependencies"].values()
    return [*PROJECT["dependencies"], *(one for group in groups for one in group)]


def test_the_packages_of_the_mission_are_installed_by_the_one_list() -> None:
    names = {requirement_name(one) for one in every_requirement()}
    wanted = {"torch", "torchvision", "tensorflow", "jupyterlab", "jupyter-book", "nbval", "ipywidgets"}
    assert wanted <= names


def test_conda_installs_this_project_and_names_no_version_of_its_own() -> None:
    pip = next(entry["pip"] for entry in CONDA["dependencies"] if isinstance(entry, dict))
    assert pip == ["-e .[test]"], "conda's list must be pyproject.toml's, not a second one"
    assert "test" in PROJECT["optional-dependencies"]
    others = [entry for entry in CONDA["dependencies"] if isinstance(entry, str)]
    assert {requirement_name(entry) for entry in others} == {"python", "pip"}


def test_every_place_asks_for_the_same_python() -> None:
    wanted = PROJECT["requires-python"].removeprefix(">=")
    assert f"python>={wanted}" in CONDA["dependencies"]
    assert f"Python {wanted} or newer" in README
    assert f"needs Python {wanted} or newer" in MAKEFILE
    assert f"({wanted.replace('.', ', ')})" in MAKEFILE, "the Makefile compares with another version"


def test_the_readme_names_targets_and_extras_that_exist() -> None:
    targets = set(re.findall(r"^([a-z]+):", MAKEFILE, flags=re.MULTILINE))
    named = set(re.findall(r"(?:^|`)make ([a-z]+)", README, flags=re.MULTILINE))
    assert {"lab", "test", "book", "bench"} <= named <= targets
    extras = set(re.findall(r"\.\[([a-z]+)\]", README))
    assert extras <= set(PROJECT["optional-dependencies"])
    assert f"conda env create -f {'environment.yml'}" in README
    assert f"conda activate {CONDA['name']}" in README


def test_the_readme_names_commands_that_exist() -> None:
    from tlcourse.commands.cli import app

    known = {command.name or command.callback.__name__ for command in app.registered_commands}
    known |= {group.name for group in app.registered_groups}
    named = set(re.findall(r"\btlcourse ([a-z]+(?:-[a-z]+)*)\b", README)) - {"is"}
    assert named <= known, f"the README names {named - known}"


def test_the_readmes_pictures_and_links_exist() -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", README):
        if not target.startswith("http"):
            assert (ROOT / target).exists(), f"the README links to {target}, which is not there"


def test_the_readme_lists_the_chapters_with_their_questions() -> None:
    for path in sorted((ROOT / "book" / "chapters").glob("*.md")):
        front = yaml.safe_load(path.read_text(encoding="utf-8").split("---")[1])["tlcourse"]
        assert f"| {int(path.name[:2])} {front['title']} | {front['question']} |" in README


def test_the_readme_names_exercises_that_exist() -> None:
    from tlcourse.exercises import all_exercises

    assert set(re.findall(r"\bch\d\d-[a-z-]+", README)) <= {one.id for one in all_exercises()}


def test_requirements_are_ranges() -> None:
    exact = [one for one in every_requirement() if re.search(r"(?<![<>!~])==", one.split(";")[0])]
    assert not exact


def test_importing_the_package_loads_no_framework_and_is_quick() -> None:
    code = (
        "import sys, time; t = time.process_time(); import tlcourse; s = time.process_time() - t;"
        "print(s, [m for m in ('torch', 'tensorflow', 'keras', 'pandas', 'sklearn', 'matplotlib') "
        "if m in sys.modules])"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    seconds, loaded = run.stdout.split(maxsplit=1)
    assert loaded.strip() == "[]"
    # Of the processor; the budget is 0.3 s, and `make bench` prints the figure.
    assert float(seconds) < 1.5


def test_ci_calls_the_readmes_command_and_hides_nothing() -> None:
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    assert "set -euo pipefail" in script
    assert re.search(r"^(time )?make test$", script, flags=re.MULTILINE)
    assert "|| true" not in script
    assert os.access(ROOT / ".ci" / "run", os.X_OK)


def test_make_refuses_an_old_python_with_one_sentence(tmp_path: Path) -> None:
    old = tmp_path / "python-old"
    # A stand-in that answers as Python 3.9 would: it runs the Makefile's check with another version_info.
    old.write_text(
        f"#!{sys.executable}\n"
        "import sys\n"
        "code = sys.argv[sys.argv.index('-c') + 1]\n"
        "sys.version_info = (3, 9, 2)\n"
        "sys.version = '3.9.2 (old)'\n"
        "exec(code)\n"
    )
    old.chmod(0o755)
    run = subprocess.run(
        ["make", f"PYTHON={old}", f"VENV={tmp_path / 'venv'}", "lab"],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert run.returncode != 0
    assert "needs Python 3.11 or newer" in run.stderr
    assert not (tmp_path / "venv").exists()


def _commands(*arguments: str) -> list[str]:
    """The commands of the course that make would call."""
    run = subprocess.run(["make", "-n", *arguments], cwd=ROOT, capture_output=True, text=True, check=True)
    return re.findall(r"bin/tlcourse (\w+)", run.stdout)


def test_the_second_start_opens_jupyterlab_and_does_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "bin").mkdir()
    for name in ("bin/python", ".learner"):
        (tmp_path / name).touch()
    start = ["lab", f"VENV={tmp_path}"]
    assert _commands(*start) == ["packs", "build", "doctor", "lab"]
    (tmp_path / ".ready").touch()
    assert _commands(*start) == ["lab"]
    for changed in ("book/chapters/00-start-here.md", "tlcourse/authoring/__init__.py", "pyproject.toml"):
        assert _commands(*start, f"--what-if={changed}") == ["packs", "build", "doctor", "lab"]


@pytest.mark.parametrize("folder", ["tlcourse", "book", "tools", "tests", "notebooks", "solutions"])
def test_no_path_of_somebodys_machine_is_committed(folder: str) -> None:
    pattern = r"(^|[^A-Za-z0-9_.])/(home|Users|root)/[a-z]"
    run = subprocess.run(
        ["git", "grep", "-nIE", pattern, "--", folder, ":!tests/test_packaging.py"],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    if run.returncode == 128:
        pytest.skip("not a git checkout")
    assert run.returncode == 1, run.stdout


def test_no_tracked_file_is_large() -> None:
    """Weights and data belong in the packages that bring them."""
    run = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True)
    if run.returncode == 128:
        pytest.skip("not a git checkout")
    paths = [ROOT / os.fsdecode(name) for name in run.stdout.split(b"\0") if name]
    large = [path.name for path in paths if path.is_file() and path.stat().st_size > 4_000_000]
    assert len(paths) > 500
    assert not large

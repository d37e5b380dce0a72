"""The files around the course: valid by their own schemas, and what they call exists."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.main import get_command

import tlcourse
from tlcourse.commands import cli

ROOT = Path(__file__).resolve().parents[1]
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
FORMS = ROOT / ".github" / "ISSUE_TEMPLATE"
SCHEMAS = {
    "vendor.github-workflows": WORKFLOWS,
    "custom.github-workflows-require-timeout": WORKFLOWS,
    "vendor.github-issue-forms": sorted(set(FORMS.glob("*.yml")) - {FORMS / "config.yml"}),
    "vendor.github-issue-config": [FORMS / "config.yml"],
    "vendor.citation-file-format": [ROOT / "CITATION.cff"],
}
CALLING = [
    ROOT / "Dockerfile",
    ROOT / ".binder" / "postBuild",
    ROOT / ".devcontainer" / "devcontainer.json",
    ROOT / ".github" / "workflows" / "release.yml",
    ROOT / "README.md",
]
PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


@pytest.mark.parametrize("schema", SCHEMAS)
def test_a_file_is_as_its_schema_says(schema: str) -> None:
    assert SCHEMAS[schema]
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", schema]
    run = subprocess.run([*command, *map(str, SCHEMAS[schema])], capture_output=True, text=True)
    assert run.returncode == 0, run.stdout + run.stderr


def test_a_broken_form_would_be_found(tmp_path: Path) -> None:
    form = yaml.safe_load((FORMS / "wrong-answer-passed.yml").read_text())
    del form["description"]
    (tmp_path / "form.yml").write_text(yaml.safe_dump(form))
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.github-issue-forms"]
    assert subprocess.run([*command, str(tmp_path / "form.yml")], capture_output=True).returncode == 1


def _commands(path: Path) -> list[tuple[str, list[str]]]:
    """(command, options) of each call of the course's command line, comments left out."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".md":
        text = "\n".join(re.findall(r"```bash\n(.*?)```", text, re.S))
    lines = [re.sub(r"(^|\s)#.*", "", line) for line in text.splitlines()]
    calls = [re.findall(r"(?:^|[\s/\"(])tlcourse\"? ([a-z][a-z-]*)([^&|)]*)", line) for line in lines]
    return [(name, re.findall(r"--[a-z-]+", rest)) for found in calls for name, rest in found]


@pytest.mark.parametrize("path", CALLING, ids=lambda path: path.name)
def test_every_command_that_a_file_calls_exists(path: Path) -> None:
    known: dict[str, Any] = get_command(cli.app).commands  # type: ignore[attr-defined]
    calls = _commands(path)
    assert calls
    for name, options in calls:
        assert name in known
        parameters = known[name].params
        there = {name for each in parameters for name in (*each.opts, *each.secondary_opts)}
        assert hasattr(known[name], "commands") or set(options) <= there, (name, options)


def test_the_workflows_call_what_is_there() -> None:
    for path in WORKFLOWS:
        for job in yaml.safe_load(path.read_text(encoding="utf-8"))["jobs"].values():
            runs = [step["run"] for step in job["steps"] if "run" in step]
            assert any(run.startswith((".ci/run", "make book")) for run in runs), path.name
    assert (ROOT / ".ci" / "run").stat().st_mode & 0o100


def test_the_extras_that_files_install_exist() -> None:
    extras = set(PROJECT["optional-dependencies"])
    asked = set()
    for path in (
        *CALLING,
        ROOT / ".binder" / "requirements.txt",
        ROOT / "Makefile",
        ROOT / "environment.yml",
    ):
        text = path.read_text(encoding="utf-8")
        for found in re.findall(
            r"(?:^|['\" ])\.\[([a-z,]+)\]|\.whl\)?\[([a-z,]+)\]|EXTRA=([a-z,]+)", text, re.M
        ):
            asked |= {name for group in found for name in group.split(",") if name}
    assert {"all", "torch", "test", "book", "grading"} <= asked
    assert asked <= extras


def test_one_version_everywhere() -> None:
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert tlcourse.__version__ == PROJECT["version"] == citation["version"]
    assert PROJECT["license"] == citation["license"]


def test_both_frameworks_make_all_and_neither_is_in_the_base() -> None:
    extras = PROJECT["optional-dependencies"]
    assert extras["all"] == ["tlcourse[torch,keras]"]
    base = {re.split(r"[>=;\[ ]", line)[0] for line in PROJECT["dependencies"]}
    for framework in ("torch", "keras"):
        own = {re.split(r"[>=;\[ ]", line)[0] for line in extras[framework]}
        assert framework in own
        assert not own & base


def test_the_container_runs_as_a_learner_and_the_dev_container_is_json() -> None:
    lines = (ROOT / "Dockerfile").read_text(encoding="utf-8").splitlines()
    users = [line.split()[1] for line in lines if line.startswith("USER ")]
    assert users == ["learner"]
    assert lines.index("USER learner") < next(i for i, line in enumerate(lines) if line.startswith("CMD "))
    container = json.loads((ROOT / ".devcontainer" / "devcontainer.json").read_text(encoding="utf-8"))
    assert container["remoteUser"] != "root"
    assert {"image", "postCreateCommand"} <= set(container)

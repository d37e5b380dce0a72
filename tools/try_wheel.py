"""Build the wheel, install it into an empty environment with one framework, and do a learner's first steps.

The packages come by the cell that installs the course on Colab and Kaggle, run in a Python that has IPython
and nothing else; the course itself then comes from the wheel.

    python tools/try_wheel.py torch
    python tools/try_wheel.py keras --keep /tmp/tried

What is built is the commit, not the working tree. The steps are those of the README: `--version`, `start`,
`doctor` (and what it advises), `check` with an answer, and chapter 0 from top to bottom. It prints what each
took and how large the environment is, and stops with what a step printed when one fails. The packages come
from the package index: it needs a network, some minutes and some gigabytes.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tlcourse.authoring.launch import Repository, install_source  # noqa: E402

ANSWER = """import numpy as np

def pick_class(logits, names):
    weights = np.exp(logits - np.max(logits))
    best = int(np.argmax(weights))
    return names[best], float(weights[best] / weights.sum())
"""
BRANCH = "main"
OTHER = {"torch": "tensorflow", "keras": "torch"}
# Nothing of this environment is seen in there, and bytecode is written when a module is used, not before.
HIDDEN = ("PYTHONPATH", "VIRTUAL_ENV", "TLCOURSE_TEST", "TLCOURSE_REQUIRE_PACKS", "JUPYTER_PATH")


class Failed(Exception):
    """A step that did not do what it should."""


def run(command: list[str], cwd: Path, wanted: int = 0) -> str:
    """What a command prints. Its first words and its seconds are printed here.

    Raises
    ------
    Failed
        If its exit status is not the wanted one.
    """
    began = time.perf_counter()
    env = {name: value for name, value in os.environ.items() if name not in HIDDEN}
    env |= {"MPLBACKEND": "agg", "PIP_NO_COMPILE": "1", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    done = subprocess.run(command, cwd=cwd, env=env, capture_output=True, text=True)
    shown = " ".join([Path(command[0]).name, *command[1:]])
    print(f"{time.perf_counter() - began:6.0f} s  {shown[:100]}", flush=True)
    if done.returncode != wanted:
        raise Failed(f"{shown}: exit status {done.returncode}, not {wanted}\n{done.stdout}{done.stderr}")
    return done.stdout + done.stderr


def build(folder: Path) -> Path:
    """The wheel of the commit, built in a clone.

    The clone becomes a repository of one commit: pip clones it again, and git cannot clone part of a shallow
    clone, which CI's checkout may be.
    """
    clone = folder / "clone"
    run(["git", "clone", "-q", "--depth", "1", ROOT.as_uri(), str(clone)], folder)
    shutil.rmtree(clone / ".git")
    run(["git", "init", "-q", "-b", BRANCH], clone)
    run(["git", "add", "--all", "--force"], clone)
    author = ["-c", "user.name=tlcourse", "-c", "user.email=tlcourse@example.org"]
    run(["git", *author, "commit", "-q", "-m", "What is tried"], clone)
    pip = [sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "--no-build-isolation"]
    run([*pip, "-w", str(folder), str(clone)], folder)
    (wheel,) = folder.glob("*.whl")
    print(f"          {wheel.name}, {wheel.stat().st_size / 1e6:.0f} MB")
    return wheel


def ready(tlcourse: str, python: str, cwd: Path) -> str:
    """What the doctor says when it is content: at first, or after what it advised was done."""
    try:
        return run([tlcourse, "doctor"], cwd)
    except Failed as failed:
        advised = re.findall(r"python -m (pip install --no-deps [\w.-]+[\w])", str(failed))
        if not advised:
            raise
        print(f"          The doctor advises: {advised[0]}")
    run([python, "-m", *advised[0].split()], cwd)
    return run([tlcourse, "doctor"], cwd)


def the_cell(clone: Path, framework: str) -> str:
    """The cell that installs the course, from the clone in place of GitHub, and what a notebook does next."""
    published = Repository("owner", "name", BRANCH)
    cell = install_source(published, framework)
    if published.url not in cell:
        raise Failed(f"The cell does not install from the repository:\n{cell}")
    first = f"import tlcourse\nprint(tlcourse.start('00', framework='{framework}'))\n"
    return f"{cell.replace(published.url, clone.as_uri())}\n\n{first}"


def first_steps(wheel: Path, framework: str, folder: Path) -> None:
    """Run the cell that installs the course, install the wheel, and do what a learner does first.

    Raises
    ------
    Failed
        If a step fails, or does not say what it should.
    """
    place, mine = folder / "environment", folder / "mine"
    # Old versions of pip refuse a `git+file:` address, which stands here for GitHub.
    venv.create(place, with_pip=True, upgrade_deps=True)
    python, tlcourse = (str(place / "bin" / name) for name in ("python", "tlcourse"))
    run([python, "-m", "pip", "install", "-q", "ipython"], folder)
    (folder / "cell.ipy").write_text(the_cell(folder / "clone", framework))
    said = run([python, "-m", "IPython", "cell.ipy"], folder)
    if "cpu" not in said.lower() and "gpu" not in said.lower() and "cuda" not in said.lower():
        raise Failed(f"After the cell the course does not say where it computes:\n{said}")
    run([python, "-m", "pip", "install", "-q", "--no-deps", "--force-reinstall", str(wheel)], folder)
    size = sum(path.stat().st_size for path in place.rglob("*") if path.is_file() and not path.is_symlink())
    print(f"          the environment: {size / 1e6:,.0f} MB")
    run([python, "-c", f"import {OTHER[framework]}"], folder, wanted=1)
    run([tlcourse, "doctor"], folder, wanted=1)  # there are no notebooks yet
    print("          " + run([tlcourse, "--version"], folder).strip())
    run([tlcourse, "start", str(mine), "--framework", framework], folder)
    said = ready(tlcourse, python, mine)
    if "Ready" not in said:
        raise Failed(said)
    (folder / "answer.py").write_text(ANSWER)
    said = run([tlcourse, "check", "ch00-pick-class", "answer.py", "--framework", framework], folder)
    if "PASS" not in said:
        raise Failed(said)
    (notebook,) = (mine / framework).glob("00-*.ipynb")
    run([str(place / "bin" / "jupyter"), "execute", "--inplace", str(notebook)], notebook.parent)
    if '"output_type"' not in notebook.read_text(encoding="utf-8"):
        raise Failed(f"Nothing was executed in {notebook.name}.")


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("framework", choices=sorted(OTHER))
    parser.add_argument("--keep", type=Path, help="work in this folder, and leave it there")
    options = parser.parse_args()
    if options.keep:
        options.keep.mkdir(parents=True)
    with tempfile.TemporaryDirectory(prefix="tlcourse-wheel-") as scratch:
        folder = options.keep or Path(scratch)
        try:
            first_steps(build(folder), options.framework, folder)
        except Failed as failed:
            print(f"FAILED: {failed}", file=sys.stderr)
            return 1
    print(f"The wheel is enough for a learner of {options.framework}.")
    return 0


if __name__ == "__main__":
    sys.exit(main())

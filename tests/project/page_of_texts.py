"""The blocks of code on the page about your own texts, run as a newcomer runs them."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import written

from tlcourse.project import new_project

PAGE = Path(__file__).resolve().parents[2] / "book" / "your-own-texts.md"


def code(framework: str) -> str:
    """All Python of the page that readers of this framework see, in its order."""
    text = PAGE.read_text(encoding="utf-8").partition("## In an empty notebook")[2]
    other = {"torch": "keras", "keras": "torch"}[framework]
    text = re.sub(rf":::\{{div\}} tl-only-{other}\n.*?\n:::\n", "", text, flags=re.S)
    return "\n\n".join(re.findall(r"```python\n(.*?)```", text, re.S))


def said(folder: Path, framework: str) -> str:
    """What the page's code prints for a file of reviews, where the course cannot be imported."""
    blocker = folder / "without_the_course"
    blocker.mkdir()
    (blocker / "sitecustomize.py").write_text(written.BLOCKER)
    work = folder / "notebook"
    work.mkdir()
    written.reviews(work / "texts.csv")
    if framework == "keras":
        new_project(folder / "mine", "keras", task="text")
        for name in ("bert.py", "tokens.py", "settings.py"):
            shutil.copy(folder / "mine" / name, work)
    (work / "page.py").write_text(code(framework), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "page.py"],
        cwd=work,
        env=written.environment(work),
        capture_output=True,
        text=True,
        timeout=600,
    )
    assert done.returncode == 0, done.stderr
    assert (work / "head.joblib").exists()
    return done.stdout


def check(folder: Path, framework: str) -> None:
    printed = said(folder, framework)
    scores = dict(re.findall(r"^(words|encoder|test): ([\d.]+)$", printed, re.M))
    assert set(scores) == {"words", "encoder", "test"}
    assert float(scores["test"]) > 0.8, "good and bad are told apart"

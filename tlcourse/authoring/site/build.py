"""Builds the site with Jupyter Book, and puts it in place of the one before only when all went well."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tlcourse.authoring.site.bundle import write_bundle
from tlcourse.authoring.site.lean import drop_unused, lean, trim_icons
from tlcourse.authoring.site.pictures import with_files
from tlcourse.authoring.site.stage import MARKER, stage
from tlcourse.authoring.site.valid import valid
from tlcourse.authoring.source import Chapter
from tlcourse.errors import CourseError
from tlcourse.frameworks import FRAMEWORKS

__all__ = ["build_site"]

_COLOUR = re.compile(r"\x1b\[[0-9;]*m")


def build_site(
    root: Path,
    *,
    output: Path | None = None,
    strict: bool = True,
    live: bool = False,
    echo: Callable[[str], None] = print,
    compile: Callable[[Chapter, str], Any] | None = None,
) -> Path:
    """Build the site from the chapters and their executed solutions.

    Parameters
    ----------
    root : Path
        The repository's root.
    output : Path, optional
        Where the site goes; ``_build/site`` under the root unless given. It is replaced only when the build
        succeeds, and only when it is empty or an earlier site.
    strict : bool
        Whether a warning fails the build (the default). Without it the warnings are shown.
    live : bool
        Whether the page with a network in it gets that network (`tlcourse.authoring.in_browser`).
    echo : callable
        Takes each line of the report.
    compile : callable, optional
        Instead of the course's compiler, ``(chapter, framework) -> notebook``.

    Returns
    -------
    Path
        The site's ``index.html``.

    Raises
    ------
    CourseError
        A solution is missing or older than its chapter, the output folder holds something else, or the
        build had warnings; the earlier site is still there then.
    """
    root = Path(root).resolve()
    output = Path(output).resolve() if output else root / "_build" / "site"
    if output.exists() and any(output.iterdir()) and not (output / MARKER).exists():
        raise CourseError(
            f"{output} is not empty and is not a site built before.", "Name an empty or a new folder."
        )
    source = root / "_build" / "book-src"
    chapters = stage(root, source, compile=compile, live=live, echo=echo)
    echo(f"Staged {len(chapters)} chapter(s) in {len(FRAMEWORKS)} frameworks; building with Jupyter Book.")
    html = _jupyter_book(source, root / "_build" / "book", strict, echo)
    _finish(html)
    if output.exists():
        shutil.rmtree(output)
    output.parent.mkdir(parents=True, exist_ok=True)
    shutil.move(str(html), output)
    return output / "index.html"


def _jupyter_book(source: Path, work: Path, strict: bool, echo: Callable[[str], None]) -> Path:
    """Run Jupyter Book on a staged folder; gives the folder of the pages that it built."""
    command = [sys.executable, "-c", "from jupyter_book.cli.main import main; main()", "build", str(source)]
    command += ["--path-output", str(work), "--all", "-n", "--keep-going", "-q"]
    if strict:
        command.append("-W")
    shutil.rmtree(work, ignore_errors=True)
    run = subprocess.run(
        command,
        cwd=source.parent.parent,
        text=True,
        capture_output=True,
        env={**os.environ, "PYTHONUTF8": "1", "NO_COLOR": "1"},
    )
    html = work / "_build" / "html"
    lines = [_COLOUR.sub("", line) for line in run.stderr.splitlines() if line.strip()]
    warnings = [line for line in lines if "WARNING" in line or "ERROR" in line]
    if run.returncode != 0 or not (html / "index.html").is_file():
        for line in lines or run.stdout.splitlines()[-40:]:
            echo(line)
        ending = f"stopped with {len(warnings)} warning(s)" if warnings else "stopped with an error"
        raise CourseError(
            f"The site was not built: Jupyter Book {ending}, shown above.",
            "Mend the pages that they name, then build again. The site built before, if any, is untouched.",
        )
    for line in warnings:
        echo(line)
    return html


def _finish(html: Path) -> None:
    """Put the pages that Sphinx wrote into the form in which they are published."""
    for path in html.rglob("*.html"):
        parts = path.relative_to(html).parts
        if "_static" not in parts:
            page = with_files(path.read_text(encoding="utf-8"), html, "../" * (len(parts) - 1))
            path.write_text(valid(lean(page)), encoding="utf-8")
    drop_unused(html)
    trim_icons(html)
    write_bundle(html)

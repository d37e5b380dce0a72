"""``tlcourse site``: stage the chapters and build the site with Jupyter Book.

One way only: chapter source, compiled for the site, with the outputs of ``solutions/``, to
``_build/book-src``, then through Jupyter Book with every warning an error, to ``_build/site``. Nothing is
executed and nothing is fetched: MathJax comes from an installed package and is copied into the site.
"""

from __future__ import annotations

import importlib.metadata
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Collection
from pathlib import Path
from typing import Any

import nbformat
import yaml

from tlcourse.authoring.site_stage import (
    DOWNLOADS,
    FRAMEWORKS,
    read_notebook,
    stage_notebook,
    table_of_contents,
)
from tlcourse.authoring.source import Chapter, chapter_paths, read_chapters
from tlcourse.errors import CourseError

__all__ = ["build_site", "chapters_of", "stage"]

PAGES_BEFORE = ("learners", "six-steps")
PAGES_AFTER = ("instructors", "contributors", "glossary", "references")
MARKER = ".tlcourse-site"
"""A file in each built site: a folder without it is somebody else's and is never replaced."""

_COLOUR = re.compile(r"\x1b\[[0-9;]*m")
_CHAPTER_LINK = re.compile(r"\[([^\]]+)\]\(chapters/(\d\d-[a-z0-9-]+)\.md(#[^)\s]*)?\)")
_MATHJAX = "sphinx-mathjax-offline"


def chapters_of(root: Path) -> list[Chapter]:
    """The chapters in ``book/chapters``, in order.

    Parameters
    ----------
    root : Path
        The repository's root.

    Raises
    ------
    CourseError
        There is no chapter, or some cannot be read: all mistakes of all chapters at once.
    """
    paths = chapter_paths(root)
    if not paths:
        raise CourseError(
            f"There is no chapter in {root / 'book' / 'chapters'}.",
            "Run this in the repository of the course, or add NN-name.md there.",
        )
    return read_chapters(paths, validate=False)  # whoever compiles them looks at the rest


def mathjax_folder() -> Path:
    """Where the installed package keeps MathJax.

    Raises
    ------
    CourseError
        The package is not installed, or has no MathJax in it.

    Examples
    --------
    >>> (mathjax_folder() / "tex-svg.js").stat().st_size > 1_000_000
    True
    """
    fix = "Install the site's requirements: pip install -e '.[book]'."
    try:
        files = importlib.metadata.files(_MATHJAX) or []
    except importlib.metadata.PackageNotFoundError:
        raise CourseError(f"The package {_MATHJAX}, which carries MathJax, is not installed.", fix) from None
    # The package's import name has hyphens in it, so its files are found through its metadata.
    for file in files:
        if file.as_posix().endswith("static/mathjax/tex-svg.js"):
            path = Path(str(file.locate()))
            if path.is_file():
                return path.parent
    raise CourseError(f"The package {_MATHJAX} is installed without tex-svg.js.", fix)


def _copy_mathjax(target: Path) -> None:
    """Copy what a page can ask for: the component itself and the TeX extensions that it loads when needed."""
    source = mathjax_folder()
    target.mkdir(parents=True)
    shutil.copy2(source / "tex-svg.js", target / "tex-svg.js")
    extensions = source / "input" / "tex" / "extensions"
    if extensions.is_dir():
        shutil.copytree(extensions, target / "input" / "tex" / "extensions")


def _compile(path: Path, framework: str) -> Any:
    from tlcourse.authoring.compile import compile_chapter

    return compile_chapter(path, framework, "site")


def chapter_list(chapters: list[Chapter]) -> str:
    """The list of chapters for the landing page, in MyST.

    Each chapter's title leads to the first framework; a script leads it to the remembered one. The two named
    links always mean what they say.
    """
    lines = ['<ol class="tl-chapters">']
    for chapter in chapters:
        first = next(iter(FRAMEWORKS))
        named = " ".join(
            f'<a class="tl-fixed" href="{key}/{chapter.name}.html" data-tl-choose="{key}" '
            f'aria-label="{_escape(chapter.title)}, in {label}">{label}</a>'
            for key, label in FRAMEWORKS.items()
        )
        lines += [
            '<li class="tl-chapter">',
            f'<span class="tl-chapter__number" aria-hidden="true">{chapter.number}</span>',
            '<div class="tl-chapter__text">',
            f'<p class="tl-chapter__title"><a href="{first}/{chapter.name}.html">'
            f"{_escape(chapter.title)}</a></p>",
            f'<p class="tl-chapter__question">{_escape(chapter.question)}</p>',
            f'<p class="tl-chapter__links">{named}</p>',
            "</div>",
            "</li>",
        ]
    return "\n".join([*lines, "</ol>"])


def linked(text: str, stems: Collection[str]) -> str:
    """A page's text with its links to chapters' sources turned into links to their pages.

    They lead to the first framework's page; a script leads them to the remembered one. Of a link to a chapter
    that is not there, the words remain.

    Examples
    --------
    >>> text = "[Freeze](chapters/04-freeze.md#what-moves), then [train](chapters/06-train.md)."
    >>> linked(text, ["04-freeze"])
    '[Freeze](torch/04-freeze.ipynb#what-moves), then train.'
    """
    first = next(iter(FRAMEWORKS))

    def link(found: re.Match[str]) -> str:
        words, stem, anchor = found[1], found[2], found[3] or ""
        return f"[{words}]({first}/{stem}.ipynb{anchor})" if stem in stems else words

    return _CHAPTER_LINK.sub(link, text)


def _escape(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")


def stage(root: Path, target: Path, *, compile: Callable[[Path, str], Any] | None = None) -> list[Chapter]:
    """Write everything Jupyter Book needs to one folder.

    Parameters
    ----------
    root : Path
        The repository's root.
    target : Path
        The folder to write; replaced when it is there.
    compile : callable, optional
        ``(chapter path, framework) -> notebook``; the course's compiler unless given (the tests give one).

    Returns
    -------
    list of Chapter
        The chapters on the site.

    Raises
    ------
    CourseError
        A solution is missing, older than its chapter, or holds an error; nothing was written then.
    """
    compile = compile or _compile
    book = root / "book"
    chapters = chapters_of(root)
    pages: dict[str, Any] = {}
    for chapter in chapters:
        for framework in FRAMEWORKS:
            solved = root / "solutions" / framework / f"{chapter.name}.ipynb"
            solution = read_notebook(solved)
            pages[f"{framework}/{chapter.name}"] = stage_notebook(
                compile(chapter.path, framework), solution, where=str(solved.relative_to(root))
            )

    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    for path in sorted(book.iterdir()):
        if path.name in ("chapters", "claims", "_toc.yml") or path.name.startswith("."):
            continue
        if path.is_dir():
            shutil.copytree(path, target / path.name)
        else:
            shutil.copy2(path, target / path.name)
    for name, notebook in pages.items():
        path = target / f"{name}.ipynb"
        path.parent.mkdir(exist_ok=True)
        nbformat.write(notebook, path)
        learner = root / "notebooks" / f"{name}.ipynb"
        if learner.is_file():
            copied = target / "_extra" / DOWNLOADS / f"{name}.ipynb"
            copied.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(learner, copied)
    _copy_mathjax(target / "_extra" / "_static" / "mathjax")
    (target / "_extra" / MARKER).write_text("Built by `tlcourse site`.\n", encoding="utf-8")

    stems = {chapter.name for chapter in chapters}
    for path in target.glob("*.md"):
        path.write_text(linked(path.read_text(encoding="utf-8"), stems), encoding="utf-8")
    index = target / "index.md"
    text = index.read_text(encoding="utf-8")
    index.write_text(text.replace("<!-- chapters -->", chapter_list(chapters)), encoding="utf-8")
    there = {path.stem for path in target.glob("*.md")}
    toc = table_of_contents(
        [(chapter.name, chapter.title) for chapter in chapters],
        [page for page in PAGES_BEFORE if page in there],
        [page for page in PAGES_AFTER if page in there],
    )
    (target / "_toc.yml").write_text(
        yaml.safe_dump(toc, sort_keys=False, allow_unicode=True), encoding="utf-8"
    )
    return chapters


def build_site(
    root: Path,
    *,
    output: Path | None = None,
    strict: bool = True,
    echo: Callable[[str], None] = print,
    compile: Callable[[Path, str], Any] | None = None,
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
    echo : callable
        Takes each line of the report.
    compile : callable, optional
        Instead of the course's compiler, ``(chapter path, framework) -> notebook``.

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
    work = root / "_build" / "book"
    chapters = stage(root, source, compile=compile)
    echo(f"Staged {len(chapters)} chapter(s) in {len(FRAMEWORKS)} frameworks; building with Jupyter Book.")

    command = [sys.executable, "-c", "from jupyter_book.cli.main import main; main()", "build", str(source)]
    command += ["--path-output", str(work), "--all", "-n", "--keep-going", "-q"]
    if strict:
        command.append("-W")
    shutil.rmtree(work, ignore_errors=True)
    done = subprocess.run(
        command,
        cwd=root,
        text=True,
        capture_output=True,
        env={**os.environ, "PYTHONUTF8": "1", "NO_COLOR": "1"},
    )
    html = work / "_build" / "html"
    trouble = [_COLOUR.sub("", line) for line in done.stderr.splitlines() if line.strip()]
    warnings = [line for line in trouble if "WARNING" in line or "ERROR" in line]
    if done.returncode != 0 or not (html / "index.html").is_file():
        for line in trouble or done.stdout.splitlines()[-40:]:
            echo(line)
        what = f"stopped with {len(warnings)} warning(s)" if warnings else "stopped with an error"
        raise CourseError(
            f"The site was not built: Jupyter Book {what}, shown above.",
            "Mend the pages that they name, then build again. The site built before, if any, is untouched.",
        )
    for line in warnings:
        echo(line)
    _drop_leftovers(html)
    if output.exists():
        shutil.rmtree(output)
    output.parent.mkdir(parents=True, exist_ok=True)
    shutil.move(str(html), output)
    return output / "index.html"


def _drop_leftovers(html: Path) -> None:
    """Remove what Sphinx leaves in the folder and no page uses."""
    for name in (".buildinfo", "_static/sphinx-thebe.js", "_static/sphinx-thebe.css"):
        (html / name).unlink(missing_ok=True)
    for folder in ("_sources", "jupyter_execute"):
        shutil.rmtree(html / folder, ignore_errors=True)

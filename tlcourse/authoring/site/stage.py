"""Stages the site: everything that Jupyter Book needs, in one folder."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import yaml

from tlcourse.authoring import in_browser
from tlcourse.authoring.compile import compile_chapter
from tlcourse.authoring.launch import NO_REPOSITORY, repository_of
from tlcourse.authoring.site.contents import chapter_list, linked, table_of_contents
from tlcourse.authoring.site.front import begin, result, sources, start
from tlcourse.authoring.site.licences import bundled, pack_table
from tlcourse.authoring.site.page import read_notebook, stage_notebook
from tlcourse.authoring.source import Chapter, chapter_paths, read_chapters
from tlcourse.errors import CourseError
from tlcourse.frameworks import FRAMEWORKS
from tlcourse.notebook_format import nbformat

__all__ = ["DOWNLOADS", "MARKER", "PAGES_AFTER", "PAGES_BEFORE", "chapters_of", "stage"]

PAGES_BEFORE = ("learners", "your-own-pictures", "your-own-texts", "six-steps")
PAGES_AFTER = (
    in_browser.PAGE,
    "instructors",
    "your-own-class",
    "contributors",
    "glossary",
    "references",
    "licences",
)
DOWNLOADS = "notebooks"
"""Folder of the site with the notebooks to download."""
MARKER = ".tlcourse-site"
"""A file in each built site: a folder without it is somebody else's and is never replaced."""
NOT_COPIED = ("chapters", "claims", "_toc.yml")


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


def stage(
    root: Path,
    target: Path,
    *,
    compile: Callable[[Chapter, str], Any] | None = None,
    live: bool = False,
    echo: Callable[[str], None] = print,
) -> list[Chapter]:
    """Write everything Jupyter Book needs to one folder.

    Parameters
    ----------
    root : Path
        The repository's root.
    target : Path
        The folder to write; replaced when it is there.
    compile : callable, optional
        ``(chapter, framework) -> notebook``; the course's compiler unless given (the tests give one).
    live : bool
        Whether the page with a network in it gets that network, which is exported unless it is in the cache.
    echo : callable
        Takes a line where that cannot be done; the page says it too.

    Returns
    -------
    list of Chapter
        The chapters on the site.

    Raises
    ------
    CourseError
        A solution is missing, older than its chapter, or holds an error; nothing was written then.
    """
    chapters = chapters_of(root)
    pages = {
        f"{framework}/{chapter.name}": _page(root, chapter, framework, compile or _compile)
        for chapter in chapters
        for framework in FRAMEWORKS
    }
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    _copy_book(root / "book", target)
    _copy_scripts(root / "project", target / "project")
    for name, page in pages.items():
        path = target / f"{name}.ipynb"
        path.parent.mkdir(exist_ok=True)
        nbformat.write(page, path)
        _copy_download(root / "notebooks" / f"{name}.ipynb", target / "_extra" / DOWNLOADS / f"{name}.ipynb")
    (target / "_extra" / MARKER).write_text("Built by `tlcourse site`.\n", encoding="utf-8")
    in_browser.stage_page(root, target, live, echo)
    _fill(root, target, chapters)
    _link_chapters(target, chapters)
    if repository_of(root / "book") is None:
        echo(NO_REPOSITORY)
    return chapters


def _compile(chapter: Chapter, framework: str) -> Any:
    return compile_chapter(chapter.path, framework, "site")


def _page(root: Path, chapter: Chapter, framework: str, compile: Callable[[Chapter, str], Any]) -> Any:
    path = root / "solutions" / framework / f"{chapter.name}.ipynb"
    solution = read_notebook(path)
    return stage_notebook(compile(chapter, framework), solution, where=str(path.relative_to(root)))


def _copy_book(book: Path, target: Path) -> None:
    """Copy the pages, settings and looks that are not compiled."""
    for path in sorted(book.iterdir()):
        if path.name in NOT_COPIED or path.name.startswith("."):
            continue
        if path.is_dir():
            shutil.copytree(path, target / path.name)
        else:
            shutil.copy2(path, target / path.name)


def _copy_scripts(project: Path, target: Path) -> None:
    """Copy the scripts that a page shows part by part, and offers to download."""
    target.mkdir()
    for path in sorted(project.glob("*.py")):
        shutil.copy2(path, target)


def _copy_download(notebook: Path, target: Path) -> None:
    if notebook.is_file():
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(notebook, target)


def _fill(root: Path, target: Path, chapters: list[Chapter]) -> None:
    """Put what is not typed into the pages where they have a mark for it, such as ``<!-- chapters -->``."""
    repository = repository_of(root / "book")
    parts = {
        "index": {
            "begin": begin(chapters),
            "result": result(root / "book", chapters),
            "start": start(repository),
            "chapters": chapter_list(chapters),
            "sources": sources(repository),
        },
        "licences": {"packs": pack_table(), "bundled": bundled()},
    }
    for page, marks in parts.items():
        path = target / f"{page}.md"
        text = path.read_text(encoding="utf-8")
        for mark, part in marks.items():
            text = text.replace(f"<!-- {mark} -->", part)
        path.write_text(text, encoding="utf-8")


def _link_chapters(target: Path, chapters: list[Chapter]) -> None:
    """Put the chapters into the table of contents and the other pages' links."""
    names = {chapter.name for chapter in chapters}
    for path in target.glob("*.md"):
        path.write_text(linked(path.read_text(encoding="utf-8"), names), encoding="utf-8")
    pages = {path.stem for path in target.glob("*.md")}
    toc = table_of_contents(
        chapters,
        [page for page in PAGES_BEFORE if page in pages],
        [page for page in PAGES_AFTER if page in pages],
    )
    text = yaml.safe_dump(toc, sort_keys=False, allow_unicode=True)
    (target / "_toc.yml").write_text(text, encoding="utf-8")

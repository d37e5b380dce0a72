"""All chapters of a course, in both frameworks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tlcourse.authoring.build.files import CourseFiles, read_notebook
from tlcourse.authoring.build.gone import drop_gone
from tlcourse.authoring.build.learners import write_learner
from tlcourse.authoring.build.report import BuildReport
from tlcourse.authoring.build.solutions import execute_solution, is_fresh, take_over
from tlcourse.authoring.compile import compile_chapter
from tlcourse.authoring.execute import ExecutionError
from tlcourse.authoring.freshness import package_folder
from tlcourse.authoring.serialize import dumps
from tlcourse.authoring.source import Chapter, chapter_paths, read_chapters
from tlcourse.claims import claims_path
from tlcourse.errors import CourseError, UnknownNameError
from tlcourse.frameworks import FRAMEWORKS, resolve_framework

__all__ = ["build"]


def build(
    root: str | Path,
    *,
    check: bool = False,
    execute: bool = True,
    chapters: Iterable[str] | None = None,
    frameworks: Iterable[str] | None = None,
    force: bool = False,
    echo: Callable[[str], Any] = print,
) -> BuildReport:
    """Compile the course's chapters, and execute the solutions whose code changed.

    Parameters
    ----------
    root : path
        The course's folder, with book/chapters.
    check : bool
        Write nothing; the report lists what differs from the sources, ``echo`` gets a short diff of each.
    execute : bool
        False: solutions whose code changed are left as they are and reported as stale; one that was never
        executed is written without outputs.
    chapters, frameworks : iterable of str, optional
        Only these ("01" or "01-why-transfer-learning").
    force : bool
        Execute all the same, and replace learners' notebooks with work in them (put aside, not lost).
    echo : callable
        Gets the lines of progress.

    Raises
    ------
    SourceMistakes
        All mistakes of all sources, before anything is written or executed.
    ExecutionError
        If notebooks failed; the others are built first.
    UnknownNameError
        For a chapter or framework that does not exist.
    """
    root = Path(root).resolve()
    files = CourseFiles(root, check, echo, BuildReport(checked=check))
    builder = _Builder(files, package_folder(root), execute and not check, force)
    paths = _chosen_paths(root, chapters)
    chosen = [resolve_framework(name) for name in (FRAMEWORKS if frameworks is None else frameworks)]
    failures: list[ExecutionError] = []
    for chapter in read_chapters(paths):
        for framework in chosen:
            try:
                builder.build(chapter, framework)
            except ExecutionError as error:
                echo(f"{framework}/{chapter.name}: failed")
                failures.append(error)
    if chapters is None:
        drop_gone(files, chosen)
    if failures:
        raise _all_of(failures)
    echo(str(files.report))
    return files.report


def _chosen_paths(root: Path, chapters: Iterable[str] | None) -> list[Path]:
    """The sources to build, each once."""
    paths = chapter_paths(root)
    if not paths:
        raise CourseError(
            f"There is no chapter in {root.name}/book/chapters.", "Call this in the course's folder."
        )
    if chapters is None:
        return paths
    chosen: list[Path] = []
    for name in chapters:
        matches = [path for path in paths if path.stem == name or path.stem[:2] == name.zfill(2)]
        if not matches:
            raise UnknownNameError("chapter", name, [path.stem for path in paths])
        chosen.extend(path for path in matches if path not in chosen)
    return chosen


def _all_of(failures: Sequence[ExecutionError]) -> ExecutionError:
    """One error for all notebooks that failed."""
    if len(failures) == 1:
        return failures[0]
    problems = "\n".join(failure.problem for failure in failures)
    return ExecutionError(f"{len(failures)} notebooks failed:\n{problems}", failures[0].fix)


@dataclass(frozen=True)
class _Builder:
    """Builds one chapter in one framework: the learner's notebook and the solution."""

    files: CourseFiles
    package: Path
    execute: bool
    force: bool

    def build(self, chapter: Chapter, framework: str) -> None:
        root, report = self.files.root, self.files.report
        path = root / "solutions" / framework / f"{chapter.name}.ipynb"
        unresolved = compile_chapter(chapter.path, framework, "solution", chapter=chapter, unresolved=True)
        executed = read_notebook(path)
        fresh = is_fresh(unresolved, executed, self.package)
        claims_there = claims_path(root / "book" / "claims", framework, chapter.name).is_file()
        if self.execute and (self.force or not fresh or not claims_there):
            executed = execute_solution(self.files, unresolved, chapter, framework, self.package)
            fresh = is_fresh(unresolved, executed, self.package)
        # Compiled only now, with the claims of this execution.
        learner = compile_chapter(chapter.path, framework, "learner", chapter=chapter)
        solution = compile_chapter(chapter.path, framework, "solution", chapter=chapter)
        solution.metadata.tlcourse["source_hash"] = chapter.source_hash()
        write_learner(self.files, root / "notebooks" / framework / path.name, learner, force=self.force)
        name = self.files.name(path)
        if executed is not None and not fresh:
            report.stale.append(name)
            self.files.echo(f"{name}: the code changed since it was executed; run `tlcourse build`")
            return
        if executed is not None:
            take_over(solution, executed)
        elif self.files.check:
            report.stale.append(name)
        self.files.put(path, dumps(solution))

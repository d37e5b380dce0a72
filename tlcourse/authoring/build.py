"""``tlcourse build``: every chapter to notebooks/ and solutions/, executing what changed and losing nothing.

``python -m tlcourse.authoring.build`` does the same without the command line's niceties.
"""

from __future__ import annotations

import difflib
import json
import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import nbformat

from tlcourse.authoring import execute as execution
from tlcourse.authoring.compile import compile_chapter
from tlcourse.authoring.freshness import code_hash, package_folder
from tlcourse.authoring.serialize import digest, dumps
from tlcourse.authoring.source import Chapter, chapter_paths, committed_claims, read_chapters
from tlcourse.claims import claims_path, format_claim, within, write_claims
from tlcourse.errors import CourseError, UnknownNameError
from tlcourse.files import write_whole
from tlcourse.frameworks import FRAMEWORKS

__all__ = ["BuildReport", "build"]

# Of a solution's metadata, what an execution recorded: it is taken over, not compiled.
RECORDED = ("cell_seconds", "code_hash", "reads", "seconds")
YOURS = ".yours"


@dataclass
class BuildReport:
    """What a build did, or would have done; paths are relative to the course's folder.

    Attributes
    ----------
    executed, written, unchanged, removed : list of str
    kept : list of str
        Learner's notebooks with work in them, left as they are.
    moved : list of (str, str)
        Learner's notebooks with work in them, put aside because the course's copy changed.
    stale : list of str
        Solutions whose outputs do not belong to the code as it is.
    differences : list of str
        With ``check``: files that a build would change.
    """

    executed: list[str] = field(default_factory=list)
    written: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    moved: list[tuple[str, str]] = field(default_factory=list)
    stale: list[str] = field(default_factory=list)
    differences: list[str] = field(default_factory=list)
    checked: bool = False

    @property
    def ok(self) -> bool:
        """Whether a check found nothing; a build that came to its end is ok."""
        return not (self.checked and (self.differences or self.stale))

    def __str__(self) -> str:
        if self.checked:
            count = len(set(self.differences) | set(self.stale))
            if self.ok:
                return "Compiled files agree with their sources."
            return f"{count} files differ: run `tlcourse build` (with --force if you edited a notebook)."
        return (
            f"{len(self.executed)} executed, {len(self.written)} written, {len(self.unchanged)} unchanged, "
            f"{len(self.removed)} removed"
        )


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
    job = _Build(root, check, execute, force, echo)
    paths = _chosen(chapter_paths(root), chapters)
    if not paths:
        raise CourseError(
            f"There is no chapter in {root.name}/book/chapters.", "Call this in the course's folder."
        )
    wanted = list(frameworks) if frameworks is not None else list(FRAMEWORKS)
    for framework in wanted:
        if framework not in FRAMEWORKS:
            raise UnknownNameError("framework", framework, FRAMEWORKS)
    failures: list[CourseError] = []
    for chapter in read_chapters(paths):
        for framework in wanted:
            try:
                job.one(chapter, framework)
            except execution.ExecutionError as error:
                echo(f"{framework}/{chapter.name}: failed")
                failures.append(error)
    if chapters is None:
        job.orphans(wanted)
    if len(failures) == 1:
        raise failures[0]
    if failures:
        raise execution.ExecutionError(
            f"{len(failures)} notebooks failed:\n" + "\n".join(failure.problem for failure in failures),
            failures[0].fix,
        )
    job.report.checked = check
    echo(str(job.report))
    return job.report


def _chosen(paths: list[Path], chapters: Iterable[str] | None) -> list[Path]:
    if chapters is None:
        return paths
    chosen: list[Path] = []
    for name in chapters:
        found = [path for path in paths if path.stem == name or path.stem[:2] == name.zfill(2)]
        if not found:
            raise UnknownNameError("chapter", name, [path.stem for path in paths])
        chosen.extend(path for path in found if path not in chosen)
    return chosen


class _Build:
    def __init__(
        self, root: Path, check: bool, execute: bool, force: bool, echo: Callable[[str], Any]
    ) -> None:
        self.root, self.check, self.execute, self.force, self.echo = root, check, execute, force, echo
        self.package = package_folder(root)
        self.report = BuildReport()

    def shown(self, path: Path) -> str:
        return path.relative_to(self.root).as_posix()

    # ------------------------------------------------------------------------------------ one notebook

    def one(self, chapter: Chapter, framework: str) -> None:
        path = self.root / "solutions" / framework / f"{chapter.name}.ipynb"
        bare = compile_chapter(chapter.path, framework, "solution", chapter=chapter, unresolved=True)
        old = _read(path)
        fresh = self._fresh(bare, old)
        missing = not claims_path(self.root / "book" / "claims", framework, chapter.name).is_file()
        if not self.check and self.execute and (self.force or not fresh or missing):
            old = self._run(bare, chapter, framework, path)
            fresh = self._fresh(bare, old)
        solution = compile_chapter(chapter.path, framework, "solution", chapter=chapter)
        learner = compile_chapter(chapter.path, framework, "learner", chapter=chapter)
        solution.metadata.tlcourse["source_hash"] = chapter.source_hash()
        self._learner(self.root / "notebooks" / framework / path.name, learner)
        if old is not None and not fresh:
            self.report.stale.append(self.shown(path))
            self.echo(f"{self.shown(path)}: the code changed since it was executed; run `tlcourse build`")
            return
        if old is not None:
            _take_over(solution, old)
        elif self.check:
            self.report.stale.append(self.shown(path))
        self._put(path, dumps(solution))

    def _fresh(self, bare: Any, executed: Any) -> bool:
        """Whether the outputs of an executed solution belong to the code as it is now."""
        recorded = executed.metadata.get("tlcourse", {}) if executed is not None else {}
        return "reads" in recorded and recorded.get("code_hash") == code_hash(
            bare, recorded["reads"], self.package
        )

    def _run(self, bare: Any, chapter: Chapter, framework: str, path: Path) -> Any:
        self.echo(f"{framework}/{chapter.name}: executing …")
        result = execution.execute(
            bare,
            chapter,
            framework,
            package=self.package,
            forbidden=execution.machine_paths(self.root),
            failed_to=self.root / "_build" / "failed" / framework / path.name,
        )
        committed = committed_claims(chapter.path, framework)
        target = claims_path(self.root / "book" / "claims", framework, chapter.name)
        if execution.on_gpu():
            # Only the time is taken: what is committed besides comes from a CPU, which every reader has.
            write_claims(target, committed.claims, {**committed.seconds, "gpu": result.seconds})
            self.echo(
                f"{framework}/{chapter.name}: ran in {result.seconds:.0f} s on the GPU; only that is kept"
            )
            return _read(path)
        for name, entry in result.claims.items():
            if name in committed.claims and not within(entry, committed.claims[name]):
                before, after = format_claim(committed.claims[name]), format_claim(entry)
                self.echo(
                    f"  the claim {name} moved from {before} to {after}, beyond its tolerance: read the prose"
                )
        seconds = dict(committed.seconds)
        before_cpu = seconds.get("cpu")
        # A time that is about the same stays, so that running again changes nothing.
        if not before_cpu or not 0.7 < result.seconds / before_cpu < 1.4:
            seconds["cpu"] = result.seconds
        # The prose may cite a name that only an execution could record: ask before anything is written.
        compile_chapter(
            chapter.path, framework, "solution", chapter=chapter, claims=result.claims, seconds=seconds
        )
        write_claims(target, result.claims, seconds)
        notebook = result.notebook
        notebook.metadata.tlcourse.update(
            {
                "cell_seconds": result.cell_seconds,
                "code_hash": code_hash(bare, result.reads, self.package),
                "reads": result.reads,
                "seconds": result.seconds,
            }
        )
        self.report.executed.append(self.shown(path))
        self.echo(
            f"{framework}/{chapter.name}: executed in {result.seconds:.0f} s, {len(result.claims)} claims"
        )
        return notebook

    def _learner(self, path: Path, notebook: Any) -> None:
        """Write a learner's notebook, unless a learner's work is in it: that stays, or is put aside."""
        text = dumps(notebook)
        if self.check or not path.exists() or path.read_text(encoding="utf-8") == text:
            self._put(path, text)
            return
        found = _read(path)
        handed_out = dict(found.metadata.get("tlcourse", {})) if found is not None else {}
        worked_in = found is None or handed_out.get("digest") != digest(found)
        if handed_out.get("edition") == notebook.metadata.tlcourse["edition"] and not self.force:
            # Changed or only run: it began as this very copy, so there is nothing new to give.
            self.report.kept.append(self.shown(path))
            self.echo(f"{self.shown(path)}: you worked in it, and it is as new as the course: left alone")
            return
        if worked_in:
            aside = next(
                free
                for number in range(1, 10_000)
                if not (free := path.with_name(f"{path.stem}{YOURS}-{number}.ipynb")).exists()
            )
            os.replace(path, aside)
            self.report.moved.append((self.shown(path), self.shown(aside)))
            self.echo(
                f"{self.shown(path)}: had work in it, now in {aside.name}; this is the course's new copy"
            )
        self._put(path, text)

    # --------------------------------------------------------------------------------------- the files

    def _put(self, path: Path, text: str) -> None:
        name = self.shown(path)
        old = path.read_text(encoding="utf-8") if path.is_file() else None
        if old == text:
            self.report.unchanged.append(name)
        elif self.check:
            self.report.differences.append(name)
            self.echo(f"{name}: " + ("is missing" if old is None else "differs from what its source gives"))
            if old is not None:
                for row in _difference(old, text):
                    self.echo(f"    {row}")
        else:
            write_whole(path, text)
            self.report.written.append(name)

    def orphans(self, frameworks: list[str]) -> None:
        """Generated notebooks and claims whose chapter is gone."""
        names = {path.stem for path in chapter_paths(self.root)}
        for framework in frameworks:
            for kind in ("notebooks", "solutions"):
                for path in sorted((self.root / kind / framework).glob("*.ipynb")):
                    if path.stem in names or YOURS in path.name:
                        continue
                    found = _read(path)
                    about_it = found.metadata.get("tlcourse", {}) if found is not None else {}
                    if found is None or "chapter" not in about_it:
                        continue  # not one of ours: somebody's own notebook
                    if kind == "notebooks" and about_it.get("digest") != digest(found):
                        self.report.kept.append(self.shown(path))
                        continue
                    self._drop(path)
            for path in sorted((self.root / "book" / "claims" / framework).glob("*.json")):
                if path.stem not in names:
                    self._drop(path)

    def _drop(self, path: Path) -> None:
        if self.check:
            self.report.differences.append(self.shown(path))
            self.echo(f"{self.shown(path)}: belongs to no chapter")
        else:
            path.unlink()
            self.report.removed.append(self.shown(path))
            self.echo(f"{self.shown(path)}: removed, its chapter is gone")


def _take_over(notebook: Any, executed: Any) -> None:
    """Give a compiled solution the outputs, and the record, of the execution of the same code."""
    by_id = {cell["id"]: cell for cell in executed.cells if cell.cell_type == "code"}
    for cell in notebook.cells:
        if cell.cell_type == "code" and cell["id"] in by_id:
            cell.outputs = by_id[cell["id"]].outputs
            cell.execution_count = by_id[cell["id"]].execution_count
    recorded = executed.metadata.get("tlcourse", {})
    for key in RECORDED:
        if key in recorded:
            notebook.metadata.tlcourse[key] = recorded[key]


def _read(path: Path) -> Any | None:
    """The notebook in a file; None if there is none, or it is none."""
    try:
        notebook = nbformat.from_dict(json.loads(path.read_text(encoding="utf-8")))
        nbformat.validate(notebook)
    except (OSError, ValueError, nbformat.ValidationError):
        return None
    from nbformat.v4.rwbase import rejoin_lines

    return rejoin_lines(notebook)


def _difference(old: str, new: str, limit: int = 10) -> list[str]:
    rows = [
        row[:160]
        for row in difflib.unified_diff(
            old.splitlines(), new.splitlines(), "on disk", "from the source", lineterm="", n=0
        )
        if not row.startswith(("---", "+++"))
    ]
    return rows if len(rows) <= limit else [*rows[:limit], f"… and {len(rows) - limit} lines more"]


def main(arguments: list[str] | None = None) -> int:
    """The build as a plain command, for the Makefile of a machine that lacks the command line's packages."""
    import argparse

    parser = argparse.ArgumentParser(prog="python -m tlcourse.authoring.build", description=build.__doc__)
    parser.add_argument("--root", default=".")
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--no-execute", dest="execute", action="store_false")
    parser.add_argument("--force", action="store_true")
    parser.add_argument("--chapter", action="append")
    parser.add_argument("--framework", action="append")
    given = parser.parse_args(arguments)
    try:
        report = build(
            given.root,
            check=given.check,
            execute=given.execute,
            force=given.force,
            chapters=given.chapter,
            frameworks=given.framework,
        )
    except CourseError as error:
        print(error)
        return 1
    return 0 if report.ok else 1


if __name__ == "__main__":
    raise SystemExit(main())

"""Solutions: executed where their code changed, and given the outputs of their last execution otherwise."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tlcourse.authoring.build.files import CourseFiles, read_notebook
from tlcourse.authoring.build.times import with_processor_time
from tlcourse.authoring.compile import compile_chapter
from tlcourse.authoring.execute import Execution, execute, machine_paths, on_gpu
from tlcourse.authoring.freshness import code_hash
from tlcourse.authoring.source import Chapter, committed_claims
from tlcourse.claims import ClaimsFile, claims_path, format_claim, within, write_claims

__all__ = ["execute_solution", "is_fresh", "take_over"]

# What an execution records in a solution's metadata: it is taken over, not compiled.
RECORDED = ("cell_processor_seconds", "code_hash", "processor_seconds", "reads")


def is_fresh(compiled: Any, executed: Any | None, package: Path) -> bool:
    """Whether the outputs of an executed solution belong to the code as it is now.

    Parameters
    ----------
    compiled : nbformat.NotebookNode
        The solution of the chapter's source.
    executed : nbformat.NotebookNode or None
        The solution on disk.
    package : Path
        Folder of the package that the solution depends on.
    """
    recorded = executed.metadata.get("tlcourse", {}) if executed is not None else {}
    return "reads" in recorded and recorded.get("code_hash") == code_hash(
        compiled, recorded["reads"], package
    )


def execute_solution(
    files: CourseFiles, compiled: Any, chapter: Chapter, framework: str, package: Path
) -> Any | None:
    """Execute a solution and write its claims; gives the notebook with its outputs and its record.

    On a GPU only the time is kept: what is committed besides comes from a CPU, which every reader has. Then
    the solution is the one on disk, if there is one.

    Raises
    ------
    ExecutionError
        If it did not run to its end.
    SourceMistakes
        If the prose cites a claim that it did not record; nothing is written then.
    """
    label = f"{framework}/{chapter.name}"
    path = files.root / "solutions" / framework / f"{chapter.name}.ipynb"
    files.echo(f"{label}: executing …")
    execution = execute(
        compiled,
        chapter,
        framework,
        package=package,
        forbidden=machine_paths(files.root),
        failed_to=files.root / "_build" / "failed" / framework / path.name,
    )
    committed = committed_claims(chapter.path, framework)
    claims_file = claims_path(files.root / "book" / "claims", framework, chapter.name)
    if on_gpu():
        write_claims(claims_file, committed.claims, {**committed.seconds, "gpu": execution.wall_seconds})
        files.echo(f"{label}: ran in {execution.wall_seconds:.0f} s on the GPU; only that is kept")
        return read_notebook(path)
    _tell_moved(files, execution, committed)
    seconds = with_processor_time(committed.seconds, execution.processor_seconds)
    # The prose may cite a name that only an execution could record: ask before anything is written.
    compile_chapter(
        chapter.path, framework, "solution", chapter=chapter, claims=execution.claims, seconds=seconds
    )
    write_claims(claims_file, execution.claims, seconds)
    _note_record(execution, code_hash(compiled, execution.reads, package))
    files.report.executed.append(files.name(path))
    files.echo(
        f"{label}: executed in {execution.wall_seconds:.0f} s ({execution.processor_seconds:.0f} s of "
        f"processor time), {len(execution.claims)} claims"
    )
    return execution.notebook


def _tell_moved(files: CourseFiles, execution: Execution, committed: ClaimsFile) -> None:
    """Say which claims are no longer what was committed."""
    for name, entry in execution.claims.items():
        if name in committed.claims and not within(entry, committed.claims[name]):
            before, after = format_claim(committed.claims[name]), format_claim(entry)
            files.echo(
                f"  the claim {name} moved from {before} to {after}, beyond its tolerance: read the prose"
            )


def _note_record(execution: Execution, code: str) -> None:
    """Write into a notebook's metadata what its execution recorded."""
    execution.notebook.metadata.tlcourse.update(
        {
            "cell_processor_seconds": execution.cell_processor_seconds,
            "code_hash": code,
            "processor_seconds": execution.processor_seconds,
            "reads": execution.reads,
        }
    )


def take_over(compiled: Any, executed: Any) -> None:
    """Give a compiled solution the outputs, and the record, of an execution of the same code."""
    by_id = {cell["id"]: cell for cell in executed.cells if cell.cell_type == "code"}
    for cell in compiled.cells:
        if cell.cell_type == "code" and cell["id"] in by_id:
            cell.outputs = by_id[cell["id"]].outputs
            cell.execution_count = by_id[cell["id"]].execution_count
    recorded = executed.metadata.get("tlcourse", {})
    for key in RECORDED:
        if key in recorded:
            compiled.metadata.tlcourse[key] = recorded[key]

"""The house has floors: a package imports what stands below it, never what stands above."""

from __future__ import annotations

from course_imports import PACKAGE, Import, imports, sources

# From the ground up. A package may import those before it, lazily or not; so there can be no circle.
FLOORS = (
    "errors",
    "checks",
    "files",
    "notebook_format",
    "handing_in",
    "probabilities",
    "packs",
    "frameworks",
    "devices",
    "data",
    "plots",
    "models",
    "freezing",
    "training",
    "heads",
    "augmentation",
    "transferability",
    "embeddings",
    "language",
    "audio",
    "tabular",
    "evaluation",
    "deployment",
    "widgets",
    "claims",
    "exercises",
    "sweeps",
    "authoring",
    "grading",
    "project",
    "commands",
)
# `tlcourse` itself: its __init__ knows these two and imports the rest by name when it is asked for.
FACE = {"start": "frameworks", "submit": "handing_in"}


def wrong(found: Import) -> str | None:
    """What is wrong with an import, or None."""
    imported = FACE.get(found.imported, found.imported)
    if found.importer == "tlcourse":
        return None
    for name in (found.importer, imported):
        if name not in FLOORS:
            return f"{found.file}:{found.line}: {name} has no floor yet: add it to FLOORS"
    if FLOORS.index(imported) >= FLOORS.index(found.importer):
        return f"{found.file}:{found.line}: {found.importer} imports {found.target}, which stands above it"
    return None


def test_no_import_goes_up() -> None:
    problems = [problem for path in sources() for found in imports(path) if (problem := wrong(found))]
    assert not problems, "\n".join(problems)


def test_every_package_has_a_floor() -> None:
    here = {p.stem for p in PACKAGE.glob("*.py")} | {p.parent.name for p in PACKAGE.glob("*/__init__.py")}
    assert here - {"__init__"} <= set(FLOORS)


def test_an_arrow_up_is_seen() -> None:
    assert wrong(Import("models/x.py", 3, "models", "freezing", "tlcourse.freezing")) is not None
    assert wrong(Import("freezing/x.py", 3, "freezing", "models", "tlcourse.models")) is None
    assert wrong(Import("errors.py", 3, "errors", "start", "tlcourse.start")) is not None
    assert wrong(Import("x.py", 3, "attic", "models", "tlcourse.models")) is not None

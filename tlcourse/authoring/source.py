"""Reads a chapter's source, and refuses what is wrong with it: every mistake with its line and what to do.

The format is jupytext's MyST Markdown: see CONTRIBUTING.md. Nothing is executed here; what a cell records is
read off its code.
"""

from __future__ import annotations

import ast
import difflib
import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from tlcourse.authoring import myst
from tlcourse.authoring.bibliography import read_bib
from tlcourse.claims import claims_path, read_claims
from tlcourse.errors import SourceError

__all__ = [
    "FRAMEWORKS",
    "STUB",
    "Cell",
    "Chapter",
    "SourceMistakes",
    "blank",
    "catalogue",
    "chapter_paths",
    "read_chapter",
    "read_chapters",
    "solutions",
]

FRAMEWORKS = ("torch", "keras")
BOTH = "both"  # prose that stands after one framework's code, and is for both all the same
STUB = "...  # your code here"
BEGIN, END = "### BEGIN SOLUTION", "### END SOLUTION"
TAGS = (
    *FRAMEWORKS,
    BOTH,
    "hide-input",
    "remove-input",
    "hide-output",
    "live-row",
    "slow",
    "raises-exception",
)
OPTIONS = ("tags", "exercise", "id")
RESERVED = frozenset({"title", "opening", "setup"})
FILE_NAME = re.compile(r"^\d\d-[a-z0-9]+(-[a-z0-9]+)*\.md$")
CELL_ID = re.compile(r"^[A-Za-z0-9_-]{1,64}$")
MARKER = re.compile(r"(BEGIN|END) SOLUTION")
# What nbgrader would act on besides; hidden tests end up in the feedback, so no notebook has any.
NBGRADER_MARKER = re.compile(r"(BEGIN|END) (HIDDEN TESTS|MARK SCHEME)")


class SourceMistakes(SourceError):
    """All the mistakes found in one or more sources; `mistakes` holds them one by one."""

    def __init__(self, mistakes: Iterable[SourceError]) -> None:
        self.mistakes = tuple(mistakes)
        first = self.mistakes[0]
        super().__init__(first.problem, first.fix, first.file, first.line)
        self.problem = "\n".join(mistake.problem for mistake in self.mistakes)

    def __str__(self) -> str:
        count = len(self.mistakes)
        head = "1 mistake" if count == 1 else f"{count} mistakes"
        return "\n".join([f"{head} in the chapters' sources:", *(str(mistake) for mistake in self.mistakes)])


@dataclass(frozen=True)
class Cell:
    """One cell of a source.

    Attributes
    ----------
    kind : "markdown" or "code"
    source : str
        Its text, solution markers and all.
    line : int
        Line of the file (1 is the first) on which `source` starts.
    tags : tuple of str
        Without those that say which framework it is for.
    frameworks : tuple of str
        The frameworks that it is for.
    exercise : str or None
        Id of the exercise that it solves.
    id : str
        Unique in the chapter, the same in both frameworks.
    both : bool
        Whether the source says that it is for both, in so many words.
    """

    kind: str
    source: str
    line: int
    tags: tuple[str, ...]
    frameworks: tuple[str, ...]
    exercise: str | None
    id: str
    both: bool = False


@dataclass(frozen=True)
class Chapter:
    """A chapter's source, read: its front matter and its cells in order."""

    path: Path
    title: str
    question: str
    you_will: tuple[str, ...]
    cells: tuple[Cell, ...]
    text: str = field(repr=False)

    @property
    def name(self) -> str:
        return self.path.stem

    @property
    def number(self) -> int:
        return int(self.name[:2])

    def of(self, framework: str) -> list[Cell]:
        """The cells of one framework's notebook."""
        return [cell for cell in self.cells if framework in cell.frameworks]

    def source_hash(self) -> str:
        return hashlib.sha256(self.text.encode("utf-8")).hexdigest()[:16]


def catalogue() -> Mapping[str, Any]:
    """The exercises that exist, by id: the one door to tlcourse.exercises, so that tests can bring theirs."""
    from tlcourse.exercises import all_exercises

    return {exercise.id: exercise for exercise in all_exercises()}


def chapter_paths(root: Path) -> list[Path]:
    """The chapters' sources of a course, in order."""
    return sorted((root / "book" / "chapters").glob("*.md"))


# ---------------------------------------------------------------------------------------------- reading


class _Reader:
    """Reads one file and keeps every mistake, instead of stopping at the first."""

    def __init__(self, path: Path) -> None:
        self.path = path
        # What a reader sees and can click on in a terminal: relative to the course's folder.
        self.shown = "/".join(path.parts[-3:]) if path.parts[-3:-1] == ("book", "chapters") else path.name
        self.mistakes: list[SourceError] = []

    def mistake(self, line: int | None, problem: str, fix: str) -> None:
        self.mistakes.append(SourceError(problem, fix, self.shown, line))

    def stop(self) -> SourceMistakes:
        return SourceMistakes(sorted(self.mistakes, key=lambda mistake: mistake.line or 0))

    def read(self) -> Chapter:
        try:
            text = self.path.read_text(encoding="utf-8").replace("\r\n", "\n")
        except UnicodeDecodeError as error:
            self.mistake(None, f"The file is not UTF-8 text ({error.reason}).", "Save it as UTF-8.")
            raise self.stop() from None
        except FileNotFoundError:
            self.mistake(None, "There is no such file.", "Name a file of book/chapters.")
            raise self.stop() from None
        if not FILE_NAME.match(self.path.name):
            self.mistake(
                None,
                f"{self.path.name!r} is no name for a chapter.",
                "Call it NN-name.md: two digits, lower case.",
            )
        front = self._front_matter(text)
        cells = self._cells(text)
        self._ids(cells)
        if self.mistakes:
            raise self.stop()
        return Chapter(
            self.path, front["title"], front["question"], tuple(front["you_will"]), tuple(cells), text
        )

    def _front_matter(self, text: str) -> dict[str, Any]:
        form = "Begin the file with a block between --- lines that has tlcourse: title, question, you_will."
        lines = text.split("\n")
        if lines[0].rstrip() != "---" or "---" not in [row.rstrip() for row in lines[1:]]:
            self.mistake(1, "The file has no front matter.", form)
            raise self.stop()
        end = [row.rstrip() for row in lines[1:]].index("---") + 1
        try:
            loaded = yaml.safe_load("\n".join(lines[1:end]))
        except yaml.YAMLError as error:
            mark = getattr(error, "problem_mark", None)
            line = mark.line + 2 if mark else 1
            detail = getattr(error, "problem", None) or "it cannot be read"
            self.mistake(
                line,
                f"The front matter is not YAML: {detail}.",
                "Quote values that hold a colon followed by a space.",
            )
            raise self.stop() from None
        front = loaded.get("tlcourse") if isinstance(loaded, dict) else None
        if not isinstance(front, dict):
            self.mistake(1, "The front matter has no tlcourse block.", form)
            raise self.stop()
        line = next((i + 1 for i, row in enumerate(lines[:end]) if row.startswith("tlcourse:")), 1)
        for key in ("title", "question"):
            if not isinstance(front.get(key), str) or not front[key].strip():
                self.mistake(
                    line,
                    f"tlcourse: {key} is missing, or is not text.",
                    f"Add `{key}: …` (in quotes if it holds a colon).",
                )
        you_will = front.get("you_will")
        if (
            not isinstance(you_will, list)
            or not you_will
            or not all(isinstance(item, str) for item in you_will)
        ):
            self.mistake(
                line,
                "tlcourse: you_will is not a list of texts.",
                "Say what the reader will be able to do, one text per line.",
            )
        if unknown := sorted(set(front) - {"title", "question", "you_will"}):
            self.mistake(
                line, f"tlcourse: {', '.join(unknown)} is not known.", "Known: title, question, you_will."
            )
        return front

    def _cells(self, text: str) -> list[Cell]:
        from jupytext.myst import MystMetadataParsingError, myst_to_notebook

        try:
            notebook = myst_to_notebook(text, add_source_map=True)
        except (MystMetadataParsingError, yaml.YAMLError) as error:
            found = re.search(r"at line (\d+)", str(error))
            self.mistake(
                int(found[1]) if found else None,
                f"A cell's options cannot be read: {' '.join(str(error).split())}",
                "Options are `:key: value` lines, or JSON after +++.",
            )
            raise self.stop() from None
        rows = text.split("\n")
        cells: list[Cell] = []
        for raw, start in zip(notebook.cells, notebook.metadata["source_map"], strict=True):
            line = self._first_line(raw, start, rows)
            metadata = dict(raw.metadata)
            if raw.cell_type == "raw":
                self.mistake(line, "A raw cell has no place in a chapter.", "Use a code or a Markdown cell.")
                continue
            tags, frameworks, both = self._tags(metadata.get("tags", []), line, raw.cell_type)
            for key in sorted(set(metadata) - set(OPTIONS)):
                self.mistake(line, f"The cell option {key!r} is not known.", _suggestion(key, OPTIONS))
            exercise, cell_id = metadata.get("exercise"), metadata.get("id")
            if exercise is not None and raw.cell_type != "code":
                self.mistake(
                    line,
                    f"The exercise {exercise!r} is on a Markdown cell.",
                    "Put `:exercise:` on the code cell with the solution.",
                )
            if cell_id is not None:
                self._explicit_id(str(cell_id), exercise, line)
            cells.append(
                Cell(
                    raw.cell_type,
                    raw.source if raw.cell_type == "markdown" else raw.source.rstrip("\n"),
                    line,
                    tags,
                    frameworks,
                    str(exercise) if exercise is not None else None,
                    str(cell_id or exercise or ""),
                    both,
                )
            )
        return cells

    def _first_line(self, raw: Any, start: int, rows: list[str]) -> int:
        """The line on which a cell's text starts; jupytext says where its fence, or the space before, is."""
        if raw.cell_type == "markdown":
            while start < len(rows) and not rows[start].strip():
                start += 1
            return start + 1
        fence = rows[start - 1].strip()
        run = fence[: len(fence) - len(fence.lstrip(fence[0]))]
        end = next(
            (
                i
                for i in range(start, len(rows))
                if rows[i].strip().startswith(run) and not rows[i].strip().strip(run[0])
            ),
            None,
        )
        if end is None:
            self.mistake(
                start, "The code cell is never closed.", f"Add a line with {run} after its last line."
            )
            end = len(rows)
        # jupytext takes the options, and one empty line, off the front.
        return end - len(raw.source.split("\n")) + 1 if raw.source else start + 1

    def _tags(self, tags: Any, line: int, kind: str) -> tuple[tuple[str, ...], tuple[str, ...], bool]:
        names = [tags] if isinstance(tags, str) else list(tags or [])
        for tag in names:
            if tag not in TAGS:
                self.mistake(line, f"The tag {tag!r} is not known.", _suggestion(str(tag), TAGS))
        own = tuple(name for name in FRAMEWORKS if name in names)
        if BOTH in names and (own or kind != "markdown"):
            where = "a cell with another framework's tag" if kind == "markdown" else "a code cell"
            self.mistake(
                line,
                f"The tag 'both' on {where}.",
                "It says that prose after one framework's code is for both: take it out here.",
            )
        others = tuple(sorted({str(name) for name in names} - {*FRAMEWORKS, BOTH}))
        return others, own or FRAMEWORKS, BOTH in names

    def _explicit_id(self, cell_id: str, exercise: Any, line: int) -> None:
        if exercise is not None:
            self.mistake(
                line,
                f"The exercise cell has an id, {cell_id!r}, besides.",
                "An exercise's id is its cell's: take `:id:` out.",
            )
        elif not CELL_ID.match(cell_id):
            self.mistake(
                line, f"{cell_id!r} cannot be a cell's id.", "Use letters, digits, - and _, at most 64."
            )
        elif cell_id in RESERVED or cell_id.endswith(("-check", "-hints", "-task")):
            self.mistake(line, f"The id {cell_id!r} is one that the compiler gives.", "Choose another.")

    def _ids(self, cells: list[Cell]) -> None:
        """Give every cell its id: its own name, its exercise's, or one made from its text.

        From the text, not the position, so an edit elsewhere moves nothing; and over the whole source, so a
        cell that both frameworks share has one id in both.
        """
        seen: Counter[str] = Counter()
        taken: dict[tuple[str, str], int] = {}
        explicit: dict[str, int] = {}
        for index, cell in enumerate(cells):
            if cell.exercise:
                for framework in cell.frameworks:
                    if (framework, cell.exercise) in taken:
                        self.mistake(
                            cell.line,
                            f"The exercise {cell.exercise!r} is here a second time for {framework} "
                            f"(first on line {taken[framework, cell.exercise]}).",
                            "Give each its own id; two versions of one need the tags torch and keras.",
                        )
                    taken[framework, cell.exercise] = cell.line
            elif cell.id:
                if cell.id in explicit or any(cell.id == known for _, known in taken):
                    self.mistake(
                        cell.line,
                        f"The id {cell.id!r} is here a second time.",
                        "An id names one cell: choose another.",
                    )
                explicit[cell.id] = cell.line
            else:
                digest = hashlib.sha256(f"{cell.kind}\n{cell.source}".encode()).hexdigest()[:10]
                seen[digest] += 1
                count = f"-{seen[digest]}" if seen[digest] > 1 else ""
                cells[index] = Cell(
                    cell.kind,
                    cell.source,
                    cell.line,
                    cell.tags,
                    cell.frameworks,
                    None,
                    f"{cell.kind[:4]}-{digest}{count}",
                    cell.both,
                )


def _suggestion(name: str, known: Iterable[str]) -> str:
    names = list(known)
    close = difflib.get_close_matches(name, names, n=1, cutoff=0.5)
    return (f"Did you mean {close[0]!r}? " if close else "") + f"Known: {', '.join(names[:40])}."


# ----------------------------------------------------------------------------------------- what code says


def python_of(source: str) -> str:
    """A cell's code with IPython's magics replaced by lines that Python reads, line for line.

    Examples
    --------
    >>> python_of("%matplotlib inline\\nx = 1")
    'pass\\nx = 1'
    """
    if source.lstrip().startswith("%%"):
        return "\n".join("pass" for _ in source.split("\n"))
    rows = []
    for row in source.split("\n"):
        stripped = row.lstrip()
        indent = row[: len(row) - len(stripped)]
        magic = re.match(r"^(%[A-Za-z]|!|\?)", stripped) or re.match(r"^[\w.]+\?{1,2}\s*$", stripped)
        rows.append(f"{indent}pass" if magic else row)
    return "\n".join(rows)


def blank(source: str) -> str:
    """The learner's copy of an exercise cell: each solution region becomes one stub line.

    Examples
    --------
    >>> print(blank("def f(x):\\n    ### BEGIN SOLUTION\\n    return x\\n    ### END SOLUTION"))
    def f(x):
        ...  # your code here
    """
    rows: list[str] = []
    inside = False
    for row in source.split("\n"):
        if BEGIN in row:
            inside = True
            rows.append(row[: len(row) - len(row.lstrip())] + STUB)
        elif END in row:
            inside = False
        elif not inside:
            rows.append(row)
    return "\n".join(rows)


def solved(source: str) -> str:
    """An exercise cell without its markers, as the site shows it."""
    return "\n".join(row for row in source.split("\n") if BEGIN not in row and END not in row)


def recorded_claims(
    cells: Iterable[Cell],
) -> tuple[dict[str, int], list[tuple[str, int, int]], list[re.Pattern[str]]]:
    """What cells record, read off their code.

    Returns
    -------
    (names, repeated, patterns)
        Names written as literals, with the line of each call; (name, line, first line) of those recorded
        twice; and a pattern for every name written as an f-string.
    """
    names: dict[str, int] = {}
    repeated: list[tuple[str, int, int]] = []
    patterns: list[re.Pattern[str]] = []
    for cell in cells:
        if cell.kind != "code":
            continue
        try:
            tree = ast.parse(python_of(cell.source))
        except (SyntaxError, ValueError):
            continue  # reported on its own
        for node in ast.walk(tree):
            if not isinstance(node, ast.Call) or _called(node) != "record":
                continue
            name = (
                node.args[0] if node.args else next((k.value for k in node.keywords if k.arg == "name"), None)
            )
            line = cell.line + node.lineno - 1
            if isinstance(name, ast.Constant) and isinstance(name.value, str):
                if name.value in names:
                    repeated.append((name.value, line, names[name.value]))
                names.setdefault(name.value, line)
            elif isinstance(name, ast.JoinedStr):
                parts = [
                    re.escape(str(part.value)) if isinstance(part, ast.Constant) else ".+"
                    for part in name.values
                ]
                patterns.append(re.compile("".join(parts)))
            elif name is not None:
                patterns.append(re.compile(".+"))  # a variable: only an execution can tell
    return names, repeated, patterns


def _called(node: ast.Call) -> str:
    return node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")


# ------------------------------------------------------------------------------------------- validation


def _validate(reader: _Reader, chapter: Chapter, context_of: Any) -> None:
    exercises = catalogue()
    for cell in chapter.cells:
        if cell.kind == "code":
            _validate_code(reader, cell, exercises)
        else:
            _validate_prose(reader, cell)
    _validate_frameworks(reader, chapter, exercises)
    _validate_whose(reader, chapter)
    for framework in FRAMEWORKS:
        _validate_claims(reader, chapter, framework)
        context = context_of(framework)
        for text in (chapter.title, chapter.question, *chapter.you_will):
            myst.money(text, 1, context)
        for cell in chapter.of(framework):
            if cell.kind == "markdown":
                myst.convert(cell.source, cell.line, context)
        for line, problem, fix in context.problems:
            reader.mistake(line, problem, fix)
    # What is wrong in a cell of both frameworks was found twice.
    unique = {(mistake.line, mistake.problem): mistake for mistake in reader.mistakes}
    reader.mistakes[:] = unique.values()


def _validate_code(reader: _Reader, cell: Cell, exercises: Mapping[str, Any]) -> None:
    if cell.exercise is not None and cell.exercise not in exercises:
        reader.mistake(
            cell.line,
            f"There is no exercise {cell.exercise!r} in tlcourse/exercises.",
            _suggestion(cell.exercise, exercises),
        )
    opened: int | None = None
    regions = 0
    sound = True
    for offset, row in enumerate(cell.source.split("\n")):
        line = cell.line + offset
        if NBGRADER_MARKER.search(row):
            reader.mistake(
                line,
                f"nbgrader acts on {row.strip()!r}.",
                "Checks live in tlcourse/exercises: take the marker out.",
            )
        found = MARKER.search(row)
        if not found:
            continue
        if cell.exercise is None:
            reader.mistake(
                line,
                "A solution outside an exercise cell.",
                "Add `:exercise: <id>` to the cell, or take the markers out.",
            )
            sound = False
        elif row.strip() not in (BEGIN, END):
            reader.mistake(
                line,
                f"{row.strip()!r} is not a marker.",
                f"Write {BEGIN!r} and {END!r}, alone on their lines.",
            )
            sound = False
        elif found[1] == "BEGIN":
            if opened is not None:
                reader.mistake(
                    line, f"A solution begins inside the one of line {opened}.", f"Add {END!r} before it."
                )
                sound = False
            opened, regions = line, regions + 1
        else:
            if opened is None:
                reader.mistake(line, "A solution ends that never began.", f"Add {BEGIN!r} before it.")
                sound = False
            opened = None
    if opened is not None:
        reader.mistake(opened, "A solution begins that never ends.", f"Add {END!r} after its last line.")
        sound = False
    if cell.exercise is not None and not regions and sound:
        reader.mistake(
            cell.line,
            f"The exercise {cell.exercise!r} has no solution.",
            f"Put it between {BEGIN!r} and {END!r}.",
        )
    if _parses(reader, cell, cell.source, "") and cell.exercise is not None and sound:
        _parses(reader, cell, blank(cell.source), "With the solution taken out: ")


def _parses(reader: _Reader, cell: Cell, source: str, when: str) -> bool:
    try:
        ast.parse(python_of(source))
    except SyntaxError as error:
        reader.mistake(
            cell.line + (error.lineno or 1) - 1,
            f"{when}The cell is not Python: {error.msg}.",
            "Mend it; IPython's magics (%, !) may stand at the start of a line only.",
        )
        return False
    return True


def _validate_prose(reader: _Reader, cell: Cell) -> None:
    fenced = False
    for offset, row in enumerate(cell.source.split("\n")):
        line = cell.line + offset
        if re.match(r"^\s*(```|~~~)", row):
            fenced = not fenced
        if MARKER.search(row):
            reader.mistake(
                line,
                "A solution marker in prose: nbgrader would act on it.",
                "Put the solution into an exercise cell.",
            )
        if not fenced and re.match(r"^# ", row):
            reader.mistake(
                line, "A heading of the first level.", "The title comes from the front matter: begin with ##."
            )


def _validate_frameworks(reader: _Reader, chapter: Chapter, exercises: Mapping[str, Any]) -> None:
    where: dict[str, set[str]] = {}
    first: dict[str, int] = {}
    for cell in chapter.cells:
        if cell.exercise:
            where.setdefault(cell.exercise, set()).update(cell.frameworks)
            first.setdefault(cell.exercise, cell.line)
    for name, found in where.items():
        wanted = set(getattr(exercises.get(name), "frameworks", FRAMEWORKS))
        for framework in sorted(wanted - found):
            reader.mistake(
                first[name],
                f"The exercise {name!r} is missing in {framework}.",
                f"Untag its cell if the code serves both, or add a cell with `:tags: [{framework}]`.",
            )
        for framework in sorted(found - wanted):
            reader.mistake(
                first[name],
                f"The exercise {name!r} is not made for {framework}.",
                "Tag its cell with the framework it is for.",
            )


def _validate_whose(reader: _Reader, chapter: Chapter) -> None:
    """Ask about prose that stands after the code of one framework: it mostly speaks of that code.

    Where both have their code, one after the other, what follows speaks of the two.
    """
    beside: set[str] = set()
    before: Cell | None = None
    for cell in chapter.cells:
        after_code = before is not None and before.kind == "code" and len(beside) == 1
        # An exercise that one framework lacks was told already, and is the mistake to mend.
        told = before is not None and before.line in {mistake.line for mistake in reader.mistakes}
        if cell.kind == "markdown" and len(cell.frameworks) > 1 and not cell.both and after_code and not told:
            [name] = beside
            reader.mistake(
                cell.line,
                f"Is this for {name} alone? It follows code that only {name} has, and has no tag.",
                f'Put +++ {{"tags": ["{name}"]}} before it and +++ after it; if it is for both, put '
                '+++ {"tags": ["both"]} before it.',
            )
        if len(cell.frameworks) > 1:
            beside = set()
        elif cell.kind == "code":
            beside |= set(cell.frameworks)
        before = cell


def _validate_claims(reader: _Reader, chapter: Chapter, framework: str) -> None:
    names, repeated, patterns = recorded_claims(chapter.of(framework))
    for name, line, earlier in repeated:
        reader.mistake(
            line,
            f"The claim {name!r} is recorded a second time (first on line {earlier}).",
            "Give it its own name.",
        )
    for cell in chapter.of(framework):
        if cell.kind != "markdown":
            continue
        for name, offset in myst.claim_references(cell.source):
            if name not in names and not any(pattern.fullmatch(name) for pattern in patterns):
                reader.mistake(
                    cell.line + offset,
                    f"No {framework} cell records the claim {name!r}.",
                    f'Call record("{name}", …) in a cell, or correct the name. '
                    + (_suggestion(name, names) if names else "This chapter records none."),
                )


# ---------------------------------------------------------------------------------------------- public


def titles_in(folder: Path) -> dict[str, str]:
    """Title of every chapter in a folder, by name; where there is none to be read, the name itself."""
    titles: dict[str, str] = {}
    for path in sorted(folder.glob("*.md")):
        titles[path.stem] = path.stem
        match = re.match(r"---\n(.*?)\n---\n", path.read_text(encoding="utf-8", errors="replace"), re.DOTALL)
        if match:
            try:
                titles[path.stem] = str(yaml.safe_load(match[1])["tlcourse"]["title"])
            except (yaml.YAMLError, KeyError, TypeError):
                continue
    return titles


def labels_of(folder: Path) -> dict[str, str]:
    """Every label of the chapters in a folder, with the chapter that defines it."""
    return {
        label: path.stem
        for path in sorted(folder.glob("*.md"))
        for label in myst.labels_in(path.read_text(encoding="utf-8", errors="replace"))
    }


def context_for(path: Path, framework: str, flavour: str, claims: Mapping[str, Any] | None) -> myst.Context:
    """What the converter needs to know of the course around a chapter."""
    bib = path.parent.parent / "references.bib"
    return myst.Context(
        flavour="site" if flavour == "site" else "lab",
        framework=framework,
        chapter=path.stem,
        folder=path.parent,
        claims=claims,
        references=read_bib(bib) if bib.is_file() else None,
        titles=titles_in(path.parent),
        labels=labels_of(path.parent),
    )


def read_chapter(path: str | Path, *, validate: bool = True) -> Chapter:
    """Read a chapter's source.

    Parameters
    ----------
    path : path
        A file of book/chapters.
    validate : bool
        Also check it against the exercises that exist, the claims that its cells record and what can be shown
        in JupyterLab. Without it, only its form is checked.

    Raises
    ------
    SourceMistakes
        All that is wrong with the file, each with its line and what to do.
    """
    path = Path(path)
    reader = _Reader(path)
    chapter = reader.read()
    if validate:
        _validate(reader, chapter, lambda framework: context_for(path, framework, "lab", None))
        if reader.mistakes:
            raise reader.stop()
    return chapter


def read_chapters(paths: Iterable[Path]) -> list[Chapter]:
    """Read several chapters, and show the mistakes of all of them together.

    Raises
    ------
    SourceMistakes
        If any file has a mistake, or one exercise is in two chapters.
    """
    chapters: list[Chapter] = []
    mistakes: list[SourceError] = []
    where: dict[str, str] = {}
    for path in paths:
        try:
            chapter = read_chapter(path)
        except SourceMistakes as error:
            mistakes.extend(error.mistakes)
            continue
        chapters.append(chapter)
        for cell in chapter.cells:
            other = where.setdefault(cell.exercise, chapter.name) if cell.exercise else chapter.name
            if other != chapter.name:
                mistakes.append(
                    SourceError(
                        f"The exercise {cell.exercise!r} is in the chapter {other} too.",
                        "An exercise belongs to one chapter: take one of them out.",
                        f"book/chapters/{path.name}",
                        cell.line,
                    )
                )
    if mistakes:
        raise SourceMistakes(mistakes)
    return chapters


def committed_claims(chapter: Path, framework: str) -> Any:
    """The committed claims file of a chapter in book/chapters (empty if it was never executed)."""
    return read_claims(claims_path(chapter.parent.parent / "claims", framework, chapter.stem))


def solutions(path: str | Path, framework: str) -> dict[str, tuple[str, str]]:
    """The solution and the blank stub of every exercise in a chapter.

    Parameters
    ----------
    path : path
        A file of book/chapters.
    framework : "torch" or "keras"

    Returns
    -------
    dict of exercise id to (solution source, stub source)
        The solution is without its markers.

    Raises
    ------
    SourceMistakes
        If the file cannot be read as a chapter.
    """
    chapter = read_chapter(path, validate=False)
    return {
        cell.exercise: (solved(cell.source), blank(cell.source))
        for cell in chapter.of(framework)
        if cell.exercise
    }

"""From a table to one class for each test image; or the first thing that is wrong, with its line."""

from __future__ import annotations

import difflib
import hashlib
import math
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tlcourse.grading.challenge.csv_text import Table, read_table
from tlcourse.grading.model import NotGradedError
from tlcourse.grading.words import clean

__all__ = ["FILE", "LABEL", "Predictions", "read_predictions"]

FILE = ("file", "filename", "file_name", "file name", "image", "path")
LABEL = ("label", "class", "prediction", "predicted", "predicted_label", "predicted_class", "class_name")
_NOTHING = ("", "nan", "none", "null", "na", "n/a", "<na>", "?")
_INDEX = re.compile(r"|index|unnamed: ?\d+|id|#", re.IGNORECASE)
_NUMBER = re.compile(r"[+-]?\d+([.,]\d+)?")
_FORMULA = "=+-@"
_AGAIN = "Correct it and hand the file in again."


@dataclass(frozen=True)
class Predictions:
    """What a student predicted.

    Attributes
    ----------
    labels : tuple of int
        The class's number for each test image, in the order of the challenge's files.
    notes : tuple of str
        What was odd about the file, as sentences without a full stop.
    """

    labels: tuple[int, ...]
    notes: tuple[str, ...] = ()

    @property
    def digest(self) -> str:
        """The same for files that say the same, in whatever order and form."""
        return hashlib.sha256(",".join(map(str, self.labels)).encode()).hexdigest()


def read_predictions(content: bytes, files: Sequence[str], classes: Sequence[str]) -> Predictions:
    """Read a file of predictions.

    Parameters
    ----------
    content : bytes
    files : sequence of str
        Names of the test images.
    classes : sequence of str

    Raises
    ------
    NotGradedError
        If there is not exactly one known class for each image. The reason names the line, the advice says
        what to do.
    """
    names = {_plain(name): number for number, name in enumerate(classes)}
    table = read_table(content, {*FILE, *LABEL, *names})
    layout = _layout(table, names, files)
    reading = _Reading(layout, {name.lower(): place for place, name in enumerate(files)}, names, classes)
    for line, cells in layout.rows:
        reading.take(line, cells)
    return reading.done(files, table)


def _plain(text: str) -> str:
    """A name without what does not matter: capitals, spaces around, how an accent is stored."""
    return unicodedata.normalize("NFC", text).strip().strip("\ufeff\u200b").strip().casefold()


@dataclass(frozen=True)
class _Layout:
    """Which column is what.

    ``label`` is its column, or None where ``scores`` has a column for each class.
    """

    file: int
    label: int | None
    scores: Mapping[int, int]
    rows: tuple[tuple[int, tuple[str, ...]], ...]
    width: int
    delimiter: str
    notes: tuple[str, ...] = ()


def _layout(table: Table, names: Mapping[str, int], files: Sequence[str]) -> _Layout:
    header = [_plain(cell) for cell in table.header]
    at_file = _one_of(header, FILE)
    if at_file is None:
        return _without_header(table, files)
    at_label = _one_of(header, LABEL)
    scores = {at: names[name] for at, name in enumerate(header) if name in names and at != at_file}
    notes = list(table.notes)
    if at_label is not None:
        known = {at_file, at_label}
    elif scores:
        _check_scores(header, scores, names)
        known = {at_file, *scores}
        notes.append("the file has a column for each class; the largest number of a line was taken")
    else:
        others = ", ".join(clean(cell, 40) for cell in table.header[:8])
        raise NotGradedError(
            f"line {table.header_line} names no column `label` (there: {others})",
            "The first line must be `file,label`.",
        )
    extra = [header[at] for at in range(len(header)) if at not in known and not _INDEX.fullmatch(header[at])]
    if extra:
        listed = ", ".join(clean(name, 40) for name in extra[:5])
        notes.append(f"not needed, so not read: the {'column' if len(extra) == 1 else 'columns'} {listed}")
    return _Layout(
        at_file,
        at_label,
        scores if at_label is None else {},
        table.rows,
        len(header),
        table.delimiter,
        tuple(notes),
    )


def _one_of(header: Sequence[str], wanted: Sequence[str]) -> int | None:
    """The column with the first of the wanted names; refused where there are two of that name."""
    for name in wanted:
        places = [at for at, cell in enumerate(header) if cell == name]
        if len(places) > 1:
            raise NotGradedError(f"there are {len(places)} columns called `{name}`", "Keep one of them.")
        if places:
            return places[0]
    return None


def _check_scores(header: Sequence[str], scores: Mapping[int, int], names: Mapping[str, int]) -> None:
    missing = [name for name, number in names.items() if number not in scores.values()]
    twice = [header[at] for at in scores if header.count(header[at]) > 1]
    if missing or twice:
        what = f"none for {clean(missing[0], 60)}" if missing else f"two for {clean(twice[0], 60)}"
        raise NotGradedError(
            f"the file has columns for classes, and {what}",
            "Give the columns file and label, or one column for each class.",
        )


def _without_header(table: Table, files: Sequence[str]) -> _Layout:
    """A table whose first line is data already: two columns, of which the first names an image."""
    first = [_file_name(cell) for cell in table.header]
    known = {name.lower() for name in files}
    if len(first) == 2 and first[0] in known:
        rows = ((table.header_line, table.header), *table.rows)
        note = "there was no line with the names of the columns"
        return _Layout(0, 1, {}, rows, 2, table.delimiter, (*table.notes, note))
    there = ", ".join(clean(cell, 40) for cell in table.header[:8])
    raise NotGradedError(
        f"line {table.header_line} names no column `file` (there: {there})",
        "The first line must be `file,label`.",
    )


def _file_name(cell: str) -> str:
    """The file's own name, whatever folder a student's program put before it."""
    return cell.strip().strip("\ufeff").replace("\\", "/").rpartition("/")[2].lower()


class _Reading:
    """Line by line, what a table says about each image."""

    def __init__(
        self,
        layout: _Layout,
        place_of: Mapping[str, int],
        names: Mapping[str, int],
        classes: Sequence[str],
    ) -> None:
        self.layout, self.place_of, self.names, self.classes = layout, place_of, names, classes
        self.stems = {name.rpartition(".")[0]: place for name, place in place_of.items()}
        self.found: dict[int, tuple[int, int]] = {}
        """Of each image its class and the line that says so."""
        self.repeated = 0
        self.unknown: list[tuple[int, str]] = []
        self.last = 0

    def take(self, line: int, cells: tuple[str, ...]) -> None:
        """One row."""
        layout = self.layout
        self.last = line
        while len(cells) > layout.width and not cells[-1].strip():
            cells = cells[:-1]
        if len(cells) != layout.width:
            cut = line == layout.rows[-1][0] and len(cells) < layout.width
            raise NotGradedError(
                f"line {line} has {len(cells)} {'field' if len(cells) == 1 else 'fields'}, and the first "
                f"line has {layout.width}",
                "The file ends there, so it may have been cut off. Hand it in again."
                if cut
                else "Put quotation marks around a field with a comma in it, and write each image on a line "
                "of its own.",
            )
        name = _file_name(cells[layout.file])
        place = self.place_of.get(name, self.stems.get(name))
        label = self._label(line, cells)
        if place is None:
            self.unknown.append((line, cells[layout.file]))
            return
        if place in self.found:
            before, at = self.found[place]
            if before != label:
                raise NotGradedError(
                    f"{clean(name, 80)} has two labels: line {at} says {self.classes[before]!r}, and line "
                    f"{line} says {self.classes[label]!r}",
                    "Keep one line for each image.",
                )
            self.repeated += 1
            return
        self.found[place] = label, line

    def _label(self, line: int, cells: tuple[str, ...]) -> int:
        if self.layout.label is None:
            return self._largest(line, cells)
        cell = cells[self.layout.label]
        known = self.names.get(_plain(cell))
        if known is not None:
            return known
        raise self._unknown_label(line, cell)

    def _unknown_label(self, line: int, cell: str) -> NotGradedError:
        plain, shown = _plain(cell), clean(cell.strip(), 60)
        listed = ", ".join(self.classes[:12]) + (", …" if len(self.classes) > 12 else "")
        if plain in _NOTHING:
            return NotGradedError(
                f"line {line} has no label" + (f" (there: {shown})" if shown else ""),
                f"Write one of the classes for each image: {listed}.",
            )
        if _NUMBER.fullmatch(plain) and not any(_NUMBER.fullmatch(name) for name in self.names):
            return NotGradedError(
                f"line {line} has the number {shown} as its label, and the classes have names",
                f"Write the name of the class, for example class_names[number]. The classes are: {listed}.",
            )
        if shown.startswith(tuple(_FORMULA)):
            return NotGradedError(
                f"line {line} has a label that looks like a formula: {shown}",
                f"Write the name of a class: {listed}.",
            )
        near = difflib.get_close_matches(plain, list(self.names), n=1, cutoff=0.6)
        begun = [name for name in self.names if name.startswith(plain)]
        cut = line == self.layout.rows[-1][0] and begun
        guess = f"Did you mean {self.classes[self.names[near[0]]]!r}? " if near else ""
        guess = "The file ends there, so it may have been cut off. " if cut else guess
        return NotGradedError(
            f"line {line} has the unknown class {shown!r}", f"{guess}The classes are: {listed}."
        )

    def _largest(self, line: int, cells: tuple[str, ...]) -> int:
        """The class with the largest number of a row."""
        numbers: dict[int, float] = {}
        for at, label in self.layout.scores.items():
            text = cells[at].strip()
            if self.layout.delimiter != ",":
                text = text.replace(",", ".")
            try:
                numbers[label] = float(text)
            except ValueError:
                numbers[label] = math.nan
            if not math.isfinite(numbers[label]):
                raise NotGradedError(
                    f"line {line} has no number for the class {self.classes[label]!r} (there: "
                    f"{clean(text, 40) or 'nothing'})",
                    "Give a number for each class, or the columns file and label.",
                )
        best = max(numbers.values())
        first = [label for label, number in numbers.items() if number == best]
        if len(first) > 1:
            raise NotGradedError(
                f"in line {line} the classes {self.classes[first[0]]!r} and {self.classes[first[1]]!r} have "
                "the same number, so none of them is the largest",
                "Give the columns file and label, and choose a class yourself.",
            )
        return first[0]

    def done(self, files: Sequence[str], table: Table) -> Predictions:
        """All rows were taken: is there one label for each image?"""
        if self.unknown:
            raise self._unknown_files(len(files))
        if not self.found:
            raise NotGradedError(
                f"there is nothing below line {table.header_line}, which names the columns",
                "Write a line for each image in test/.",
            )
        missing = [name for place, name in enumerate(files) if place not in self.found]
        if missing:
            cut = f" The file ends at line {self.last}: it may have been cut off." if self.last else ""
            verb = "image has" if len(files) == 1 else "images have"
            raise NotGradedError(
                f"{len(missing)} of {len(files)} {verb} no prediction, for example {missing[0]}",
                f"Write a line for each image in test/.{cut}",
            )
        notes = list(self.layout.notes)
        if self.repeated:
            times = "1 line says" if self.repeated == 1 else f"{self.repeated} lines say"
            notes.append(f"{times} again what another one says")
        notes += self._perhaps_cut(table)
        labels = tuple(self.found[place][0] for place in range(len(files)))
        if len(set(labels)) == 1 and len(self.classes) > 1:
            notes.append(f"every prediction is {self.classes[labels[0]]!r}")
        return Predictions(labels, tuple(notes))

    def _unknown_files(self, count: int) -> NotGradedError:
        line, name = self.unknown[0]
        more = f" ({len(self.unknown)} lines are like that)" if len(self.unknown) > 1 else ""
        what = f"line {line} names the file {clean(name.strip(), 80)!r}, which is not a test image{more}"
        if clean(name.strip()).startswith(tuple(_FORMULA)):
            what = f"line {line} has a file name that looks like a formula: {clean(name.strip(), 80)}"
        if len(self.unknown) >= count and not self.found:
            return NotGradedError(
                what, "None of the files is known. Predict the images in test/ of this challenge."
            )
        return NotGradedError(what, "Write the names as they are in test/, and no other lines.")

    def _perhaps_cut(self, table: Table) -> list[str]:
        """A label without its line's end that begins another class's name may be the rest of that name."""
        if table.ended or self.layout.label is None or not self.layout.rows:
            return []
        line, cells = self.layout.rows[-1]
        last = _plain(cells[self.layout.label])
        longer = [name for name in self.names if name.startswith(last) and name != last]
        if not longer:
            return []
        meant = self.classes[self.names[longer[0]]]
        return [f"line {line}, the last, has no end: if the file was cut off there, {meant!r} may be meant"]

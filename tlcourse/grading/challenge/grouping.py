"""Which images come from one person, place or device? A table says so, or the beginning of their names."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path, PurePosixPath

from tlcourse.errors import DataError, SettingError
from tlcourse.grading.challenge.csv_text import Table, read_table
from tlcourse.grading.challenge.pictures import Picture
from tlcourse.grading.model import NotGradedError
from tlcourse.grading.words import clean

__all__ = ["groups_by_prefix", "groups_by_table"]

_LARGEST = 50_000_000


def groups_by_prefix(pictures: Sequence[Picture], separator: str) -> list[str]:
    """Each image's group: its file's name up to the first separator.

    Raises
    ------
    SettingError
        If the separator is empty, or in no name, or all names begin alike.

    Examples
    --------
    With "_", ``cat/ada_01.jpg`` and ``dog/ada_07.jpg`` are both of the group ``ada``.
    """
    names = [PurePosixPath(each.inside).stem for each in pictures]
    if not separator or not any(separator in name for name in names):
        raise SettingError(
            f"No image's name has {separator!r} in it.",
            "Give what ends the group's part of the names, such as --group-prefix _ for ada_01.jpg.",
        )
    groups = [name.split(separator)[0] for name in names]
    if len(set(groups)) < 2:
        raise SettingError(
            f"All images are of one group, {groups[0]!r}.",
            "Leave --group-prefix out, or give another separator.",
        )
    return groups


def groups_by_table(pictures: Sequence[Picture], path: Path) -> list[str]:
    """Each image's group, from a CSV with the columns ``file`` and ``group``.

    Parameters
    ----------
    pictures : sequence of Picture
    path : pathlib.Path
        ``file`` is a path inside the folder of images, or a name that only one image has.

    Raises
    ------
    DataError
        If the table cannot be read, has no such columns, has no line for an image, or two lines that differ.
    """
    table = _table(path)
    columns = [cell.strip().lower() for cell in table.header]
    if "file" not in columns or "group" not in columns:
        raise DataError(
            f"The table {path.name} has the columns {', '.join(columns)}, and needs file and group.",
            "Name them in the first line: file,group.",
        )
    at_file, at_group = columns.index("file"), columns.index("group")
    group_of: dict[str, str] = {}
    for line, cells in table.rows:
        if len(cells) <= max(at_file, at_group) or not cells[at_group].strip():
            raise DataError(f"Line {line} of {path.name} has no group.", "Fill it in, or delete the line.")
        file, group = cells[at_file].strip().replace("\\", "/"), cells[at_group].strip()
        if group_of.setdefault(file, group) != group:
            raise DataError(
                f"{clean(file, 200)} has two groups in {path.name} (line {line}).", "Keep one of the lines."
            )
    return _looked_up(pictures, group_of, path.name)


def _table(path: Path) -> Table:
    try:
        content = path.read_bytes()
    except OSError as error:
        raise DataError(f"The table {path} cannot be read ({error.strerror}).", "Give a CSV file.") from None
    try:
        return read_table(content[:_LARGEST], ("file", "group"))
    except NotGradedError as problem:
        raise DataError(
            f"The table {path.name} cannot be read: {problem.reason}.", "Give a CSV file."
        ) from None


def _looked_up(pictures: Sequence[Picture], group_of: dict[str, str], table: str) -> list[str]:
    names = [PurePosixPath(each.inside).name for each in pictures]
    images_called = Counter(names)
    groups, missing = [], []
    for each, name in zip(pictures, names, strict=True):
        group = group_of.get(each.inside)
        if group is None and images_called[name] == 1:
            group = group_of.get(name)
        if group is None:
            missing.append(each.inside)
        else:
            groups.append(group)
    if missing:
        raise DataError(
            f"{len(missing)} of {len(pictures)} images have no group in {table}, for example "
            f"{clean(missing[0], 200)}.",
            "Add a line for each image; one that belongs to no group gets a group of its own.",
        )
    return groups

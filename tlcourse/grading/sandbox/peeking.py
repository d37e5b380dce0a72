"""Look at what a dictionary or a closure's cell holds now, without counting a reference.

To read an object the usual way writes its reference count, and at the first write into a page of memory the
kernel copies that page, as an answer's process shares all of them with its parent. These look at the numbers
that CPython keeps in the objects. Whether it does is tried out first: `has_versions`, `has_contents`.

Standard library only; runs inside the jail.
"""

from __future__ import annotations

import ctypes
import sys
import types
from collections.abc import Callable
from typing import Any

__all__ = ["READ", "content_of", "has_contents", "has_versions", "version_of"]

READ: Callable[[ctypes.c_uint64], int] = ctypes.c_uint64.__mro__[1].__dict__["value"].__get__
"""Gives the number that a view shows. The C function itself: to set ``c_uint64.value`` changes nothing."""
_WORD = ctypes.sizeof(ctypes.c_void_p)
_VERSION_AT = 3 * _WORD  # behind the reference count, the type and the number of entries
_CONTENT_AT = 2 * _WORD  # behind the reference count and the type


def version_of(entries: dict[str, Any]) -> ctypes.c_uint64:
    """A view of a dictionary's version, another one after each change (PEP 509); it does not keep it."""
    return ctypes.c_uint64.from_address(id(entries) + _VERSION_AT)


def content_of(cell: types.CellType) -> ctypes.c_uint64:
    """A view of the address of what a cell holds; it does not keep the cell."""
    return ctypes.c_uint64.from_address(id(cell) + _CONTENT_AT)


def _is_64_bit_cpython() -> bool:
    return sys.implementation.name == "cpython" and ctypes.sizeof(ctypes.c_uint64) == _WORD


def has_versions() -> bool:
    """Whether a dictionary gets another version with each change of it; later Pythons gave that up."""
    if not _is_64_bit_cpython():
        return False
    entries: dict[str, Any] = {}
    version = version_of(entries)
    seen = [READ(version)]
    for change in (
        lambda: entries.update(name=1),
        lambda: entries.__setitem__("name", 2),
        lambda: entries.setdefault("other", 3),
        lambda: entries.pop("name"),
        lambda: entries.clear(),
    ):
        change()
        seen.append(READ(version))
    return len(set(seen)) == len(seen) and READ(version) == seen[-1]


def has_contents() -> bool:
    """Whether a cell's content is where CPython has always had it."""
    if not _is_64_bit_cpython():
        return False
    first, second = object(), object()
    cell = types.CellType(first)
    content = content_of(cell)
    seen = [READ(content)]
    cell.cell_contents = second
    seen.append(READ(content))
    del cell.cell_contents
    return [*seen, READ(content)] == [id(first), id(second), 0]

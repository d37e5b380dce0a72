"""The packs: a module for each, named like it, which holds its ``PACK``. To add a pack is to add a module."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from pkgutil import iter_modules

from tlcourse.errors import UnknownNameError
from tlcourse.packs.table._record import Pack

__all__ = ["Pack", "known", "pack", "packs"]


def known(name: str) -> bool:
    """Whether there is a pack of that name. None is read.

    Examples
    --------
    >>> known("vgg16_base"), known("vgg19"), known("../vgg16_base")
    (True, False, False)
    """
    whole = isinstance(name, str) and name.isidentifier() and not name.startswith("_")
    return whole and find_spec(f"{__name__}.{name}") is not None


def pack(name: str) -> Pack:
    """The pack of that name. No other is read.

    Raises
    ------
    UnknownNameError
        If there is none.
    """
    if not known(name):
        raise UnknownNameError("pack", name, [pack.name for pack in packs()])
    found: Pack = import_module(f"{__name__}.{name}").PACK
    return found


def packs() -> tuple[Pack, ...]:
    """All packs, the smallest archive first."""
    names = [module.name for module in iter_modules(__path__) if not module.name.startswith("_")]
    return tuple(sorted(map(pack, names), key=lambda pack: pack.size))

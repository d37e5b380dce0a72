"""A pack of which a whole folder of files is taken, not one file."""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass

from tlcourse.packs.table._record import Pack

__all__ = ["FolderPack", "folder_as_zip"]


@dataclass(frozen=True)
class FolderPack(Pack):
    """A pack whose ``member`` is a folder of the archive, kept as one zip without compression.

    ``member_size`` and ``member_sha256`` are that zip's: `folder_as_zip` makes the same bytes on every
    machine.

    Examples
    --------
    >>> from tlcourse.packs import pack
    >>> pack("brain_mri").file
    'brain_mri-3c4d4099.zip'
    """

    @property
    def file(self) -> str:
        """The name of the file in the cache; it begins with the pack's and holds digits of its hash."""
        return f"{self.name}-{self.member_sha256[:8]}.zip"


def folder_as_zip(archive: zipfile.ZipFile, folder: str) -> bytes:
    """The files of a folder, sorted by name, stored in a zip of their own, with one date for all.

    Parameters
    ----------
    archive : ZipFile
    folder : str
        Without a slash at its end.

    Raises
    ------
    KeyError
        If the archive has no file in such a folder.
    zipfile.BadZipFile
        If a file in it is damaged.

    Examples
    --------
    >>> made = zipfile.ZipFile(io.BytesIO(), "w")
    >>> for name in ("a/2.txt", "a/b/1.txt", "other.txt"):
    ...     made.writestr(name, name)
    >>> zipfile.ZipFile(io.BytesIO(folder_as_zip(made, "a"))).namelist()
    ['2.txt', 'b/1.txt']
    """
    names = sorted(name for name in archive.namelist() if name.startswith(f"{folder}/") and name[-1] != "/")
    if not names:
        raise KeyError(f"it has no folder {folder}")
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_STORED) as kept:
        for name in names:
            entry = zipfile.ZipInfo(name[len(folder) + 1 :])  # 1980, without compression
            entry.create_system, entry.external_attr = 3, 0o644 << 16  # the same on every system
            kept.writestr(entry, archive.read(name))
    return made.getvalue()

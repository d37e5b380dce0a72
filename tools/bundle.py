"""What the build scripts of the bundled data share: hashes, and zips with the same bytes every time."""

from __future__ import annotations

import hashlib
import zipfile
from pathlib import Path

BUNDLED = Path(__file__).resolve().parent.parent / "tlcourse" / "data" / "bundled"
SUMS = "SHA256SUMS.txt"


def sha256(data: bytes) -> str:
    """The SHA-256 of some bytes, in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def write_zip(path: Path, members: dict[str, bytes]) -> None:
    """Write a zip without compression (images are compressed already), the same bytes every time.

    A zip normally records when each member was written and by which system; both are fixed here.
    """
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        for name in sorted(members):
            info = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
            info.create_system = 3
            info.external_attr = 0o644 << 16
            archive.writestr(info, members[name])


def record_sums(folder: Path, names: list[str]) -> None:
    """Write the SHA-256 of the named files of ``folder`` into its SHA256SUMS.txt, keeping the other lines."""
    sums_file = folder / SUMS
    lines: dict[str, str] = {}
    if sums_file.exists():
        for line in sums_file.read_text(encoding="utf-8").splitlines():
            digest, _, name = line.partition("  ")
            if (folder / name).exists():
                lines[name] = digest
    for name in names:
        lines[name] = sha256((folder / name).read_bytes())
    text = "".join(f"{lines[name]}  {name}\n" for name in sorted(lines))
    sums_file.write_text(text, encoding="utf-8", newline="\n")

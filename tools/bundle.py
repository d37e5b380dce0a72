"""What the builders of the bundled data share: checked sources, hashes, the same bytes every time."""

from __future__ import annotations

import argparse
import hashlib
import io
import sys
import zipfile
from pathlib import Path

from PIL import Image

BUNDLED = Path(__file__).resolve().parent.parent / "tlcourse" / "data" / "bundled"
SUMS = "SHA256SUMS.txt"


def sha256(data: bytes) -> str:
    """The SHA-256 of some bytes, in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def arguments(description: str | None, name: str, about: str) -> argparse.Namespace:
    """What a script was called with: the path of its source, called ``name``, and ``out``, a folder."""
    parser = argparse.ArgumentParser(
        description=description, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(name, type=Path, help=about)
    parser.add_argument(
        "--out", type=Path, default=BUNDLED, help="where to write (default: the package's folder)"
    )
    return parser.parse_args()


def read_source(path: Path, expected: str) -> bytes:
    """The bytes of a file that a script was written for; stops where it is missing or another one."""
    if not path.is_file():
        sys.exit(f"{path} is missing; the first lines of this script say how to get it.")
    data = path.read_bytes()
    if sha256(data) != expected:
        sys.exit(f"{path} has SHA-256 {sha256(data)}, not {expected}: another version.")
    return data


def webp(image: Image.Image) -> bytes:
    """An image with transparency as WebP: quality 90, the alpha channel without loss."""
    out = io.BytesIO()
    image.save(out, "WEBP", quality=90, method=6, alpha_quality=100, exact=False)
    return out.getvalue()


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

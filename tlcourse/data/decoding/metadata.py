"""The same pixels with less and less metadata, for files whose metadata are broken."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator

__all__ = ["variants"]

# PNG's chunks that pixels and their transparency need.
NEEDED = (b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"eXIf")


def variants(data: bytes) -> Iterator[tuple[bytes, bool]]:
    """The file, then the same pixels with less and less metadata; each with whether to look at EXIF."""
    yield data, True
    # In a phone's JPEG the maker's blocks may be broken while the orientation is still right.
    strip = {b"\xff\xd8": _bare_jpeg, b"\x89P": _bare_png}.get(data[:2])
    bare = strip(data) if strip else None
    if bare is not None:
        yield bare, True
        yield bare, False
    yield data, False


def _bare_jpeg(data: bytes) -> bytes | None:
    """A JPEG with the blocks that colours need, and EXIF: not profiles, previews, or the maker's own."""
    blocks, at = [data[:2]], 2
    while at + 4 <= len(data) and data[at] == 0xFF:
        marker, length = data[at + 1], int.from_bytes(data[at + 2 : at + 4], "big")
        if marker == 0xFF:  # a filling byte
            at += 1
            continue
        end = at + 2 + length
        block = data[at:end]
        metadata = 0xE0 <= marker <= 0xEF or marker == 0xFE
        # Adobe's block says whether a CMYK image is inverted.
        adobe = block[4:9] == b"Adobe" and length >= 14
        if not metadata or adobe or block[4:10] == b"Exif\0\0":
            blocks.append(block)
        at = end
        if marker == 0xDA:
            return b"".join([*blocks, data[at:]])
    return None


def _bare_png(data: bytes) -> bytes | None:
    """A PNG without the chunks that are not needed, the others with checksums that fit them."""
    chunks, at = [data[:8]], 8
    while at + 12 <= len(data):
        length, kind = struct.unpack(">I4s", data[at : at + 8])
        if length > len(data) - at - 12:
            break  # cut short: the rest is passed on as it is
        if kind in NEEDED:
            body = data[at + 4 : at + 8 + length]
            # The pixels keep their checksum, so that damage is noticed. Elsewhere it does not matter.
            check = data[at + 8 + length : at + 12 + length]
            if kind == b"eXIf":
                check = struct.pack(">I", zlib.crc32(body))
            chunks.append(data[at : at + 4] + body + check)
        at += 12 + length
        if kind == b"IEND":
            break
    chunks.append(data[at:])
    return b"".join(chunks)

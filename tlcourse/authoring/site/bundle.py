"""The whole site as one file, to unpack and read without a network: ``index.html`` opens in any browser."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

__all__ = ["NAME", "invitation", "write_bundle"]

NAME = "tlcourse-site.zip"
_FOLDER = "tlcourse-site"
# The oldest time that the format knows: the same pages make the same file.
_TIME = (1980, 1, 1, 0, 0, 0)
_INVITATION = re.compile(r'<p class="tl-bundle">.*?</p>\s*', re.DOTALL)
_SIZE = re.compile(r'(<span class="tl-bundle__size">)[^<]*(</span>)')
_PACKED_ALREADY = {".png", ".jpeg", ".jpg", ".woff2", ".zip", ".webp"}


def invitation() -> str:
    """The paragraph of a page that offers the bundle; how large it is, `write_bundle` fills in.

    There is no such paragraph in the bundle itself.
    """
    return (
        '<p class="tl-bundle">To read these pages without a network, '
        f'<a href="{NAME}" download>download them all as one file</a> '
        '(<span class="tl-bundle__size"></span>), unpack it, and open <code>index.html</code>.</p>'
    )


def write_bundle(html: Path) -> Path:
    """Pack a finished site into a file of that site, and say on its pages how large it is.

    Parameters
    ----------
    html : Path
        The site's folder.

    Returns
    -------
    Path
        The file, ``tlcourse-site.zip`` in that folder.
    """
    target = html / NAME
    target.unlink(missing_ok=True)
    files = sorted(path for path in html.rglob("*") if path.is_file())
    inviting = []
    with zipfile.ZipFile(target, "w") as archive:
        for path in files:
            content = path.read_bytes()
            if path.suffix == ".html" and (page := content.decode("utf-8")) != _INVITATION.sub("", page):
                inviting.append(path)
                content = _INVITATION.sub("", page).encode("utf-8")
            entry = zipfile.ZipInfo(f"{_FOLDER}/{path.relative_to(html).as_posix()}", _TIME)
            stored = path.suffix in _PACKED_ALREADY
            entry.compress_type = zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, content)
    size = f"{target.stat().st_size / 1e6:.0f} MB"
    for path in inviting:
        page = path.read_text(encoding="utf-8")
        path.write_text(_SIZE.sub(rf"\g<1>{size}\g<2>", page), encoding="utf-8")
    return target

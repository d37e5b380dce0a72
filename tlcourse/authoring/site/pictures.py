"""The pictures of a finished page: files of their own, which know their size.

A figure that a notebook shows holds its picture as text. On a page a file is better: the words are there
before the pictures are, a picture that two pages share is loaded once, and nothing moves when it arrives.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import io
import re
from pathlib import Path
from typing import Any

__all__ = ["FOLDER", "with_files"]

FOLDER = "_images"
"""Where Sphinx keeps pictures, too."""
_FIGURE = re.compile(r'<figure class="tl-figure".*?</figure>', re.DOTALL)
_IMAGE = re.compile(r'<img\b([^>]*?) ?\bsrc="data:image/(png|jpeg);base64,([^"]+)"([^>]*)>')
# A notebook has it with each plot; the site has a style sheet.
_STYLE = re.compile(r"<style>.*?</style>", re.DOTALL)
# Of its size: at 110 pixels an inch, 11 points are 17 pixels wide. On a phone they stay readable, and the
# figure scrolls.
_LEAST = 0.72
_WIDE = 600


def with_files(page: str, site: Path, up: str) -> str:
    """A page's HTML whose pictures are files.

    Parameters
    ----------
    page : str
        With figures of the course, whose images are ``data:`` addresses. Other images are left alone: a page
        may want to read them.
    site : Path
        The site's folder, which gets the files.
    up : str
        From the page's folder to the site's: ``"../"`` for a chapter.

    Returns
    -------
    str
        Each image has a width and a height.
    """

    def filed(match: re.Match[str]) -> str:
        before, kind, data, after = match.groups()
        try:
            content = base64.b64decode(data, validate=False)
            picture = _opened(content)
        except (binascii.Error, OSError):  # not a picture: the browser says so, too
            return match[0]
        name = f"{hashlib.sha256(content).hexdigest()[:16]}.{kind}"
        path = site / FOLDER / name
        if not path.is_file():
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(content)
        wide, high = picture.size
        least = round(_LEAST * wide) if wide > _WIDE else wide
        rest = re.sub(r'style="', f'style="--tl-least:{least}px;', before + after)
        size = "" if " width=" in rest else f' width="{wide}" height="{high}"'
        # Loaded when the reader comes near; browsers load all before they print.
        return f'<img{rest} src="{up}{FOLDER}/{name}"{size} loading="lazy" decoding="async">'

    def figure(match: re.Match[str]) -> str:
        return _IMAGE.sub(filed, _STYLE.sub("", match[0]))

    return _FIGURE.sub(figure, page)


def _opened(content: bytes) -> Any:
    from PIL import Image

    picture = Image.open(io.BytesIO(content))
    picture.load()
    return picture

"""The pictures of a finished page: files of their own, which know their size, and plots that can be dark.

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

__all__ = ["FOLDER", "is_plot", "with_files"]

FOLDER = "_images"
"""Where Sphinx keeps pictures, too."""
_FIGURE = re.compile(r'<figure class="tl-figure".*?</figure>', re.DOTALL)
_IMAGE = re.compile(r'<img\b([^>]*?) ?\bsrc="data:image/(png|jpeg);base64,([^"]+)"([^>]*)>')
_LABELS = "<summary>The labels of these images"
# A plot is drawn in few colours, and their shades at the edges; a photograph has thousands.
_COVERED = 0.95
_COLOURS = 1000
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
        Each image has a width and a height, and one that is drawn in few colours the class ``tl-plot``.
        Images of a figure that lists their labels are no plots.
    """

    def filed(match: re.Match[str], plots: bool) -> str:
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
        mark = ' class="tl-plot"' if plots and is_plot(picture) else ""
        rest = re.sub(r'style="', f'style="--tl-least:{least}px;', before + after)
        size = "" if " width=" in rest else f' width="{wide}" height="{high}"'
        # Loaded when the reader comes near; browsers load all before they print.
        return f'<img{mark}{rest} src="{up}{FOLDER}/{name}"{size} loading="lazy" decoding="async">'

    def figure(match: re.Match[str]) -> str:
        plots = _LABELS not in match[0]
        return _IMAGE.sub(lambda image: filed(image, plots), match[0])

    return _FIGURE.sub(figure, page)


def is_plot(picture: Any) -> bool:
    """Whether an image is drawn in few colours.

    Parameters
    ----------
    picture : PIL.Image.Image
    """
    colours = picture.convert("RGB").getcolors(maxcolors=1 << 24)
    counts = sorted((count for count, _ in colours), reverse=True)
    return sum(counts[:_COLOURS]) >= _COVERED * sum(counts)


def _opened(content: bytes) -> Any:
    from PIL import Image

    picture = Image.open(io.BytesIO(content))
    picture.load()
    return picture

"""What the page loads when it is first used, as scripts.

A page that was opened from the disk (``file://``) may load scripts that lie beside it, but may not read any
other file. The site has to work that way too, so the runtime, the network and the names of the classes are
scripts: each compressed, written as text, and cut into pieces, so that the page can say how far it is.
"""

from __future__ import annotations

import base64
import gzip
import json
from pathlib import Path

from tlcourse.authoring.in_browser.network import network_file
from tlcourse.errors import CourseError
from tlcourse.models import card, imagenet_classes
from tlcourse.packs import Pack
from tlcourse.packs.cached import is_there, place
from tlcourse.packs.npm import RUNTIME_SCRIPT, RUNTIME_WASM

__all__ = ["write_parts"]

PIECE = 600_000
"""Characters of a piece: a multiple of four, so that each piece is whole bytes."""


def write_parts(folder: Path) -> dict[str, int]:
    """Write the scripts, and ``parts.js``, which lists them.

    Parameters
    ----------
    folder : Path
        Of the staged site, where the page's own scripts are.

    Returns
    -------
    dict of str to int
        What the page downloads of each part, in bytes.

    Raises
    ------
    CourseError
        The runtime was not fetched, or the network could not be exported.
    """
    contents = {
        "script": _runtime(RUNTIME_SCRIPT),
        "wasm": _runtime(RUNTIME_WASM),
        "network": network_file().read_bytes(),
        "classes": json.dumps(imagenet_classes()).encode("utf-8"),
    }
    sizes: dict[str, int] = {}
    listed: dict[str, list[int]] = {}
    for name, content in contents.items():
        # mtime=0: the same content is the same file, whenever the site is built.
        text = base64.b64encode(gzip.compress(content, 9, mtime=0)).decode("ascii")
        pieces = [text[at : at + PIECE] for at in range(0, len(text), PIECE)]
        scripts = [f'tlBrowser.piece("{name}",{at},"{piece}");\n' for at, piece in enumerate(pieces)]
        for at, script in enumerate(scripts):
            (folder / f"{name}-{at:02d}.js").write_text(script, encoding="ascii")
        listed[name] = [len(script) for script in scripts]
        sizes[name] = sum(listed[name])
    about = {"size": card("efficientnet_lite0").input_size, "parts": listed}
    script = f"(window.tlBrowser = window.tlBrowser || {{}}).about = {json.dumps(about)};\n"
    (folder / "parts.js").write_text(script, encoding="ascii")
    return sizes


def _runtime(pack: Pack) -> bytes:
    if not is_there(pack):
        raise CourseError(
            f"{pack.package} {pack.version}, which runs a network in a browser, was not fetched.",
            f"With a network, run `tlcourse packs --site` once ({pack.megabytes}), then `tlcourse site`.",
        )
    return place(pack).read_bytes()

"""A notebook as the bytes of its file, and the hashes that tell an edited one from the course's own."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from tlcourse.notebook_format import nbformat

__all__ = ["digest", "dumps", "edition"]


def dumps(notebook: Mapping[str, Any]) -> str:
    """A notebook as the text of its file: sorted keys, so that the same notebook has the same bytes."""
    return json.dumps(_split(notebook), ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def _split(notebook: Mapping[str, Any]) -> dict[str, Any]:
    """Long texts as lists of lines, as every Jupyter tool writes them: diffs stay small."""
    from nbformat.v4.rwbase import split_lines

    plain = json.loads(json.dumps(notebook))
    return dict(split_lines(nbformat.from_dict(plain)))


def digest(notebook: Mapping[str, Any]) -> str:
    """A hash of what a learner could have changed: the cells' ids, kinds and texts, not their outputs."""
    cells = [[cell.get("id"), cell["cell_type"], cell["source"]] for cell in notebook["cells"]]
    return hashlib.sha256(json.dumps(cells).encode("utf-8")).hexdigest()[:16]


def edition(notebook: Mapping[str, Any]) -> str:
    """A hash of a notebook as it was compiled, metadata and all: tells whether the course's copy is new."""
    own = {key: value for key, value in notebook["metadata"]["tlcourse"].items() if key != "edition"}
    plain = {**notebook, "metadata": {**notebook["metadata"], "tlcourse": own}}
    return hashlib.sha256(dumps(plain).encode("utf-8")).hexdigest()[:16]

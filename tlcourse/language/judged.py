"""Ten summaries by SmolLM2, read beside their texts: what was judged, and why."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

__all__ = ["VERDICTS", "JudgedSummary", "judged_summaries"]

#: True in all it says; true but for a detail; or its main statement is wrong or stands nowhere.
VERDICTS = ("faithful", "wrong detail", "wrong")


@dataclass(frozen=True)
class JudgedSummary:
    """A summary and a person's verdict on it.

    Attributes
    ----------
    name : str
        Of the function in scikit-learn or SciPy.
    text : str
        The paragraphs of its documentation (both libraries: BSD-3-Clause).
    authors : str
        The one line with which its authors sum them up.
    summary : str
        The first sentence that SmolLM2-135M-Instruct answered, always the most probable token, 50 at most.
    verdict : str
        One of `VERDICTS`. That it says little, or breaks off, is no fault here.
    reason : str
    """

    name: str
    text: str
    authors: str
    summary: str
    verdict: str
    reason: str


def judged_summaries() -> tuple[JudgedSummary, ...]:
    """The ten, as ``tools/write_summaries.py`` drew and wrote them.

    Examples
    --------
    >>> len(judged_summaries())
    10
    """
    held = json.loads(Path(__file__).with_suffix(".json").read_text(encoding="utf-8"))
    return tuple(JudgedSummary(**one) for one in held)

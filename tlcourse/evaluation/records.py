"""A record of a run that somebody else can repeat, and a card for the trained model."""

from __future__ import annotations

import hashlib
import importlib.metadata
import json
import platform
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from tlcourse.errors import CourseError

__all__ = ["RunRecord", "model_card", "record_run"]

_PACKAGES = ("tlcourse", "numpy", "torch", "tensorflow", "keras")


@dataclass(frozen=True)
class RunRecord:
    """What it takes to run it again, and the results.

    Attributes
    ----------
    settings : dict
        Everything that was chosen: rates, sizes, seeds.
    data : dict
        Of each data set: how many images, and the SHA-256 of images and labels.
    results : dict
        Numbers by name.
    versions : dict
        Of Python and of the packages that are installed.
    """

    settings: dict[str, Any]
    data: dict[str, dict[str, Any]]
    results: dict[str, float]
    versions: dict[str, str] = field(default_factory=dict)

    def json(self) -> str:
        """As text, with sorted keys: equal records give equal text."""
        return json.dumps(asdict(self), indent=2, sort_keys=True)

    def save(self, path: str | Path) -> Path:
        """Write it to a new file.

        Raises
        ------
        CourseError
            If there is such a file: a record is never written over.
        """
        path = Path(path)
        try:
            with path.open("x", encoding="utf-8") as file:
                file.write(self.json() + "\n")
        except FileExistsError:
            raise CourseError(
                f"There is a record in {path.name} already.", "Give each run a file of its own."
            ) from None
        return path


def _versions() -> dict[str, str]:
    versions = {"python": platform.python_version()}
    for name in _PACKAGES:
        try:
            versions[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            continue
    return versions


def record_run(
    settings: Mapping[str, Any], data: Mapping[str, Any], results: Mapping[str, float]
) -> RunRecord:
    """Put a record together.

    Parameters
    ----------
    settings : mapping
        What was chosen; plain values only (numbers, text, lists).
    data : mapping of str to Dataset
        "train", "val" and so on.
    results : mapping of str to float

    Returns
    -------
    RunRecord

    Raises
    ------
    CourseError
        If a setting is not a plain value, or a result is not a finite number.

    Examples
    --------
    >>> from tlcourse.data import digits
    >>> found = record_run({"lr": 1e-3}, {"val": digits().split("val")}, {"accuracy": 0.9})
    >>> found.data["val"]["images"], len(found.data["val"]["sha256"])
    (269, 64)
    """
    try:
        plain = json.loads(json.dumps(dict(settings), allow_nan=False))
    except (TypeError, ValueError) as error:
        raise CourseError(
            f"The settings cannot be written down: {error}.", "Use numbers, text, lists and dictionaries."
        ) from None
    numbers = {}
    for name, value in results.items():
        if (
            isinstance(value, bool)
            or not isinstance(value, (int, float, np.number))
            or not np.isfinite(value)
        ):
            raise CourseError(f"The result {name!r} is {value!r}.", "Give a finite number for each result.")
        numbers[name] = float(value)
    sets = {}
    for name, part in data.items():
        digest = hashlib.sha256(np.ascontiguousarray(part.images).tobytes())
        digest.update(np.ascontiguousarray(part.labels).tobytes())
        sets[name] = {"name": part.name, "images": len(part), "sha256": digest.hexdigest()}
    return RunRecord(plain, sets, numbers, _versions())


def model_card(
    record: RunRecord,
    *,
    name: str,
    intended: str,
    limits: str,
    licence: str,
    base: str,
) -> str:
    """A model card in Markdown (after Mitchell et al. 2019, arXiv:1810.03993).

    Parameters
    ----------
    record : RunRecord
    name, intended, limits, licence, base : str
        What it is called, what it is for, where it should not be trusted, under which licence it comes, and
        which pretrained model it began from. None may be empty: a card without limits is an advertisement.

    Returns
    -------
    str

    Raises
    ------
    CourseError
        If one of them is empty.
    """
    texts = {"name": name, "intended": intended, "limits": limits, "licence": licence, "base": base}
    for entry, text in texts.items():
        if not isinstance(text, str) or not text.strip():
            raise CourseError(
                f"The card's {entry} is empty.", "Say it in a sentence; a reader depends on it."
            )
    lines = [f"# {name}", "", f"**For:** {intended}", "", f"**Not for:** {limits}", ""]
    lines += [f"**Licence:** {licence}. **Begun from:** {base}.", "", "| result | value |", "| --- | --- |"]
    lines += [f"| {key} | {value:.3f} |" for key, value in record.results.items()]
    lines += ["", "| data | images | SHA-256 begins with |", "| --- | --- | --- |"]
    lines += [
        f"| {key} ({d['name']}) | {d['images']} | `{d['sha256'][:12]}` |" for key, d in record.data.items()
    ]
    lines += ["", "Settings: " + ", ".join(f"{k} = {v}" for k, v in record.settings.items()) + "."]
    lines += ["", "Versions: " + ", ".join(f"{k} {v}" for k, v in record.versions.items()) + "."]
    return "\n".join(lines) + "\n"

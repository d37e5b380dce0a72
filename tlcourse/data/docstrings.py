"""Texts with summaries written by people: the documentation of installed packages."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import re
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from types import ModuleType

from tlcourse.errors import DataError

__all__ = ["Documented", "documented"]

_PACKAGES = ("sklearn", "scipy")
_LEFT_OUT = re.compile(r"^(_.*|tests?|externals|conftest|experimental)$")
_MARKUP = re.compile(r":\w+:`~?([^`]*)`")


@dataclass(frozen=True)
class Documented:
    """A function or class, and what its documentation says about it.

    Attributes
    ----------
    name : str
    summary : str
        The first line, which its authors wrote as the summary of the whole.
    text : str
        The paragraphs after it, up to the list of parameters.
    """

    name: str
    summary: str
    text: str


def documented(packages: Sequence[str] = _PACKAGES) -> list[Documented]:
    """What installed packages say about their public functions and classes, sorted by name.

    The convention of numpydoc: one line that sums up, then paragraphs, then sections with underlined titles.
    Kept are those whose paragraphs have 40 words or more of prose; formulas, lists and code are left out. How
    many there are depends on the packages' versions.

    Raises
    ------
    DataError
        When a package is not installed.
    """
    objects: dict[str, Documented] = {}
    for package in packages:
        for module in _modules(package):
            for name in getattr(module, "__all__", ()):
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore")
                    try:
                        value = getattr(module, name, None)
                    except ImportError:  # scikit-learn's experimental classes
                        continue
                text = value.__doc__ if inspect.isfunction(value) or inspect.isclass(value) else None
                if text and (parts := _parts(text)):
                    objects.setdefault(name, Documented(name, *parts))
    return [objects[name] for name in sorted(objects)]


def _modules(package: str) -> Iterator[ModuleType]:
    try:
        whole = importlib.import_module(package)
    except ImportError:
        raise DataError(
            f"The package {package} is not installed, so its documentation cannot be read.",
            f"Install it: `python -m pip install {package}`.",
        ) from None
    for info in pkgutil.iter_modules(getattr(whole, "__path__", ())):
        if not _LEFT_OUT.match(info.name):
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                yield importlib.import_module(f"{package}.{info.name}")


def _parts(docstring: str) -> tuple[str, str] | None:
    """The summary and the prose after it; None where there is too little of either."""
    first, *rest = re.split(r"\n\s*\n", inspect.cleandoc(docstring))
    prose = []
    for paragraph in rest:
        if re.search(r"^-{3,}$", paragraph, re.MULTILINE):
            break
        is_prose = not paragraph.startswith(("..", ">>>", "*", "-", ":", " ", "Read more"))
        if is_prose and "::" not in paragraph and ":math:" not in paragraph:
            prose.append(" ".join(paragraph.split()))
    text = _MARKUP.sub(r"\1", " ".join(prose)).replace("`", "")
    summary = " ".join(first.split())
    return (summary, text) if len(summary.split()) >= 5 and len(text.split()) >= 40 else None

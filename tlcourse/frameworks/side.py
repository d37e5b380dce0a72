"""The module of a package that serves one framework.

A package that does one thing in both frameworks has two modules, ``_torch.py`` and ``_keras.py``, with the
same public names and signatures. Its ``__init__.py`` says what they do and asks :func:`side` for the one
it needs.
"""

from __future__ import annotations

import importlib
from typing import Any

from tlcourse.frameworks.process import prepare
from tlcourse.frameworks.which import FRAMEWORKS, framework_of

__all__ = ["side"]


def side(package: str, which: Any) -> Any:
    """The module of `package` for one framework: ``_torch`` or ``_keras``.

    Parameters
    ----------
    package : str
        The package's name: its own ``__name__``.
    which : {"torch", "keras"} or a model
        The framework, for which the process is made ready (:func:`tlcourse.frameworks.prepare`); or a model,
        whose framework is loaded already.

    Returns
    -------
    module

    Raises
    ------
    CourseError
        If `which` is neither a framework nor a model, or the process serves the other framework.
    """
    if isinstance(which, str) and which in FRAMEWORKS:
        prepare(which)
        framework = which
    else:
        framework = framework_of(which)
    return importlib.import_module(f"{package}._{framework}")

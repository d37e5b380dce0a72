"""Which framework: the process's, and a model's."""

from __future__ import annotations

import sys
from typing import Any

from tlcourse.errors import CourseError, UnknownNameError

__all__ = [
    "FRAMEWORKS",
    "TITLES",
    "choose",
    "chosen",
    "current_framework",
    "framework_of",
    "resolve_framework",
]

FRAMEWORKS = ("torch", "keras")
TITLES = {"torch": "PyTorch", "keras": "Keras"}

_chosen: str | None = None


def choose(framework: str) -> None:
    """Note that this process serves `framework`; :func:`tlcourse.frameworks.prepare` alone calls this."""
    global _chosen
    _chosen = framework


def chosen() -> str | None:
    """The framework that this process serves, or None as long as none was prepared."""
    return _chosen


def resolve_framework(framework: str | None = None) -> str:
    """The framework named, or the one :func:`tlcourse.start` chose.

    Raises
    ------
    UnknownNameError
        If `framework` is neither "torch" nor "keras".
    CourseError
        If it is None and :func:`tlcourse.start` was not called.

    Examples
    --------
    >>> resolve_framework("torch")
    'torch'
    """
    if framework is None:
        return current_framework()
    if framework not in FRAMEWORKS:
        raise UnknownNameError("framework", framework, FRAMEWORKS)
    return framework


def current_framework() -> str:
    """The framework of this process, "torch" or "keras", as :func:`tlcourse.start` set it.

    Raises
    ------
    CourseError
        If :func:`tlcourse.start` was not called.
    """
    if _chosen is not None:
        return _chosen
    raise CourseError(
        "No framework has been chosen: tlcourse.start was not called.",
        'Run the notebook\'s first cell, or call tlcourse.start("my-notebook", framework="torch") '
        '(or "keras").',
    )


def framework_of(model: Any) -> str:
    """The framework that a model belongs to, found without importing either.

    Parameters
    ----------
    model : torch.nn.Module or keras.Layer
        ``keras.Model`` is a ``keras.Layer``.

    Returns
    -------
    str
        "torch" or "keras". A Keras model on the PyTorch backend is a Keras model.

    Raises
    ------
    CourseError
        If it is a model of neither framework.

    Examples
    --------
    >>> framework_of("efficientnet_lite0")
    Traceback (most recent call last):
    tlcourse.errors.CourseError: A str is not a model of PyTorch or Keras.
      What to do: Give a torch.nn.Module or a keras.Model, such as tlcourse.models.load() returns.
    """
    # Keras first: with KERAS_BACKEND=torch its layers are torch modules as well.
    keras = sys.modules.get("keras")
    if keras is not None and isinstance(model, keras.Layer):
        return "keras"
    torch = sys.modules.get("torch")
    if torch is not None and isinstance(model, torch.nn.Module):
        return "torch"
    kind = f"The class {model.__name__}" if isinstance(model, type) else f"A {type(model).__name__}"
    raise CourseError(
        f"{kind} is not a model of PyTorch or Keras.",
        "Give a torch.nn.Module or a keras.Model, such as tlcourse.models.load() returns.",
    )

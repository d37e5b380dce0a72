"""Transfer learning by doing it, in PyTorch and in Keras.

``import tlcourse`` imports no framework and no heavy library (it takes well under 0.3 s): submodules such as
``tlcourse.models`` load when first used. Every notebook begins with :func:`tlcourse.start`.

Examples
--------
>>> import tlcourse
>>> tlcourse.models.card("efficientnet_lite0").input_size
224
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

# What a learner uses. The compiler, the grader and the command line are there, but not advertised here.
_SUBMODULES = (
    "audio",
    "augmentation",
    "claims",
    "data",
    "deployment",
    "devices",
    "embeddings",
    "errors",
    "evaluation",
    "exercises",
    "freezing",
    "heads",
    "language",
    "models",
    "plots",
    "project",
    "sweeps",
    "tabular",
    "training",
    "transferability",
    "widgets",
)
__all__ = ["__version__", "start", "submit", *_SUBMODULES]

if TYPE_CHECKING:
    from tlcourse.frameworks import start
    from tlcourse.handing_in import submit


def __getattr__(name: str) -> Any:
    if name == "start":
        from tlcourse.frameworks import start

        return start
    if name == "submit":
        from tlcourse.handing_in import submit

        return submit
    if name in _SUBMODULES:
        return importlib.import_module(f"{__name__}.{name}")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})

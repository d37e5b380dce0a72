"""A progress bar that stays silent where it would only clutter the output."""

from __future__ import annotations

import os
import sys
from typing import Any

__all__ = ["bar"]


def bar(
    total: float, title: str, *, show: bool = True, unit: str = "step", delay: float = 2.0, **options: Any
) -> Any:
    """A tqdm bar that appears after two seconds and goes away when it is done.

    In Jupyter it is tqdm's widget, in a terminal its line; in a pipe or log, when ``show`` is False, or when
    the environment says ``TLCOURSE_EXECUTING=1`` (a notebook is being executed to be kept), it is silent.

    Parameters
    ----------
    total : int
        Updates to come.
    title : str
        What is going on.
    delay : float
        Seconds until it appears.
    **options
        Others of tqdm's.

    Returns
    -------
    tqdm
        A context manager with ``update`` and ``set_postfix_str``.

    Examples
    --------
    >>> with bar(3, "counting", show=False) as b:
    ...     for _ in range(3):
    ...         _ = b.update()
    """
    kernel = _in_notebook()
    quiet = not show or os.environ.get("TLCOURSE_EXECUTING") == "1"
    quiet = quiet or not (kernel or sys.stderr.isatty())
    if kernel and not quiet:
        from tqdm.notebook import tqdm
    else:
        from tqdm import tqdm  # type: ignore[assignment]
    # A short task shows nothing at all, unless its bar is asked for at once.
    return tqdm(
        total=total,
        desc=title,
        unit=unit,
        disable=quiet,
        delay=delay,
        leave=False,
        mininterval=0.3,
        **options,
    )


def _in_notebook() -> bool:
    """Whether this is a Jupyter kernel with ipywidgets to draw in."""
    if "ipykernel" not in sys.modules:
        return False
    try:
        import ipywidgets  # noqa: F401
        from IPython import get_ipython
    except ImportError:
        return False
    shell = get_ipython()
    return shell is not None and type(shell).__name__ == "ZMQInteractiveShell"

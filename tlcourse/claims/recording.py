"""``record``, by which a cell states what it measured."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from tlcourse.claims.claim import Claim, checked
from tlcourse.claims.errors import ClaimError
from tlcourse.claims.tolerance import confirm

__all__ = ["forget", "record", "recorded"]

ENV = "TLCOURSE_CLAIMS"
"""Environment variable with the folder of the committed claims, where they are to be compared."""

# name -> (the claim, the cell that recorded it); lives as long as the kernel.
_recorded: dict[str, tuple[Claim, str | None]] = {}


def _current_cell() -> str | None:
    """Id (where the front end sends none: execution count) of the running cell; None outside a kernel."""
    try:
        from IPython import get_ipython
    except ImportError:
        return None
    shell = get_ipython()
    if shell is None:
        return None
    kernel = getattr(shell, "kernel", None)
    if kernel is None:
        return None
    # JupyterLab (protocol 5) sends the cell's id with the request; nbclient does not, and there each cell
    # runs once, so its execution count tells cells apart.
    try:
        cell = kernel.get_parent("shell").get("metadata", {}).get("cellId")
    except Exception:
        cell = None
    return str(cell) if cell else f"execution {shell.execution_count}"


def record(
    name: str,
    value: Any,
    *,
    n: int | None = None,
    spread: float | None = None,
    tolerance: float | None,
    unit: str | None = None,
    fmt: str | None = None,
    story: str | None = None,
) -> None:
    """Record a value under a name that the chapter's prose can refer to.

    Parameters
    ----------
    name : str
        Lower-case words joined by hyphens; unique in the chapter.
    value : int, float, bool, str, or a NumPy scalar
        The value, in ``unit``. NaN and infinities are refused.
    n, spread : int, float, optional
        Number of repeats, and their standard deviation in the unit of ``value``; both or neither.
    tolerance : float or None
        Largest absolute difference from the committed value that a re-execution may show. Required for
        floats. None means exact, for text, truth values and whole numbers.
    unit : str, optional
        Printed after the value.
    fmt : str, optional
        Python format spec, such as ``".2f"`` or ``".0%"``; without one, three significant digits.
    story : str, optional
        The comparison that the value is a side of, such as ``"far-small"``. A test compares the order of a
        story's values in the two frameworks, and the sign of every claim whose ``fmt`` begins with "+".

    In a notebook the claim is published as ``application/vnd.tlcourse.claim+json`` and as text, from wherever
    in the cell the call stands; elsewhere it is printed.

    Raises
    ------
    ClaimError
        For a bad name, value or tolerance; for a second, different value under one name; and, where the
        environment variable ``TLCOURSE_CLAIMS`` names the folder of committed claims, for a value outside
        the tolerance of the committed one.

    Examples
    --------
    >>> record("doctest-accuracy", 0.7612, n=5, spread=0.021, tolerance=0.03, fmt=".2f")
    recorded: doctest-accuracy = 0.76 ± 0.03 (n = 5)
    """
    claim = checked(name, value, n, spread, tolerance, unit, fmt, story)
    cell = _current_cell()
    if name in _recorded:
        earlier, earlier_cell = _recorded[name]
        # Running a cell again, with a changed value too, must work: that is what a notebook is for.
        # Outside a notebook no cell can be told from another, so only an equal value may come again.
        same_cell = cell is not None and cell == earlier_cell
        if earlier.value != claim.value and not same_cell:
            raise ClaimError(
                f"The claim {name!r} was recorded before, as {earlier.value!r}, and now as {claim.value!r}.",
                "Give the second one its own name; or, after editing cells, restart the kernel and run all.",
            )
    folder = os.environ.get(ENV)
    if folder:
        confirm(claim, Path(folder))
    _recorded[name] = (claim, cell)
    _display(claim)


def _display(claim: Claim) -> None:
    """Publish the claim from anywhere in a cell, not only its last line; outside a notebook, print it."""
    try:
        from IPython import get_ipython
    except ImportError:
        shell = None
    else:
        shell = get_ipython()
    if shell is not None and getattr(shell, "kernel", None) is not None:
        from IPython.display import publish_display_data

        publish_display_data(claim.mimebundle())
    else:
        print(claim)


def forget() -> None:
    """Forget every claim of this process (for tests, and for a chapter started again in one kernel)."""
    _recorded.clear()


def recorded() -> dict[str, Claim]:
    """The claims recorded so far in this process, by name."""
    return {name: claim for name, (claim, _) in _recorded.items()}

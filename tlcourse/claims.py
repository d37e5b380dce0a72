"""Claims: the numbers in a chapter's prose, recorded by the cells that produced them.

A cell calls :func:`record`; the prose refers to the name; the compiler writes the value. So no number is
typed by hand, and a re-execution that lands outside a claim's tolerance fails.

The committed values live in ``book/claims/{torch,keras}/NN-name.json``::

    {"claims": {name: {"value", "n", "spread", "tolerance", "unit", "fmt"}}, "seconds": {...}}

``seconds`` belongs to the compiler, which measures the cells; this module passes it through untouched.
"""

from __future__ import annotations

import json
import math
import numbers
import os
import re
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from tlcourse.errors import CourseError

__all__ = [
    "MIME",
    "Claim",
    "ClaimError",
    "ClaimsFile",
    "claims_path",
    "collect",
    "format_claim",
    "read_claims",
    "record",
    "within",
    "write_claims",
]

MIME = "application/vnd.tlcourse.claim+json"
ENV = "TLCOURSE_CLAIMS"
_SLUG = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")

Value = int | float | str | bool


class ClaimError(CourseError):
    """A claim that cannot be recorded, or that a re-execution does not confirm."""


@dataclass(frozen=True)
class Claim:
    """One recorded value.

    Attributes
    ----------
    name : str
        Lower-case words joined by hyphens, unique in the chapter.
    value : int, float, bool or str
        What was measured, in ``unit``.
    n : int or None
        How many repeats ``value`` is the mean of.
    spread : float or None
        Standard deviation over those repeats, in the unit of ``value``.
    tolerance : float or None
        Largest absolute difference from the committed value that a re-execution may show; None: exact.
    unit : str or None
        Unit, as it is to be printed after the value: ``"s"``, ``"%"``.
    fmt : str or None
        Python format spec for value and spread, such as ``".2f"``.
    story : str or None
        The comparison that the value is a side of: claims of one story were measured alike, and both
        frameworks must put them in the same order.
    """

    name: str
    value: Value
    n: int | None = None
    spread: float | None = None
    tolerance: float | None = None
    unit: str | None = None
    fmt: str | None = None
    story: str | None = None

    def entry(self) -> dict[str, Any]:
        """The claim as it stands in a claims file: everything but its name, and no story if it has none."""
        fields = asdict(self)
        del fields["name"]
        if self.story is None:
            del fields["story"]
        return fields

    def mimebundle(self) -> dict[str, Any]:
        """What a notebook keeps of the claim: the entry for the compiler, a line of text for people."""
        return {MIME: {"name": self.name, **self.entry()}, "text/plain": str(self)}

    def __str__(self) -> str:
        return f"recorded: {self.name} = {format_claim(self.entry())}"


@dataclass(frozen=True)
class ClaimsFile:
    """What one ``book/claims/{framework}/NN-name.json`` holds."""

    claims: dict[str, dict[str, Any]]
    seconds: dict[str, Any]


# ------------------------------------------------------------------------------------------ validation


def _plain_number(name: str, what: str, value: Any) -> int | float:
    """A Python int or float from any real scalar (NumPy's, a 0-d array); refuses NaN and infinity."""
    if hasattr(value, "item") and not isinstance(value, (int, float)):
        try:
            value = value.item()
        except (TypeError, ValueError, RuntimeError) as error:
            raise ClaimError(
                f"The claim {name!r} got a {what} that is not one number but {type(value).__name__}.",
                "Record one number per claim: reduce the array first (mean, max, one element).",
            ) from error
    if isinstance(value, bool) or not isinstance(value, numbers.Real):
        raise ClaimError(
            f"The claim {name!r} got {what} = {value!r}, which is not a number.",
            "Pass an int, a float or a NumPy scalar.",
        )
    number = int(value) if isinstance(value, numbers.Integral) else float(value)
    if not math.isfinite(number):
        raise ClaimError(
            f"The claim {name!r} got {what} = {number}.",
            "Look for the cell that produced it: an empty selection, or a division by zero.",
        )
    return number


def _plain_value(name: str, value: Any) -> Value:
    if hasattr(value, "item") and not isinstance(value, (int, float, str)):
        try:
            value = value.item()
        except (TypeError, ValueError, RuntimeError) as error:
            raise ClaimError(
                f"The claim {name!r} got a value that is not one number but {type(value).__name__}.",
                "Record one number per claim: reduce the array first (mean, max, one element).",
            ) from error
    if isinstance(value, (bool, str)):
        return bool(value) if isinstance(value, bool) else str(value)
    return _plain_number(name, "value", value)


def _claim(
    name: str,
    value: Any,
    n: Any,
    spread: Any,
    tolerance: Any,
    unit: str | None,
    fmt: str | None,
    story: str | None = None,
) -> Claim:
    if not isinstance(name, str) or not _SLUG.fullmatch(name):
        raise ClaimError(
            f"{name!r} cannot be the name of a claim.",
            "Use lower-case words joined by hyphens, starting with a letter, such as 'styles-20-frozen'.",
        )
    plain = _plain_value(name, value)
    if n is not None:
        n = _plain_number(name, "n", n)
        if not isinstance(n, int) or n < 1:
            raise ClaimError(
                f"The claim {name!r} got n = {n!r}.", "n counts repeats: a whole number of at least 1."
            )
    if spread is not None:
        spread = float(_plain_number(name, "spread", spread))
        if spread < 0:
            raise ClaimError(f"The claim {name!r} got spread = {spread}.", "Pass a standard deviation.")
    if (spread is None) != (n is None):
        raise ClaimError(
            f"The claim {name!r} was given {'n' if spread is None else 'a spread'} alone.",
            "Give both n (how many repeats) and spread (their standard deviation), or neither.",
        )
    if isinstance(plain, (bool, str)):
        if tolerance not in (None, 0):
            raise ClaimError(
                f"The claim {name!r} is {plain!r}, and {tolerance!r} is no tolerance for it.",
                "Text and truth values are compared exactly: pass tolerance=None.",
            )
        tolerance = None
        if spread is not None:
            raise ClaimError(f"The claim {name!r} is {plain!r} and has a spread.", "Leave n and spread out.")
    elif tolerance is None:
        if not isinstance(plain, int):
            raise ClaimError(
                f"The claim {name!r} states no tolerance.",
                "Say how far a re-execution may land from it, such as tolerance=0.02 (0 for exact).",
            )
    else:
        tolerance = float(_plain_number(name, "tolerance", tolerance))
        if tolerance < 0:
            raise ClaimError(f"The claim {name!r} got tolerance = {tolerance}.", "A tolerance is 0 or more.")
    if story is not None and (not isinstance(story, str) or not _SLUG.fullmatch(story)):
        raise ClaimError(
            f"The claim {name!r} got story = {story!r}.",
            "A story is named as a claim is: lower-case words joined by hyphens.",
        )
    if story is not None and isinstance(plain, (bool, str)):
        raise ClaimError(f"The claim {name!r} is {plain!r} and has a story.", "Only numbers can be ordered.")
    claim = Claim(name, plain, n, spread, tolerance, unit, fmt, story)
    if fmt is not None:
        format_claim(claim.entry(), fmt)  # a wrong format should fail here, in the author's cell
    return claim


# ------------------------------------------------------------------------------------------- recording

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
    claim = _claim(name, value, n, spread, tolerance, unit, fmt, story)
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
        _compare(claim, Path(folder))
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


def within(new: Mapping[str, Any], old: Mapping[str, Any]) -> bool:
    """Whether a new entry confirms the committed one, by the *committed* entry's tolerance.

    Examples
    --------
    >>> within({"value": 0.78}, {"value": 0.76, "tolerance": 0.03})
    True
    >>> within({"value": "cat"}, {"value": "dog", "tolerance": None})
    False
    """
    a, b = new["value"], old["value"]
    if isinstance(a, (bool, str)) or isinstance(b, (bool, str)):
        return type(a) is type(b) and a == b
    # A hair of slack, as 0.8 - 0.7 is 0.10000000000000009.
    slack = 1e-9 * max(1.0, abs(b))
    return abs(a - b) <= (old.get("tolerance") or 0.0) + slack


def _compare(claim: Claim, folder: Path) -> None:
    from tlcourse import frameworks

    chapter, framework = frameworks.current_chapter(), frameworks.current_framework()
    if chapter is None:
        raise ClaimError(
            f"The claim {claim.name!r} cannot be compared: no chapter was started.",
            "Run the notebook's first cell, tlcourse.start(...), before it.",
        )
    path = claims_path(folder, framework, chapter)
    committed = read_claims(path).claims
    if claim.name not in committed:
        raise ClaimError(
            f"The claim {claim.name!r} is not among the committed claims of {framework}/{chapter}.",
            "Run `tlcourse build` and commit book/claims, or take the record() call out.",
        )
    old = committed[claim.name]
    if not within(claim.entry(), old):
        difference = (
            f", {abs(claim.value - old['value']):.4g} away"
            if isinstance(claim.value, (int, float)) and isinstance(old["value"], (int, float))
            else ""
        )
        raise ClaimError(
            f"The claim {claim.name!r} is {claim.value!r} now and {old['value']!r} in "
            f"{framework}/{chapter}.json{difference}; the tolerance is {old.get('tolerance') or 'exact'}.",
            "If the change is meant, run `tlcourse build --execute`, read the difference in book/claims and "
            "the prose that cites it, and commit both. If it is not, find what changed the result.",
        )


# ------------------------------------------------------------------------------------------ formatting


def _number_text(value: Any, spec: str | None) -> str:
    if isinstance(value, (bool, str)):
        return str(value)
    if spec:
        return format(value, spec)
    if isinstance(value, int):
        return f"{value:,}" if abs(value) >= 10_000 else str(value)
    # Three significant digits, never in scientific notation for numbers a reader meets.
    if value == 0:
        return "0"
    digits = 2 - math.floor(math.log10(abs(value)))
    return f"{value:.{digits}f}" if 0 <= digits <= 8 else f"{value:,.0f}" if digits < 0 else f"{value:.2e}"


def format_claim(entry: Mapping[str, Any], spec: str | None = None) -> str:
    """A claim as the prose shows it: value ± half the width of the 95 % interval of its mean.

    The interval is that of Student's t: ``spread`` is the sample standard deviation of ``n`` values. With one
    value there is none.

    Parameters
    ----------
    entry : mapping
        ``{"value", "n", "spread", "tolerance", "unit", "fmt"}``, as in a claims file; ``value`` is a must.
    spec : str, optional
        What follows the semicolon in ``{claim}`name;spec```: a Python format spec, which wins over the
        entry's ``fmt``; or ``bare``: the value alone, without spread, n and unit; or ``bare:`` and a
        format spec.

    Raises
    ------
    ClaimError
        If the format spec does not fit the value.

    Examples
    --------
    >>> entry = {"value": 0.7612, "n": 5, "spread": 0.0213, "fmt": ".2f"}
    >>> format_claim(entry)
    '0.76 ± 0.03 (n = 5)'
    >>> format_claim(entry, ".1%")
    '76.1% ± 2.6% (n = 5)'
    >>> format_claim(entry, "bare")
    '0.76'
    >>> format_claim({"value": 12.31, "unit": "s", "fmt": ".0f"})
    '12 s'
    """
    spec = (spec or "").strip()
    bare = spec == "bare" or spec.startswith("bare:")
    if bare:
        spec = spec[5:]
    number_format = spec or entry.get("fmt")
    value, spread, n, unit = entry["value"], entry.get("spread"), entry.get("n"), entry.get("unit")
    try:
        text = _number_text(value, number_format)
        # "+.3f" asks for the sign of the value; a spread has none.
        spread_format = (number_format or _spread_format(value)).lstrip("+")
        half = _half_width(spread, n)
        around = _number_text(half, spread_format) if half is not None else None
        if around is not None and not number_format:
            text = _number_text(value, _spread_format(value))
    except (ValueError, TypeError) as error:
        raise ClaimError(
            f"{number_format!r} is no format for {value!r}: {error}.",
            "Use a Python format spec such as .2f or .1%, or `bare`.",
        ) from error
    if bare:
        return text
    # 76.1% takes no space before its sign, 12 s does.
    tail = "" if not unit else unit if unit == "%" else f" {unit}"
    if spread is None or n is None:
        return text + tail
    if around is None:
        return f"{text}{tail} (n = {n})"
    return f"{text} ± {around}{tail} (n = {n})"


def _half_width(spread: float | None, n: int | None) -> float | None:
    """Half the width of the 95 % interval of a mean; None where nothing can be said."""
    if spread is None or n is None or n < 2:
        return None
    from scipy.special import stdtrit  # late: most of the course needs no SciPy

    return float(stdtrit(n - 1, 0.975)) * spread / math.sqrt(n)


def _spread_format(value: Any) -> str:
    """Value and spread get the same number of decimals: three significant digits of the value."""
    if isinstance(value, (bool, str)) or value == 0:
        return ".2f"
    return f".{min(8, max(0, 2 - math.floor(math.log10(abs(value)))))}f"


# ----------------------------------------------------------------------------------------------- files


def claims_path(folder: str | Path, framework: str, chapter: str) -> Path:
    """Where the claims of a chapter are: ``folder/framework/chapter.json``.

    Examples
    --------
    >>> claims_path("book/claims", "torch", "01-why-transfer-learning").as_posix()
    'book/claims/torch/01-why-transfer-learning.json'
    """
    return Path(folder) / framework / f"{chapter}.json"


def read_claims(path: str | Path) -> ClaimsFile:
    """Read a claims file; a missing one is empty, a damaged one is an error.

    Raises
    ------
    ClaimError
        If the file is not JSON of the right form.
    """
    path = Path(path)
    if not path.exists():
        return ClaimsFile({}, {})
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        claims, seconds = content["claims"], content.get("seconds", {})
        if not isinstance(claims, dict) or not all("value" in entry for entry in claims.values()):
            raise TypeError("'claims' is not a mapping of names to values")
    except (ValueError, KeyError, TypeError) as error:
        raise ClaimError(
            f"The claims file {path} is damaged: {error}.",
            "It is written by `tlcourse build --execute`: restore it with git, or build it again.",
        ) from error
    return ClaimsFile(claims, seconds)


def write_claims(
    path: str | Path, claims: Mapping[str, Mapping[str, Any]], seconds: Mapping[str, Any] | None = None
) -> None:
    """Write a claims file, all of it or nothing, with sorted names so that diffs are small."""
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    fields = ("value", "n", "spread", "tolerance", "unit", "fmt")

    def entry(claim: Mapping[str, Any]) -> dict[str, Any]:
        plain = {key: claim.get(key) for key in fields}
        return plain | {"story": claim["story"]} if claim.get("story") else plain

    content = {
        "claims": {name: entry(claims[name]) for name in sorted(claims)},
        "seconds": dict(seconds or {}),
    }
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=path.name, suffix=".tmp")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(content, file, ensure_ascii=False, indent=1, allow_nan=False)
            file.write("\n")
        os.chmod(temporary, 0o644)
        os.replace(temporary, path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def collect(cells: Iterable[Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    """The claims in the outputs of executed notebook cells, by name.

    Parameters
    ----------
    cells : iterable of nbformat cells
        Those without outputs are passed over.

    Raises
    ------
    ClaimError
        If two cells recorded different values under one name.
    """
    found: dict[str, dict[str, Any]] = {}
    where: dict[str, Any] = {}
    for cell in cells:
        for output in cell.get("outputs", []):
            entry = output.get("data", {}).get(MIME)
            if entry is None:
                continue
            entry = dict(entry)
            name = entry.pop("name")
            if name in found and where[name] != cell.get("id") and found[name]["value"] != entry["value"]:
                first, second = found[name]["value"], entry["value"]
                raise ClaimError(
                    f"The claim {name!r} is {first!r} in one cell and {second!r} in another.",
                    "Give one of them its own name.",
                )
            found[name], where[name] = entry, cell.get("id")
    return found

"""The tables of the sweeps: read whole, written whole, so that a kill at any moment leaves no half row."""

from __future__ import annotations

import csv
import hashlib
import io
import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tlcourse.files import write_whole
from tlcourse.sweeps.engine.hashing import row_hash
from tlcourse.sweeps.engine.spec import Settings, Sweep, SweepError, key

if TYPE_CHECKING:
    import pandas

__all__ = ["Row", "append", "prune", "read", "rehash", "results_dir", "status", "table", "table_path"]

Row = dict[str, Any]
ENV = "TLCOURSE_RESULTS"


def results_dir() -> Path:
    """Where the tables are: in the package, or where ``TLCOURSE_RESULTS`` says."""
    return Path(os.environ.get(ENV) or Path(__file__).parents[1] / "results")


def table_path(sweep: Sweep) -> Path:
    """The table of a sweep."""
    return results_dir() / f"{sweep.name}.csv"


# --------------------------------------------------------------------------------------------- reading


def _parsed(text: str, like: Any) -> Any:
    if isinstance(like, bool):
        return {"True": True, "False": False}[text]
    return type(like)(text)


def read(sweep: Sweep) -> list[Row]:
    """Every row of a table, with its values' types restored; none if there is no table yet.

    Raises
    ------
    SweepError
        If the table is damaged: other columns, a short or doubled row, a value that does not parse.
    """
    path = table_path(sweep)
    if not path.exists():
        return []
    fix = f"Restore it (git checkout -- {path.name}), or delete it and run `tlcourse results {sweep.name}`."
    columns, like = sweep.columns(), sweep.settings()[0]
    rows: list[Row] = []
    seen: dict[str, int] = {}
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise SweepError(f"{path} is damaged: it is not text ({error.reason}).", fix) from error
    lines = csv.reader(io.StringIO(text, newline=""))
    header = next(lines, [])
    if header != columns:
        raise SweepError(
            f"{path} is damaged, or of a different version: its columns are "
            f"{', '.join(header) or 'missing'}; "
            f"the sweep's are {', '.join(columns)}.",
            fix,
        )
    for number, cells in enumerate(lines, start=2):
        where = f"{path}, line {number}"
        if len(cells) != len(columns):
            raise SweepError(f"{where} is damaged: {len(cells)} values for {len(columns)} columns.", fix)
        row: Row = dict(zip(columns, cells, strict=True))
        for name in columns:
            try:
                if name in like:
                    row[name] = _parsed(row[name], like[name])
                elif name in sweep.metrics or name in ("cpu_seconds", "seconds"):
                    row[name] = float(row[name])
            except (ValueError, KeyError) as error:
                raise SweepError(f"{where} is damaged: {name} is {row[name]!r}.", fix) from error
        label = key(settings_of(sweep, row), row["framework"])
        if label in seen:
            raise SweepError(f"{where} is damaged: it repeats line {seen[label]}.", fix)
        seen[label] = number
        rows.append(row)
    return rows


def settings_of(sweep: Sweep, row: Mapping[str, Any]) -> Settings:
    """The settings part of a row."""
    return {name: row[name] for name in sweep.setting_names}


def status(sweep: Sweep, frameworks: tuple[str, ...] | None = None) -> dict[str, list[tuple[Settings, str]]]:
    """What is done and what is not.

    Returns
    -------
    dict
        ``fresh``, ``stale`` (code or settings changed since), ``missing``: lists of (settings, framework) of
        the grid, in its order; ``orphaned``: rows that the grid no longer asks for.
    """
    recorded = {key(settings_of(sweep, row), row["framework"]): row for row in read(sweep)}
    states: dict[str, list[tuple[Settings, str]]] = {"fresh": [], "stale": [], "missing": [], "orphaned": []}
    wanted = set()
    for settings in sweep.settings():
        for framework in sweep.frameworks:
            label = key(settings, framework)
            wanted.add(label)
            if frameworks is not None and framework not in frameworks:
                continue
            row = recorded.get(label)
            state = (
                "missing" if row is None else "fresh" if row["code"] == row_hash(sweep, settings) else "stale"
            )
            states[state].append((settings, framework))
    states["orphaned"] = [
        (settings_of(sweep, row), row["framework"]) for label, row in recorded.items() if label not in wanted
    ]
    return states


# --------------------------------------------------------------------------------------------- writing


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    """One writer at a time, between processes too; the system frees the lock when its holder is killed."""
    try:
        import fcntl
    except ImportError:  # Windows: one `tlcourse results` at a time, please
        yield
        return
    name = hashlib.sha256(str(path.resolve()).encode()).hexdigest()[:16]
    with open(Path(tempfile.gettempdir()) / f"tlcourse-{os.getuid()}-{name}.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _text(value: Any) -> str:
    # Six significant digits are more than any metric means, and keep the committed tables small.
    return f"{value:.6g}" if isinstance(value, float) else str(value)


def _write(sweep: Sweep, rows: list[Row]) -> None:
    path = table_path(sweep)
    path.parent.mkdir(parents=True, exist_ok=True)
    columns, settings = sweep.columns(), set(sweep.setting_names)
    place = {
        key(one, framework): (sweep.frameworks.index(framework), number)
        for number, one in enumerate(sweep.settings())
        for framework in sweep.frameworks
    }
    # In the grid's order, whatever the order of running: the same rows give the same file.
    last = (len(sweep.frameworks), 0)
    rows = sorted(rows, key=lambda row: place.get(key(settings_of(sweep, row), row["framework"]), last))
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    for row in rows:
        # Settings keep every digit: they identify the row.
        writer.writerow([str(row[name]) if name in settings else _text(row[name]) for name in columns])
    write_whole(path, text.getvalue(), flush=True)


def append(sweep: Sweep, row: Row) -> None:
    """Add a row, or put it in the place of the earlier one with its settings; all of it or nothing."""
    path = table_path(sweep)
    with _locked(path):
        for leftover in path.parent.glob(f".{path.name}*.tmp"):  # of a run killed while it wrote
            leftover.unlink(missing_ok=True)
        label = key(settings_of(sweep, row), row["framework"])
        rows = [old for old in read(sweep) if key(settings_of(sweep, old), old["framework"]) != label]
        _write(sweep, [*rows, row])


def rehash(sweep: Sweep, codes: Mapping[str, tuple[str, str]]) -> int:
    """Put new hashes in the place of old ones, all of them in one write; every other value stays as it is.

    Parameters
    ----------
    codes : mapping of str to (str, str)
        For each row, by its ``key``, the hash that it had and the one that it gets. A row that has another
        one by now (somebody ran it in the meantime) is left alone.

    Returns
    -------
    int
        How many rows got a new hash.
    """
    with _locked(table_path(sweep)):
        rows, changed = read(sweep), 0
        for row in rows:
            old, new = codes.get(key(settings_of(sweep, row), row["framework"]), ("", ""))
            if old and row["code"] == old:
                row["code"], changed = new, changed + 1
        if changed:
            _write(sweep, rows)
        return changed


def prune(sweep: Sweep) -> int:
    """Take out the rows that the grid no longer asks for; returns how many there were."""
    with _locked(table_path(sweep)):
        rows = read(sweep)
        wanted = {key(settings, framework) for settings in sweep.settings() for framework in sweep.frameworks}
        kept = [row for row in rows if key(settings_of(sweep, row), row["framework"]) in wanted]
        if len(kept) < len(rows):
            _write(sweep, kept)
        return len(rows) - len(kept)


# ------------------------------------------------------------------------------------------ for chapters


def table(name: str | Sweep, framework: str | None = None) -> pandas.DataFrame:
    """The recorded rows of a sweep, those that its grid asks for.

    Parameters
    ----------
    name : str
        Name of the sweep.
    framework : str, optional
        Only the rows of ``"torch"`` or ``"keras"``.

    Returns
    -------
    pandas.DataFrame
        One row per run: settings, framework, metrics, ``cpu_seconds`` (processor seconds on one thread),
        ``seconds`` (wall clock), ``code``, ``versions``, ``machine``.

    Raises
    ------
    UnknownNameError
        If there is no such sweep or framework.
    SweepError
        If the table is missing or damaged.
    """
    import pandas

    from tlcourse.errors import UnknownNameError
    from tlcourse.sweeps.engine.registry import get

    sweep = get(name)
    if framework is not None and framework not in sweep.frameworks:
        raise UnknownNameError("framework", framework, sweep.frameworks)
    if not table_path(sweep).exists():
        raise SweepError(
            f"The sweep {sweep.name!r} has no table yet.", f"Run `tlcourse results {sweep.name}` first."
        )
    wanted = {key(settings, one) for settings in sweep.settings() for one in sweep.frameworks}
    rows = [
        row
        for row in read(sweep)
        if key(settings_of(sweep, row), row["framework"]) in wanted and framework in (None, row["framework"])
    ]
    return pandas.DataFrame(rows, columns=sweep.columns())

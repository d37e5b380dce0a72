"""For notebooks: one row live, and how it compares with what was recorded."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tlcourse.sweeps.engine.registry import get
from tlcourse.sweeps.engine.rows import run_row
from tlcourse.sweeps.engine.spec import Sweep, SweepError, key
from tlcourse.sweeps.engine.store import Row, append, settings_of, status, table

if TYPE_CHECKING:
    import pandas

__all__ = ["compare", "live_row", "run_all"]


def _the_settings(sweep: Sweep, wanted: dict[str, Any]) -> dict[str, Any]:
    grid = sweep.settings()
    unknown = set(wanted) - set(grid[0])
    if unknown:
        raise SweepError(
            f"The sweep {sweep.name!r} has no setting {', '.join(map(repr, sorted(unknown)))}.",
            f"Its settings are {', '.join(grid[0])}.",
        )
    fitting = [one for one in grid if all(one[name] == value for name, value in wanted.items())]
    if len(fitting) != 1:
        left = {
            name: values
            for name in grid[0]
            if len(values := list(dict.fromkeys(one[name] for one in fitting or grid))) > 1
        }
        choices = "; ".join(f"{name}: {', '.join(map(str, values))}" for name, values in left.items())
        raise SweepError(
            f"{len(fitting) or 'No'} rows of the sweep {sweep.name!r} have {wanted}.",
            f"Choose one row. {choices}.",
        )
    return fitting[0]


def live_row(name: str | Sweep, **settings: Any) -> Row:
    """Run one row of a sweep in this process, with the framework that ``tlcourse.start`` started.

    Parameters
    ----------
    name : str
        Name of the sweep.
    **settings
        Enough of the row's settings, seed included, to tell it from the others of the grid.

    Returns
    -------
    dict
        Settings, ``framework``, metrics, ``cpu_seconds``, ``seconds``, ``code``, ``versions``, ``machine``.
        Nothing is written.

    Raises
    ------
    SweepError
        If the settings fit no row, or several: the message lists what there is to choose.
    """
    from tlcourse import frameworks

    sweep = get(name)
    return run_row(sweep, _the_settings(sweep, settings), frameworks.current_framework())


def compare(name: str | Sweep, row: Row) -> pandas.DataFrame:
    """A live row beside the recorded one, and beside the spread over the recorded seeds.

    Parameters
    ----------
    name : str
        Name of the sweep.
    row : dict
        What :func:`live_row` gave.

    Returns
    -------
    pandas.DataFrame
        One line per compared metric: ``live``; ``recorded`` (the same settings and seed, NaN if it is not in
        the table); ``tolerance``; ``mean``, ``sd``, ``lowest``, ``highest``, ``n`` over the seeds; and
        ``agrees`` (live is within the tolerance of recorded, or of the range of the seeds where there is no
        such row).
    """
    import pandas

    sweep = get(name)
    settings = settings_of(sweep, row)
    recorded = table(sweep, row["framework"])
    for setting, value in settings.items():
        if setting != "seed":
            recorded = recorded[recorded[setting] == value]
    twin = recorded[recorded["seed"] == settings["seed"]]
    lines = {}
    for metric in sweep.metrics:
        tolerance = sweep.tolerance(metric, settings, row["framework"])
        if tolerance is None or recorded.empty:
            continue
        values, live = recorded[metric], float(row[metric])
        low = high = float(twin[metric].iloc[0]) if len(twin) else float("nan")
        if not len(twin):
            low, high = float(values.min()), float(values.max())
        lines[metric] = {
            "live": live,
            "recorded": float(twin[metric].iloc[0]) if len(twin) else float("nan"),
            "tolerance": tolerance,
            "mean": float(values.mean()),
            "sd": float(values.std(ddof=1)) if len(values) > 1 else float("nan"),
            "lowest": float(values.min()),
            "highest": float(values.max()),
            "n": len(values),
            "agrees": low - tolerance - 1e-9 <= live <= high + tolerance + 1e-9,
        }
    return pandas.DataFrame.from_dict(lines, orient="index")


def run_all(name: str | Sweep, *, again: bool = False, save: bool = False) -> pandas.DataFrame:
    """Run the rows of the current framework here, in this process: for a GPU, or a patient learner.

    Parameters
    ----------
    name : str
        Name of the sweep.
    again : bool
        Also run what the table has already; by default only missing and stale rows.
    save : bool
        Write each row into the table as soon as it is there.

    Returns
    -------
    pandas.DataFrame
        The rows that were run, as :func:`table` gives them. A progress bar shows the time left.
    """
    import pandas
    from tqdm.auto import tqdm

    from tlcourse import frameworks

    sweep, framework = get(name), frameworks.current_framework()
    if again:
        todo = sweep.settings()
    else:
        states = status(sweep, (framework,))
        wanted = {key(settings) for state in ("stale", "missing") for settings, _ in states[state]}
        todo = [settings for settings in sweep.settings() if key(settings) in wanted]
    rows = []
    for settings in tqdm(todo, desc=sweep.name, unit="row", disable=not todo):
        rows.append(run_row(sweep, settings, framework))
        if save:
            append(sweep, rows[-1])
    return pandas.DataFrame(rows, columns=sweep.columns())

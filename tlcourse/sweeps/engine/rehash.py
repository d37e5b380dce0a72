"""``tlcourse results --rehash``: code was moved, no number was meant to move, and a sample of rows says so.

A row is stale as soon as the text of its code changes. Where that text was only moved or renamed, running
thousands of rows again would show nothing new: here a sample of the stale rows of each table is run on the
new code, and if all of them come out as recorded, the stale rows get the new hash and keep their numbers.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from tlcourse.sweeps.engine import store
from tlcourse.sweeps.engine.check import differences, print_differences
from tlcourse.sweeps.engine.hashing import row_hash
from tlcourse.sweeps.engine.pool import Job, Outcome
from tlcourse.sweeps.engine.run import Echo, chosen_frameworks, chosen_sweeps, run_jobs
from tlcourse.sweeps.engine.sample import by_salt
from tlcourse.sweeps.engine.spec import Sweep, SweepError, key

__all__ = ["LEAST", "rehash_sweeps"]

LEAST = 5
"""The smallest sample of stale rows, for each table and framework, that a new hash may rest on."""


@dataclass
class _Table:
    """A table with stale rows, and what became of its sample."""

    sweep: Sweep
    codes: dict[str, tuple[str, str]]
    """Label of each stale row -> (its hash, the hash of the code as it is now)."""
    waiting: dict[str, store.Row]
    """Sampled rows that are still to come, as recorded, by label."""
    beyond: list[list[str]] = field(default_factory=list)
    edited: bool = False

    def compare(self, outcome: Outcome) -> str:
        """Note how a sampled row came out; the verdict on it in a few words."""
        assert outcome.row is not None
        job, label = outcome.job, key(outcome.job.settings, outcome.job.framework)
        if outcome.row["code"] != self.codes[label][1]:
            self.edited = True
            return "ran other code than this command began with"
        beyond = differences(job, self.waiting.pop(label), outcome.row)
        self.beyond += beyond
        return "DIFFERS" if beyond else "as recorded"

    @property
    def agrees(self) -> bool:
        """Whether all of the sample is there, and as recorded."""
        return not self.waiting and not self.beyond and not self.edited

    def refusal(self) -> str:
        """Why the table keeps its hashes."""
        if self.edited:
            return "its code was edited while the sample ran. Start again when it is finished."
        if self.beyond:
            return (
                "rows of the sample moved, see above. If they were meant to, run the table again "
                f"(`tlcourse results {self.sweep.name}`); if not, the move changed more than a place."
            )
        return f"{len(self.waiting)} rows of the sample could not be run."


def _compared(sweep: Sweep, row: store.Row) -> bool:
    settings, framework = store.settings_of(sweep, row), row["framework"]
    return any(sweep.tolerance(metric, settings, framework) is not None for metric in sweep.metrics)


def _stale(sweep: Sweep, only: tuple[str, ...] | None) -> dict[str, list[store.Row]]:
    """The stale rows of a table by framework, without the frameworks that have none."""
    labels = {key(*one) for one in store.status(sweep, only)["stale"]}
    rows: dict[str, list[store.Row]] = {}
    for row in store.read(sweep) if labels else ():
        if key(store.settings_of(sweep, row), row["framework"]) in labels:
            rows.setdefault(row["framework"], []).append(row)
    return rows


def _table(sweep: Sweep, stale: dict[str, list[store.Row]], sample: int, salt: str) -> _Table:
    """What is to be run before the table may be rehashed.

    Raises
    ------
    SweepError
        If nothing of the rows of a framework is ever compared, so that no sample could refuse anything.
    """
    table = _Table(sweep, {}, {})
    for framework, rows in stale.items():
        for row in rows:
            settings = store.settings_of(sweep, row)
            table.codes[key(settings, framework)] = (row["code"], row_hash(sweep, settings))
        comparable = [row for row in rows if _compared(sweep, row)]
        if not comparable:
            raise SweepError(
                f"No metric of the stale {framework} rows of {sweep.name!r} is ever compared "
                "(all tolerances are None), so that no sample can tell whether they still hold.",
                f"Run them again: `tlcourse results {sweep.name}`.",
            )
        for row in by_salt(sweep, comparable, salt)[:sample]:
            table.waiting[key(store.settings_of(sweep, row), framework)] = row
    return table


def _tables(
    sweeps: Iterable[Sweep], only: tuple[str, ...] | None, sample: int, salt: str, echo: Echo
) -> tuple[dict[str, _Table], int]:
    """The tables with stale rows, by name, and how many more were refused before anything ran."""
    tables: dict[str, _Table] = {}
    refused = 0
    for sweep in sweeps:
        stale = _stale(sweep, only)
        if not stale:
            continue
        counts = ", ".join(f"{len(rows)} {framework}" for framework, rows in stale.items())
        echo(f"{sweep.name}: {counts} rows are stale")
        try:
            tables[sweep.name] = _table(sweep, stale, sample, salt)
        except SweepError as error:
            refused += 1
            echo(f"{sweep.name}: REFUSED. {error}")
    return tables, refused


def rehash_sweeps(
    name: str | Sequence[str] | None = None,
    *,
    frameworks: Sequence[str] | str | None = None,
    sample: int = LEAST,
    salt: str = "",
    jobs: int | None = None,
    echo: Echo = print,
) -> bool:
    """Give stale rows the hash of the code as it is now, where a sample of them comes out as recorded.

    For code that was moved or renamed. Of each table with stale rows a sample is run on the new code. If all
    of it agrees within the tolerances, all stale rows of the table get the new hash in one write, and keep
    their numbers, versions and times. If one row does not, or fails, the table is left as it is, byte for
    byte, and the rows that moved are printed. Tables without stale rows are not touched and run nothing.
    Killed at any moment, the tables that are done are done, and the same command goes on with the others.

    Parameters
    ----------
    name : str or list of str, optional
        The sweeps; all of them by default.
    frameworks : str or list of str, optional
        Only the rows of these; the others stay stale.
    sample : int
        Rows to run of each table and framework: five or more, all where fewer are stale.
    salt : str
        Chooses the sample.
    jobs : int, optional
        Worker processes, each with one thread; by default one per core.
    echo : callable
        Prints a line.

    Returns
    -------
    bool
        Whether no stale row is left among those asked for.

    Raises
    ------
    UnknownNameError, SweepError
        For an unknown sweep or framework, a sample of fewer than five, or a damaged table: before anything
        is run or written.
    """
    if sample < LEAST:
        raise SweepError(
            f"A sample of {sample} rows is too few to vouch for a table.",
            f"Pass --sample {LEAST} or more.",
        )
    tables, refused = _tables(chosen_sweeps(name), chosen_frameworks(frameworks), sample, salt, echo)
    if not tables:
        if not refused:
            echo("No row is stale.")
        return not refused
    todo = [
        Job(table.sweep, store.settings_of(table.sweep, row), row["framework"])
        for table in tables.values()
        for row in table.waiting.values()
    ]

    def keep(outcome: Outcome) -> str:
        table = tables[outcome.job.sweep.name]
        verdict = table.compare(outcome)
        if table.agrees:
            changed = store.rehash(table.sweep, table.codes)
            verdict += f"; {table.sweep.name}: {changed} rows have the new hash"
        return verdict

    run_jobs(todo, jobs, echo, keep)
    moved = [table for table in tables.values() if not table.agrees]
    if lines := [line for table in moved for line in table.beyond]:
        print_differences(lines, echo)
    for table in moved:
        echo(f"{table.sweep.name}: REFUSED, nothing written: {table.refusal()}")
    return not moved and not refused

"""What a sweep is: its function, its grid, its metrics with their tolerances."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from importlib import import_module
from typing import Any

from tlcourse.errors import CourseError
from tlcourse.frameworks import FRAMEWORKS

__all__ = ["FRAMEWORKS", "Settings", "Sweep", "SweepError", "key"]

Settings = dict[str, Any]

Tolerance = float | None | Callable[[Settings], float | None]
"""How far a re-run may land: a number, None (not compared), or a function that gives either for the settings
of a row and its ``framework``."""


class SweepError(CourseError):
    """A sweep that is not known, a table that is damaged, or a row that no longer comes out as recorded."""


@dataclass(frozen=True)
class Sweep:
    """A comparison: one function, many settings.

    Attributes
    ----------
    name : str
        Name of the sweep and of its table, ``results/<name>.csv``.
    run : str
        ``"module:function"``; called as ``function(framework, **settings)`` in a process whose framework is
        started, single-threaded and seeded with ``settings["seed"]``; returns a number per metric.
    grid : callable
        Gives the list of settings, plain values (int, float, str, bool), the same keys in each. It must hold
        ``seed``.
    metrics : dict
        Metric -> largest absolute difference that a re-run may show, a number or a function of the settings
        (``framework`` among them); None: recorded, never compared (seconds).
    frameworks : tuple of str
        Where it runs; ``("plain",)`` for a sweep that needs neither.
    cost : callable, optional
        Relative cost of a row, for the time left; by default all rows cost the same.
    given : callable, optional
        What a row gets besides its settings, by name: plain values that are decided elsewhere, such as a rate
        that the search of another sweep chose. They are arguments of the function and part of the row's hash,
        and no columns of the table. A rate that stands in the settings needs no mention here.
    after : tuple of str
        The sweeps whose tables ``grid`` or ``given`` read: they are run before.
    title : str
        A line for people.
    """

    name: str
    run: str
    grid: Callable[[], list[Settings]]
    metrics: Mapping[str, Tolerance]
    frameworks: tuple[str, ...] = FRAMEWORKS
    cost: Callable[[Settings], float] = field(default=lambda settings: 1.0)
    given: Callable[[Settings], Settings] = field(default=lambda settings: {})
    after: tuple[str, ...] = ()
    title: str = ""

    def settings(self) -> list[Settings]:
        """The grid, checked.

        Raises
        ------
        SweepError
            If the settings differ in their keys, lack a seed, come twice, or share a name with a metric.
        """
        return [dict(one) for one in self._checked]

    @cached_property
    def _checked(self) -> list[Settings]:
        """The grid, made and checked once: the tables ask for it row by row."""
        grid = self.grid()
        fix = f"Mend the grid of the sweep {self.name!r}."
        if not grid:
            raise SweepError(f"The sweep {self.name!r} has no settings.", fix)
        names = list(grid[0])
        if "seed" not in names:
            raise SweepError(f"The settings of the sweep {self.name!r} have no seed.", fix)
        clash = set(names) & {
            *self.metrics,
            "framework",
            "cpu_seconds",
            "seconds",
            "code",
            "versions",
            "machine",
        }
        if clash:
            raise SweepError(
                f"Settings of {self.name!r} take reserved names: {', '.join(sorted(clash))}.", fix
            )
        seen = set()
        for settings in grid:
            if list(settings) != names:
                raise SweepError(f"The settings {settings} of {self.name!r} are not named {names}.", fix)
            if key(settings) in seen:
                raise SweepError(f"The settings {settings} come twice in the grid of {self.name!r}.", fix)
            seen.add(key(settings))
        return grid

    @property
    def setting_names(self) -> list[str]:
        """The names of the settings, in order."""
        return list(self._checked[0])

    def columns(self) -> list[str]:
        """The columns of the table, in order."""
        return [
            *self.setting_names,
            "framework",
            *self.metrics,
            *("cpu_seconds", "seconds", "code", "versions", "machine"),
        ]

    def tolerance(self, metric: str, settings: Mapping[str, Any], framework: str) -> float | None:
        """The tolerance of a metric in a row of a framework; None where it is not compared."""
        tolerance = self.metrics[metric]
        return tolerance({**settings, "framework": framework}) if callable(tolerance) else tolerance

    def function(self) -> Callable[..., dict[str, float]]:
        """The function itself, imported now and not before."""
        module, _, name = self.run.partition(":")
        try:
            return getattr(import_module(module), name)
        except (ImportError, AttributeError) as error:
            raise SweepError(
                f"The function {self.run!r} of the sweep {self.name!r} cannot be imported: {error}.",
                "Write it as 'package.module:function'.",
            ) from error


def key(settings: Mapping[str, Any], framework: str = "") -> str:
    """One string per run: its settings and framework.

    Examples
    --------
    >>> key({"seed": 1, "lr": 0.001}, "torch")
    '{"lr": 0.001, "seed": 1} torch'
    """
    return f"{json.dumps(dict(settings), sort_keys=True)} {framework}".rstrip()

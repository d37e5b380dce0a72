"""The grader's web pages: feedback for each student, one report on the class. They run no script at all."""

from __future__ import annotations

import datetime as dt
import html
import re
import statistics
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

import jinja2
from markupsafe import Markup
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer

from tlcourse.exercises import State
from tlcourse.grading.roster import Row
from tlcourse.grading.words import clean_block

__all__ = ["class_page", "distribution", "feedback_page", "misconceptions", "rendered"]

_SHOWN = 20_000  # characters of a student's code in a page


@cache
def _templates() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("tlcourse.grading"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        finalize=_shown,
    )
    environment.globals |= {"number": _number, "code": _code, "highlighted": _highlighted}
    return environment


def _shown(value: Any) -> Any:
    """What a page is given: text cleaned once more, on its way out."""
    return clean_block(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.2f}".rstrip("0").rstrip(".")


def _code(text: str) -> Markup:
    """Escaped text, with what stands between backticks as code."""
    return Markup(re.sub(r"`([^`]+)`", r"<code>\1</code>", html.escape(clean_block(text))))


def _highlighted(source: str) -> Markup:
    """Escaped code with classes on its parts; nothing else gets through."""
    return Markup(highlight(clean_block(source, _SHOWN), PythonLexer(), HtmlFormatter(nowrap=True)))


def _when(when: dt.datetime | None) -> str:
    return (when or dt.datetime.now().astimezone()).strftime("%Y-%m-%d %H:%M %Z").strip()


def feedback_page(row: Row, chapter: str, when: dt.datetime | None = None) -> str:
    """One student's page: each exercise with the code, the state, the points, the messages and a hint.

    Parameters
    ----------
    row : Row
        With a result.
    chapter : str
        Its title.
    when : datetime.datetime, optional
        Now by default.

    Returns
    -------
    str
        HTML, complete in itself.
    """
    return rendered("feedback", when, row=row, chapter=chapter)


def rendered(template: str, when: dt.datetime | None = None, **values: Any) -> str:
    """A page from one of the templates, with everything escaped and cleaned that it is given.

    Parameters
    ----------
    template : str
        Its name, without ``.html.j2``.
    when : datetime.datetime, optional
        Now by default; the page gets it as text.
    **values
        What the template shows.
    """
    return _templates().get_template(f"{template}.html.j2").render(when=_when(when), **values)


def _exercises(rows: Sequence[Row]) -> list[dict[str, Any]]:
    by_id: dict[str, dict[str, Any]] = {}
    for row in rows:
        for mark in row.marks:
            entry = by_id.setdefault(
                mark.exercise_id,
                {
                    "id": mark.exercise_id,
                    "title": mark.title,
                    "full": mark.max_points,
                    "states": Counter(),
                    "points": [],
                },
            )
            entry["states"][mark.state.value] += 1
            entry["points"].append(row.earned(mark))
    for entry in by_id.values():
        entry["all"] = len(entry["points"])
        entry["passed"] = entry["states"][State.PASS.value]
        entry["mean"] = statistics.fmean(entry["points"])
    return list(by_id.values())


def misconceptions(rows: Sequence[Row]) -> list[dict[str, Any]]:
    """What was misunderstood, the commonest first: ``name``, ``exercise``, ``count`` and ``message``."""
    counts: Counter[tuple[str, str]] = Counter()
    messages: dict[tuple[str, str], str] = {}
    for row in rows:
        for mark in row.marks:
            for name in dict.fromkeys(mark.misconceptions):
                counts[name, mark.exercise_id] += 1
                message = next(f.message for f in mark.findings if f.misconception == name)
                messages.setdefault((name, mark.exercise_id), message)
    return [
        {"name": name, "exercise": exercise, "count": count, "message": messages[name, exercise]}
        for (name, exercise), count in counts.most_common(25)
    ]


def _spread(points: Sequence[float], full: int) -> list[tuple[str, int]]:
    """Students by points, in at most ten steps."""
    step = max(1, -(-full // 10))
    edges = list(range(0, full + 1, step))
    counts = Counter(min(int(value // step), len(edges) - 1) for value in points)
    labels = [f"{low}" if step == 1 else f"{low} to {min(low + step - 1, full)}" for low in edges]
    return [(label, counts[i]) for i, label in enumerate(labels)]


def class_page(
    rows: Sequence[Row],
    chapter: str,
    links: Mapping[str, str],
    when: dt.datetime | None = None,
    left_out: Sequence[str] = (),
) -> str:
    """The class's page: verdicts, distribution, exercises, misconceptions, students, protections.

    Parameters
    ----------
    rows : sequence of Row
    chapter : str
        Its title.
    links : mapping
        Student to the address of their feedback.
    when : datetime.datetime, optional
        Now by default.
    left_out : sequence of str
        What lay among the submissions without being one.

    Returns
    -------
    str
        HTML, complete in itself.
    """
    graded = [row for row in rows if row.points is not None]
    return rendered(
        "class",
        when,
        rows=rows,
        chapter=chapter,
        links=links,
        left_out=left_out,
        counts=Counter(row.status for row in rows),
        failed=[row for row in rows if row.status == "not graded"],
        exercises=_exercises(rows),
        states=list(State),
        misconceptions=misconceptions(rows),
        blanks={row.student: _blanks(row) for row in rows},
        protections=_protections(rows),
        slowest=sorted(graded, key=lambda row: -row.result.seconds if row.result else 0)[:5],
        **distribution(rows),
    )


def distribution(rows: Sequence[Row]) -> dict[str, Any]:
    """The class's points: mean, median, full marks, and how many students have how many."""
    points = [row.points for row in rows if row.points is not None]
    full = max((row.max_points for row in rows), default=0)
    spread = _spread(points, full)
    return {
        "mean": statistics.fmean(points) if points else None,
        "median": statistics.median(points) if points else None,
        "full": full,
        "spread": spread,
        "most": max([count for _, count in spread] + [1]),
    }


def _blanks(row: Row) -> str:
    """The exercises that a student left blank."""
    return ", ".join(mark.exercise_id for mark in row.marks if mark.state is State.NOT_ATTEMPTED)


def _protections(rows: Sequence[Row]) -> list[str]:
    return list(dict.fromkeys(line for row in rows if row.result for line in row.result.protections))

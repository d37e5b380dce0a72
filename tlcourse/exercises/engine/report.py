"""What a learner sees: the panel of a check, of a hint, and the table of a chapter's progress.

Each has an HTML form, coloured by JupyterLab's own variables (or the site's, or whatever page it is on),
and a plain text form for a terminal. A state is always a word and a symbol; colour only repeats it.
"""

from __future__ import annotations

import html
import os
import re
import textwrap
from dataclasses import dataclass
from typing import Any

from tlcourse.exercises.engine.model import Exercise, Finding, Observation, State, Verdict, WrongAnswerError

__all__ = ["HintPanel", "ProgressView", "Report", "judge_observation"]

SLOW_SECONDS = 2.0

# White text on each of these has a contrast of 4.5:1 or more.
_CHIP = {
    State.PASS: "#1a6b34",
    State.PARTLY: "#7a5200",
    State.NOT_YET: "#1f5fa8",
    State.ERROR: "#a4262c",
    State.NOT_ATTEMPTED: "#565c64",
}
_TEXT = "var(--jp-ui-font-color0, var(--pst-color-text-base, inherit))"
_QUIET = "var(--jp-ui-font-color1, var(--pst-color-text-base, inherit))"
_FACE = "var(--jp-layout-color1, var(--pst-color-surface, transparent))"
_EDGE = "var(--jp-border-color1, var(--pst-color-border, #8a8f98))"
_CODE = "var(--jp-layout-color2, var(--pst-color-surface, transparent))"


def _points(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")


def _rich(message: str) -> str:
    """Escape a message; text between backticks becomes code."""
    parts = re.split(r"`([^`]+)`", message)
    style = f"background:{_CODE};color:{_TEXT};padding:0 0.25em;border-radius:3px"
    return "".join(
        f'<code style="{style}">{html.escape(part)}</code>' if i % 2 else html.escape(part)
        for i, part in enumerate(parts)
    )


def _panel(accent: str, label: str, head: str, body: str) -> str:
    return (
        f'<div class="tl-panel" role="group" aria-label="{html.escape(label, quote=True)}" '
        f'style="border:1px solid {_EDGE};border-left:6px solid {accent};border-radius:4px;'
        f"background:{_FACE};"
        f"color:{_TEXT};padding:0.6em 0.9em;margin:0.4em 0;"
        f'max-width:52em;line-height:1.45">{head}{body}</div>'
    )


def _chip(text: str, colour: str) -> str:
    return (
        f'<span style="background:{colour};color:#ffffff;border-radius:3px;padding:0.1em 0.5em;'
        f"font-weight:600;"
        f'white-space:nowrap">{html.escape(text)}</span>'
    )


def _wrap(text: str, first: str, rest: str) -> str:
    return textwrap.fill(text, width=96, initial_indent=first, subsequent_indent=rest, break_on_hyphens=False)


@dataclass(frozen=True)
class Report:
    """The outcome of one check. Shows itself in a notebook; prints as text.

    ``state`` is one of the five `State`; ``points`` of ``max_points``; ``misconceptions`` names what was
    misunderstood, for the class report.
    """

    exercise_id: str
    title: str
    state: State
    points: float
    max_points: int
    findings: tuple[Finding, ...] = ()
    problem: str = ""
    advice: str = ""
    printed: str = ""
    seconds: float = 0.0
    note: str = ""
    trains: bool = False

    @property
    def misconceptions(self) -> tuple[str, ...]:
        """Names of what was misunderstood, in the order found."""
        return tuple(f.misconception for f in self.findings if not f.passed and f.misconception)

    @property
    def messages(self) -> tuple[str, ...]:
        """Every sentence that the learner is shown, without the symbols."""
        texts = [f.message for f in self.findings] + [self.problem, self.advice, self.note]
        return tuple(text for text in texts if text)

    def _score(self) -> str:
        unit = "point" if self.max_points == 1 else "points"
        return f"{_points(self.points)} of {self.max_points} {unit}"

    def _next(self) -> str:
        if self.state is State.NOT_ATTEMPTED:
            return (
                f"Write your answer in the cell above and run it, then run this one. "
                f'`hint("{self.exercise_id}")` gives a first idea.'
            )
        if self.state in (State.NOT_YET, State.PARTLY):
            return f'Stuck? Run `hint("{self.exercise_id}")`.'
        return ""

    def _slow(self) -> str:
        # Of code that was stopped, nobody knows how long it takes; of code that trains it was said before.
        if self.seconds <= SLOW_SECONDS or self.state is State.ERROR or self.trains:
            return ""
        return f"(Your code took {self.seconds:.1f} s here; the inputs are small, so there is a quicker way.)"

    def __str__(self) -> str:
        lines = [f"{self.state.symbol} {self.state.value}  {self.title}  ({self._score()})"]
        lines += [_wrap(f.message, "  ✓ " if f.passed else "  ✗ ", "    ") for f in self.findings]
        lines += [_wrap(text, "  ", "  ") for text in (self.problem, self.advice, self.note) if text]
        if self.printed.strip() and self.state is not State.PASS:
            lines.append("  Your code printed:")
            lines += [f"    {line}" for line in self.printed.splitlines()[:12]]
        lines += [_wrap(text.replace("`", ""), "  ", "  ") for text in (self._slow(), self._next()) if text]
        return "\n".join(lines)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        colour = _CHIP[self.state]
        head = (
            f'<div style="display:flex;flex-wrap:wrap;gap:0.4em 0.8em;align-items:baseline">'
            f"{_chip(f'{self.state.symbol} {self.state.value}', colour)}"
            f"<strong>{html.escape(self.title)}</strong>"
            f'<span style="color:{_QUIET}">{self._score()}</span></div>'
        )
        body = ""
        if self.findings:
            rows = "".join(
                f'<li style="list-style:none;margin:0.2em 0;padding-left:1.4em;text-indent:-1.4em">'
                f'<span aria-hidden="true" style="display:inline-block;width:1.4em;text-indent:0;'
                f'font-weight:700">'
                f"{'✓' if f.passed else '✗'}</span>"
                f"{_rich(f.message)}</li>"
                for f in self.findings
            )
            body += f'<ul style="margin:0.5em 0 0 0;padding:0">{rows}</ul>'
        for text in (self.problem, self.advice, self.note):
            body += f'<p style="margin:0.5em 0 0 0">{_rich(text)}</p>' if text else ""
        if self.printed.strip() and self.state is not State.PASS:
            shown = html.escape("\n".join(self.printed.splitlines()[:12]))
            body += (
                f'<p style="margin:0.5em 0 0 0">Your code printed:</p><pre style="margin:0.2em 0 0 0;'
                f'background:{_CODE};color:{_TEXT};padding:0.3em 0.6em;white-space:pre-wrap">{shown}</pre>'
            )
        for text in (self._slow(), self._next()):
            body += f'<p style="margin:0.5em 0 0 0;color:{_QUIET}">{_rich(text)}</p>' if text else ""
        return _panel(colour, f"{self.state.value}: {self.title}, {self._score()}", head, body)

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        # nbgrader takes the marks from a check cell's text: a number between 0 and the cell's points.
        grading = os.environ.get("NBGRADER_EXECUTION") == "autograde"
        return {
            "text/plain": repr(float(round(self.points, 4))) if grading else str(self),
            "text/html": self._repr_html_(),
        }


def judge_observation(exercise: Exercise, observation: Observation, inputs: dict[str, Any]) -> Report:
    """Turn what was observed into a verdict. Runs no code of the learner's.

    Parameters
    ----------
    exercise : Exercise
    observation : Observation
        From `observe_in_process` or `observe_in_subprocess`.
    inputs : dict
        The inputs that the observation was made on, drawn again or kept on this side: never ones that came
        back.

    Returns
    -------
    Report
        Never raises: a judge that fails on odd data gives ERROR and no points, and says that it is not the
        learner's mistake alone.
    """

    def report(state: State, points: float = 0.0, findings: tuple[Finding, ...] = (), **words: str) -> Report:
        return Report(
            exercise_id=exercise.id,
            title=exercise.title,
            state=state,
            points=points,
            max_points=exercise.points,
            findings=findings,
            printed=observation.printed,
            seconds=observation.seconds,
            note=observation.note,
            trains=exercise.trains > 0,
            **words,
        )

    if observation.kind == "not_attempted":
        return report(State.NOT_ATTEMPTED)
    if observation.kind in ("unusable", "nothing"):
        name = "unusable value" if observation.kind == "unusable" else "no return"
        finding = Finding(False, observation.problem, name)
        return report(State.NOT_YET, findings=(finding,), advice=observation.advice)
    if observation.kind != "ok" or observation.data is None:
        return report(State.ERROR, problem=observation.problem, advice=observation.advice)
    try:
        verdict = exercise.judge(observation.data, inputs)
    except WrongAnswerError as wrong:
        verdict = Verdict(0.0, (wrong.finding,))
    except Exception as error:
        return report(
            State.ERROR,
            problem=f"The check could not judge what `{exercise.answer}` gave: {type(error).__name__}.",
            advice="Compare the type and the shape of what you return with what the exercise asks for.",
        )
    points = float(verdict.points)
    points = min(max(points, 0.0), float(exercise.points)) if points == points else 0.0
    lesser = State.PARTLY if points > 0 else State.NOT_YET
    state = State.PASS if points >= exercise.points - 1e-9 else lesser
    return report(state, points, verdict.findings)


@dataclass(frozen=True)
class HintPanel:
    """One stage of an exercise's hints."""

    title: str
    stage: int
    stages: int
    text: str

    def _head(self) -> str:
        return f"Hint {self.stage} of {self.stages}"

    def _tail(self) -> str:
        if self.stage < self.stages:
            return "Run the same line again for the next one."
        return "That was the last hint; there are no more."

    def __str__(self) -> str:
        head = f"{self._head()}  {self.title}"
        return "\n".join([head, _wrap(self.text, "  ", "  "), _wrap(self._tail(), "  ", "  ")])

    __repr__ = __str__

    def _repr_html_(self) -> str:
        colour = "#5b3f8c"
        head = f"<div>{_chip(self._head(), colour)} <strong>{html.escape(self.title)}</strong></div>"
        body = f'<p style="margin:0.5em 0 0 0">{_rich(self.text)}</p>'
        body += f'<p style="margin:0.5em 0 0 0;color:{_QUIET}">{html.escape(self._tail())}</p>'
        return _panel(colour, f"{self._head()}: {self.title}", head, body)

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        return {"text/plain": str(self), "text/html": self._repr_html_()}


@dataclass(frozen=True)
class ProgressView:
    """The exercises of a chapter with the outcome of each one's last check in this session."""

    chapter: str | None
    rows: tuple[tuple[Exercise, Report | None], ...]

    @property
    def points(self) -> float:
        """Points of the last checks, added up."""
        return sum(report.points for _, report in self.rows if report is not None)

    @property
    def max_points(self) -> int:
        """Full marks of the chapter."""
        return sum(exercise.points for exercise, _ in self.rows)

    def _title(self) -> str:
        where = "the course" if self.chapter is None else f"chapter {int(self.chapter)}"
        return f"Your progress in {where}: {_points(self.points)} of {self.max_points} points"

    @staticmethod
    def _state(report: Report | None) -> str:
        return "– not checked" if report is None else f"{report.state.symbol} {report.state.value}"

    def __str__(self) -> str:
        lines = [self._title()]
        width = max((len(e.title) for e, _ in self.rows), default=0)
        for exercise, report in self.rows:
            got = _points(0 if report is None else report.points)
            lines.append(
                f"  {self._state(report):<15} {got:>4} / {exercise.points:<3} {exercise.title:<{width}}"
            )
        return "\n".join(line.rstrip() for line in lines)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        cell = f"padding:0.25em 0.8em;border-bottom:1px solid {_EDGE};text-align:left;color:{_TEXT}"
        rows = ""
        for exercise, report in self.rows:
            colour = _CHIP[report.state if report else State.NOT_ATTEMPTED]
            rows += (
                f'<tr style="background:transparent"><th scope="row" style="{cell};font-weight:400">'
                f"{html.escape(exercise.title)}</th>"
                f'<td style="{cell}">{_chip(self._state(report), colour)}</td>'
                f'<td style="{cell}">{_points(report.points if report else 0)} of {exercise.points}</td></tr>'
            )
        heads = "".join(
            f'<th scope="col" style="{cell}">{text}</th>' for text in ("Exercise", "Outcome", "Points")
        )
        table = (
            f'<table style="border-collapse:collapse;margin:0.5em 0 0 0;font-size:inherit">'
            f"<thead><tr>{heads}</tr>"
            f"</thead><tbody>{rows}</tbody></table>"
        )
        return _panel("#565c64", "Progress", f"<strong>{html.escape(self._title())}</strong>", table)

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        return {"text/plain": str(self), "text/html": self._repr_html_()}

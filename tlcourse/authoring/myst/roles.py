"""Each role in a notebook; and the few that are changed for the site."""

from __future__ import annotations

import difflib
import html
import re
from collections.abc import Callable, Iterable
from pathlib import Path

from tlcourse.authoring.myst.context import Context
from tlcourse.authoring.myst.dollars import MARK
from tlcourse.claims import format_claim
from tlcourse.errors import CourseError

__all__ = ["ROLES", "role", "suggest"]

_TITLED = re.compile(r"^(?P<text>.*?)\s*<(?P<target>[^<>]+)>$", re.DOTALL)


def role(name: str, body: str, whole: str, line: int, context: Context) -> str:
    """What a role becomes: ``{name}`body```, of which `whole` is all.

    Sphinx reads most roles itself, so on the site they stay as they are.
    """
    if name not in ROLES:
        context.mistake(line, f"The role {{{name}}} cannot be shown in JupyterLab.", suggest(name, ROLES))
        return whole
    if context.lab:
        return ROLES[name](body, line, context)
    if name == "claim":
        return _claim(body, line, context)
    return _site_label(name, body, whole, context) if name in LABELLED else whole


def suggest(name: str, known: Iterable[str]) -> str:
    """What an unknown role or directive may have meant, and what there is."""
    names = sorted(known)
    close = difflib.get_close_matches(name, names, n=1)
    guess = f"Did you mean {{{close[0]}}}? " if close else ""
    return f"{guess}Known: {', '.join(names)}."


def _titled(body: str) -> tuple[str | None, str]:
    """``words <target>`` taken apart; None for the words if there is only a target."""
    match = _TITLED.match(body)
    return (match["text"], match["target"]) if match else (None, body)


def _claim(body: str, line: int, context: Context) -> str:
    name, _, spec = body.partition(";")
    name = name.strip()
    if context.claims is None:
        return "…"
    if name not in context.claims:
        context.mistake(
            line,
            f"No value of the claim {name!r} has been recorded yet ({context.framework}).",
            "Run `tlcourse build --execute`, which runs the notebook and commits its values to book/claims.",
        )
        return "…"
    try:
        return format_claim(context.claims[name], spec or None).replace("$", MARK)
    except CourseError as error:
        context.mistake(line, error.problem, error.fix)
        return "…"


def _term(body: str, line: int, context: Context) -> str:
    text, target = _titled(body)
    return f"*{text or target}*"


def _citations(body: str, line: int, context: Context) -> str:
    shown: list[str] = []
    for key in (key.strip() for key in body.split(",")):
        references = context.references
        if references is not None and key not in references:
            close = difflib.get_close_matches(key, references, n=1)
            guess = f"Did you mean {close[0]!r}? " if close else ""
            context.mistake(
                line, f"No reference is called {key!r}.", f"{guess}Add it to book/references.bib."
            )
            continue
        context.cited.append(key)
        if references is not None:
            shown.append(references[key].link())
    return "; ".join(shown)


def _cite(body: str, line: int, context: Context) -> str:
    return f"({_citations(body, line, context)})"


def _doc(body: str, line: int, context: Context) -> str:
    text, target = _titled(body)
    name = Path(target).name
    if name in context.titles:
        return f"[{text or context.titles[name]}]({name}.ipynb)"
    if re.match(r"\d\d-", name):
        context.mistake(line, f"There is no chapter {name!r}.", f"Known: {', '.join(context.titles)}.")
    return text or name


def _ref(body: str, line: int, context: Context) -> str:
    text, target = _titled(body)
    chapter = context.labels.get(target)
    shown = text or target.replace("-", " ")
    if chapter is None:
        return shown  # a label of another page of the site
    page = "" if chapter == context.chapter else f"{chapter}.ipynb"
    return f"[{shown}]({page}#{target})"


def _site_label(name: str, body: str, whole: str, context: Context) -> str:
    """A chapter's label is there once for each framework; Sphinx looks for those of other pages."""
    text, target = _titled(body)
    if target not in context.labels:
        return whole
    own = f"{context.framework}-{target}"
    return f"{{{name}}}`{text} <{own}>`" if text else f"{{{name}}}`{own}`"


def _tag(name: str) -> Callable[[str, int, Context], str]:
    def tagged(body: str, line: int, context: Context) -> str:
        return f"<{name}>{html.escape(body)}</{name}>"

    return tagged


def _abbreviation(body: str, line: int, context: Context) -> str:
    match = re.match(r"^(.*?)\s*\((.*)\)$", body)
    if match is None:
        return body
    return f'<abbr title="{html.escape(match[2])}">{html.escape(match[1])}</abbr>'


def _math(body: str, line: int, context: Context) -> str:
    return f"${body}$"


ROLES: dict[str, Callable[[str, int, Context], str]] = {
    "claim": _claim,
    "term": _term,
    "cite": _cite,
    "cite:p": _cite,
    "cite:t": _citations,
    "doc": _doc,
    "ref": _ref,
    "numref": _ref,
    "eq": _ref,
    "math": _math,
    "abbr": _abbreviation,
    "sub": _tag("sub"),
    "sup": _tag("sup"),
    "kbd": _tag("kbd"),
}
LABELLED = frozenset({"ref", "numref", "eq"})

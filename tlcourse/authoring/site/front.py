"""What the landing page shows that is not typed into it: a result, the way in, the sources."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tlcourse.authoring.launch import Repository
from tlcourse.authoring.site.bundle import invitation
from tlcourse.authoring.source import Chapter
from tlcourse.claims import claims_path, format_claim, read_claims
from tlcourse.errors import CourseError
from tlcourse.frameworks import FRAMEWORKS

__all__ = ["begin", "result", "sources", "start"]

RESULT_CHAPTER = "01-why-transfer-learning"
"""The chapter whose recorded numbers the landing page shows."""
SIDES = {
    "pixels": "A linear model on raw pixels",
    "small-cnn": "A small network, trained from scratch",
    "frozen": "A pretrained network, frozen, with a new head",
    "fine-tuned": "The same network, fine-tuned",
}
PRETRAINED = ("frozen", "fine-tuned")
TASKS = {
    "photos-10": "Ten photos of each class to learn from",
    "solar-cells-300": "Images of solar cells, 300 of each class",
}


def begin(chapters: Sequence[Chapter]) -> str:
    """The button that leads to the first chapter, and the link for those who are not set up yet."""
    first = chapters[0]
    return (
        f'<p class="tl-begin"><a class="tl-button" href="{FRAMEWORKS[0]}/{first.name}.html">'
        f'Begin chapter {first.number}</a> <a href="learners.html">What you need, and how it works</a></p>'
    )


def result(book: Path, chapters: Sequence[Chapter]) -> str:
    """The figure of the landing page: bars whose lengths and numbers are claims of a chapter.

    Parameters
    ----------
    book : Path
        The folder with ``claims/``.
    chapters : sequence of Chapter
        Those of the site.

    Returns
    -------
    str
        HTML; nothing where the site does not have that chapter.

    Raises
    ------
    CourseError
        The chapter has not recorded one of the numbers.
    """
    if RESULT_CHAPTER not in {chapter.name for chapter in chapters}:
        return ""
    path = claims_path(book / "claims", FRAMEWORKS[0], RESULT_CHAPTER)
    claims = read_claims(path).claims
    wanted = [f"{task}-{side}" for task in TASKS for side in SIDES]
    if missing := [name for name in wanted if name not in claims]:
        raise CourseError(
            f"The landing page shows numbers that {path.name} does not hold: {', '.join(missing)}.",
            "Run `tlcourse build`, or change what tlcourse/authoring/site/front.py shows.",
        )
    runs = claims[wanted[0]]["n"]
    lines = ['<figure class="tl-result">']
    for task, caption in TASKS.items():
        lines += ["<table>", f"<caption>{caption}</caption>", "<thead><tr>"]
        lines += ['<th scope="col">start</th><th scope="col">test images classified correctly</th>']
        lines += ["</tr></thead>", "<tbody>"]
        lines += [_bar(side, claims[f"{task}-{side}"]) for side in SIDES]
        lines += ["</tbody>", "</table>"]
    lines += [
        f"<figcaption>Accuracy on test images: the mean of {runs} draws of the training images, ± its 95% "
        "interval. "
        f'<a href="{FRAMEWORKS[0]}/{RESULT_CHAPTER}.html">Chapter 1</a> shows how this was measured, and why '
        "pretraining is worth so much more on photos than on solar cells."
        "</figcaption>",
        "</figure>",
    ]
    return "\n".join(lines)


def _bar(side: str, claim: Mapping[str, Any]) -> str:
    whole = format_claim(claim, ".0%").partition(" (")[0]
    mean, _, around = whole.partition(" ± ")
    lent = ' class="tl-result__lent"' if side in PRETRAINED else ""
    return (
        f'<tr{lent}><th scope="row">{html.escape(SIDES[side])}</th><td><span class="tl-result__room">'
        f'<span class="tl-result__bar" style="width:{100 * claim["value"]:.1f}%"></span></span>'
        f"<strong>{mean}</strong>{f' ± {around}' if around else ''}</td></tr>"
    )


def start(repository: Repository | None) -> str:
    """The lines that bring the course onto a computer, in MyST.

    Without a public repository there is nothing to clone: the lines are for a folder that the reader has.
    """
    if repository is None:
        place, clone, source = "in the folder of the course", "", "'.[torch]'"
    else:
        place, clone = "in a terminal", f"git clone {repository.url}\ncd {repository.name}\n"
        source = f"'tlcourse[torch] @ git+{repository.url}@{repository.branch}'"
    return (
        f"With `make`, {place}: it makes the environment, checks it and opens JupyterLab.\n\n"
        f"```bash\n{clone}make lab\n```\n\n"
        "With `pip`, into an environment of your own:\n\n"
        f"```bash\npython -m pip install {source}    # or [keras], or [all]\n"
        f"tlcourse start my_course\ntlcourse lab my_course\n```\n\n{invitation()}"
    )


def sources(repository: Repository | None) -> str:
    """Where everything comes from, as a list in MyST; the repository only where there is a public one."""
    lines = []
    if repository is not None:
        lines.append(f"- [The repository]({repository.url}): the chapters, the package, the tests.")
    lines += [
        "- [References](references.md): the works that the chapters cite, each with a link to it.",
        "- [Licences](licences.md): whose images, texts, recordings and weights these are, and what you may "
        "do with them.",
        "- [Contributors](contributors.md): how a chapter is made.",
    ]
    return "\n".join(lines)

"""What search engines and tabs say of a page: a sentence or two, and a title."""

from __future__ import annotations

import html

from docutils import nodes

from tlcourse.frameworks import TITLES

__all__ = ["LONGEST", "description", "meta_tag", "titled"]

LONGEST = 160
"""Characters of a description: search engines show no more."""
_SHORTEST = 30
_OTHERS = {
    "search": "Search all chapters, the glossary and the references of the course.",
    "genindex": "The terms of the course in alphabetical order, each with the place that explains it.",
}


def description(page: str, doctree: nodes.Node | None, framework: str | None = None) -> str:
    """What a page is about, in at most `LONGEST` characters.

    Parameters
    ----------
    page : str
        Its name.
    doctree : docutils node, optional
        Its content; pages that Sphinx makes itself have none.
    framework : {"torch", "keras"}, optional
        Of a chapter.

    Returns
    -------
    str
        A chapter's question and what its reader will be able to do; of other pages the first paragraph that
        is long enough to say something.
    """
    if doctree is None:
        return _OTHERS.get(page, "")
    for box in doctree.findall(nodes.admonition):
        if "tl-opening" in box.get("classes", []):
            question = next(iter(box.findall(nodes.title)), None)
            items = [item.astext() for item in box.findall(nodes.list_item)]
            asked = f"{TITLES[framework]}: " if framework else ""
            return _cut(asked + " ".join([question.astext() if question else "", *_listed(items)]))
    for paragraph in doctree.findall(nodes.paragraph):
        if len(text := paragraph.astext()) >= _SHORTEST:
            return _cut(text)
    return ""


def _listed(items: list[str]) -> list[str]:
    return [f"Learn to {'; '.join(items)}."] if items else []


def _cut(text: str) -> str:
    """The text on one line, and no longer than allowed: whole words, and three dots for the rest."""
    text = " ".join(text.split())
    if len(text) <= LONGEST:
        return text
    return text[: LONGEST - 1].rpartition(" ")[0].rstrip(" ,;:") + "…"


def meta_tag(text: str) -> str:
    """The element for a page's head; nothing for no text.

    Examples
    --------
    >>> meta_tag('Say "yes"')
    '<meta name="description" content="Say &quot;yes&quot;">'
    """
    return f'<meta name="description" content="{html.escape(text)}">' if text else ""


def titled(course: str, page: str, root: str, framework: str | None) -> str:
    """What follows a page's own title: nothing on the landing page, which has the course's title.

    Examples
    --------
    >>> titled("The course", "torch/01", "index", "torch"), titled("The course", "index", "index", None)
    ('PyTorch · The course', '')
    """
    if page == root:
        return ""
    return f"{TITLES[framework]} · {course}" if framework else course

"""The site's small Sphinx extension: the framework switch, and nothing from another host.

Sphinx loads it by name from ``book/_config.yml``. A chapter has two pages, ``torch/NN-name`` and
``keras/NN-name``; this module tells the templates about the other one, marks the two lists of chapters in the
sidebar, keeps "previous" and "next" within one framework, and removes the scripts of extensions that the
course does not use and that know addresses elsewhere (thebe).
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.transforms import SphinxTransform

from tlcourse.authoring.launch import edit_link, launch_links, repository_of
from tlcourse.authoring.site.code import lined
from tlcourse.authoring.site.contents import part_caption
from tlcourse.authoring.site.describe import description, meta_tag, titled
from tlcourse.authoring.site.folds import labelled
from tlcourse.authoring.site.mathml import visit_block, visit_inline
from tlcourse.authoring.site.phrases import add_phrases, read_phrases
from tlcourse.authoring.site.stage import DOWNLOADS
from tlcourse.authoring.site.tables import mended
from tlcourse.frameworks import FRAMEWORKS, TITLES

__all__ = ["framework_of", "mark_sidebar", "neighbours", "setup", "source_of"]


def framework_of(page: str) -> str | None:
    """The framework whose chapter a page is, or None for the other pages.

    Examples
    --------
    >>> framework_of("torch/01-why-transfer-learning"), framework_of("glossary")
    ('torch', None)
    """
    folder = page.split("/", 1)[0] if "/" in page else ""
    return folder if folder in FRAMEWORKS else None


def source_of(page: str) -> str:
    """The one file that a page's text is written in, from the repository's root.

    Examples
    --------
    >>> source_of("keras/01-why-transfer-learning"), source_of("glossary")
    ('book/chapters/01-why-transfer-learning.md', 'book/glossary.md')
    """
    if framework_of(page) is None:
        return f"book/{page}.md"
    return f"book/chapters/{page.split('/', 1)[1]}.md"


def mark_sidebar(html: str) -> str:
    """Give each framework's caption and list in the sidebar the class ``tl-only tl-only-NAME``.

    Examples
    --------
    >>> caption = '<p class="caption"><span class="caption-text">Chapters in Keras</span></p>'
    >>> mark_sidebar(caption + '<ul class="nav"></ul>')  # doctest: +ELLIPSIS
    '<p class="caption tl-only tl-only-keras">...</p><ul class="nav tl-only tl-only-keras"></ul>'
    """
    for framework in FRAMEWORKS:
        pattern = (
            r'(<p\b[^>]*class="caption)("[^>]*>\s*<span class="caption-text">\s*'
            + re.escape(part_caption(framework))
            + r'\s*</span>\s*</p>\s*<ul class="[^"]*)(")'
        )
        mark = f" tl-only tl-only-{framework}"
        html = re.sub(pattern, rf"\g<1>{mark}\g<2>{mark}\g<3>", html)
    return html


def neighbours(order: list[str], page: str) -> tuple[str | None, str | None]:
    """The pages before and after one, as its reader sees them: never into the other framework's chapters.

    Parameters
    ----------
    order : list of str
        All pages in the order of the table of contents.
    page : str
        The page.

    Returns
    -------
    tuple
        The previous and the next page, or None at an end.

    Examples
    --------
    >>> order = ["index", "learners", "torch/00", "torch/01", "keras/00", "keras/01", "glossary"]
    >>> neighbours(order, "torch/01"), neighbours(order, "keras/00"), neighbours(order, "learners")
    (('torch/00', 'glossary'), ('learners', 'keras/01'), ('index', 'torch/00'))
    """
    mine = framework_of(page) or FRAMEWORKS[0]
    seen = [name for name in order if framework_of(name) in (None, mine)]
    if page not in seen:
        return None, None
    at = seen.index(page)
    return (seen[at - 1] if at else None), (seen[at + 1] if at + 1 < len(seen) else None)


def _order(app: Sphinx) -> list[str]:
    """Every page in the order of the table of contents, the landing page first."""
    env = app.env
    order: list[str] = []

    def visit(name: str) -> None:
        if name not in order:
            order.append(name)
            for child in env.toctree_includes.get(name, []):
                visit(child)

    visit(app.config.root_doc)
    return order


def _page_context(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: object
) -> None:
    """Add what the course's own templates need."""
    pathto = context["pathto"]
    framework = framework_of(pagename)
    context["tl_framework"] = framework
    context["tl_frameworks"] = [
        {"framework": key, "label": label}
        for key, label in TITLES.items()
        if any(framework_of(doc) == key for doc in app.env.found_docs)
    ]
    repository = repository_of(Path(app.confdir))
    if repository is not None and pagename in app.env.found_docs:
        context["tl_edit"] = edit_link(repository, source_of(pagename))
    if framework is not None:
        name = pagename.split("/", 1)[1]
        context["tl_switch"] = [
            {
                "framework": key,
                "label": label,
                "current": key == framework,
                "href": pathto(f"{key}/{name}"),
            }
            for key, label in TITLES.items()
            if f"{key}/{name}" in app.env.found_docs
        ]
        if repository is not None:
            context["tl_launch"] = launch_links(repository, framework, name)
        context["tl_download"] = pathto(f"{DOWNLOADS}/{framework}/{name}.ipynb", 1)


def _repair_context(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: object
) -> None:
    """Change what the theme and the other extensions have put into a page's context."""
    pathto = context["pathto"]
    framework = framework_of(pagename)
    content = doctree if isinstance(doctree, nodes.Node) else None
    context["metatags"] = context.get("metatags", "") + meta_tag(description(pagename, content, framework))
    context["docstitle"] = titled(context["docstitle"], pagename, app.config.root_doc, framework)
    if doctree is not None:
        for key, other in zip(("prev", "next"), neighbours(_order(app), pagename), strict=True):
            if other is None:
                context[key] = None
            else:
                title = context["titles"][other] if "titles" in context else app.env.titles[other].astext()
                context[key] = {"link": pathto(other), "title": title}

    if "body" in context:
        # docutils calls the bibliography a list, but its entries no list items: a screen reader would
        # announce an empty list.
        body = context["body"].replace(
            '<div role="list" class="citation-list">', '<div class="citation-list">'
        )
        context["body"] = lined(labelled(mended(body)))

    generate = context.get("generate_toctree_html")
    if generate is not None:

        def marked(*args: Any, **kwargs: Any) -> Any:
            html = generate(*args, **kwargs)
            return html if kwargs.get("kind") == "raw" else mark_sidebar(str(html))

        context["generate_toctree_html"] = marked

    for kind in ("script_files", "css_files"):
        context[kind] = [file for file in context.get(kind, []) if not _is_thebe(file)]


def _is_thebe(file: Any) -> bool:
    """Whether a script or style is sphinx-thebe's, which Jupyter Book always loads and nobody uses here."""
    attributes = getattr(file, "attributes", {}) or {}
    return "thebe" in (str(getattr(file, "filename", "")) + str(attributes.get("body", ""))).lower()


def _no_thebe_on_pages(app: Sphinx, doctree: Any, docname: str) -> None:
    """Remove the inline script that sphinx-thebe appends to each page."""
    for node in list(doctree.findall(nodes.raw)):
        text = node.astext()
        if "x-thebe-config" in text or text.startswith("<script>kernelName"):
            node.parent.remove(node)


class _IndexPhrases(SphinxTransform):
    """Lets the search find what readers call by another name; before Sphinx reads the index entries (850)."""

    default_priority = 800

    def apply(self, **kwargs: Any) -> None:
        add_phrases(self.document, self.env.docname, read_phrases(Path(self.app.confdir)))


def setup(app: Sphinx) -> dict[str, Any]:
    """Connect the extension; called by Sphinx."""
    app.add_html_math_renderer("mathml", (visit_inline, None), (visit_block, None))
    app.add_transform(_IndexPhrases)
    # Before the theme's handlers (priority 500 and 501), which leave out every template that comes out empty.
    app.connect("html-page-context", _page_context, priority=400)
    # After them, so that their values are there to change.
    app.connect("html-page-context", _repair_context, priority=900)
    app.connect("doctree-resolved", _no_thebe_on_pages, priority=900)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}

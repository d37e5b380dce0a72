"""Formulas as MathML, which browsers set and screen readers read by themselves: nothing is loaded for it.

docutils translates LaTeX while the site is built, so a formula that it does not know is a warning with file
and line, and not red letters on a page.
"""

from __future__ import annotations

import re
from typing import Any

from docutils import nodes
from docutils.utils.math import MathError
from docutils.utils.math.latex2mathml import tex2mathml
from sphinx.util import logging

__all__ = ["mathml", "visit_block", "visit_inline"]

_log = logging.getLogger(__name__)


def mathml(latex: str, block: bool = False) -> str:
    """A formula as an element of HTML.

    Raises
    ------
    docutils.utils.math.MathError
        It uses a command that docutils does not know, or is not LaTeX.

    Examples
    --------
    >>> mathml("s / 2")
    '<math><mi>s</mi><mo stretchy="false">/</mo><mn>2</mn></math>'
    """
    text = tex2mathml(latex, as_block=block)
    # HTML needs no name space, and white space between the elements means nothing.
    return re.sub(r">\s+<", "><", text.replace(' xmlns="http://www.w3.org/1998/Math/MathML"', "")).strip()


def _written(translator: Any, node: nodes.Element, block: bool) -> str:
    try:
        return mathml(node.astext(), block)
    except MathError as error:
        _log.warning("The formula %r cannot be set: %s", node.astext(), error, location=node)
        return f"<code>{translator.encode(node.astext())}</code>"


def visit_inline(translator: Any, node: nodes.Element) -> None:
    """Write a formula within a line."""
    opened = translator.starttag(node, "span", "", CLASS="math notranslate")
    translator.body.append(f"{opened}{_written(translator, node, False)}</span>")
    raise nodes.SkipNode


def visit_block(translator: Any, node: nodes.Element) -> None:
    """Write a formula that stands by itself."""
    number = f'<span class="eqno">({node["number"]})</span>' if node.get("number") else ""
    opened = translator.starttag(node, "div", "", CLASS="math notranslate")
    translator.body.append(f"{opened}{number}{_written(translator, node, True)}</div>\n")
    raise nodes.SkipNode

"""What a built page does not need, taken out of it: scripts and styles of parts that it does not have.

Sphinx's extensions load their files on every page, and the theme loads Font Awesome as a script of 1.5 MB
although its style sheet and one font draw the same icons.
"""

from __future__ import annotations

import re
import shutil
from pathlib import Path

__all__ = ["drop_unused", "lean", "trim_icons"]

_NEVER = ("_static/scripts/fontawesome.js",)
# A file, and what only a page that uses it has in it.
_ONLY_WITH = {
    "_static/searchtools.js": 'id="search-results"',
    "_static/language_data.js": 'id="search-results"',
    "searchindex.js": 'id="search-results"',
    "_static/sphinx-design.min.css": 'class="sd-',
    "_static/design-tabs.js": 'class="sd-tab-set',
    "_static/togglebutton.css": "dropdown admonition",
    "_static/togglebutton.js": "dropdown admonition",
    "_static/mystnb.": 'class="cell ',
    "_static/copybutton.css": 'class="highlight',
    "_static/copybutton.js": 'class="highlight',
    "_static/clipboard.min.js": 'class="highlight',
}
_LOADED = re.compile(
    r'[ \t]*<(?:script|link)\b[^>]*?\b(?:src|href)="(?:\.\./)*([^"?]+)[^"]*"[^>]*>(?:</script>)?\n?'
)
# Read before the page is drawn: settings that inline scripts add to, and the choice of a framework.
_AT_ONCE = ("_static/documentation_options.js", "_static/tlcourse.js")
# Of no use without the scripts: what they are told, inline.
_TOLD = re.compile(r"[ \t]*<script>(?:let toggle\w+|var togglebuttonSelector)\b[^<]*</script>\n?")
_THEME = "_static/styles/pydata-sphinx-theme.css"
_ICON = re.compile(r'(?:\.fa-[a-z0-9-]+:before,?)+\{content:"[^"]*"\}')
_UNUSED = (
    ".buildinfo",
    "_sources",
    "jupyter_execute",
    "_static/sphinx-thebe.*",
    "_static/scripts/*.map",
    "_static/scripts/fontawesome.js*",
    "_static/vendor/fontawesome/webfonts/*.ttf",
    "_static/vendor/fontawesome/webfonts/fa-brands*",
    "_static/vendor/fontawesome/webfonts/fa-regular*",
    "_static/webpack-macros.html",
    "_static/sbt-webpack-macros.html",
    "_static/locales",
)


def lean(page: str) -> str:
    """A page's HTML without the scripts and styles that it does not use; other scripts wait for the text.

    Examples
    --------
    >>> lean('<script src="../_static/copybutton.js?v=1"></script><p>No code here.</p>')
    '<p>No code here.</p>'
    >>> lean('<script src="../_static/copybutton.js?v=1"></script><div class="highlight">1</div>')
    '<script defer src="../_static/copybutton.js?v=1"></script><div class="highlight">1</div>'
    """

    def keep(match: re.Match[str]) -> str:
        file = match[1]
        if file in _NEVER:
            return ""
        needed = next((mark for name, mark in _ONLY_WITH.items() if file.startswith(name)), "")
        if needed not in page:
            return ""
        late = " defer" not in match[0] and file not in _AT_ONCE
        return match[0].replace("<script src=", "<script defer src=") if late else match[0]

    text = _LOADED.sub(keep, page)
    return text if "togglebutton.js" in text else _TOLD.sub("", text)


def drop_unused(html: Path) -> None:
    """Remove the files of a built site that no page asks for."""
    for pattern in _UNUSED:
        for path in html.glob(pattern):
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink()


def trim_icons(html: Path) -> None:
    """Leave in the theme's style sheet the icons that a page or a script of the site shows, and no others."""
    path = html / _THEME
    if not path.is_file():
        return
    users = [*html.rglob("*.html"), *html.glob("_static/**/*.js")]
    shown = {name for user in users for name in re.findall(r"fa-[a-z0-9-]+", user.read_text("utf-8"))}

    def used(rule: re.Match[str]) -> str:
        return rule[0] if shown & set(re.findall(r"fa-[a-z0-9-]+", rule[0])) else ""

    path.write_text(_ICON.sub(used, path.read_text(encoding="utf-8")), encoding="utf-8")

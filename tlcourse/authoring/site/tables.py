"""Tables as a reader wants them: one header row, numbers that line up, and a dash where there is nothing.

The outputs in ``solutions/`` are what pandas writes: the names of the index in a second header row, the name
of the columns in the corner, ``NaN`` for a missing value, and every cell aligned alike. The notebook keeps
that; the site changes how it is shown, when a page is built. The tables of the text get the same alignment.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bs4 import BeautifulSoup, Tag

__all__ = ["NOTHING", "is_number", "mended"]

NOTHING = "–"
"""What stands in a cell without a value."""

_TABLE = re.compile(r"<table\b.*?</table>", re.DOTALL)
# pandas puts it before each table; "scoped" has left HTML, and a style sheet may only stand in the head.
_SCOPED_STYLE = re.compile(r"<style scoped>.*?</style>\s*", re.DOTALL)
_MISSING = {"", "NaN", "nan", "NaT", "None", "<NA>"}
_AMOUNT = r"[+\-−]?(?:\d[\d,]*(?:\.\d*)?|\.\d+|inf)(?:e[+\-]?\d+)?"
_NUMBER = re.compile(
    rf"(?:(?:at least|at most|about|over|under|[<>≤≥~]) ?)?{_AMOUNT}(?: ?± ?{_AMOUNT})?"
    r" ?(?:%|s|ms|kB|MB|GB|px|x|×|min|h)?"
)


def is_number(text: str) -> bool:
    """Whether a cell holds a number: with a sign, an uncertainty or a short unit, or a bound.

    Examples
    --------
    >>> [is_number(text) for text in ("0.71", "+0.05 ± 0.02", "3e-04", "at least 40", "12 %", "2018-04-01")]
    [True, True, True, True, True, False]
    """
    return _NUMBER.fullmatch(text.strip()) is not None


def mended(html: str) -> str:
    """A piece of HTML with its tables mended; all else is left as it is, to the byte.

    Parameters
    ----------
    html : str
        No table stands inside another one.

    Returns
    -------
    str
        Tables of pandas (``class="dataframe"``) have one header row, whose cells say of which column they
        are, and a dash in each empty cell. In every table the cells of a column of numbers have the class
        ``tl-number``.

    Examples
    --------
    >>> index = "<tr><th></th><th>score</th></tr><tr><th>method</th><th></th></tr>"
    >>> rows = "<tr><th>frozen</th><td>0.71</td></tr><tr><th>pixels</th><td>NaN</td></tr>"
    >>> table = f'<table class="dataframe"><thead>{index}</thead><tbody>{rows}</tbody></table>'
    >>> print(mended(table).replace("<tr>", chr(10)).replace("</tr>", ""))
    <table class="dataframe"><thead>
    <th scope="col">method</th><th class="tl-number" scope="col">score</th></thead><tbody>
    <th scope="row">frozen</th><td class="tl-number">0.71</td>
    <th scope="row">pixels</th><td class="tl-number">–</td></tbody></table>
    """
    return _TABLE.sub(lambda match: _mended_table(match[0]), _SCOPED_STYLE.sub("", html))


def _mended_table(html: str) -> str:
    from bs4 import BeautifulSoup

    soup = BeautifulSoup(html, "html.parser")
    table = soup.table
    if table is None:
        return html
    if "dataframe" in table.get_attribute_list("class"):
        del table["border"]
        for part in table.find_all(["tr", "th"]):
            del part["style"], part["valign"]
        _one_header_row(soup, table)
        _dashes(table)
    _align(table)
    return str(soup)


def _grid(rows: Iterable[Tag]) -> list[list[Tag]]:
    """The cell at each place of some rows; one that spans several places stands at all of them."""
    held: dict[tuple[int, int], Tag] = {}
    rows = list(rows)
    for y, row in enumerate(rows):
        x = 0
        for cell in row.find_all(["th", "td"], recursive=False):
            while (y, x) in held:
                x += 1
            wide, high = (int(str(cell.get(name) or 1)) for name in ("colspan", "rowspan"))
            for dy in range(high):
                for dx in range(wide):
                    held[y + dy, x + dx] = cell
            x += wide
    width = max((x for _, x in held), default=-1) + 1
    return [[held[y, x] for x in range(width) if (y, x) in held] for y in range(len(rows))]


def _text(cell: Tag) -> str:
    return cell.get_text().strip()


def _one_header_row(soup: BeautifulSoup, table: Tag) -> None:
    """Put pandas' header rows into one: levels of columns joined by commas, then the names of the index.

    A name of the columns ("learning rate" over 0.001, 0.01) stands in the corner, with an arrow.
    """
    head, body = table.find("thead"), table.find("tbody")
    if head is None or body is None:
        return
    rows = head.find_all("tr", recursive=False)
    first = body.find("tr")
    leading = len(_leading(first)) if first is not None else 0
    grid = _grid(rows)
    width = len(grid[0]) if grid else 0
    named = len(grid) > 1 and not any(map(_text, grid[-1][leading:])) and any(map(_text, grid[-1][:leading]))
    levels = grid[:-1] if named else grid
    names = [_text(cell) for cell in grid[-1][:leading]] if named else [""] * leading
    across = ", ".join(filter(None, (_text(row[leading - 1]) for row in levels))) if leading else ""
    merged = soup.new_tag("tr")
    for x in range(width):
        cell = soup.new_tag("th", attrs={"scope": "col"})
        if x < leading:
            cell.string = names[x]
            if across and x == leading - 1:
                note = soup.new_tag("span", attrs={"class": "tl-across"})
                note.string = f"{across} →"
                cell.append(" " if names[x] else "")
                cell.append(note)
            if not cell.get_text():
                cell.name = "td"  # a header must say something: this corner is just empty
                del cell["scope"]
        else:
            cell.string = ", ".join(filter(None, (_text(row[x]) for row in levels)))
        merged.append(cell)
    for row in rows:
        row.decompose()
    head.append(merged)


def _leading(row: Tag) -> list[Tag]:
    """The header cells at the beginning of a row."""
    cells = row.find_all(["th", "td"], recursive=False)
    return cells[: next((at for at, cell in enumerate(cells) if cell.name == "td"), len(cells))]


def _dashes(table: Tag) -> None:
    for cell in table.select("tbody td"):
        if not cell.find(True) and _text(cell) in _MISSING:
            cell.string = NOTHING


def _align(table: Tag) -> None:
    """Mark columns of numbers, and what the header cells are of."""
    body = table.find("tbody")
    rows = body.find_all("tr", recursive=False) if body is not None else []
    if not rows:
        return
    grid = _grid(rows)
    for row in rows:
        for cell in _leading(row):
            cell["scope"] = "rowgroup" if cell.get("rowspan") else "row"
    heads = [_grid(part.find_all("tr", recursive=False)) for part in table.find_all("thead")]
    for x in range(len(grid[0])):
        cells = [row[x] for row in grid if x < len(row)]
        said = [text for text in map(_text, cells) if text not in _MISSING and text != NOTHING]
        if said and all(map(is_number, said)):
            above = (row[x] for head in heads for row in head if x < len(row))
            for cell in {id(cell): cell for cell in [*cells, *above]}.values():
                if not cell.get("colspan"):
                    cell["class"] = " ".join([*filter(None, cell.get_attribute_list("class")), "tl-number"])

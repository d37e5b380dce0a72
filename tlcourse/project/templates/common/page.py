"""HTML and SVG for the report: one file that opens without a network, light or dark."""

import base64
import html
import io

from PIL import Image

STYLE = """
:root { color-scheme: light dark; --ink: #1a1d21; --back: #fff; --soft: #5b6570;
  --line: #d5dade; --one: #0b62a8; --two: #b3470b; --cell: 11 98 168; }
@media (prefers-color-scheme: dark) { :root { --ink: #e8eaed; --back: #14171a;
  --soft: #a5aeb8; --line: #3a4148; --one: #7dbcf0; --two: #f5a36b; --cell: 125 188 240; } }
body { font: 16px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--back);
  max-width: 52rem; margin: 0 auto; padding: 1rem; }
h1 { font-size: 1.6rem; } h2 { font-size: 1.2rem; margin-top: 2rem; }
.soft { color: var(--soft); } .wide { overflow-x: auto; }
table { border-collapse: collapse; } td { white-space: nowrap; }
th, td { padding: .3rem .6rem; text-align: right; border-bottom: 1px solid var(--line); }
th:first-child, td:first-child { text-align: left; }
svg { width: 100%; max-width: 34rem; height: auto; font: 13px system-ui, sans-serif; }
svg text { fill: var(--ink); } .grid { stroke: var(--line); } .one { stroke: var(--one); }
.two { stroke: var(--two); } .dot1 { fill: var(--one); } .dot2 { fill: var(--two); }
path { fill: none; stroke-width: 2; } .dash { stroke-dasharray: 5 4; }
.errors { display: grid; grid-template-columns: repeat(auto-fill, minmax(9rem, 1fr));
  gap: 1rem; padding: 0; } .errors figure { margin: 0; font-size: .85rem; }
.errors img { width: 100%; border-radius: .3rem; } figcaption { overflow-wrap: anywhere; }
.note { border-left: 4px solid var(--two); padding-left: .8rem; }
"""


def escape(text):
    return html.escape(str(text), quote=True)


def page(title, body):
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title><style>{STYLE}</style></head>\n"
        f"<body><h1>{escape(title)}</h1>\n{body}\n</body></html>\n"
    )


def table(head, rows, caption="", style=None):
    """A table; style(row, column) gives a cell's style."""
    top = "".join(f'<th scope="col">{escape(cell)}</th>' for cell in head)
    lines = []
    for r, row in enumerate(rows):
        cells = [f'<th scope="row">{escape(row[0])}</th>']
        for c, cell in enumerate(row[1:]):
            how = f' style="{style(r, c)}"' if style else ""
            cells.append(f"<td{how}>{escape(cell)}</td>")
        lines.append(f"<tr>{''.join(cells)}</tr>")
    # Outside the table, which may be wider than a phone.
    caption = f'<p class="soft">{escape(caption)}</p>' if caption else ""
    return (
        f'{caption}<div class="wide" tabindex="0"><table><thead><tr>{top}</tr></thead>'
        f"<tbody>{''.join(lines)}</tbody></table></div>"
    )


def thumbnail(array, alt):
    """An image inside the page. It carries no metadata."""
    image = Image.fromarray(array)
    image.thumbnail((192, 192))
    out = io.BytesIO()
    image.save(out, "JPEG", quality=80)
    data = base64.b64encode(out.getvalue()).decode()
    return f'<img src="data:image/jpeg;base64,{data}" alt="{escape(alt)}">'


WIDTH, HEIGHT, LEFT, TOP, BELOW = 480, 300, 52, 26, 44


def chart(title, description, across, up, x_name, y_name, inside, digits=(0, 1)):
    """Axes from across[0] to across[1] and up[0] to up[1], and what is drawn inside.

    `inside` gets two functions, from a value to a place on the page.
    """

    def x(value):
        share = (value - across[0]) / ((across[1] - across[0]) or 1)
        return LEFT + share * (WIDTH - LEFT - 14)

    def y(value):
        share = (value - up[0]) / ((up[1] - up[0]) or 1)
        return HEIGHT - BELOW - share * (HEIGHT - BELOW - TOP)

    parts = []
    for part in range(5):
        value = up[0] + (up[1] - up[0]) * part / 4
        parts.append(
            f'<line class="grid" x1="{LEFT}" x2="{WIDTH - 14}" y1="{y(value):.1f}" y2="{y(value):.1f}"/>'
        )
        parts.append(
            f'<text x="{LEFT - 6}" y="{y(value) + 4:.1f}" text-anchor="end">{value:.{digits[1] + 1}f}</text>'
        )
    for value in (across[0], (across[0] + across[1]) / 2, across[1]):
        parts.append(
            f'<text x="{x(value):.1f}" y="{HEIGHT - 24}" text-anchor="middle">{value:.{digits[0]}f}</text>'
        )
    parts.append(
        f'<text x="{WIDTH / 2}" y="{HEIGHT - 6}" text-anchor="middle">{escape(x_name)}</text>'
    )
    parts.append(f'<text x="4" y="14">{escape(y_name)}</text>')
    return (
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{escape(title + ". " + description)}">'
        f"<title>{escape(title)}</title>{''.join(parts)}{inside(x, y)}</svg>"
    )


def line(points, style):
    """A line through points that are places on the page already."""
    if not points:
        return ""
    dot = "dot2" if style.startswith("two") else "dot1"
    path = "M" + " L".join(f"{a:.1f} {b:.1f}" for a, b in points)
    dots = "".join(f'<circle class="{dot}" r="3" cx="{a:.1f}" cy="{b:.1f}"/>' for a, b in points)
    return f'<path class="{style}" d="{path}"/>{dots}'

"""HTML and SVG for the report: one file that opens without a network, light or dark."""

import html

STYLE = """
:root { color-scheme: light dark; --ink: #1a1d21; --back: #fff; --soft: #5b6570;
  --line: #d5dade; --one: #0b62a8; --two: #b3470b; --cell: 11 98 168; }
@media (prefers-color-scheme: dark) { :root { --ink: #e8eaed; --back: #14171a;
  --soft: #a5aeb8; --line: #3a4148; --one: #7dbcf0; --two: #f5a36b; --cell: 125 188 240; } }
body { font: 16px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--back);
  max-width: 52rem; margin: 0 auto; padding: 1rem; }
h1 { font-size: 1.6rem; } h2 { font-size: 1.2rem; margin-top: 2rem; }
.soft { color: var(--soft); } .wide { overflow-x: auto; }
table { border-collapse: collapse; }
th, td { padding: .3rem .45rem; text-align: right; border-bottom: 1px solid var(--line); }
th:first-child, td:first-child { text-align: left; }
th { max-width: 10rem; overflow-wrap: break-word; }
svg { width: 100%; max-width: 30rem; height: auto; font: 14px system-ui, sans-serif; }
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
        f"<body><main><h1>{escape(title)}</h1>\n{body}\n</main></body></html>\n"
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
    # The caption is outside the table, which may be wider than a phone and then scrolls.
    above = f'<p class="soft">{escape(caption)}</p>' if caption else ""
    name = escape(caption or f"Table by {head[0]}")
    return (
        f'{above}<div class="wide" tabindex="0" role="region" aria-label="{name}">'
        f"<table><thead><tr>{top}</tr></thead><tbody>{''.join(lines)}</tbody></table></div>"
    )


WIDTH, HEIGHT, LEFT, RIGHT, TOP, BELOW = 400, 270, 48, 20, 28, 46


class Axis:
    """An axis: its name, the values that are written at it, and where it ends."""

    def __init__(self, name, ticks=None, top=1.0):
        self.name = name
        self.ticks = ticks or [top * part / 4 for part in range(5)]
        self.low, self.high = self.ticks[0], self.ticks[-1]

    def share(self, value):
        return (value - self.low) / ((self.high - self.low) or 1)

    def text(self, value):
        return str(value) if isinstance(value, int) else f"{value:.2f}"


def chart(title, description, across, up, inside):
    """Two axes, and what is drawn inside.

    `inside` gets two functions, from a value to a place on the page.
    """

    def x(value):
        return LEFT + across.share(value) * (WIDTH - LEFT - RIGHT)

    def y(value):
        return HEIGHT - BELOW - up.share(value) * (HEIGHT - BELOW - TOP)

    parts = []
    for value in up.ticks:
        height = y(value)
        ends = f'x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{height:.1f}" y2="{height:.1f}"'
        parts.append(f'<line class="grid" {ends}/>')
        parts.append(text_at(LEFT - 6, height + 4, up.text(value), "end"))
    parts += [text_at(x(value), HEIGHT - 26, across.text(value)) for value in across.ticks]
    parts.append(text_at(WIDTH / 2, HEIGHT - 6, across.name))
    parts.append(text_at(4, 14, up.name, "start"))
    label = escape(f"{title}. {description}")
    return (
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{label}">'
        f"{''.join(parts)}{inside(x, y)}</svg>"
    )


def text_at(x, y, text, anchor="middle"):
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(text)}</text>'


def rule(x, bottom, top):
    """A vertical dashed line."""
    return f'<line class="grid dash" x1="{x:.1f}" x2="{x:.1f}" y1="{bottom:.1f}" y2="{top:.1f}"/>'


def line(points, style):
    """A line through points that are places on the page already."""
    if not points:
        return ""
    dot = "dot2" if style.startswith("two") else "dot1"
    path = "M" + " L".join(f"{a:.1f} {b:.1f}" for a, b in points)
    dots = "".join(f'<circle class="{dot}" r="3" cx="{a:.1f}" cy="{b:.1f}"/>' for a, b in points)
    return f'<path class="{style}" d="{path}"/>{dots}'

"""MyST Markdown into what JupyterLab shows well, or into MyST that the site can build for one framework.

JupyterLab renders CommonMark, tables, math and some HTML, and knows no directives or roles. This module walks
a Markdown cell line by line: fenced blocks (three or more backticks or colons) are handled by a table of
directives, the text between them by a table of roles. The same walk, with the results thrown away, tells a
source that uses something unknown: what cannot be converted is a mistake with a line, and never left in.
"""

from __future__ import annotations

import base64
import difflib
import html
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import yaml
from markdown_it import MarkdownIt

from tlcourse.authoring import dollars
from tlcourse.authoring.bibliography import Reference
from tlcourse.authoring.quiz import Question, parse_quiz
from tlcourse.claims import format_claim
from tlcourse.errors import CourseError

__all__ = ["DIRECTIVES", "ROLES", "Context", "claim_references", "convert", "labels_in", "money"]

FENCE = re.compile(r"^(?P<indent>\s*)(?P<run>`{3,}|~{3,}|:{3,})\s*(?:\{(?P<name>[\w:+.-]+)\})?(?P<rest>.*)$")
LABEL = re.compile(r"^\((?P<label>[\w.:-]+)\)=\s*$")
COMMENT = re.compile(r"^%(\s|$)")
FOOTNOTE = re.compile(r"^\[\^(?P<label>[\w-]+)\]:\s*(?P<text>.*)$")
FOOTNOTE_MARK = re.compile(r"\[\^(?P<label>[\w-]+)\](?!:)")
# A code span, or a role in front of one: whichever starts first wins, so `` `{claim}` `` stays a code span.
SPAN = re.compile(
    r"(?P<role>\{[A-Za-z][\w:.+-]*\})?(?P<ticks>`+)(?P<body>.+?)(?<!`)(?P=ticks)(?!`)", re.DOTALL
)
TITLED = re.compile(r"^(?P<text>.*?)\s*<(?P<target>[^<>]+)>$", re.DOTALL)
LINK = re.compile(r"(?P<image>!?)\[(?P<text>[^\[\]]*)\]\((?P<target>[^()\s]+)(?P<title>\s+\"[^\"]*\")?\)")
CLAIM = re.compile(r"\{claim\}`(?P<body>[^`]+)`")
PICTURES = {
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".svg": "image/svg+xml",
    ".gif": "image/gif",
}

ADMONITIONS = {
    "note": ("Note", "info"),
    "important": ("Important", "info"),
    "seealso": ("See also", "info"),
    "admonition": ("", "info"),
    "margin": ("", "info"),
    "tip": ("Tip", "success"),
    "hint": ("Hint", "success"),
    "warning": ("Warning", "warning"),
    "caution": ("Caution", "warning"),
    "attention": ("Attention", "warning"),
    "danger": ("Danger", "danger"),
    "error": ("Error", "danger"),
}


@dataclass
class Context:
    """What a conversion needs to know, and what it finds.

    Attributes
    ----------
    flavour : "lab" or "site"
    framework, chapter : str
        Which notebook the text is for.
    folder : Path
        Folder of the chapter's source; pictures are named relative to it.
    claims : mapping or None
        Recorded entries by name; None writes ``…`` for every claim (to validate, or before an execution).
    references : mapping of key to Reference, or None
        The entries of ``references.bib``; None accepts every key.
    titles : mapping
        Chapter name to title.
    labels : mapping
        Label to the name of the chapter that defines it.
    problems : list of (line, problem, fix)
        Mistakes found, in order.
    attachments : dict
        Pictures of the cell being converted, as nbformat wants them; the caller empties it between cells.
    """

    flavour: Literal["lab", "site"]
    framework: str
    chapter: str
    folder: Path
    claims: Mapping[str, Mapping[str, Any]] | None = None
    references: Mapping[str, Reference] | None = None
    titles: Mapping[str, str] = field(default_factory=dict)
    labels: Mapping[str, str] = field(default_factory=dict)
    problems: list[tuple[int, str, str]] = field(default_factory=list)
    attachments: dict[str, dict[str, str]] = field(default_factory=dict)
    footnotes: dict[str, int] = field(default_factory=dict)
    cited: list[str] = field(default_factory=list)
    quizzes: list[tuple[int, list[Question]]] = field(default_factory=list)

    @property
    def lab(self) -> bool:
        return self.flavour == "lab"

    def mistake(self, line: int, problem: str, fix: str) -> None:
        self.problems.append((line, problem, fix))


@dataclass(frozen=True)
class Block:
    """A fenced directive: its name, argument, options, body, and where the body starts."""

    name: str
    argument: str
    options: dict[str, str]
    body: list[str]
    line: int
    body_line: int
    run: str


def convert(text: str, line: int, context: Context) -> str:
    """Convert the text of one Markdown cell, whose first line is line `line` of the source file.

    Examples
    --------
    >>> context = Context("lab", "torch", "01-x", Path("."))
    >>> print(convert(":::{tip}\\nRun it {kbd}`Ctrl`.\\n:::", 1, context))
    <div class="alert alert-success">
    <BLANKLINE>
    **Tip**
    <BLANKLINE>
    Run it <kbd>Ctrl</kbd>.
    <BLANKLINE>
    </div>
    """
    lines = text.split("\n")
    out: list[str] = []
    pending: list[str] = []
    pending_line = line

    def flush() -> None:
        nonlocal pending
        if pending:
            out.append(_text("\n".join(pending), pending_line, context))
            pending = []

    index = 0
    while index < len(lines):
        match = FENCE.match(lines[index])
        # Backticks after the opening run mean a code span such as ```` ```x``` ````, not a fence.
        if match is None or (match["run"][0] == "`" and "`" in match["rest"]):
            if not pending:
                pending_line = line + index
            pending.append(lines[index])
            index += 1
            continue
        flush()
        indent, run, name = match["indent"], match["run"], match["name"]
        end = _closing(lines, index, run)
        here = line + index
        if end is None:
            context.mistake(
                here,
                f"The block that {run} opens is never closed.",
                f"Add a line with {run} after its last line.",
            )
            break
        inner = [row.removeprefix(indent) for row in lines[index + 1 : end]]
        if name is None and run[0] == ":":
            context.mistake(
                here,
                f"'{lines[index].strip()}' opens no directive.",
                f"Write {run}{{note}}, or another directive.",
            )
        elif name is None:
            out.append("\n".join(lines[index : end + 1]))  # plain code: shown as it is
        else:
            block = _block(name, match["rest"].strip(), inner, here, run, context)
            converted = _directive(block, context)
            out.append("\n".join(indent + row if row else row for row in converted.split("\n")))
        index = end + 1
    flush()
    shown = dollars.written("\n".join(out), context.flavour)
    return re.sub(r"\n{3,}", "\n\n", shown).strip("\n") if context.lab else shown.strip("\n")


def money(text: str, line: int, context: Context) -> str:
    """A text without roles and directives, its dollars written so that only formulas are typeset.

    Examples
    --------
    >>> print(money("From $5 to $10.", 1, Context("site", "torch", "01-x", Path("."))))
    From \\$5 to \\$10.
    """
    return dollars.written(dollars.marked(text, line, context.mistake), context.flavour)


def _closing(lines: list[str], start: int, run: str) -> int | None:
    for index in range(start + 1, len(lines)):
        stripped = lines[index].strip()
        if len(stripped) >= len(run) and stripped == run[0] * len(stripped):
            return index
    return None


def _block(name: str, argument: str, inner: list[str], line: int, run: str, context: Context) -> Block:
    options: dict[str, str] = {}
    skip = 0
    if inner and inner[0].strip() == "---":
        end = next((i for i, row in enumerate(inner[1:], 1) if row.strip() == "---"), len(inner) - 1)
        try:
            loaded = yaml.safe_load("\n".join(inner[1:end])) or {}
            options = {str(key): str(value) for key, value in loaded.items()}
        except (yaml.YAMLError, AttributeError) as error:
            context.mistake(
                line, f"The options of {{{name}}} are not YAML: {error}", "Write `key: value` lines."
            )
        skip = end + 1
    else:
        while skip < len(inner) and (match := re.match(r"^:([\w-]+):\s*(.*)$", inner[skip])):
            options[match[1]] = match[2].strip()
            skip += 1
    return Block(name, argument, options, inner[skip:], line, line + 1 + skip, run)


# ------------------------------------------------------------------------------------------ directives


def _inside(block: Block, context: Context) -> str:
    return convert("\n".join(block.body), block.body_line, context)


def _again(block: Block, context: Context) -> str:
    """The directive as MyST, for the site, with its body converted and its label made the framework's own."""
    options = dict(block.options)
    for key in ("name", "label"):
        if key in options:
            options[key] = f"{context.framework}-{options[key]}"
    body = "\n".join(block.body) if block.name in VERBATIM else _inside(block, context)
    head = f"{block.run}{{{block.name}}}" + (
        f" {_inline(block.argument, block.line, context)}" if block.argument else ""
    )
    rows = [head, *(f":{key}: {value}".rstrip() for key, value in options.items())]
    if options and body:
        rows.append("")
    return "\n".join([*rows, *([body] if body else []), block.run])


def _folded(summary: str, body: str, css: str = "") -> str:
    attribute = f' class="{css}"' if css else ""
    return f"\n<details{attribute}><summary>{summary}</summary>\n\n{body}\n\n</details>\n"


def _admonition(block: Block, context: Context) -> str:
    if not context.lab:
        return _again(block, context)
    word, colour = ADMONITIONS[block.name]
    body = _inside(block, context)
    title = _inline(block.argument, block.line, context) if block.name in ("admonition", "margin") else word
    if block.argument and not title:
        title = _inline(block.argument, block.line, context)
    elif block.argument and title == word:
        # MyST: text beside {note} is the first line of its body.
        body = f"{_inline(block.argument, block.line, context)}\n\n{body}".strip()
    classes = block.options.get("class", "").split()
    if "dropdown" in classes:
        return _folded(_html(title), body)
    for css in classes:
        colour = {"tip": "success", "hint": "success", "warning": "warning", "danger": "danger"}.get(
            css, colour
        )
    heading = f"**{title}**\n\n" if title else ""
    return f'\n<div class="alert alert-{colour}">\n\n{heading}{body}\n\n</div>\n'


def _dropdown(block: Block, context: Context) -> str:
    if not context.lab:
        return _again(block, context)
    return _folded(_html(_inline(block.argument or "More", block.line, context)), _inside(block, context))


def _attach(target: str, line: int, context: Context) -> str:
    """The address of a picture in a notebook: an attachment, as JupyterLab may serve notebooks/ alone."""
    if re.match(r"^[a-z]+:", target):
        return target
    path = context.folder / target
    kind = PICTURES.get(path.suffix.lower())
    if kind is None or not path.is_file():
        problem = (
            f"The picture {target!r} is not there."
            if kind
            else f"{target!r} is not a PNG, JPEG, GIF or SVG file."
        )
        context.mistake(line, problem, "Give its path relative to the chapter's source file.")
        return target
    context.attachments[path.name] = {kind: base64.b64encode(path.read_bytes()).decode("ascii")}
    return f"attachment:{path.name}"


def _figure(block: Block, context: Context) -> str:
    if not block.options.get("alt"):
        context.mistake(
            block.line, f"The {block.name} has no text for those who cannot see it.", "Add a line `:alt: …`."
        )
    if not context.lab:
        return _again(block, context)
    address = _attach(block.argument, block.line, context)
    caption = _inside(block, context)
    anchor = f'<a id="{block.options["name"]}"></a>\n\n' if "name" in block.options else ""
    picture = f"![{block.options.get('alt', '')}]({address})"
    return f"\n{anchor}{picture}\n" + (f"\n{caption}\n" if caption else "")


def _math(block: Block, context: Context) -> str:
    if not context.lab:
        return _again(block, context)
    label = block.options.get("label") or block.options.get("name")
    anchor = f'<a id="{label}"></a>\n\n' if label else ""
    formula = "\n".join([*([block.argument] if block.argument else []), *block.body]).strip()
    return f"\n{anchor}$$\n{formula}\n$$\n"


def _code(block: Block, context: Context) -> str:
    if not context.lab:
        return _again(block, context)
    fence = "`" * max(3, len(block.run))
    return "\n".join([f"{fence}{block.argument}", *block.body, fence])


def _tabs(block: Block, context: Context) -> str:
    return _again(block, context) if not context.lab else _inside(block, context)


def _tab(block: Block, context: Context) -> str:
    if not context.lab:
        return _again(block, context)
    return f"\n**{_inline(block.argument, block.line, context)}**\n\n{_inside(block, context)}\n"


def _table(block: Block, context: Context) -> str:
    if not context.lab:
        return _again(block, context)
    return f"\n**{_inline(block.argument, block.line, context)}**\n\n{_inside(block, context)}\n"


def _bibliography(block: Block, context: Context) -> str:
    if not context.lab:
        return _again(block, context)
    known = context.references or {}
    rows = [f"- {known[key].entry()}" for key in dict.fromkeys(context.cited) if key in known]
    return "\n" + "\n".join(rows) + "\n"


def _quiz(block: Block, context: Context) -> str:
    questions, problems = parse_quiz("\n".join(block.body))
    for offset, problem, fix in problems:
        line = block.line if offset is None else block.body_line + offset
        context.mistake(line, problem, fix)
    context.quizzes.append((block.line, questions))
    out: list[str] = []
    for number, question in enumerate(questions, 1):
        line = block.body_line + question.line
        out.append(f"**Question {number}.** {convert(question.question, line, context)}\n")
        for choice in question.choices:
            # Word and symbol, not colour alone.
            verdict = "✔ **Right.**" if choice.correct else "✘ **Not this one.**"
            explain = convert(choice.explain, line, context)
            out.append(
                _folded(_summary(choice.text, line, context), f"{verdict} {explain}", "tl-quiz").strip("\n")
            )
            out.append("")
    return "\n" + "\n".join(out)


def _html(text: str) -> str:
    return _INLINE.renderInline(text)


def _tag(self: Any, tokens: Any, index: int, options: Any, env: Any) -> str:
    """The tags that roles become stay tags; `<three>` in somebody's text is text."""
    content = tokens[index].content
    return content if re.match(r"</?(kbd|sub|sup|abbr|a)\b", content) else html.escape(content)


_INLINE = MarkdownIt("commonmark")
_INLINE.add_render_rule("html_inline", _tag)


def _summary(text: str, line: int, context: Context) -> str:
    """Markdown and roles in a <summary> are rendered by neither reader: render them here, for both alike."""
    flavour, context.flavour = context.flavour, "lab"
    try:
        # Raw HTML for both readers: the site's parser takes no backslash away in it.
        return dollars.written(_html(_inline(text, line, context)), "lab")
    finally:
        context.flavour = flavour


VERBATIM = frozenset({"math", "code-block", "code", "bibliography"})
DIRECTIVES: dict[str, Callable[[Block, Context], str]] = {
    **dict.fromkeys(ADMONITIONS, _admonition),
    "dropdown": _dropdown,
    "figure": _figure,
    "image": _figure,
    "math": _math,
    "code-block": _code,
    "code": _code,
    "tab-set": _tabs,
    "tab-item": _tab,
    "table": _table,
    "bibliography": _bibliography,
    "quiz": _quiz,
}


def _directive(block: Block, context: Context) -> str:
    handler = DIRECTIVES.get(block.name)
    if handler is None:
        if block.name in ("code-cell", "raw-cell"):
            problem = f"A {block.name} inside another block is never run."
            fix = "Close the block (or the list) before the cell: cells stand alone, at the left margin."
        else:
            problem = f"The directive {{{block.name}}} cannot be shown in JupyterLab."
            fix = _suggest(block.name, DIRECTIVES)
        context.mistake(block.line, problem, fix)
        return ""
    return handler(block, context)


def _suggest(name: str, known: Mapping[str, Any]) -> str:
    close = difflib.get_close_matches(name, known, n=1)
    guess = f"Did you mean {{{close[0]}}}? " if close else ""
    return f"{guess}Known: {', '.join(sorted(known))}."


# ----------------------------------------------------------------------------------------------- text


def _text(text: str, line: int, context: Context) -> str:
    # A comment goes as a whole line (an empty one would end the paragraph); until then a NUL holds its place,
    # so that every mistake is reported with its own line.
    lines = ["\0" if COMMENT.match(row) else row for row in text.split("\n")]
    lines = _inline("\n".join(lines), line, context).split("\n")
    rows: list[str] = []
    index = 0
    while index < len(lines):
        row = lines[index]
        index += 1
        if row == "\0":
            continue
        if match := LABEL.match(row):
            label = match["label"]
            rows.append(f'<a id="{label}"></a>\n' if context.lab else f"({context.framework}-{label})=")
        elif context.lab and (match := FOOTNOTE.match(row)):
            number = _footnote(match["label"], context)
            note = [match["text"]]
            while index < len(lines) and lines[index].startswith(("  ", "\t")):
                note.append(lines[index].strip())
                index += 1
            rows.append(f'<a id="footnote-{number}"></a><sup>{number}</sup> {" ".join(note)}\n')
        else:
            rows.append(row)
    return "\n".join(rows)


def _footnote(label: str, context: Context) -> int:
    return context.footnotes.setdefault(label, len(context.footnotes) + 1)


def _inline(text: str, line: int, context: Context) -> str:
    """Roles, links, dollars and footnote marks in running text; code spans stay as they are."""
    text = dollars.marked(text, line, context.mistake)
    out: list[str] = []
    position = 0
    for match in SPAN.finditer(text):
        out.append(_links(text[position : match.start()], line + text[:position].count("\n"), context))
        here = line + text[: match.start()].count("\n")
        if match["role"] is None:
            out.append(match[0])
        else:
            out.append(_role(match["role"][1:-1], match["body"], match[0], here, context))
        position = match.end()
    out.append(_links(text[position:], line + text[:position].count("\n"), context))
    return "".join(out)


def _links(text: str, line: int, context: Context) -> str:
    def link(match: re.Match[str]) -> str:
        target, here = match["target"], line + text[: match.start()].count("\n")
        if match["image"]:
            if not context.lab:
                return match[0]
            if not match["text"]:
                context.mistake(
                    here,
                    f"The picture {target!r} has no text for those who cannot see it.",
                    "Write ![what it shows](…).",
                )
            return f"![{match['text']}]({_attach(target, here, context)})"
        if re.match(r"^([a-z]+:|#)", target):
            return match[0]
        page, _, anchor = target.partition("#")
        name = Path(page).stem
        if page.endswith((".md", ".ipynb")) and (name in context.titles):
            anchor = f"#{anchor}" if anchor else ""
            return f"[{match['text']}]({name}.ipynb{anchor}{match['title'] or ''})"
        if page.endswith((".md", ".ipynb")) and re.match(r"\d\d-", name):
            context.mistake(here, f"There is no chapter {name!r}.", f"Known: {', '.join(context.titles)}.")
        # Another page of the site: JupyterLab has none, so only the words stay.
        return match["text"] if context.lab else match[0]

    def footnote(match: re.Match[str]) -> str:
        number = _footnote(match["label"], context)
        return f'<sup><a href="#footnote-{number}">{number}</a></sup>'

    text = LINK.sub(link, text)
    return FOOTNOTE_MARK.sub(footnote, text) if context.lab else text


# ---------------------------------------------------------------------------------------------- roles


def _titled(body: str) -> tuple[str | None, str]:
    match = TITLED.match(body)
    return (match["text"], match["target"]) if match else (None, body)


def _claim(body: str, whole: str, line: int, context: Context) -> str:
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
        return format_claim(context.claims[name], spec or None).replace("$", dollars.MARK)
    except CourseError as error:
        context.mistake(line, error.problem, error.fix)
        return "…"


def _term(body: str, whole: str, line: int, context: Context) -> str:
    text, target = _titled(body)
    return f"*{text or target}*" if context.lab else whole


def _cite(body: str, whole: str, line: int, context: Context) -> str:
    keys = [key.strip() for key in body.split(",")]
    shown: list[str] = []
    for key in keys:
        if context.references is not None and key not in context.references:
            context.mistake(line, f"No reference is called {key!r}.", _suggest_key(key, context.references))
            continue
        context.cited.append(key)
        if context.references is not None:
            shown.append(context.references[key].link())
    return f"({'; '.join(shown)})" if context.lab else whole


def _suggest_key(key: str, references: Mapping[str, Reference]) -> str:
    close = difflib.get_close_matches(key, references, n=1)
    return (f"Did you mean {close[0]!r}? " if close else "") + "Add it to book/references.bib."


def _cite_text(body: str, whole: str, line: int, context: Context) -> str:
    shown = _cite(body, whole, line, context)
    return shown[1:-1] if context.lab else shown


def _doc(body: str, whole: str, line: int, context: Context) -> str:
    text, target = _titled(body)
    name = Path(target).name
    if name in context.titles:
        title = text or context.titles[name]
        return f"[{title}]({name}.ipynb)" if context.lab else whole
    if re.match(r"\d\d-", name):
        context.mistake(line, f"There is no chapter {name!r}.", f"Known: {', '.join(context.titles)}.")
    return (text or name) if context.lab else whole


def _ref(body: str, whole: str, line: int, context: Context) -> str:
    text, target = _titled(body)
    chapter = context.labels.get(target)
    if not context.lab:
        if chapter is None:
            return whole  # a label of another page of the site: Sphinx checks it
        role = whole[1 : whole.index("}")]
        own = f"{context.framework}-{target}"
        return f"{{{role}}}`{text} <{own}>`" if text else f"{{{role}}}`{own}`"
    shown = text or target.replace("-", " ")
    if chapter is None:
        return shown
    page = "" if chapter == context.chapter else f"{chapter}.ipynb"
    return f"[{shown}]({page}#{target})"


def _wrap(tag: str) -> Callable[[str, str, int, Context], str]:
    def role(body: str, whole: str, line: int, context: Context) -> str:
        return f"<{tag}>{html.escape(body)}</{tag}>" if context.lab else whole

    return role


def _abbreviation(body: str, whole: str, line: int, context: Context) -> str:
    match = re.match(r"^(.*?)\s*\((.*)\)$", body)
    if not context.lab or match is None:
        return whole if not context.lab else body
    return f'<abbr title="{html.escape(match[2])}">{html.escape(match[1])}</abbr>'


def _inline_math(body: str, whole: str, line: int, context: Context) -> str:
    return f"${body}$" if context.lab else whole


ROLES: dict[str, Callable[[str, str, int, Context], str]] = {
    "claim": _claim,
    "term": _term,
    "cite": _cite,
    "cite:p": _cite,
    "cite:t": _cite_text,
    "doc": _doc,
    "ref": _ref,
    "numref": _ref,
    "eq": _ref,
    "math": _inline_math,
    "abbr": _abbreviation,
    "sub": _wrap("sub"),
    "sup": _wrap("sup"),
    "kbd": _wrap("kbd"),
}


def _role(name: str, body: str, whole: str, line: int, context: Context) -> str:
    handler = ROLES.get(name)
    if handler is None:
        context.mistake(line, f"The role {{{name}}} cannot be shown in JupyterLab.", _suggest(name, ROLES))
        return whole
    return handler(body, whole, line, context)


# ------------------------------------------------------------------------------------------- looking


def claim_references(text: str) -> list[tuple[str, int]]:
    """The names of the claims that a text refers to, each with its line (0 is the first).

    Code spans are passed over; the walk is the converter's own, so both see the same references.

    Examples
    --------
    >>> claim_references("It is {claim}`accuracy;.1%`,\\nnot `{claim}`.")
    [('accuracy', 0)]
    """
    found: list[tuple[str, int]] = []
    for match in SPAN.finditer(text):
        if match["role"] == "{claim}":
            found.append((match["body"].partition(";")[0].strip(), text[: match.start()].count("\n")))
    return found


def labels_in(text: str) -> set[str]:
    """The labels that a source defines, by ``(label)=`` lines and ``:name:`` or ``:label:`` options."""
    return set(re.findall(r"^\(([\w.:-]+)\)=\s*$", text, re.MULTILINE)) | set(
        re.findall(r"^\s*:(?:name|label):\s*([\w.:-]+)\s*$", text, re.MULTILINE)
    )

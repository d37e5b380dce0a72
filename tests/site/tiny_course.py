"""A course of one tiny chapter, for the site's own tests: every kind of cell and output, nothing executed."""

from __future__ import annotations

import base64
import io
import shutil
from pathlib import Path
from typing import Any

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from tlcourse.authoring.myst import Context, convert

REPO = Path(__file__).resolve().parents[2]
STEM = "00-tiny"
TITLE = "A tiny chapter"
SOURCE = f"""---
kernelspec:
  name: python3
  display_name: Python 3
tlcourse:
  title: {TITLE}
  question: Does the site show every kind of cell?
  you_will: [see each of them]
---
"""
MONEY = "It costs $5 and $10 or $12."
PARAGRAPH = "Features are what a network hands to its last layer. " * 12


def png(colour: tuple[int, int, int]) -> str:
    from PIL import Image

    file = io.BytesIO()
    Image.new("RGB", (240, 120), colour).save(file, "PNG")
    return base64.b64encode(file.getvalue()).decode()


def site_text(text: str) -> str:
    """A text of a chapter, compiled for the site."""
    return convert(text, 1, Context("site", "torch", STEM, REPO))


def explorer() -> str:
    """A static explorer as the widgets give it: radio buttons and CSS, no script."""
    pictures = {"five": (200, 60, 60), "twenty": (60, 60, 200)}
    radios = "".join(
        f'<input type="radio" name="tiny" id="tiny-{key}" {"checked" if not at else ""}>'
        f'<label for="tiny-{key}">{key} per class</label>'
        for at, key in enumerate(pictures)
    )
    views = "".join(
        f'<div class="view view-{key}"><img alt="A plain picture for {key} per class" '
        f'src="data:image/png;base64,{png(colour)}"></div>'
        for key, colour in pictures.items()
    )
    rules = ".tiny .view{display:none}" + "".join(
        f"#tiny-{key}:checked ~ .view-{key}{{display:block}}" for key in pictures
    )
    return (
        f'<div class="tl-explorer tiny"><style>{rules}</style>'
        f"<fieldset><legend>Training images</legend>{radios}{views}</fieldset></div>"
    )


def figure() -> str:
    return (
        f'<figure class="tl-figure"><img alt="Accuracy rises with the training size" '
        f'src="data:image/png;base64,{png((240, 240, 240))}"><details><summary>Values</summary>'
        "<table><thead><tr><th>size</th><th>accuracy</th></tr></thead>"
        "<tbody><tr><td>5</td><td>0.5</td></tr></tbody></table></details></figure>"
    )


def notebook(framework: str, executed: bool) -> Any:
    """The tiny chapter in one framework, as compiled for the site or as executed."""
    label = {"torch": "PyTorch", "keras": "Keras"}[framework]
    answer = "def double(x):\n    ### BEGIN SOLUTION\n    return 2 * x\n    ### END SOLUTION"

    def code(source: str, cell: str, outputs: list[Any], **metadata: Any) -> Any:
        return new_code_cell(
            source, id=cell, outputs=outputs if executed else [], metadata=metadata, execution_count=None
        )

    def shown(**data: Any) -> Any:
        return new_output("display_data", data={key.replace("__", "/"): value for key, value in data.items()})

    cells = [
        new_markdown_cell(f"# {TITLE}\n\nThis page is the {label} one.", id="title"),
        new_markdown_cell(
            f"## Before\n\n{PARAGRAPH}\n\nA formula: $a^2 + b^2 = c^2$.\n\n"
            f"{MONEY}\n\n{site_text(MONEY)}\n\n{PARAGRAPH}",
            id="before",
        ),
        code(
            f"framework = '{framework}'\nprint(framework)",
            "print",
            [
                new_output("stream", name="stdout", text=framework),
                new_output("stream", name="stderr", text="50%"),
            ],
        ),
        new_markdown_cell(f"## A figure\n\n{PARAGRAPH}\n\n{PARAGRAPH}", id="figure-text"),
        code("show()", "figure", [shown(text__html=figure(), text__plain="Accuracy rises")]),
    ]
    if framework == "torch":
        cells.append(new_markdown_cell(f"Only in PyTorch. {PARAGRAPH}\n\n{PARAGRAPH}", id="torch-only"))
    cells += [
        new_markdown_cell(f"## An exercise\n\n{PARAGRAPH}", id="exercise-text"),
        code(
            answer,
            "ch00-double",
            [],
            nbgrader={
                "grade": False,
                "solution": True,
                "locked": False,
                "grade_id": "ch00-double",
                "schema_version": 3,
            },
        ),
        code(
            'check("ch00-double")',
            "ch00-double-check",
            [shown(text__html="<div><strong>PASS</strong> 2 of 2 points</div>", text__plain="PASS")],
            nbgrader={
                "grade": True,
                "solution": False,
                "locked": True,
                "points": 2,
                "grade_id": "ch00-double-check",
                "schema_version": 3,
            },
        ),
        new_markdown_cell(
            '<details class="tl-hint"><summary>Hint 1</summary><p>Times two.</p></details>', id="hint"
        ),
        new_markdown_cell(f"## An explorer\n\n{PARAGRAPH}", id="explorer-text"),
        code(
            "explore()",
            "explorer",
            [
                new_output(
                    "display_data",
                    data={
                        "application/vnd.jupyter.widget-view+json": {
                            "model_id": "x",
                            "version_major": 2,
                            "version_minor": 0,
                        },
                        "text/html": explorer(),
                        "text/plain": "Explorer",
                    },
                ),
                new_output(
                    "display_data",
                    data={
                        "application/vnd.tlcourse.claim+json": {"name": "a"},
                        "text/plain": "recorded: a = 1",
                    },
                ),
                new_output(
                    "display_data",
                    data={
                        "application/vnd.jupyter.widget-view+json": {"model_id": "y"},
                        "text/plain": "HBox()",
                    },
                ),
            ],
        ),
        new_markdown_cell(
            f"## After\n\n{PARAGRAPH}\n\n{PARAGRAPH}\n\n{PARAGRAPH}\n\nThe word quokka is here.", id="after"
        ),
    ]
    nb = new_notebook(cells=cells)
    nb.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
    nb.metadata["language_info"] = {"name": "python", "pygments_lexer": "ipython3"}
    if executed:
        nb.metadata["widgets"] = {"application/vnd.jupyter.widget-state+json": {"state": {}}}
    return nb


def compile_tiny(chapter: Any, framework: str) -> Any:
    """In place of the course's compiler."""
    return notebook(framework, executed=False)


def make(root: Path) -> Path:
    """Write the tiny course: the real book's pages and look, one chapter, its executed solutions."""
    shutil.copytree(
        REPO / "book", root / "book", ignore=shutil.ignore_patterns("chapters", "claims", "_toc.yml")
    )
    shutil.copytree(REPO / "project", root / "project")  # a page shows the scripts
    (root / "book" / "chapters").mkdir()
    (root / "book" / "chapters" / f"{STEM}.md").write_text(SOURCE, encoding="utf-8")
    for framework in ("torch", "keras"):
        for folder, executed in (("solutions", True), ("notebooks", False)):
            path = root / folder / framework / f"{STEM}.ipynb"
            path.parent.mkdir(parents=True)
            nbformat.write(notebook(framework, executed), path)
    return root

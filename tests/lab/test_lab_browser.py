"""JupyterLab itself, as a learner meets it: open a notebook, run it, answer it, move the widget.

A real server, real kernels, the learner's notebooks as committed; nothing is stubbed. The pages may ask
nobody but the server.
"""

from __future__ import annotations

import ast
import io
import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
import numpy as np
import pytest
from browser import Watch, chromium
from commit import FRAMEWORKS, in_turn
from jupyter import Notebook, Server, jupyterlab
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from PIL import Image

from tlcourse.authoring.myst import Context, convert
from tlcourse.authoring.source import solutions
from tlcourse.exercises import get

pytestmark = [pytest.mark.browser, pytest.mark.slow]

REPO = Path(__file__).resolve().parents[2]
# The committed copies, or others (compiled while a chapter is being written).
NOTEBOOKS = Path(os.environ.get("TLCOURSE_NOTEBOOKS", REPO / "notebooks"))
START = "00-start-here"
EXERCISE = "ch00-pick-class"
# Money, and the one formula among it.
MONEY = (
    "It costs $5 and $10.",
    r"From $5/$10 to \$1,000 or $-3.",
    "| a | b |\n| --- | --- |\n| $5 | $10 |",
    "For $n$ pictures at $5 each, $10 in all.",
)
FIGURES = """import numpy as np
from tlcourse import plots

plots.show(plots.bars({"frozen": 0.7, "pixels": 0.4}))
plots.show(plots.image_grid(np.full((2, 64, 64, 3), 200, np.uint8), ["a", "b"]))
"""
STEMS = sorted(path.stem for path in (NOTEBOOKS / "torch").glob("*.ipynb"))


def explorers() -> list[tuple[str, str]]:
    """Chapters with an explorer, some in either framework, others with every commit."""
    found = [
        stem for stem in STEMS if "Explorer(" in (NOTEBOOKS / "torch" / f"{stem}.ipynb").read_text("utf-8")
    ]
    return in_turn([(stem, framework) for stem in found for framework in FRAMEWORKS], 16)


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with chromium() as browser:
        yield browser


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, browser: Any) -> Iterator[Server]:
    """JupyterLab on copies of the learner's notebooks. Without a browser it never starts."""
    folder = tmp_path_factory.mktemp("lab")
    for framework in ("torch", "keras"):
        (folder / framework).mkdir()
        for stem in STEMS:
            shutil.copy2(NOTEBOOKS / framework / f"{stem}.ipynb", folder / framework)
    cells = [new_markdown_cell(convert(text, 1, Context("lab", "torch", "00-x", REPO))) for text in MONEY]
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3"}}  # or JupyterLab asks for one
    start = nbformat.read(folder / "torch" / f"{START}.ipynb", as_version=4)
    cells.append(next(cell for cell in start.cells if "You will be able to" in cell.source))
    nbformat.write(new_notebook(cells=cells, metadata=kernel), folder / "money.ipynb")
    nbformat.write(
        new_notebook(cells=[new_code_cell(FIGURES, id="figures")], metadata=kernel), folder / "figures.ipynb"
    )
    with jupyterlab(folder, tmp_path_factory.mktemp("private")) as server:
        yield server
    assert server.process.returncode == 0, "JupyterLab stops cleanly"


@pytest.fixture
def open_notebook(browser: Any, server: Server) -> Iterator[Any]:
    contexts: list[Any] = []
    watches: list[Watch] = []
    opened: list[Notebook] = []

    def open_one(path: str, dark: bool = False) -> Notebook:
        server.theme(dark)
        context = browser.new_context(viewport={"width": 1280, "height": 900})
        contexts.append(context)
        page = context.new_page()
        watches.append(Watch(page, server.base))
        opened.append(Notebook(page, server, path))
        return opened[-1]

    yield open_one
    elsewhere = [url for watch in watches for url in watch.elsewhere]
    for notebook in opened:
        notebook.close()
    for context in contexts:
        context.close()
    assert not elsewhere, f"JupyterLab asked another host: {elsewhere}"
    assert server.kernels() == [], "no kernel is left"


def test_money_stays_text_and_a_formula_is_set(open_notebook: Any) -> None:
    page = open_notebook("money.ipynb").page
    page.wait_for_selector(".jp-RenderedMarkdown mjx-container")
    shown = page.evaluate(
        "[...document.querySelectorAll('.jp-MarkdownCell .jp-RenderedMarkdown')].map(cell =>"
        " [cell.innerText.split(/\\s+/).join(' '), cell.querySelectorAll('mjx-container').length])"
    )
    assert [text for text, _ in shown[:3]] == [
        "It costs $5 and $10.",
        "From $5/$10 to $1,000 or $-3.",
        "a b $5 $10",
    ]
    assert shown[3][0].endswith("pictures at $5 each, $10 in all.")
    assert [formulas for _, formulas in shown] == [0, 0, 0, 1, 0]


# Of the words in a chapter's opening box, the least contrast with what is behind them (WCAG 2).
_CONTRAST = """() => {
  const light = (colour) => {
    const parts = colour.match(/[\\d.]+/g).map(Number);
    const linear = parts.slice(0, 3).map(each => {
      const part = each / 255;
      return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2];
  };
  const behind = (node) => {
    for (let each = node; each; each = each.parentElement) {
      const colour = getComputedStyle(each).backgroundColor;
      if (!/, 0\\)$|transparent/.test(colour)) return colour;
    }
    return 'rgb(255, 255, 255)';
  };
  const cell = [...document.querySelectorAll('.jp-MarkdownCell .jp-RenderedMarkdown')]
    .find(each => each.innerText.includes('You will be able to'));
  return Math.min(...[...cell.querySelectorAll('p, strong, li')].map(node => {
    const [low, high] = [light(getComputedStyle(node).color), light(behind(node))].sort((a, b) => a - b);
    return (high + 0.05) / (low + 0.05);
  }));
}"""


@pytest.mark.parametrize("dark", [True, False])
def test_the_box_that_opens_a_chapter_can_be_read(dark: bool, open_notebook: Any) -> None:
    page = open_notebook("money.ipynb", dark=dark).page
    page.wait_for_selector(f"body[data-jp-theme-light={str(not dark).lower()}]", state="attached")
    page.wait_for_selector(".jp-RenderedMarkdown >> text=You will be able to")
    assert page.evaluate(_CONTRAST) >= 4.5


@pytest.mark.parametrize("dark", [True, False])
def test_a_plot_is_dark_in_dark_and_an_image_keeps_its_colours(dark: bool, open_notebook: Any) -> None:
    notebook: Notebook = open_notebook("figures.ipynb", dark=dark)
    notebook.run("figures")
    plot, image = (notebook.cell("figures").locator(f".tl-figure >> nth={n} >> img") for n in (0, 1))
    grey = float(np.asarray(Image.open(io.BytesIO(plot.screenshot())).convert("L")).mean())
    assert grey < 120 if dark else grey > 170, grey
    assert image.evaluate("node => getComputedStyle(node).filter") == "none"


@pytest.mark.parametrize("framework", in_turn(FRAMEWORKS, 2))
def test_a_learner_runs_chapter_0_and_answers(framework: str, open_notebook: Any, tmp_path: Path) -> None:
    notebook: Notebook = open_notebook(f"{framework}/{START}.ipynb", dark=framework == "keras")

    # Blank: everything runs, and every check says that nothing was attempted.
    notebook.run_all(240)
    assert notebook.errors() == []
    checks = [cell for cell in notebook.ids('check("ch00-') if cell.endswith("-check")]
    assert len(checks) >= 2
    for cell in checks:
        assert "NOT ATTEMPTED" in notebook.output(cell)

    # Wrong, in a way that is known: its own message, and never full marks.
    exercise = get(EXERCISE)
    wrong = exercise.misconceptions[0]
    source = wrong.source if isinstance(wrong.source, str) else wrong.source[framework]
    notebook.type_into(EXERCISE, source)
    notebook.run(EXERCISE, f"{EXERCISE}-check")
    shown = notebook.output(f"{EXERCISE}-check")
    assert "NOT YET" in shown or "PARTLY" in shown
    assert wrong.expect in " ".join(shown.split())

    # Right.
    right, _ = solutions(REPO / "book" / "chapters" / f"{START}.md", framework)[EXERCISE]
    notebook.type_into(EXERCISE, right)
    notebook.run(EXERCISE, f"{EXERCISE}-check")
    shown = notebook.output(f"{EXERCISE}-check")
    assert "PASS" in shown
    assert f"{exercise.points} of {exercise.points}" in shown
    notebook.page.screenshot(path=str(tmp_path / f"{framework}.png"))
    assert notebook.errors() == []


def needed_cells(path: Path, text: str) -> tuple[list[str], str]:
    """The cells that define what the cell holding ``text`` uses, in order, and that cell.

    So the test need not run a whole chapter to reach its explorer.
    """
    cells = [
        cell for cell in json.loads(path.read_text(encoding="utf-8"))["cells"] if cell["cell_type"] == "code"
    ]
    trees = [ast.parse("".join(cell["source"])) for cell in cells]
    target = max(at for at, cell in enumerate(cells) if text in "".join(cell["source"]))

    def defined(tree: ast.Module) -> set[str]:
        names = {
            node.id
            for node in ast.walk(tree)
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
        }
        for node in tree.body:
            if isinstance(node, ast.Import | ast.ImportFrom):
                names |= {(alias.asname or alias.name).split(".")[0] for alias in node.names}
            elif isinstance(node, ast.FunctionDef | ast.ClassDef):
                names.add(node.name)
        return names

    def used(tree: ast.Module) -> set[str]:
        loaded = {
            node.id
            for node in ast.walk(tree)
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)
        }
        # Not what the cell itself defines, nor its functions' arguments.
        return loaded - defined(tree) - {node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)}

    wanted, todo = {0}, [target]
    while todo:
        at = todo.pop()
        for name in used(trees[at]):
            before = [k for k in range(at) if name in defined(trees[k])]
            if before and before[-1] not in wanted:
                wanted.add(before[-1])
                todo.append(before[-1])
    return [cells[at]["id"] for at in sorted(wanted)], cells[target]["id"]


@pytest.mark.parametrize(("stem", "framework"), explorers())
def test_the_explorer_is_live(stem: str, framework: str, open_notebook: Any, tmp_path: Path) -> None:
    before, explorer = needed_cells(NOTEBOOKS / framework / f"{stem}.ipynb", "Explorer(")
    notebook: Notebook = open_notebook(f"{framework}/{stem}.ipynb", dark=framework == "torch")
    notebook.run(*before, explorer, seconds=120)
    assert notebook.errors() == []

    shown = notebook.cell(explorer).locator(".jp-OutputArea-output")
    picture = shown.locator("img:visible").first
    picture.wait_for(timeout=30_000)
    assert shown.locator("img:visible").count() == 1, "the live widget, without the site's pictures beside it"
    first, described = picture.get_attribute("src"), picture.get_attribute("alt")
    assert described

    control = shown.locator("select").first
    control.select_option(index=1)
    notebook.page.wait_for_function(
        "([cell, first]) => {"
        " const now = document.querySelector(`.jp-Cell[data-cell='${cell}'] .jp-OutputArea img`);"
        " return now && now.getAttribute('src') !== first; }",
        arg=[explorer, first],
        timeout=30_000,
    )
    after = shown.locator("img:visible").first
    assert after.get_attribute("src") != first
    assert after.get_attribute("alt") != described
    notebook.cell(explorer).scroll_into_view_if_needed()
    notebook.page.screenshot(path=str(tmp_path / f"explorer-{stem}-{framework}.png"))

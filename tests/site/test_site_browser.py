"""The built site, opened in Chromium: nothing from elsewhere, the switch, the folds, search, accessibility.

The site is built once from the course's executed solutions (``conftest.py``). ``TLCOURSE_SITE`` names one
built already.
"""

from __future__ import annotations

import html
import io
import posixpath
import re
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from browser import COLOURS, Watch, axe_violations, thin
from commit import FRAMEWORKS, in_turn, whose_turn
from PIL import Image

from tlcourse.authoring.launch import repository_of
from tlcourse.authoring.site.bundle import NAME

BOOK = Path(__file__).resolve().parents[2] / "book"
pytestmark = [pytest.mark.browser, pytest.mark.slow]

PHONE = {"width": 390, "height": 844}


def pages_of(site: Path) -> list[str]:
    return sorted(
        str(path.relative_to(site))
        for path in site.rglob("*.html")
        if "_static" not in path.relative_to(site).parts
    )


def chapters_of(site: Path, framework: str = "torch") -> list[str]:
    return [f"{framework}/{path.name}" for path in sorted((site / framework).glob("*.html"))]


OTHER_PAGES = (
    *("index.html", "learners.html", "six-steps.html", "in-the-browser.html", "instructors.html"),
    "contributors.html",
    *("glossary.html", "references.html", "search.html", "genindex.html"),
)


def one_of_each_kind(site: Path) -> list[str]:
    """Landing, pages of text, glossary, references, search; every chapter, in one framework by turns."""
    stems = [Path(chapter).name for chapter in chapters_of(site)]
    return [*OTHER_PAGES, *(f"{whose_turn(number)}/{stem}" for number, stem in enumerate(stems))]


def some_of_each_kind(site: Path) -> list[str]:
    """As `one_of_each_kind`, but every eighth of the chapters' pages, others with every commit."""
    pages = [f"{framework}/{Path(path).name}" for path in chapters_of(site) for framework in FRAMEWORKS]
    return [*OTHER_PAGES, *in_turn(pages, 8)]


def chapter_with(site: Path, text: str, framework: str = "torch") -> str:
    for chapter in chapters_of(site, framework):
        if text in (site / chapter).read_text(encoding="utf-8"):
            return chapter
    pytest.fail(f"no chapter in {framework} has {text!r}")


def test_every_page_opens_without_another_host_and_without_an_error(site: Path, visit: Any) -> None:
    pages = pages_of(site)
    assert {"index.html", "learners.html", "instructors.html", "contributors.html", "glossary.html"} <= set(
        pages
    )
    page = visit(pages[0])
    for path in pages:
        page.goto(page.url.split("/", 3)[0] + "//" + page.url.split("/", 3)[2] + "/" + path)
        page.evaluate("document.querySelectorAll('img').forEach(image => { image.loading = 'eager'; })")
        page.wait_for_load_state("networkidle")
        assert page.title().strip(), path
        assert page.locator("h1:visible").count() == 1, path
        broken = page.evaluate(
            "[...document.images].filter(image => image.complete && image.naturalWidth === 0)"
            ".map(image => image.src.slice(0, 80))"
        )
        assert not broken, f"{path}: pictures that do not show: {broken}"
        silent = page.evaluate(
            "[...document.querySelectorAll('article img')]"
            ".filter(image => !(image.getAttribute('alt') || '').trim())"
            ".map(image => image.outerHTML.slice(0, 80))"
        )
        assert not silent, f"{path}: pictures without a description: {silent}"


def test_no_page_names_a_script_or_style_of_another_host(site: Path) -> None:
    """Also what a browser would only ask for later, on a click."""
    pattern = re.compile(
        r"<(?:script|link|img|iframe|source)\b[^>]*(?:src|href)=[\"'](?:https?:)?//", re.IGNORECASE
    )
    for path in pages_of(site):
        text = (site / path).read_text(encoding="utf-8")
        found = pattern.search(text)
        assert found is None, f"{path}: {text[found.start() : found.start() + 200]}"
        for word in ("jsdelivr", "unpkg", "cdnjs", "require.min.js", "thebe"):
            assert word not in text, f"{path} mentions {word}"


# What a page may weigh in bytes, as it is on the disk. The network in the browser is loaded on a click.
FRONT, PAGE = 1_000_000, 2_000_000


def weight(site: Path, path: str) -> int:
    """A page with its scripts, styles and fonts, and on the front page with its pictures too."""
    text = (site / path).read_text(encoding="utf-8")
    wanted = set(re.findall(r'<(?:script|link)\b[^>]*?\b(?:src|href)="([^"?#]+\.(?:js|css|svg))', text))
    if path == "index.html":
        wanted |= set(re.findall(r'<img\b[^>]*?\bsrc="([^"?]+)"', text))
    fonts = sum(font.stat().st_size for font in site.glob("_static/vendor/**/*.woff2"))
    files = {((site / path).parent / file).resolve() for file in wanted}
    assert len(files) > 10, path
    return len(text.encode()) + fonts + sum(file.stat().st_size for file in files)


def test_the_front_page_weighs_less_than_a_megabyte_and_a_chapter_less_than_two(site: Path) -> None:
    for path in pages_of(site):
        assert weight(site, path) < (FRONT if path == "index.html" else PAGE), path
        text = (site / path).read_text(encoding="utf-8")
        assert "fontawesome.js" not in text, path
        assert "mathjax" not in text.lower(), path
        assert ("searchindex.js" in text) == (path == "search.html"), path


def test_the_front_page_asks_for_no_more_than_it_weighs(site: Path, visit: Any, base: str) -> None:
    """What the browser in fact loads, all answers together."""
    page = visit("contributors.html")
    loaded: list[int] = []
    page.on("response", lambda answer: loaded.append(len(answer.body())))
    page.context.clear_cookies()
    page.goto(f"{base}/index.html")
    page.wait_for_load_state("networkidle")
    assert page.locator("a.tl-button").is_visible()
    assert page.locator(".tl-result__bar").count() == 8
    assert 0 < sum(loaded) < FRONT


def test_every_page_says_what_it_is_about(site: Path) -> None:
    """A title and a description of its own, and its language, in the head."""
    titles: dict[str, str] = {}
    for path in pages_of(site):
        head = (site / path).read_text(encoding="utf-8").partition("</head>")[0]
        (title,) = re.findall(r"<title>(.*?)</title>", head, re.S)
        (said,) = re.findall(r'<meta name="description" content="([^"]+)"', head)
        assert 30 <= len(html.unescape(said)) <= 160, f"{path}: {said}"
        assert re.search(r'<html lang="en"', head), path
        assert title not in titles, f"{path} and {titles.get(title)} have one title"
        titles[title] = path


def test_the_references_lead_to_the_works(site: Path) -> None:
    text = (site / "references.html").read_text(encoding="utf-8")
    entries = re.findall(r'<div class="citation".*?</div>', text, re.S)
    assert len(entries) > 100
    without = [entry[:80] for entry in entries if not re.search(r'href="https://', entry)]
    assert not without


def test_without_a_repository_there_is_no_link_to_edit_a_page(site: Path) -> None:
    public = repository_of(BOOK) is not None
    for path in pages_of(site):
        text = (site / path).read_text(encoding="utf-8")
        edited = path not in ("search.html", "genindex.html")
        assert ("Edit this page" in text) == (public and edited), path


def test_every_link_within_the_site_leads_somewhere(site: Path) -> None:
    for path in pages_of(site):
        text = (site / path).read_text(encoding="utf-8")
        for href in re.findall(r'<a\b[^>]*\bhref="([^"#?]+)(?:[#?][^"]*)?"', text):
            if re.match(r"[a-z]+:", href):
                continue
            assert ((site / path).parent / href).resolve().exists(), f"{path}: {href}"


def test_the_bundle_is_whole_and_every_link_in_it_leads_to_a_file_in_it(site: Path, visit: Any) -> None:
    """It is unpacked in no browser here: the links are read, and one page is opened from the disk below."""
    with zipfile.ZipFile(site / NAME) as archive:
        names = set(archive.namelist())
        pages = {name: archive.read(name).decode("utf-8") for name in names if name.endswith(".html")}
    assert {f"tlcourse-site/{path}" for path in pages_of(site)} <= set(pages)
    for name, text in pages.items():
        assert f'href="{NAME}"' not in text, "the bundle does not offer itself"
        for address in re.findall(r'<(?:a|link|script|img)\b[^>]*?\b(?:href|src)="([^"#?]+)', text):
            if not re.match(r"[a-z]+:", address):
                assert not address.startswith("/"), f"{name}: {address}"
                assert posixpath.normpath(posixpath.join(posixpath.dirname(name), address)) in names, address


def test_a_page_works_from_the_disk(site: Path, browser: Any) -> None:
    page = browser.new_page()
    watch = Watch(page, site.as_uri())
    page.goto((site / "index.html").as_uri())
    page.locator("a.tl-button").click()
    page.wait_for_url("**/torch/00-*.html")
    page.locator(".tl-switch a", has_text="Keras").click()
    page.wait_for_url("**/keras/00-*.html")
    page.goto(f"{(site / 'search.html').as_uri()}?q=pretrained")
    page.wait_for_function("document.querySelectorAll('#search-results li a').length > 0")
    problems = watch.problems()
    page.close()
    assert not problems


def test_no_widget_is_left_without_its_picture(site: Path) -> None:
    for framework in ("torch", "keras"):
        for path in chapters_of(site, framework):
            text = (site / path).read_text(encoding="utf-8")
            assert "application/vnd.jupyter" not in text, path
            assert "recorded:" not in text, path


def test_every_table_of_results_has_one_header_row_and_no_nan(site: Path) -> None:
    seen = 0
    for path in pages_of(site):
        for table in re.findall(
            r'<table class="dataframe".*?</table>', (site / path).read_text("utf-8"), re.S
        ):
            seen += 1
            assert table.partition("</thead>")[0].count("<tr") == 1, path
            assert not re.search(r"<td[^>]*>(NaN|None|NaT)?</td>", table.partition("<tbody")[2]), path
    assert seen > 100


def test_mathematics_is_set_without_a_script(site: Path, visit: Any) -> None:
    page = visit(chapter_with(site, 'class="math'), scripts=False)
    formulas = page.locator(".math math")
    assert formulas.count() == page.locator(".math").count() > 0
    # A fraction is set as one: its numerator stands above its denominator.
    above, below = (page.locator(f".math mfrac > :{n}-child").first.bounding_box() for n in ("first", "last"))
    assert above["y"] + above["height"] <= below["y"] + 1


# ------------------------------------------------------------------------------------- the switch


def longest(site: Path) -> str:
    return max(chapters_of(site), key=lambda path: (site / path).stat().st_size)


def test_the_switch_keeps_the_place(site: Path, visit: Any) -> None:
    page = visit(longest(site))
    headings = page.evaluate(
        "[...document.querySelectorAll('article section > h2')].map(node => node.parentElement.id)"
    )
    assert len(headings) >= 3
    for heading in (headings[1], headings[-1], headings[len(headings) // 2]):
        page.evaluate(
            "id => window.scrollTo({behavior: 'instant', top: window.scrollY - 240"
            " + document.getElementById(id).getBoundingClientRect().top})",
            heading,
        )
        page.wait_for_timeout(100)
        at = page.evaluate("id => document.getElementById(id).getBoundingClientRect().top", heading)
        before = page.url
        page.locator(".tl-switch a:not([aria-current])").click()
        page.wait_for_load_state("networkidle")
        page.wait_for_timeout(500)
        assert page.url != before
        there = page.evaluate("id => document.getElementById(id).getBoundingClientRect().top", heading)
        assert abs(there - at) <= 6, (
            f"{heading} was {at} px from the top and is {there} px in the other framework"
        )


def test_the_switch_works_from_the_keyboard_and_keeps_the_focus(site: Path, visit: Any) -> None:
    page = visit(chapters_of(site)[0])
    page.locator(".tl-switch a:not([aria-current])").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/keras/**")
    page.wait_for_load_state("networkidle")
    focused = page.evaluate(
        "document.activeElement.textContent + '|' + document.activeElement.getAttribute('aria-current')"
    )
    assert focused == "Keras|page"


def test_the_choice_is_remembered_and_leads_every_link(site: Path, visit: Any, base: str) -> None:
    page = visit("index.html")
    assert page.locator(".tl-switch [aria-pressed='true']").inner_text() == "PyTorch", (
        "a first visitor sees PyTorch"
    )
    assert "/torch/" in page.locator(".tl-chapter__title a").first.evaluate("node => node.href")
    page.locator(".tl-switch button", has_text="Keras").click()
    assert "/keras/" in page.locator(".tl-chapter__title a").first.evaluate("node => node.href")
    page.goto(f"{base}/learners.html")
    page.wait_for_load_state("networkidle")
    assert page.locator(".tl-switch [aria-pressed='true']").inner_text() == "Keras"
    shown = page.locator("nav.bd-links a:visible").evaluate_all("nodes => nodes.map(node => node.href)")
    assert any("/keras/" in href for href in shown)
    assert not any("/torch/" in href for href in shown)
    # The page before the first chapter: its "next" follows the choice too.
    page.goto(f"{base}/six-steps.html")
    page.wait_for_load_state("networkidle")
    assert "/keras/" in page.locator("a.right-next").evaluate("node => node.href")


def test_previous_and_next_stay_in_the_framework(site: Path, visit: Any) -> None:
    for framework, other in (("torch", "keras"), ("keras", "torch")):
        for path in chapters_of(site, framework):
            text = (site / path).read_text(encoding="utf-8")
            area = text[text.index('class="prev-next-area"') :]
            assert f"/{other}/" not in area, path


def test_without_scripts_both_frameworks_are_reachable(site: Path, visit: Any) -> None:
    page = visit(chapters_of(site)[0], scripts=False)
    page.locator(".tl-switch a", has_text="Keras").click()
    assert "/keras/" in page.url
    assert page.locator(".tl-switch [aria-current='page']").inner_text() == "Keras"


# ----------------------------------------------------------------------------- search and folds


# What a newcomer looks for, and the page, or a chapter's name, that has to be among the first three.
WANTED = {
    "own pictures": "your-own-pictures",
    "save a model": "your-own-pictures",
    "install": "learners",
    "GPU": "learners",
    "license": "licences",
    "csv file": "your-own-texts",
    "freeze layers": "04-freeze-or-fine-tune",
    "data augmentation": "06-train-the-adapted-model",
    "confusion matrix": "07-evaluate-and-iterate",
    "which model": "02-choose-a-pretrained-model",
    "how many images": "14-your-own-project",
    "phone": "15-to-a-small-device",
}


def test_search_finds_what_newcomers_look_for(site: Path, visit: Any) -> None:
    page = visit("search.html")
    page.wait_for_function("typeof Search !== 'undefined' && Search.hasIndex()")
    for query, wanted in WANTED.items():
        # The best result is the last; those in the other framework are hidden.
        found = page.evaluate(
            "q => Search._performSearch(...Search._parseQuery(q)).map(one => one[0])", query
        )
        shown = list(dict.fromkeys(name for name in reversed(found) if not name.startswith("keras/")))
        assert wanted in [name.removeprefix("torch/") for name in shown[:3]], f"{query}: {shown[:5]}"


def test_search_finds_a_term_and_hides_the_other_framework(site: Path, visit: Any) -> None:
    page = visit("search.html?q=pretrained")
    page.wait_for_function("document.querySelectorAll('#search-results li').length > 0")
    page.wait_for_timeout(600)
    shown = page.locator("#search-results li:visible a").evaluate_all("nodes => nodes.map(node => node.href)")
    assert shown
    assert not any("/keras/" in href for href in shown)
    note = page.locator(".tl-results")
    if note.is_visible():
        assert "Keras" in note.inner_text()
        note.locator("button").click()
        shown = page.locator("#search-results li:visible a").evaluate_all(
            "nodes => nodes.map(node => node.href)"
        )
        assert any("/keras/" in href for href in shown)


def test_solutions_are_folded_and_open_by_click_and_by_keyboard(site: Path, visit: Any) -> None:
    page = visit(chapter_with(site, "Show the solution"))
    folds = page.locator("div.cell.tag_tl-solution details")
    assert folds.count() > 0
    assert page.locator("div.cell.tag_tl-solution details[open]").count() == 0
    first = folds.first
    code = first.locator("pre").first
    assert not code.is_visible()
    first.locator("summary").click()
    assert code.is_visible()
    first.locator("summary").focus()
    page.keyboard.press("Enter")
    assert not code.is_visible()


def test_hints_and_quiz_answers_are_folded(site: Path, visit: Any) -> None:
    page = visit(chapter_with(site, "tl-hint"))
    assert page.locator("details.tl-hint").count() > 0
    assert page.locator("details.tl-hint[open], details.tl-quiz[open]").count() == 0
    hint = page.locator("details.tl-hint").first
    hint.locator("summary").focus()
    page.keyboard.press("Enter")
    assert hint.get_attribute("open") is not None


def test_the_explorer_of_every_chapter_changes_its_picture(site: Path, visit: Any, base: str) -> None:
    chapters = [
        path for path in chapters_of(site) if "tl-explorer" in (site / path).read_text(encoding="utf-8")
    ]
    assert chapters
    page = visit(chapters[0])
    for path in chapters:
        page.goto(f"{base}/{path}")
        box = page.locator(".tl-explorer").first
        box.scroll_into_view_if_needed()

        def picture(path: str = path, box: Any = box) -> str:
            visible = box.locator("img:visible")
            assert visible.count() == 1, f"{path}: one picture shows at a time"
            assert visible.first.get_attribute("alt").strip(), path
            return str(visible.first.get_attribute("src"))

        before = picture()
        radios = box.locator("input[type=radio]:not(:checked)")
        # By its label, as a mouse does; then by an arrow key, as a keyboard does.
        box.locator(f"label[for='{radios.first.get_attribute('id')}']").click()
        after = picture()
        assert after != before, path
        box.locator("input[type=radio]:checked").first.focus()
        page.keyboard.press("ArrowLeft")
        assert picture() != after, path


# ------------------------------------------------------------------------------- for every reader


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_axe_finds_nothing_serious(site: Path, visit: Any, mode: str, base: str) -> None:
    """By every rule in light; in dark, where nothing else differs, by those that look at colours.

    Of the chapters' pages some, by turns: they have one style sheet and the same kinds of cells.
    """
    pages, rules = some_of_each_kind(site), () if mode == "light" else COLOURS
    page = visit("index.html", mode=mode)
    found: list[str] = []
    for path in pages:
        page.goto(f"{base}/{path}")
        assert page.evaluate("document.documentElement.dataset.theme") == mode
        # What is folded is read too, once it is opened.
        page.evaluate("document.querySelectorAll('article details').forEach(node => { node.open = true; })")
        thin(page)
        found += [f"{path}: {line}" for line in axe_violations(page, rules=rules)]
    assert not found, "\n".join(found)


def test_a_phone_scrolls_in_one_direction_only(site: Path, visit: Any, base: str) -> None:
    page = visit("index.html", viewport=PHONE)
    for path in one_of_each_kind(site):
        page.goto(f"{base}/{path}")
        page.evaluate("document.querySelectorAll('article details').forEach(node => { node.open = true; })")
        wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        assert wide <= 0, f"{path} is {wide} px wider than a phone"
    page.goto(f"{base}/{chapters_of(site)[0]}")
    assert page.locator(".tl-switch").is_visible()


def brightness(shot: bytes) -> float:
    """The mean grey of a screenshot: 0 black, 255 white."""
    return float(np.asarray(Image.open(io.BytesIO(shot)).convert("L")).mean())


def test_plots_are_dark_in_dark_and_readable_on_a_phone(site: Path, visit: Any) -> None:
    path = chapter_with(site, 'class="tl-plot"')
    seen = {}
    for mode in ("light", "dark"):
        page = visit(path, mode=mode, viewport=PHONE)
        image = page.locator("img.tl-plot:visible").first
        image.scroll_into_view_if_needed()
        page.wait_for_function(
            "image => image.complete && image.naturalWidth > 0", arg=image.element_handle()
        )
        seen[mode] = brightness(image.screenshot())
        wide = image.evaluate("node => node.getBoundingClientRect().width / node.naturalWidth")
        assert wide >= 0.7, f"{path}: its words have {wide:.0%} of their size"
        assert page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0
    assert seen["dark"] < 80 < 170 < seen["light"], seen


def test_in_dark_a_photograph_keeps_its_colours(site: Path, visit: Any) -> None:
    page = visit(chapter_with(site, "The labels of these images"), mode="dark")
    figure = page.locator("figure.tl-figure", has_text="The labels of these images").first
    # The theme makes it a little darker; its colours stay.
    assert "invert" not in figure.locator("img").first.evaluate("node => getComputedStyle(node).filter")


# --------------------------------------------------------------------------------------- on paper


def test_the_sheet_shows_the_chosen_framework(site: Path, visit: Any) -> None:
    page = visit("six-steps.html")
    for chosen, other in (("torch", "keras"), ("keras", "torch")):
        page.locator(f".tl-switch [data-tl-choose={chosen}]").click()
        assert page.locator(f".tl-sheet .tl-only-{chosen}:visible").count() == 6
        assert page.locator(f".tl-sheet .tl-only-{other}:visible").count() == 0


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_the_sheet_prints_on_two_pages_with_both_frameworks(site: Path, visit: Any, mode: str) -> None:
    # The width between the margins of an A4 page.
    page = visit("six-steps.html", mode=mode, viewport={"width": 718, "height": 1062})
    page.emulate_media(media="print")
    for framework in ("torch", "keras"):
        assert page.locator(f".tl-sheet .tl-only-{framework}:visible").count() == 6
    assert page.locator("h1:visible").all_inner_texts() == ["The six steps on one sheet"]
    for gone in (".bd-sidebar-primary", ".bd-sidebar-secondary", ".bd-header-article", ".copybtn"):
        assert page.locator(f"{gone}:visible").count() == 0, gone
    colours = page.evaluate(
        "[...new Set([...document.querySelectorAll('.tl-sheet pre span, .tl-guide td')]"
        ".map(node => getComputedStyle(node).color))]"
    )
    assert colours == ["rgb(0, 0, 0)"]
    cut = (
        "[...document.querySelectorAll('.tl-sheet pre')].filter(node => node.scrollWidth > node.clientWidth)"
    )
    assert page.evaluate(f"{cut}.map(node => node.textContent.slice(0, 60))") == []
    printed = page.pdf(prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page\b", printed)) == 2
    # A4, in points.
    assert re.search(rb"/MediaBox\s*\[0 0 59[45](\.\d+)? 84[12](\.\d+)?\]", printed)

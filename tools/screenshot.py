"""Take the README's image: a chapter's page of the built site, as a reader sees it.

    python tools/screenshot.py                     # docs/screenshot.png from _build/site
    python tools/screenshot.py --page keras/00-start-here.html --at "#data"

Needs the site (`make book`) and a Chromium (TLCOURSE_CHROMIUM, or one on the path). The window's size, the
theme and the place on the page are fixed, so the image changes only when the page does.
"""

from __future__ import annotations

import argparse
import io
import sys
from pathlib import Path

from PIL import Image

ROOT = Path(__file__).resolve().parents[1]
LIMIT = 400_000
sys.path.insert(0, str(ROOT / "tests"))

from browser import chromium, find_chromium, serve  # noqa: E402


def shoot(site: Path, page: str, at: str | None, size: tuple[int, int], theme: str) -> bytes:
    """The page in a window of that size, scrolled so that the element ``at`` is at the top, as a PNG."""
    with serve(site) as base, chromium() as browser:
        context = browser.new_context(viewport={"width": size[0], "height": size[1]})
        context.add_init_script(
            f"localStorage.setItem('mode', '{theme}'); localStorage.setItem('theme', '{theme}')"
        )
        tab = context.new_page()
        tab.goto(f"{base}/{page}")
        tab.wait_for_load_state("networkidle")
        if at:
            tab.evaluate(
                "selector => window.scrollTo({behavior: 'instant', top: window.scrollY - 64"
                " + document.querySelector(selector).getBoundingClientRect().top})",
                at,
            )
        tab.wait_for_timeout(400)
        return bytes(tab.screenshot())


def compress(png: bytes) -> bytes:
    """The same image in at most 256 colours, which a page of text and plots does not notice."""
    out = io.BytesIO()
    image = Image.open(io.BytesIO(png)).convert("RGB")
    image.quantize(256, dither=Image.Dither.NONE).save(out, "PNG", optimize=True)
    return out.getvalue()


def main() -> None:
    """Take the screenshot and write it."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--site", type=Path, default=ROOT / "_build" / "site")
    parser.add_argument("--page", default="torch/01-why-transfer-learning.html")
    parser.add_argument(
        "--at", default=".tl-explorer", help="CSS selector of what is at the top of the window"
    )
    parser.add_argument("--size", default="1280x860")
    parser.add_argument("--theme", choices=("light", "dark"), default="light")
    parser.add_argument("--output", type=Path, default=ROOT / "docs" / "screenshot.png")
    options = parser.parse_args()
    if not (options.site / options.page).is_file():
        sys.exit(f"{options.site / options.page} is missing. Build the site first: make book")
    if find_chromium() is None:
        sys.exit("There is no Chromium here. Install one, or set TLCOURSE_CHROMIUM to its path.")
    width, height = (int(number) for number in options.size.split("x"))
    png = compress(shoot(options.site, options.page, options.at or None, (width, height), options.theme))
    if len(png) > LIMIT:
        sys.exit(f"The image has {len(png)} bytes, more than {LIMIT}: choose a smaller --size.")
    options.output.parent.mkdir(parents=True, exist_ok=True)
    options.output.write_bytes(png)
    print(f"{options.output}: {len(png) // 1000} kB")


if __name__ == "__main__":
    main()

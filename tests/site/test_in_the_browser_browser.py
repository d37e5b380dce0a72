"""The page with a network in it: as Python says, from this host only, and offline once it is loaded."""

from __future__ import annotations

import base64
import contextlib
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import packs_here
import pytest
from browser import Watch, axe_violations, serve
from PIL import Image

from tlcourse.data import read_image
from tlcourse.models.images import as_batch
from tlcourse.models.resizing import central_square

pytestmark = [pytest.mark.browser, pytest.mark.slow]

REPO = Path(__file__).resolve().parents[2]
PAGE = "in-the-browser.html"
ZEBRA = REPO / "photos" / "test" / "mammal" / "177-zebra.png"
KEY = REPO / "photos" / "test" / "household item" / "117-key.png"
# A runtime for browsers and one for servers, on the same file and the same pixels.
RUNTIMES = 1e-4
# A JPEG file read by the browser and by Pillow; its pixels differ by a step or two.
DECODERS = 0.02
PARTS = ("script-", "wasm-", "network-", "classes-")
ANSWERED = "() => !document.querySelector('#tl-live-result').hasAttribute('aria-busy')"
GIVE = """([where, event, files]) => {
  const transfer = new DataTransfer();
  for (const [name, type, text] of files) {
    transfer.items.add(new File([Uint8Array.from(atob(text), letter => letter.charCodeAt(0))], name, {type}));
  }
  const about = {bubbles: true, cancelable: true};
  const made = event === 'paste' ? new ClipboardEvent(event, {...about, clipboardData: transfer})
    : new DragEvent(event, {...about, dataTransfer: transfer});
  document.querySelector(where).dispatchEvent(made);
}"""


@pytest.fixture(autouse=True)
def live(site: Path) -> None:
    """Skip, or fail in CI, where the site was built without the live part."""
    if (site / "in-the-browser" / "parts.js").is_file():
        return
    from bs4 import BeautifulSoup

    found = BeautifulSoup((site / PAGE).read_text(encoding="utf-8"), "html.parser").select_one(
        "div.admonition"
    )
    message = f"NO LIVE PART: {' '.join(found.text.split()) if found else 'the page does not say why'}"
    if packs_here.required():
        pytest.fail(message)
    pytest.skip(message)


@pytest.fixture(scope="module")
def expected() -> Any:
    """What Python makes of 224 x 224 pixels: the probabilities, by the very file that the page runs."""
    import onnxruntime

    from tlcourse.authoring.in_browser.network import network_file

    session = onnxruntime.InferenceSession(network_file(), providers=["CPUExecutionProvider"])

    def probabilities(pixels: np.ndarray) -> np.ndarray:
        (found,) = session.run(None, {"image": pixels[None]})
        return np.asarray(found)[0]

    return probabilities


def give(page: Any, *files: tuple[str, bytes], event: str = "drop", where: str = "#tl-live-drop") -> None:
    """Drop or paste files, and wait until the page has answered."""
    types = {".png": "image/png", ".jpg": "image/jpeg", ".txt": "text/plain"}
    packed = [
        (name, types.get(Path(name).suffix, ""), base64.b64encode(data).decode()) for name, data in files
    ]
    page.evaluate(GIVE, [where, event, packed])
    page.wait_for_function(ANSWERED)


def read(page: Any, expression: str, *arguments: Any) -> np.ndarray:
    """An array of bytes in the page; as text, which is quicker than a list of numbers."""
    code = f"""given => {{
      const bytes = {expression};
      let text = '';
      for (let at = 0; at < bytes.length; at += 8192)
        text += String.fromCharCode(...bytes.subarray(at, at + 8192));
      return btoa(text);
    }}"""
    return np.frombuffer(base64.b64decode(page.evaluate(code, list(arguments))), np.uint8)


def status(page: Any) -> str:
    return str(page.locator("#tl-live-status").inner_text())


def answer(page: Any) -> tuple[np.ndarray, np.ndarray]:
    """The pixels that the network got, and its probabilities."""
    assert "Most probable" in status(page), status(page)
    pixels = read(page, "tlBrowser.answer.pixels")
    probabilities = page.evaluate("Array.from(tlBrowser.answer.probabilities)")
    return pixels.reshape(224, 224, 3), np.array(probabilities)


def saved(image: np.ndarray, form: str, **settings: Any) -> bytes:
    file = io.BytesIO()
    Image.fromarray(image).save(file, form, **settings)
    return file.getvalue()


def test_it_answers_as_python_does(visit: Any, expected: Any, tmp_path: Path) -> None:
    page = visit(PAGE)
    give(page, (ZEBRA.name, ZEBRA.read_bytes()))
    pixels, probabilities = answer(page)
    (python,) = as_batch([read_image(ZEBRA)], 224)
    assert np.array_equal(pixels, python), "cropped and resized as Pillow does"
    assert np.abs(probabilities - expected(python)).max() < RUNTIMES
    assert status(page) == f"Most probable: zebra, {100 * probabilities.max():.1f} %."
    shown = page.locator("#tl-live-classes li").all_inner_texts()
    assert len(shown) == 5
    assert shown[0].split("\n")[0] == "zebra"
    canvas = "document.querySelector('#tl-live-seen').getContext('2d').getImageData(0, 0, 224, 224).data"
    assert np.array_equal(read(page, canvas).reshape(224, 224, 4)[..., :3], python)
    assert "128 × 128 pixels" in page.locator("#tl-live-figures").inner_text()
    assert not axe_violations(page)
    # A photograph as a phone stores it: a JPEG that lies on its side, and says so.
    from skimage.data import chelsea

    cat = np.asarray(Image.fromarray(chelsea()).resize((1353, 900)))
    exif = Image.Exif()
    exif[0x0112] = 6
    file = tmp_path / "cat.jpg"
    file.write_bytes(saved(np.rot90(cat), "JPEG", quality=92, exif=exif))
    give(page, (file.name, file.read_bytes()))
    pixels, probabilities = answer(page)
    python = central_square(read_image(file), 224)
    assert python.shape == pixels.shape
    assert np.abs(pixels.astype(int) - python).max() <= 4
    assert probabilities.argmax() == expected(python).argmax()
    assert np.abs(probabilities - expected(python)).max() < DECODERS
    assert "1353 × 900 pixels" in page.locator("#tl-live-figures").inner_text()
    # What is transparent is on white.
    clear = np.dstack([read_image(KEY), np.full((128, 128), 255, np.uint8)])
    clear[:, :40, 3] = 0
    file = tmp_path / "clear.png"
    file.write_bytes(saved(clear, "PNG"))
    give(page, (file.name, file.read_bytes()), event="paste", where="body")
    pixels, probabilities = answer(page)
    assert np.array_equal(pixels, central_square(read_image(file), 224))


def test_what_is_no_image_gets_a_message(visit: Any) -> None:
    page = visit(PAGE)
    png, jpeg = ZEBRA.read_bytes(), saved(read_image(ZEBRA), "JPEG")
    heic = b"\0\0\0\x18ftypheic" + bytes(200)
    cases = {
        "notes.txt": (b"no pixels here", "not an image"),
        "zebra.jpg": (b"no pixels here either", "not an image"),
        "empty.png": (b"", "empty: 0 bytes"),
        "IMG_1.HEIC": (heic, "HEIC"),
        "drawing.svg": (b"<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'/>", "Save it as PNG"),
        "cut.png": (png[: len(png) // 2], "damaged"),
        "noise.png": (png[:200] + bytes(len(png) - 200), "damaged"),
        "head.jpg": (jpeg[:300], "damaged"),
        "half.jpg": (jpeg[: len(jpeg) // 2], "damaged"),
    }
    for name, (data, message) in cases.items():
        give(page, (name, data))
        assert message in status(page), f"{name}: {status(page)}"
        assert name in status(page)
        assert page.locator(".tl-live__status--bad").count() == 1
        assert not page.locator("#tl-live-result").is_visible()
    give(page)
    assert "not a file" in status(page)
    loaded = page.evaluate("performance.getEntriesByType('resource').map(entry => entry.name)")
    assert not [name for name in loaded if Path(name).name.startswith(PARTS)], "nothing was loaded for these"


def test_the_same_pixels_as_pillow_at_every_size(visit: Any) -> None:
    page = visit(PAGE)
    rng = np.random.default_rng(0)
    for side in (1, 7, 223, 224, 225, 611):
        image = rng.integers(0, 256, (side, side, 3), np.uint8)
        image[: side // 2] = 255 * (image[: side // 2] > 127)  # hard edges, where the filter overshoots
        rgba = np.dstack([image, np.full((side, side), 255, np.uint8)])
        given = "Uint8ClampedArray.from(atob(given[0]), letter => letter.charCodeAt(0))"
        text = base64.b64encode(rgba.tobytes()).decode()
        found = read(page, f"tlBrowser.resize({given}, given[1], 224)", text, side)
        assert np.array_equal(found.reshape(224, 224, 3), central_square(image, 224)), side


@pytest.fixture
def alone(site: Path, browser: Any) -> Iterator[Any]:
    """The page, its address, all requests that were made for it, and a function that ends its server."""
    with contextlib.ExitStack() as server:
        base = server.enter_context(serve(site))
        context = browser.new_context()
        page = context.new_page()
        page.set_default_timeout(90_000)
        requests: list[tuple[str, str]] = []
        context.on("request", lambda request: requests.append((request.method, request.url)))
        page.goto(f"{base}/{PAGE}")
        page.wait_for_load_state("networkidle")
        yield page, base, requests, server.close
        context.close()


def test_it_asks_this_host_only_and_sends_nothing(alone: Any) -> None:
    page, base, requests, end_server = alone
    assert not [url for _, url in requests if Path(url).name.startswith(PARTS)], "not before it is asked for"
    # Long before it is used: Playwright does not wait until the browser knows of it.
    page.on("filechooser", lambda chooser: chooser.set_files(ZEBRA))
    # What fails on the way is told, and can be tried again.
    page.evaluate("window.WebAssembly_ = window.WebAssembly; window.WebAssembly = undefined")
    give(page, (ZEBRA.name, ZEBRA.read_bytes()))
    assert "no WebAssembly" in status(page)
    page.evaluate("window.WebAssembly = window.WebAssembly_")
    page.route("**/wasm-03.js", lambda route: route.abort())
    give(page, (ZEBRA.name, ZEBRA.read_bytes()))
    assert "did not arrive (wasm-03.js)" in status(page)
    assert not page.locator("#tl-live-progress").is_visible()
    page.unroute("**/wasm-03.js")
    page.locator("#tl-live-load").click()
    page.wait_for_function("document.querySelector('#tl-live-status').textContent.includes('is loaded')")
    assert {Path(url).name[:4] for _, url in requests} >= {name[:4] for name in PARTS}
    assert all(method == "GET" for method, _ in requests)
    assert all(url.startswith((base, "blob:", "data:")) for _, url in requests), requests
    # The browser would not let the page send anything.
    violated = page.evaluate("""async () => {
      const told = new Promise(resolve => document.addEventListener('securitypolicyviolation', resolve));
      await fetch('index.html', {method: 'POST', body: 'x'}).catch(() => 0);
      return (await told).effectiveDirective;
    }""")
    assert violated == "connect-src"
    before = len(requests)
    end_server()
    give(page, (ZEBRA.name, ZEBRA.read_bytes()))
    assert "zebra" in status(page)
    page.locator(".tl-live__example").last.focus()
    page.keyboard.press("Enter")
    page.wait_for_function("!document.querySelector('#tl-live-status').textContent.includes('zebra')")
    page.wait_for_function(ANSWERED)
    assert "Most probable" in status(page)
    assert len(requests) == before, requests[before:]
    # The button opens the system's dialog, from the keyboard too.
    page.locator("#tl-live-choose").focus()
    page.keyboard.press("Enter")
    page.wait_for_function("document.querySelector('#tl-live-status').textContent.includes('zebra')")


def test_it_works_when_it_is_opened_from_the_disk(site: Path, browser: Any, expected: Any) -> None:
    context = browser.new_context()
    context.add_init_script("localStorage.setItem('mode', 'dark'); localStorage.setItem('theme', 'dark')")
    page = context.new_page()
    page.set_default_timeout(90_000)
    watch = Watch(page, "file://")
    page.goto((site / PAGE).as_uri())
    page.locator(".tl-live__example").first.click()
    page.wait_for_function("document.querySelector('#tl-live-status').textContent.includes('Most')")
    (python,) = as_batch([read_image(ZEBRA)], 224)
    assert np.abs(answer(page)[1] - expected(python)).max() < RUNTIMES
    assert not watch.problems()
    context.close()


def test_no_other_page_loads_it(site: Path) -> None:
    for path in site.rglob("*.html"):
        if path.name != PAGE:
            assert "in-the-browser/" not in path.read_text(encoding="utf-8"), path
    assert not [path for path in (site / "_static").rglob("*") if "onnx" in path.name.lower()]

"""Lighthouse gives the front page and two chapters 95 or more for each of its four marks."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import browser
import npm_here
import pytest
from commit import TURN, place
from test_site_browser import chapters_of

pytestmark = [pytest.mark.browser, pytest.mark.slow]

MARKS = ("performance", "accessibility", "best-practices", "seo")
LEAST = 0.95
# What another process on this machine takes from the browser, Lighthouse takes for the page's own slowness.
TRIES = 4


def report(address: str, scratch: Path) -> dict[str, Any]:
    """Lighthouse's report on a page, as a desktop sees it. It asks nobody but the page's own host."""
    chromium = browser.find_chromium()
    if chromium is None:
        pytest.skip("NO BROWSER, so Lighthouse was not asked")
    file = scratch / "report.json"
    call = [*npm_here.need("lighthouse"), address, "--preset=desktop", "--quiet", "--output=json"]
    call += [f"--output-path={file}", f"--only-categories={','.join(MARKS)}", f"--chrome-path={chromium}"]
    flags = " ".join(browser.ARGUMENTS)
    run = subprocess.run(
        [*call, "--no-enable-error-reporting", f"--chrome-flags={flags}"], capture_output=True, text=True
    )
    assert run.returncode == 0, run.stderr[-2000:]
    found: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return found


def lost(found: dict[str, Any], mark: str) -> str:
    """The audits that cost a mark something."""
    audits = [
        f"{each['id']} {found['audits'][each['id']].get('displayValue', '')}".strip()
        for each in found["categories"][mark]["auditRefs"]
        if each["weight"] and (found["audits"][each["id"]]["score"] or 0) < 0.9
    ]
    return f"{mark} {found['categories'][mark]['score']}: {', '.join(audits)}"


def pages(site: Path) -> list[str]:
    """The front page, the longest chapter, and another one with each commit."""
    chapters = chapters_of(site)
    longest = max(chapters, key=lambda path: (site / path).stat().st_size)
    others = [path for path in [*chapters, *chapters_of(site, "keras")] if path != longest]
    return ["index.html", longest, others[place(len(others), TURN, "lighthouse")]]


def test_lighthouse_is_content(site: Path, tmp_path: Path) -> None:
    # Packed, as every host of static sites sends it.
    with browser.serve(site, packed=True) as base:
        for path in pages(site):
            low: list[str] = []
            for _ in range(TRIES):
                found = report(f"{base}/{path}", tmp_path)
                low = [lost(found, mark) for mark in MARKS if found["categories"][mark]["score"] < LEAST]
                if not low:
                    break
            assert not low, f"{path}: {'; '.join(low)}"

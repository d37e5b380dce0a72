"""Every kind of page is valid HTML, as a validator from npm sees it; the chapters take turns."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import npm_here
import pytest
from commit import in_turn
from test_site_browser import pages_of

pytestmark = [pytest.mark.browser, pytest.mark.slow]

# Its presets that check the standard, none of those that check taste.
RULES = {
    "root": True,
    "extends": ["html-validate:standard", "html-validate:document"],
    # Hashes are for files of another host, and there are none.
    "rules": {"require-sri": "off"},
}


def faults(site: Path, pages: list[str], scratch: Path) -> list[str]:
    """What the validator finds, one line each."""
    settings = scratch / "rules.json"
    settings.write_text(json.dumps(RULES), encoding="utf-8")
    call = [*npm_here.need("html-validate"), "--config", str(settings), "--formatter", "json", *pages]
    run = subprocess.run(call, cwd=site, capture_output=True, text=True)
    assert run.stdout.startswith("["), run.stderr[-2000:]
    return [
        f"{Path(page['filePath']).name}:{fault['line']}: {fault['ruleId']}: {fault['message']}"
        for page in json.loads(run.stdout)
        for fault in page["messages"]
    ]


def test_every_kind_of_page_is_valid(site: Path, tmp_path: Path) -> None:
    pages = [path for path in pages_of(site) if "/" not in path]
    chapters = [path for path in pages_of(site) if "/" in path]
    assert len(pages) > 10
    pages += in_turn(chapters, 16)
    found = faults(site, pages, tmp_path)
    assert not found, "\n".join(found[:40])


def test_the_validator_finds_a_fault(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text(
        '<!DOCTYPE html>\n<html lang="en"><head><title>x</title></head><body><summary><p>x</p></summary>'
        '<table border="1"><tr><td>1</td></tr></table></body></html>\n',
        encoding="utf-8",
    )
    assert any("<p>" in fault for fault in faults(tmp_path, ["page.html"], tmp_path))

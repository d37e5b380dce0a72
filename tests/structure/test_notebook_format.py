"""nbformat comes through one module, which leaves out the second that nobody needs."""

from __future__ import annotations

import importlib.util
import re
import subprocess
import sys

import pytest
from course_imports import PACKAGE, sources

DOOR = PACKAGE / "notebook_format.py"
SHOW = """
import sys
import {module}
print("rfc3987_syntax" in sys.modules, "jsonschema" in sys.modules)
import rfc3987_syntax
print(rfc3987_syntax.is_valid_syntax("iri", "https://example.org/a"))
"""


def test_nobody_imports_it_past_the_door():
    past = re.compile(r"^\s*import nbformat\b(?!\.)", re.MULTILINE)
    assert past.search(DOOR.read_text())
    assert not [path.name for path in sources() if path != DOOR and past.search(path.read_text())]


@pytest.mark.skipif(
    importlib.util.find_spec("rfc3987_syntax") is None, reason="nothing to leave out in this environment"
)
@pytest.mark.parametrize("module", ["tlcourse.grading.reader_child", "tlcourse.grading.classroom"])
def test_what_a_class_starts_often_leaves_it_out_and_others_still_can_use_it(module):
    done = subprocess.run(
        [sys.executable, "-c", SHOW.format(module=module)], capture_output=True, text=True, check=True
    )
    assert done.stdout.split("\n")[:2] == ["False True", "True"]

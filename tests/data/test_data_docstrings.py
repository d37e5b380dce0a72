"""Documentation as texts with a summary: real packages, and a small one that has what must be left out."""

from __future__ import annotations

import pytest

from tlcourse import data
from tlcourse.errors import DataError

MODULE = '''
"""A package."""

__all__ = ["Good", "short", "no_prose", "number"]

number = 3


class Good:
    """Sum up what this does in a line.

    {prose}

    .. note:: this is left out.

    The :func:`~package.other` is ``named``, its :math:`x` is left out.

    Second {prose}

    Parameters
    ----------
    x : this is left out too
    """


def short():
    """Say little.

    {prose}
    """


def no_prose():
    """Sum up what this does in a line."""
'''


def test_prose_up_to_the_parameters_and_the_first_line_as_its_summary(tmp_path, monkeypatch):
    package = tmp_path / "documented_example"
    package.mkdir()
    (package / "__init__.py").write_text("", encoding="utf-8")
    source = MODULE.replace("{prose}", "Word " * 25 + "end.")
    (package / "part.py").write_text(source, encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    (only,) = data.documented(["documented_example"])
    assert only.name == "Good"
    assert only.summary == "Sum up what this does in a line."
    assert only.text == ("Word " * 25 + "end. Second " + "Word " * 25 + "end.")


def test_the_installed_packages_have_hundreds():
    texts = data.documented(("sklearn",))
    assert len(texts) > 100
    assert [text.name for text in texts] == sorted(text.name for text in texts)
    for text in texts:
        assert len(text.text.split()) >= 40
        assert "----" not in text.text


def test_a_missing_package_is_named():
    with pytest.raises(DataError, match="no_such_package"):
        data.documented(["no_such_package"])

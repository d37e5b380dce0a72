"""What right answers import, and how a sandbox imports it."""

from __future__ import annotations

import sys

import pytest

from tlcourse.grading.sandbox.imports import imported_names, imports_of_answers
from tlcourse.grading.sandbox.zygote import _import


def test_the_names_that_sources_import():
    sources = [
        "import os, sys\nimport numpy as np",
        "from torchvision.transforms import v2, functional as F\nfrom . import neighbour\nfrom math import *",
        "def late():\n    from sklearn.svm import SVC\n    import os",
    ]
    assert imported_names(sources) == [
        "os",
        "sys",
        "numpy",
        "torchvision.transforms:v2",
        "torchvision.transforms:functional",
        "math",
        "sklearn.svm:SVC",
    ]


def test_each_framework_gets_its_own():
    torch, keras = (imports_of_answers("09", framework) for framework in ("torch", "keras"))
    assert "torch" in torch
    assert "keras" in keras
    assert not {name for name in torch if name.startswith("keras")}
    assert not {name for name in keras if name.startswith("torch")}
    assert any(name.startswith("transformers") for name in torch)


def test_a_name_is_imported_as_a_statement_would():
    for name in ("wsgiref:headers", "colorsys:rgb_to_hsv", "wave"):
        _import(name)
    assert {"wsgiref.headers", "colorsys", "wave"} <= set(sys.modules)
    for missing in ("there_is_none", "json:there_is_none", "there.is_none:of_it"):
        with pytest.raises(ImportError):
            _import(missing)

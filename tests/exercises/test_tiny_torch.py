"""The tiny network: PyTorch and NumPy agree."""

from __future__ import annotations

import tiny_cases


def test_a_step_leads_where_numpy_says():
    tiny_cases.a_step_leads_where_numpy_says("torch")


def test_outputs_are_the_frameworks():
    tiny_cases.outputs_are_the_frameworks("torch")

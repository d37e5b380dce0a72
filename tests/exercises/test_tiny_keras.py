"""The tiny network: Keras and NumPy agree."""

from __future__ import annotations

import tiny_cases


def test_a_step_leads_where_numpy_says():
    tiny_cases.a_step_leads_where_numpy_says("keras")


def test_outputs_are_the_frameworks():
    tiny_cases.outputs_are_the_frameworks("keras")

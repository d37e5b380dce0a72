"""Networks fitted to another input and output."""

from __future__ import annotations

import adapting_checks as checks


def test_the_head_is_cut():
    checks.the_head_is_cut("torch")


def test_grey_gives_what_repeated_grey_gives():
    checks.grey_gives_what_repeated_grey_gives("torch")

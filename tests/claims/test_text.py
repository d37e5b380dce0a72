"""A claim as the prose shows it."""

from __future__ import annotations

import pytest

from tlcourse.claims import ClaimError, format_claim


@pytest.mark.parametrize(
    ("entry", "spec", "text"),
    [
        ({"value": 0.7612, "n": 5, "spread": 0.0213}, None, "0.761 ± 0.026 (n = 5)"),
        ({"value": 0.7612, "n": 5, "spread": 0.0213, "fmt": ".2f"}, None, "0.76 ± 0.03 (n = 5)"),
        ({"value": 0.7612, "n": 5, "spread": 0.0213}, ".1%", "76.1% ± 2.6% (n = 5)"),
        ({"value": 0.0142, "n": 5, "spread": 0.0187, "fmt": "+.3f"}, None, "+0.014 ± 0.023 (n = 5)"),
        ({"value": 0.7612, "n": 5, "spread": 0.0213, "fmt": ".2f"}, "bare", "0.76"),
        ({"value": 0.7612, "n": 5, "spread": 0.0213}, "bare:.0%", "76%"),
        ({"value": 12.34, "unit": "s"}, None, "12.3 s"),
        ({"value": 12.34, "n": 3, "spread": 0.5, "unit": "s", "fmt": ".1f"}, None, "12.3 ± 1.2 s (n = 3)"),
        ({"value": 3371024}, None, "3,371,024"),
        ({"value": 17}, None, "17"),
        ({"value": 1234.5}, None, "1,234"),
        ({"value": 0}, None, "0"),
        ({"value": 0.0}, None, "0"),
        ({"value": -0.05}, None, "-0.0500"),
        ({"value": "cat"}, None, "cat"),
        ({"value": True}, None, "True"),
    ],
)
def test_the_text_in_prose(entry, spec, text):
    assert format_claim(entry, spec) == text


def test_a_format_that_does_not_fit():
    with pytest.raises(ClaimError, match="not a format for"):
        format_claim({"value": 0.5}, "d")

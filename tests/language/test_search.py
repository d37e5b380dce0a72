"""Search by cosine: the order, ties and zeros; bad input says what to do."""

from __future__ import annotations

import numpy as np
import pytest

from tlcourse.errors import CourseError, ShapeError
from tlcourse.language import search


def test_direction_counts_and_length_does_not():
    texts = np.array([[9.0, 9.0], [0.1, 0.0], [0.0, 0.0], [-1.0, 0.0]])
    assert [row for row, _ in search([2.0, 0.0], texts, k=4)] == [1, 0, 2, 3]
    assert search([2.0, 0.0], texts, k=9)[0] == (1, 1.0)
    assert search([0.0, 0.0], texts, k=1) == [(0, 0.0)]


@pytest.mark.parametrize(
    ("arguments", "error", "word"),
    [
        (([1.0], [[1.0, 2.0]], 1), ShapeError, "same encoder"),
        (([[1.0]], [[1.0]], 1), ShapeError, "one vector"),
        (([np.nan], [[1.0]], 1), ShapeError, "NaN"),
        (([1.0], [[1.0]], 0), CourseError, "1 or more"),
    ],
)
def test_bad_input_says_what_to_do(arguments, error, word):
    with pytest.raises(error) as caught:
        search(*arguments)
    assert word in str(caught.value)
